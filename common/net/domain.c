/* domain.c - see domain.h. */
#include "common/net/domain.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_MAX_ 253

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* NAME in lower case, or -1 when it is no name in ASCII. */
static int
copy_name(struct slice name, char out[DOMAIN_TEXT_MAX])
{
	size_t i, label_len = 0;

	if (name.len == 0 || name.len > NAME_MAX_)
		return -1;
	for (i = 0; i < name.len; i++) {
		char c = lower(name.ptr[i]);

		if (c == '.' ? label_len == 0 : !is_name_byte(c) || label_len == LABEL_MAX)
			return -1;
		label_len = c == '.' ? 0 : label_len + 1;
		out[i] = c;
	}
	out[i] = '\0';
	return label_len > 0 ? 0 : -1;
}

static bool
is_ascii(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80 || s.ptr[i] == '\0')
			return false;
	return true;
}

/* U-labels to A-labels (UTS 46, non-transitional), or -1. */
static int
to_ascii(struct slice name, char out[DOMAIN_TEXT_MAX])
{
	char copy[4 * DOMAIN_TEXT_MAX];
	char *ascii = NULL;
	int result = -1;

	if (name.len >= sizeof(copy) || memchr(name.ptr, '\0', name.len) != NULL ||
	    !str_is_utf8(name))
		return -1;
	memcpy(copy, name.ptr, name.len);
	copy[name.len] = '\0';
	if (idn2_to_ascii_8z(copy, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
	    strlen(ascii) < DOMAIN_TEXT_MAX) {
		strcpy(out, ascii);
		result = 0;
	}
	idn2_free(ascii);
	return result;
}

int
domain_normalise(struct slice name, char out[DOMAIN_TEXT_MAX])
{
	char ascii[DOMAIN_TEXT_MAX];

	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (copy_name(name, out) == 0)
		return 0;
	if (is_ascii(name) || to_ascii(name, ascii) == -1)
		return -1;
	return copy_name(slice_of(ascii), out);
}

bool
domain_is_at_or_below(struct slice name, struct slice parent)
{
	if (!slice_ends_with(name, parent))
		return false;
	return name.len == parent.len || name.ptr[name.len - parent.len - 1] == '.';
}

struct slice
domain_parent(struct slice name)
{
	const char *dot = name.len == 0 ? NULL : memchr(name.ptr, '.', name.len);

	if (dot == NULL)
		return SLICE_NONE;
	return (struct slice){ dot + 1, (size_t)(name.ptr + name.len - dot - 1) };
}
