/* death.c - see death.h. */
#include "tui/death.h"

#include <string.h>
#include <unistd.h>

static const int killing[] = { SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTERM };

#define KILLING_N (sizeof(killing) / sizeof(killing[0]))
#define STACK_BYTES 32768 /* a frame of signals with the widest registers is 11 KiB */

/* A handler has no argument of its own: what it needs stands here, ready since death_arm(). */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios modes;
	char words[512];
	size_t words_len;
	struct sigaction before[KILLING_N];
	stack_t stack_before;
	char stack[STACK_BYTES]; /* the other one may be what overflowed */
} last;

/* From the background the modes are those of the shell, and stay. SIGTTOU is blocked here. */
static void
give_back(void)
{
	ssize_t written = write(last.fd, last.words, last.words_len);

	(void)written; /* the terminal may be gone */
	if (tcgetpgrp(last.fd) != getpgrp())
		return;
	tcflush(last.fd, TCIFLUSH); /* reports of the mouse are no commands */
	tcsetattr(last.fd, TCSANOW, &last.modes);
}

static void
on_death(int signal_number)
{
	if (last.armed)
		give_back();
	last.armed = 0;
	raise(signal_number); /* blocked until we return, and SA_RESETHAND has made it deadly */
}

void
death_signals(sigset_t *set)
{
	size_t i;

	for (i = 0; i < KILLING_N; i++)
		sigaddset(set, killing[i]);
}

static void
take_signals(void)
{
	struct sigaction action = { .sa_handler = on_death, .sa_flags = SA_RESETHAND | SA_ONSTACK };
	size_t i;

	sigfillset(&action.sa_mask);
	for (i = 0; i < KILLING_N; i++) {
		sigaction(killing[i], NULL, &last.before[i]);
		if (last.before[i].sa_handler != SIG_IGN)
			sigaction(killing[i], &action, NULL);
	}
}

void
death_arm(int fd, const struct termios *modes, struct slice last_words)
{
	stack_t stack = { .ss_sp = last.stack, .ss_size = STACK_BYTES };

	last.fd = fd;
	last.modes = *modes;
	last.words_len = last_words.len < sizeof(last.words) ? last_words.len : 0;
	memcpy(last.words, last_words.ptr, last.words_len);
	sigaltstack(&stack, &last.stack_before);
	last.armed = 1;
	take_signals();
}

void
death_pause(bool pause)
{
	last.armed = !pause;
}

void
death_disarm(void)
{
	size_t i;

	last.armed = 0;
	for (i = 0; i < KILLING_N; i++)
		sigaction(killing[i], &last.before[i], NULL);
	sigaltstack(&last.stack_before, NULL);
}
