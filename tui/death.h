/* death.h - whatever kills the process, the terminal is given back first. */
#ifndef TUI_DEATH_H
#define TUI_DEATH_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "common/base/str.h"

/* Takes the signals that kill, but for SIGINT, and but for those that are ignored. What their
 * handler does is all prepared: it writes LAST_WORDS to FD, sets MODES, raises the signal again. */
void death_arm(int fd, const struct termios *modes, struct slice last_words);
/* Nothing is written while the terminal belongs to someone else. */
void death_pause(bool pause);
/* The signals are again as before. */
void death_disarm(void);

/* Adds the signals that are taken, so that they can wait. */
void death_signals(sigset_t *set);

#endif
