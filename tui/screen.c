/* screen.c - see screen.h. curses works on one screen at a time, and so do we. */
#include "tui/screen.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "tui/death.h"
#include "tui/terminfo.h"

/* Signals that curses would take where it finds the default. */
static const int meddled[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };

#define MEDDLED_N (sizeof(meddled) / sizeof(meddled[0]))

static void
do_nothing(int signal_number)
{
	(void)signal_number;
}

/* curses finds handlers that are not the default, and leaves the signals alone for good. What comes
 * meanwhile waits: the caller has blocked it. */
static SCREEN *
new_screen(const char *type, FILE *out, FILE *in)
{
	struct sigaction before[MEDDLED_N], none = { .sa_handler = do_nothing };
	SCREEN *screen;
	size_t i;

	for (i = 0; i < MEDDLED_N; i++)
		sigaction(meddled[i], &none, &before[i]);
	screen = newterm(type, out, in);
	for (i = 0; i < MEDDLED_N; i++)
		sigaction(meddled[i], &before[i], NULL);
	return screen;
}

/* Any type of terminal will do, for nobody sees what is sent: xterm has all that we use, vt100 is
 * nearly everywhere. */
static int
open_memory(struct screen *screen, struct err *err)
{
	screen->null = fopen("/dev/null", "r+");
	if (screen->null == NULL)
		return err_errno(err, ERR_OS, "opening /dev/null");
	screen->curses = new_screen("xterm-256color", screen->null, screen->null);
	if (screen->curses == NULL)
		screen->curses = new_screen("vt100", screen->null, screen->null);
	if (screen->curses != NULL)
		return 0;
	fclose(screen->null);
	return err_set(err, ERR_UNAVAILABLE,
	    "terminfo knows neither xterm-256color nor vt100: install it (ncurses-base)");
}

/* ^S and ^Q, ^V and ^O come as keys, and ^C, which is seen so during work that takes long; ^Z and
 * ^\ stay signals. */
static void
set_modes(void)
{
	struct termios modes;

	cbreak();
	noecho();
	nonl();
	if (tcgetattr(STDOUT_FILENO, &modes) == -1)
		return;
	modes.c_iflag &= ~(tcflag_t)(IXON | ISTRIP);
	modes.c_lflag &= ~(tcflag_t)IEXTEN;
	modes.c_cc[VINTR] = _POSIX_VDISABLE;
	tcsetattr(STDOUT_FILENO, TCSADRAIN, &modes);
	def_prog_mode();
}

static void
prepare_for_death(const struct termios *modes)
{
	char storage[256];
	struct buf words;

	buf_init(&words, storage, sizeof(storage));
	terminfo_restore(&words);
	death_arm(STDOUT_FILENO, modes, buf_slice(&words));
}

static int
open_terminal(struct screen *screen, struct err *err)
{
	struct termios modes;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDOUT_FILENO, &modes) == -1)
		return err_set(err, ERR_UNAVAILABLE,
		    "standard %s is not a terminal: the console needs one (ssh: option -t)",
		    isatty(STDIN_FILENO) ? "output" : "input");
	unsetenv("LINES"); /* exported, they would hold the size forever */
	unsetenv("COLUMNS");
	if (terminfo_check(STDOUT_FILENO, err) == -1)
		return -1;
	screen->curses = new_screen(NULL, stdout, stdin);
	if (screen->curses == NULL)
		return err_set(err, ERR_UNAVAILABLE, "curses cannot use this terminal");
	prepare_for_death(&modes);
	set_escdelay(SCREEN_ESCAPE_MS);
	set_modes();
	return 0;
}

static void
block_signals(sigset_t *before)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	death_signals(&set);
	for (i = 0; i < MEDDLED_N; i++)
		sigaddset(&set, meddled[i]);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

int
screen_open(struct screen *screen, bool in_memory, struct err *err)
{
	sigset_t before;
	int opened;

	block_signals(&before);
	opened = in_memory ? open_memory(screen, err) : open_terminal(screen, err);
	if (opened == 0)
		typeahead(-1); /* a frame is written to its end */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return opened;
}

void
screen_close(struct screen *screen)
{
	endwin();
	if (screen->null == NULL)
		death_disarm();
	delscreen(screen->curses);
	if (screen->null != NULL)
		fclose(screen->null);
}

/* As ^Z without a handler would; where nobody could wake us the kernel lets it be. */
static void
stop_self(void)
{
	struct sigaction before, usual = { .sa_handler = SIG_DFL };
	sigset_t set, mask_before;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &usual, &before);
	pthread_sigmask(SIG_UNBLOCK, &set, &mask_before);
	raise(SIGTSTP);
	pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
	sigaction(SIGTSTP, &before, NULL);
}

void
screen_suspend(void)
{
	death_pause(true);
	endwin();
	stop_self();
	death_pause(false);
	clearok(curscr, TRUE);
	doupdate();
}
