/* domain.c - see domain.h. */
#include "common/net/domain.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_MAX_ 253

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
is_name(struct slice name)
{
	size_t i, label_len = 0;

	if (name.len == 0 || name.len > NAME_MAX_)
		return false;
	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] == '.') {
			if (label_len == 0)
				return false;
			label_len = 0;
		} else if (!is_name_byte(name.ptr[i]) || ++label_len > LABEL_MAX) {
			return false;
		}
	}
	return label_len > 0;
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
	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (is_ascii(name)) {
		if (name.len > NAME_MAX_)
			return -1;
		if (name.len > 0)
			memcpy(out, name.ptr, name.len);
		out[name.len] = '\0';
	} else if (to_ascii(name, out) == -1) {
		return -1;
	}
	str_lower(out, strlen(out));
	return is_name(slice_of(out)) ? 0 : -1;
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
