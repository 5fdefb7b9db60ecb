/* log.c - see log.h. The state is the one mutable global of the program: every layer may have to
 * speak, and a server has one voice. Lines gather in a buffer that log_flush() writes at once; when
 * standard error does not take them (a full pipe) they are dropped and counted, never waited for.
 */
#include "common/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_MAX 65536
#define LINE_MAX_ 4096

static const struct {
	const char *word;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error: ", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warning: ", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug: ", LOG_DEBUG },
};

static struct {
	pthread_mutex_t lock;
	enum log_target target;
	enum log_level level;
	const char *ident;
	size_t len;
	unsigned long dropped;
	char buffer[BUFFER_MAX];
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_LEVEL_INFO, .ident = "greygate" };

void
log_open(enum log_target target, enum log_level level, const char *ident)
{
	pthread_mutex_lock(&state.lock);
	if (target == LOG_TO_STDERR && getenv("JOURNAL_STREAM") != NULL)
		target = LOG_TO_JOURNAL;
	state.target = target;
	state.level = level;
	state.ident = ident;
	if (target == LOG_TO_SYSLOG)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_MAIL);
	pthread_mutex_unlock(&state.lock);
}

bool
log_enabled(enum log_level level)
{
	return level <= state.level;
}

/* Writes what is buffered; the part that was not taken is dropped so that nobody waits. */
static void
write_out(void)
{
	size_t done = 0;
	ssize_t n;

	while (done < state.len) {
		n = write(STDERR_FILENO, state.buffer + done, state.len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == -1 && errno != EINTR)
			break;
	}
	for (; done < state.len; done++)
		state.dropped += state.buffer[done] == '\n';
	state.len = 0;
}

static void
add_line(enum log_level level, const char *text)
{
	char stamp[32], line[LINE_MAX_ + 128];
	time_t now = time(NULL);
	struct tm tm;
	int len;

	if (state.target == LOG_TO_JOURNAL) {
		len = snprintf(line, sizeof(line), "<%d>%s%s\n", levels[level].priority,
		    levels[level].word, text);
	} else {
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
		len = snprintf(line, sizeof(line), "%s %s[%ld]: %s%s\n", stamp, state.ident,
		    (long)getpid(), levels[level].word, text);
	}
	if (state.len + (size_t)len > BUFFER_MAX)
		write_out();
	memcpy(state.buffer + state.len, line, (size_t)len);
	state.len += (size_t)len;
}

static void
report_dropped(void)
{
	char text[64];

	if (state.dropped == 0)
		return;
	snprintf(text, sizeof(text), "%lu log lines could not be written", state.dropped);
	state.dropped = 0;
	add_line(LOG_LEVEL_WARN, text);
}

static void
log_line(enum log_level level, const char *fmt, va_list args)
{
	char text[LINE_MAX_];

	if (!log_enabled(level))
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	pthread_mutex_lock(&state.lock);
	if (state.target == LOG_TO_SYSLOG) {
		syslog(levels[level].priority, "%s%s", levels[level].word, text);
	} else {
		report_dropped();
		add_line(level, text);
		if (level <= LOG_LEVEL_WARN)
			write_out();
	}
	pthread_mutex_unlock(&state.lock);
}

#define LOG_FUNCTION(name, level)                                                                  \
	void name(const char *fmt, ...)                                                            \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, fmt);                                                               \
		log_line(level, fmt, args);                                                        \
		va_end(args);                                                                      \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

void
log_flush(void)
{
	pthread_mutex_lock(&state.lock);
	write_out();
	pthread_mutex_unlock(&state.lock);
}

bool
log_limit_pass(struct log_limit *limit, int64_t now_ms, int64_t interval_ms, uint64_t *silent_out)
{
	if (now_ms < limit->next_ms) {
		limit->silent++;
		return false;
	}
	*silent_out = limit->silent;
	limit->silent = 0;
	limit->next_ms = now_ms + interval_ms;
	return true;
}
