/* log.c - see log.h. The state is the one mutable global of the program: every layer may have to
 * speak, and a server has one voice. Lines gather in a buffer that log_flush() writes at once; when
 * standard error does not take them (a full pipe) they wait for a moment, and then they are
 * dropped and counted, without waiting, until it takes some again. */
#include "common/base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
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
#define PATIENCE_MS 200

static const struct {
	const char *word;
	const char *journal; /* its prefix */
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error: ", "<3>", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warning: ", "<4>", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "", "<6>", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug: ", "<7>", LOG_DEBUG },
};

static struct {
	pthread_mutex_t lock;
	enum log_target target;
	_Atomic enum log_level level; /* read without the lock */
	const char *ident;
	size_t len;
	unsigned long dropped;
	bool stuck; /* nobody reads: it is not waited for */
	time_t prefix_time;
	char prefix[128];
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
	state.prefix_time = 0;
	if (target == LOG_TO_SYSLOG)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_MAIL);
	pthread_mutex_unlock(&state.lock);
}

bool
log_enabled(enum log_level level)
{
	return level <= state.level;
}

/* Whether standard error takes PIPE_BUF bytes at once, or soon. Its mode is that of others as well,
 * who may not expect that writing does not wait. */
static bool
has_room(void)
{
	struct pollfd err = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n;

	do
		n = poll(&err, 1, state.stuck ? 0 : PATIENCE_MS);
	while (n == -1 && errno == EINTR);
	state.stuck = n != 1 || (err.revents & POLLOUT) == 0;
	return !state.stuck;
}

/* Writes what is buffered; the part that was not taken is dropped. A line that
 * was cut by that is ended before the next one. */
static void
write_out(void)
{
	size_t done = 0, left, i;
	ssize_t n;

	while ((left = state.len - done) > 0 && has_room()) {
		n = write(STDERR_FILENO, state.buffer + done, left < PIPE_BUF ? left : PIPE_BUF);
		if (n > 0)
			done += (size_t)n;
		else if (n == -1 && errno != EINTR)
			break;
	}
	for (i = done; i < state.len; i++)
		state.dropped += state.buffer[i] == '\n';
	left = state.len - done;
	state.len = 0;
	if (left > 0 && (done == 0 ? state.buffer[0] == '\n' : state.buffer[done - 1] != '\n'))
		state.buffer[state.len++] = '\n';
}

/* What stands before a line on standard error; made once a second. */
static void
make_prefix(void)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	if (now == state.prefix_time)
		return;
	state.prefix_time = now;
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	snprintf(
	    state.prefix, sizeof(state.prefix), "%s %s[%ld]: ", stamp, state.ident, (long)getpid());
}

static void
add(const char *text)
{
	size_t len = strlen(text);

	if (state.len + len > BUFFER_MAX)
		write_out();
	memcpy(state.buffer + state.len, text, len);
	state.len += len;
}

static void
add_line(enum log_level level, const char *text)
{
	if (state.target == LOG_TO_JOURNAL) {
		add(levels[level].journal);
	} else {
		make_prefix();
		add(state.prefix);
	}
	add(levels[level].word);
	add(text);
	add("\n");
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

void
log_text(enum log_level level, const char *text)
{
	if (!log_enabled(level))
		return;
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

static void log_line(enum log_level level, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
log_line(enum log_level level, const char *fmt, va_list args)
{
	char text[LINE_MAX_];

	if (!log_enabled(level))
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	log_text(level, text);
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
