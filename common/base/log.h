/* log.h - the one voice of the server.
 *
 * Lines go to standard error, syslog (facility mail) or, with priority prefixes, to the journal
 * when standard error is its stream ($JOURNAL_STREAM). Lines are gathered and written together by
 * log_flush(), which the server calls once a loop turn; warnings and errors are flushed at once. A
 * reader that takes none for a moment loses them, and is told how many.
 * Every function may be called from any thread. The caller escapes text from outside. */
#ifndef COMMON_BASE_LOG_H
#define COMMON_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_JOURNAL };

/* IDENT is borrowed for the life of the program. Before the first call lines go to standard
 * error at level info. LOG_TO_STDERR turns to LOG_TO_JOURNAL by itself under systemd.
 * On standard error a line is "2026-11-24T12:00:00Z greygated[123]: warning: text"; errors say
 * "error:", debug lines "debug:", info lines carry no word. */
void log_open(enum log_target target, enum log_level level, const char *ident);

bool log_enabled(enum log_level level);
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line that is ready. */
void log_text(enum log_level level, const char *text);
void log_flush(void);

/* For complaints that a peer could provoke at will: says whether to speak now, at most once per
 * INTERVAL_MS, and how many times it was silent since. One struct per complaint, zeroed. */
struct log_limit {
	int64_t next_ms;
	uint64_t silent;
};

bool log_limit_pass(
    struct log_limit *limit, int64_t now_ms, int64_t interval_ms, uint64_t *silent_out);

#endif
