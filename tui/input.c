/* input.c - see input.h. */
#include "tui/input.h"

#include <time.h>

#define DOUBLE_CLICK_MS 400
#define ESCAPE 27

static const struct {
	int from, to;
} keys[] = {
	{ KEY_UP, K_UP },
	{ KEY_DOWN, K_DOWN },
	{ KEY_LEFT, K_LEFT },
	{ KEY_RIGHT, K_RIGHT },
	{ KEY_HOME, K_HOME },
	{ KEY_FIND, K_HOME },
	{ KEY_A1, K_HOME },
	{ KEY_END, K_END },
	{ KEY_SELECT, K_END },
	{ KEY_C1, K_END },
	{ KEY_PPAGE, K_PAGE_UP },
	{ KEY_A3, K_PAGE_UP },
	{ KEY_NPAGE, K_PAGE_DOWN },
	{ KEY_C3, K_PAGE_DOWN },
	{ KEY_DC, K_DELETE },
	{ KEY_IC, K_INSERT },
	{ KEY_BTAB, K_BACK_TAB },
	{ KEY_BACKSPACE, K_BACKSPACE },
	{ KEY_ENTER, K_ENTER },
	{ '\b', K_BACKSPACE },
	{ '\n', K_ENTER },
};

/* What terminals send whose TERM says that they send something else. */
static const struct {
	const char *bytes;
	int key;
} sequences[] = {
	{ "\033[A", KEY_UP },
	{ "\033[B", KEY_DOWN },
	{ "\033[C", KEY_RIGHT },
	{ "\033[D", KEY_LEFT },
	{ "\033[H", KEY_HOME },
	{ "\033[F", KEY_END },
	{ "\033[1~", KEY_HOME },
	{ "\033[4~", KEY_END },
	{ "\033[7~", KEY_HOME },
	{ "\033[8~", KEY_END },
	{ "\033[Z", KEY_BTAB },
};

void
input_begin(struct input *input)
{
	size_t i;

	for (i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		if (key_defined(sequences[i].bytes) == 0)
			define_key(sequences[i].bytes, sequences[i].key);
	input->pad = newpad(1, 1);
	keypad(input->pad, TRUE);
	nodelay(input->pad, TRUE);
	mouseinterval(0); /* a press is reported at once; double clicks are ours to see */
}

void
input_end(struct input *input)
{
	input_mouse(false);
	delwin(input->pad);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* The second press on a row within a short time opens what the first has selected. */
static int
press(struct input *input, int row)
{
	int64_t now = now_ms();
	bool second = input->pressed_ms > 0 && now - input->pressed_ms <= DOUBLE_CLICK_MS &&
		      input->click.row == row;

	input->pressed_ms = second ? 0 : now;
	return second ? CLICK_OPEN : CLICK_SELECT;
}

/* After the wheel something else stands in the row. */
static int
turn(struct input *input, int what)
{
	input->pressed_ms = 0;
	return what;
}

static int
mouse_key(struct input *input)
{
	MEVENT event;

	if (getmouse(&event) == ERR)
		return K_NONE;
	if (event.bstate & BUTTON1_PRESSED)
		input->click.what = press(input, event.y);
	else if (event.bstate & BUTTON4_PRESSED)
		input->click.what = turn(input, CLICK_UP);
	else if (event.bstate & BUTTON5_PRESSED)
		input->click.what = turn(input, CLICK_DOWN);
	else
		return K_NONE;
	input->click.row = event.y;
	input->click.col = event.x;
	input->clicked = true;
	return K_MOUSE;
}

/* Drops the rest of a sequence that means nothing to us. FIRST has come after "ESC [" or "ESC O".
 */
static void
drop_sequence(struct input *input, int opener, int first)
{
	int c = first;

	while (opener == '[' && c >= 0x20 && c < 0x40)
		c = wgetch(input->pad);
	if (c != ERR && (c < 0x40 || c > 0x7e))
		ungetch(c);
}

/* A lone ESC, or one before another key: that is read next. */
static int
escape_key(struct input *input)
{
	int opener = wgetch(input->pad), c;

	if (opener == ERR)
		return K_ESCAPE;
	if (opener != '[' && opener != 'O') {
		ungetch(opener);
		return K_ESCAPE;
	}
	wtimeout(input->pad, SCREEN_ESCAPE_MS);
	c = wgetch(input->pad);
	if (c == ERR)
		ungetch(opener);
	else
		drop_sequence(input, opener, c);
	nodelay(input->pad, TRUE);
	return c == ERR ? K_ESCAPE : K_NONE;
}

/* One more byte of a character; those that make none are dropped. */
static int
utf8_key(struct input *input, unsigned char byte)
{
	unsigned char lead;
	size_t len = input->partial_len;
	uint32_t cp;

	if ((byte & 0xc0) != 0x80)
		len = 0;
	else if (len == 0)
		return K_NONE;
	input->partial[len++] = (char)byte;
	lead = (unsigned char)input->partial[0];
	input->partial_len = len;
	if (len < (lead >= 0xf0 ? 4u : lead >= 0xe0 ? 3u : 2u) && lead <= 0xf4)
		return K_NONE;
	input->partial_len = 0;
	if (str_utf8_next((struct slice){ input->partial, len }, &cp) != len || cp < 0xa0)
		return K_NONE;
	return (int)cp;
}

static int
plain_key(int c)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].from == c)
			return keys[i].to;
	if (c >= KEY_F(1) && c <= KEY_F(12))
		return K_F1 + (c - KEY_F(1));
	return c < 0x80 ? c : K_NONE;
}

int
input_key(struct input *input, enum text_charset charset)
{
	int c, key = K_NONE;

	while (key == K_NONE && (c = wgetch(input->pad)) != ERR) {
		if (c >= 0x80 && c <= 0xff) {
			key = charset == TEXT_UTF8 ? utf8_key(input, (unsigned char)c) : K_NONE;
			continue;
		}
		input->partial_len = 0;
		if (c == KEY_MOUSE)
			key = mouse_key(input);
		else
			key = c == ESCAPE ? escape_key(input) : plain_key(c);
	}
	return key;
}

void
input_mouse(bool on)
{
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}
