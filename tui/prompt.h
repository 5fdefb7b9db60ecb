/* prompt.h - asks on the last line of the screen: a text, yes or no, a number that confirms. One
 * question at a time; keys go to it until it is answered. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "tui/line.h"
#include "tui/term.h"

struct console;

/* TEXT is borrowed; NULL: cancelled. May ask the next question. */
typedef void prompt_done(struct console *console, void *arg, const char *text);

enum prompt_kind { PROMPT_COMMAND, PROMPT_SEEK, PROMPT_FILTER, PROMPT_VALUE, PROMPT_KIND_N };

struct prompt {
	bool active;
	bool confirming; /* one key answers */
	size_t count;    /* not 0: this number must be typed to confirm */
	char label[512];
	char ending[48];       /* of the label, shown however narrow it is */
	enum prompt_kind kind; /* whose history it has */
	struct line line;
	struct line_history histories[PROMPT_KIND_N];
	line_complete *complete;
	prompt_done *done;
	prompt_done *typing; /* called after each key with what is there; NULL: not */
	void *arg;
};

/* A line of text. ARG lives until DONE. */
void prompt_ask(struct console *console, enum prompt_kind kind, const char *label,
    const char *initial, line_complete *complete, prompt_done *done, void *arg);

/* "QUESTION [y/N]": DONE gets "y" or NULL. For more than PROMPT_MANY things the number must be
 * typed. */
#define PROMPT_MANY 20
void prompt_confirm(
    struct console *console, size_t count, const char *question, prompt_done *done, void *arg);

/* A key while it is active. */
void prompt_key(struct console *console, int key);
/* Gives up what is being asked, if anything is: who asked lets go of what it kept for it. */
void prompt_cancel(struct console *console);
void prompt_draw(struct console *console, int row);
void prompt_clear(struct prompt *prompt);

#endif
