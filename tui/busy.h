/* busy.h - keys that are typed while the console is at work that cannot be cut in slices.
 *
 * Esc and ^C give the work up. All others wait until it has ended, and are taken then, as if typed
 * after it - but only as long as they meet what was on the screen when they were typed: the same
 * view, no question that nobody has read yet, and for commands on rows the same row and tags. From
 * the first one that would meet something else they are dropped, which is said. */
#ifndef TUI_BUSY_H
#define TUI_BUSY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUSY_KEYS_MAX 64

struct console;
struct view;

struct busy {
	int keys[BUSY_KEYS_MAX];
	size_t n;
	size_t lost; /* too many, or of the mouse */
	bool worked; /* since a key was taken */
	/* what the keys were typed at */
	struct scene {
		const struct view *view;
		size_t depth, tagged;
		int64_t row; /* its key, 0: none */
		bool asking;
	} scene;
};

/* For such work, from time to time: shows WHAT and PERCENT and reads keys. False: the operator gave
 * up. */
bool console_goes_on(struct console *console, const char *what, int percent);

/* A key that was typed meanwhile. */
void busy_hold(struct console *console, int key);

/* The work has ended, if there was any: takes the keys that waited. */
void busy_end(struct console *console);

#endif
