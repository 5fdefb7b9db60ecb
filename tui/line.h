/* line.h - a line that is being typed: editing, history, completion; pure (prompt.h asks with
 * it). */
#ifndef TUI_LINE_H
#define TUI_LINE_H

#include <stdbool.h>

#include "common/base/str.h"

#define LINE_MAX_BYTES 1024
#define LINE_HISTORY 50

/* Candidates for the word before the cursor: calls ADD for each that may stand there; those that do
 * not begin with WORD are left out. BEFORE is what stands before the word. */
typedef void line_add(void *add_arg, const char *candidate);
typedef void line_complete(
    void *arg, struct slice before, struct slice word, line_add *add, void *add_arg);

struct line {
	char text[LINE_MAX_BYTES]; /* valid UTF-8, ended by NUL */
	size_t len, at;            /* bytes; AT is the cursor */
	/* completion under way: Tab goes on to the next candidate */
	char **candidates;
	size_t candidate_n, candidate_at, word_at;
	/* place in the history, and what was typed before going there */
	size_t back;
	char *typed;
};

/* What was entered before, the newest last; one for each kind of prompt. */
struct line_history {
	char *lines[LINE_HISTORY];
	size_t n;
};

enum line_result { LINE_GOES_ON, LINE_ENTERED, LINE_CANCELLED };

/* Begins with INITIAL, the cursor at its end. */
void line_begin(struct line *line, const char *initial);
void line_clear(struct line *line); /* frees what it holds; a zeroed one is fine */

/* A key (keys.h). Characters are inserted (controls never); Left Right Home End ^A ^E ^B ^F move,
 * Backspace ^H Delete ^D ^W ^U ^K delete, Up Down ^P ^N go through HISTORY (NULL: none), Tab and
 * BackTab complete with COMPLETE (NULL: not), Enter enters, Esc and ^C cancel, Backspace in an
 * empty line too. */
enum line_result line_key(
    struct line *line, int key, struct line_history *history, line_complete *complete, void *arg);

/* Remembers TEXT; an empty one, or the newest again, is not. */
void line_remember(struct line_history *history, const char *text);
void line_history_clear(struct line_history *history);

#endif
