/* progress.h - how far long work is, in one line on standard error where that is a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

/* Ten times a second at most; what is said in between is not shown. */
void progress_show(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Takes the line away; cli_say() and cli_put() do so before they speak. */
void progress_clear(void);

#endif
