/* input.h - what is typed and clicked, from the bytes of curses to keys.h. */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "tui/screen.h"
#include "tui/term.h"

struct input {
	WINDOW *pad; /* keys are read through a pad: reading draws nothing then */
	char partial[KEY_BYTES_MAX];
	size_t partial_len;
	struct term_click click;
	bool clicked;
	int64_t pressed_ms; /* when, for double clicks; 0: not */
};

void input_begin(struct input *input);
void input_end(struct input *input);

/* As term_key(). */
int input_key(struct input *input, enum text_charset charset);
void input_mouse(bool on);

#endif
