/* keys.c - see keys.h. */
#include "tui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"

static const struct {
	int key;
	const char *name;
} names[] = {
	{ K_TAB, "Tab" },
	{ K_ENTER, "Enter" },
	{ K_ESCAPE, "Esc" },
	{ K_SPACE, "Space" },
	{ K_BACKSPACE, "Backspace" },
	{ K_UP, "Up" },
	{ K_DOWN, "Down" },
	{ K_LEFT, "Left" },
	{ K_RIGHT, "Right" },
	{ K_HOME, "Home" },
	{ K_END, "End" },
	{ K_PAGE_UP, "PgUp" },
	{ K_PAGE_DOWN, "PgDn" },
	{ K_DELETE, "Del" },
	{ K_INSERT, "Ins" },
	{ K_BACK_TAB, "BackTab" },
	{ K_MOUSE, "Mouse" },
	{ K_RESIZE, "Resize" },
	{ K_F1, "F1" },
	{ K_F1 + 1, "F2" },
	{ K_F1 + 2, "F3" },
	{ K_F1 + 3, "F4" },
	{ K_F1 + 4, "F5" },
	{ K_F1 + 5, "F6" },
	{ K_F1 + 6, "F7" },
	{ K_F1 + 7, "F8" },
	{ K_F1 + 8, "F9" },
	{ K_F1 + 9, "F10" },
	{ K_F1 + 10, "F11" },
	{ K_F1 + 11, "F12" },
};

#define NAME_N (sizeof(names) / sizeof(names[0]))

size_t
key_bytes(int key, char out[KEY_BYTES_MAX])
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = key < 0x80 ? 1 : key < 0x800 ? 2 : key < 0x10000 ? 3 : 4, i;

	if (key < 0x20 || (key >= 0x7f && key <= 0x9f) || (key >= 0xd800 && key <= 0xdfff) ||
	    key > 0x10ffff)
		return 0;
	for (i = len; i-- > 1; key >>= 6)
		out[i] = (char)(0x80 | (key & 0x3f));
	out[0] = (char)(leads[len] | key);
	return len;
}

/* A character that can be seen stands for itself, another is named by its number. */
static void
character_name(int key, char out[KEY_NAME_MAX])
{
	size_t len = key_bytes(key, out);

	out[len] = '\0';
	if (key > 0 && key < 0x20)
		snprintf(out, KEY_NAME_MAX, "^%c", key + '@');
	else if (key >= 0x80 && key <= 0x10ffff && (len == 0 || str_is_invisible((uint32_t)key)))
		snprintf(out, KEY_NAME_MAX, "U+%04X", (unsigned)key);
}

const char *
key_name(int key, char out[KEY_NAME_MAX])
{
	size_t i;

	for (i = 0; i < NAME_N; i++)
		if (names[i].key == key) {
			snprintf(out, KEY_NAME_MAX, "%s", names[i].name);
			return out;
		}
	character_name(key, out);
	return out;
}

static int
parse_number(const char *digits)
{
	char *end;
	long number = strtol(digits, &end, 16);

	return *digits != '\0' && *end == '\0' && number > 0 && number <= 0x10ffff ? (int)number
										   : K_NONE;
}

int
key_parse(const char *name)
{
	size_t len = strlen(name), i;
	uint32_t cp;

	for (i = 0; i < NAME_N; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	if (len > 0 && str_utf8_next((struct slice){ name, len }, &cp) == len)
		return (int)cp;
	if (len == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return CTRL(name[1]);
	if (strncmp(name, "U+", 2) == 0)
		return parse_number(name + 2);
	return K_NONE;
}
