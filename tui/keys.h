/* keys.h - keys as numbers, and their names as help, scripts and the table of commands write
 * them. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stddef.h>

/* A character is its code point, ^A to ^Z are 1 to 26; what is no character begins here. */
enum key {
	K_NONE = 0,
	K_TAB = 9,
	K_ENTER = 13,
	K_ESCAPE = 27,
	K_SPACE = 32,
	K_BACKSPACE = 127,
	K_FIRST = 0x200000,
	K_UP = K_FIRST,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_DELETE,
	K_INSERT,
	K_BACK_TAB,
	K_MOUSE,  /* term_click() tells where */
	K_RESIZE, /* the size has changed */
	K_F1,     /* to K_F1 + 11 */
	K_LAST = K_F1 + 11
};

#define CTRL(letter) ((letter)&0x1f)

#define KEY_NAME_MAX 12

/* "j", "Enter", "^D", "PgUp", "F1", "Space"; a character that cannot be seen is "U+200B". Empty for
 * what is no key. Returns OUT. */
const char *key_name(int key, char out[KEY_NAME_MAX]);

/* The key of a name, K_NONE when there is none. */
int key_parse(const char *name);

#define KEY_BYTES_MAX 4

/* The UTF-8 of a key that is a character; returns its length, 0 for a control or another key. */
size_t key_bytes(int key, char out[KEY_BYTES_MAX]);

#endif
