/* term.c - see term.h. One screen at a time; curses knows it as stdscr. */
#include "tui/term.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "common/base/xalloc.h"
#include "tui/input.h"
#include "tui/screen.h"
#include "tui/theme.h"

#define SIDE_MAX 2000 /* rows and columns; curses counts in short */

static const char letters[] = {
	[ELEMENT_NORMAL] = '.',
	[ELEMENT_BAR] = 'b',
	[ELEMENT_ACTIVE] = 'a',
	[ELEMENT_HEAD] = 'h',
	[ELEMENT_CURSOR] = 'c',
	[ELEMENT_TAGGED] = 't',
	[ELEMENT_DIM] = 'd',
	[ELEMENT_GOOD] = 'g',
	[ELEMENT_NOTICE] = 'n',
	[ELEMENT_BAD] = 'x',
	[ELEMENT_KEY] = 'k',
	[ELEMENT_SECTION] = 's',
	[ELEMENT_CHART] = 'r',
};

struct term {
	struct screen screen;
	bool in_memory;
	enum text_charset charset;
	attr_t looks[ELEMENT_N];
	int rows, cols;
	int cursor_row, cursor_col; /* -1: hidden */
	char *marks, *shown_marks;  /* a letter a cell: of this frame, of the last that was shown */
	char *text;                 /* what is put, twice: fitted, and clipped */
	int text_cells;             /* so many it holds */
	cchar_t *cells;             /* a row that is read back */
	struct input input;
};

/* Room for the size that curses has now. */
static void
take_size(struct term *term)
{
	size_t cells;

	getmaxyx(stdscr, term->rows, term->cols);
	cells = (size_t)term->rows * (size_t)term->cols;
	term->marks = xreallocarray(term->marks, cells, 1);
	term->shown_marks = xreallocarray(term->shown_marks, cells, 1);
	term->cells = xreallocarray(term->cells, (size_t)term->cols + 1, sizeof(*term->cells));
	memset(term->marks, letters[ELEMENT_NORMAL], cells);
	memset(term->shown_marks, letters[ELEMENT_NORMAL], cells);
	term->cursor_row = -1;
}

static int
clamp_side(int side)
{
	return side < 1 ? 1 : side > SIDE_MAX ? SIDE_MAX : side;
}

static void
set_size(struct term *term, int rows, int cols)
{
	rows = clamp_side(rows);
	cols = clamp_side(cols);
	if (rows == term->rows && cols == term->cols)
		return;
	resize_term(rows, cols); /* resizeterm() would type KEY_RESIZE as well */
	clearok(curscr, TRUE);
	take_size(term);
}

static void
begin(struct term *term, enum theme theme, const struct term_options *options)
{
	curs_set(0);
	theme_load(theme, term->looks);
	take_size(term);
	if (term->in_memory)
		set_size(term, options->rows, options->cols);
	else
		input_begin(&term->input);
}

static bool
wants_mono(const struct term_options *options)
{
	const char *no_color = getenv("NO_COLOR");

	return options->mono || (no_color != NULL && *no_color != '\0');
}

struct term *
term_open(const struct term_options *options, struct err *err)
{
	int theme = theme_find(options->theme, err);
	struct term *term;

	if (theme == -1)
		return NULL;
	term = xcalloc(1, sizeof(*term));
	term->charset = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TEXT_UTF8 : TEXT_ASCII;
	term->in_memory = options->rows != 0;
	if (screen_open(&term->screen, term->in_memory, err) == -1) {
		free(term);
		return NULL;
	}
	begin(term, wants_mono(options) ? THEME_MONO : (enum theme)theme, options);
	return term;
}

void
term_close(struct term *term)
{
	if (term == NULL)
		return;
	if (!term->in_memory)
		input_end(&term->input);
	screen_close(&term->screen);
	free(term->marks);
	free(term->shown_marks);
	free(term->text);
	free(term->cells);
	free(term);
}

int
term_rows(const struct term *term)
{
	return term->rows;
}

int
term_cols(const struct term *term)
{
	return term->cols;
}

enum text_charset
term_charset(const struct term *term)
{
	return term->charset;
}

void
term_erase(struct term *term)
{
	werase(stdscr);
	memset(term->marks, letters[ELEMENT_NORMAL], (size_t)term->rows * (size_t)term->cols);
	term->cursor_row = -1;
}

/* Adds to OUT what stands in KEEP cells of S after the first SKIP; a wide character across an edge
 * leaves blanks. */
static void
clip(struct buf *out, struct slice s, int skip, int keep)
{
	int at = 0, end = skip + keep, width;
	bool inside = false;
	uint32_t cp;
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = str_utf8_next(s, &cp);
		width = wcwidth((wchar_t)cp);
		if (width > 0)
			inside = at >= skip && at + width <= end;
		if (inside)
			buf_add(out, (struct slice){ s.ptr, n });
		else
			for (; width > 0; width--, at++)
				if (at >= skip && at < end)
					buf_add_char(out, ' ');
		at += width;
	}
}

/* S in COLS cells, of which SKIP at the left and all after KEEP are outside. */
static struct slice
fitted(struct term *term, struct slice s, enum text_align align, int cols, int skip, int keep)
{
	size_t room = TEXT_ROOM(cols);
	struct buf fit, clipped;

	if (cols > term->text_cells) {
		term->text = xreallocarray(term->text, 2, room);
		term->text_cells = cols;
	}
	buf_init(&fit, term->text, room);
	text_fit(&fit, s, cols, align, term->charset);
	if (keep == cols)
		return buf_slice(&fit);
	buf_init(&clipped, term->text + room, room);
	clip(&clipped, buf_slice(&fit), skip, keep);
	return buf_slice(&clipped);
}

/* One cell, from a base and its marks at the front of S; returns their bytes. */
static size_t
to_cell(cchar_t *cell, struct slice s, attr_t look)
{
	wchar_t characters[CCHARW_MAX + 1] = { 0 };
	size_t used = 0, n;
	uint32_t cp = 0;
	int i;

	for (i = 0; i < CCHARW_MAX && used < s.len; i++) {
		n = str_utf8_next((struct slice){ s.ptr + used, s.len - used }, &cp);
		if (i > 0 && (cp < 0x80 || wcwidth((wchar_t)cp) > 0))
			break;
		characters[i] = (wchar_t)cp;
		used += n;
	}
	setcchar(cell, characters, look & ~(attr_t)A_COLOR, (short)PAIR_NUMBER(look), NULL);
	return used;
}

/* Fills CELLS with S, fitted; returns how many. In this form curses neither wraps nor scrolls. */
static int
to_cells(struct term *term, struct slice s, attr_t look)
{
	size_t n;
	int i;

	for (i = 0; s.len > 0; i++, s.ptr += n, s.len -= n)
		n = to_cell(&term->cells[i], s, look);
	return i;
}

static void
put(struct term *term, int row, int col, enum element element, struct slice s, int cols,
    enum text_align align)
{
	int first = col < 0 ? 0 : col, last;

	if (row < 0 || row >= term->rows || col >= term->cols || cols <= 0 || col < -SIDE_MAX)
		return;
	cols = cols < 2 * SIDE_MAX ? cols : 2 * SIDE_MAX;
	last = col + cols < term->cols ? col + cols : term->cols;
	if (last <= first)
		return;
	s = fitted(term, s, align, cols, first - col, last - first);
	mvwadd_wchnstr(stdscr, row, first, term->cells, to_cells(term, s, term->looks[element]));
	memset(term->marks + row * term->cols + first, letters[element], (size_t)(last - first));
}

void
term_put(struct term *term, int row, int col, enum element element, struct slice s, int cols)
{
	put(term, row, col, element, s, cols, TEXT_LEFT);
}

void
term_put_right(struct term *term, int row, int col, enum element element, struct slice s, int cols)
{
	put(term, row, col, element, s, cols, TEXT_RIGHT);
}

void
term_cursor(struct term *term, int row, int col)
{
	bool inside = row >= 0 && row < term->rows && col >= 0 && col < term->cols;

	term->cursor_row = inside ? row : -1;
	term->cursor_col = col;
}

void
term_show(struct term *term)
{
	bool cursor = term->cursor_row != -1;

	if (cursor)
		wmove(stdscr, term->cursor_row, term->cursor_col);
	else
		curs_set(0);
	wnoutrefresh(stdscr);
	doupdate();
	if (cursor)
		curs_set(1);
	memcpy(term->shown_marks, term->marks, (size_t)term->rows * (size_t)term->cols);
}

void
term_redraw(struct term *term)
{
	(void)term;
	clearok(curscr, TRUE);
}

int
term_theme(struct term *term, const char *name)
{
	int theme = theme_find(name, NULL);

	if (theme == -1)
		return -1;
	theme_load((enum theme)theme, term->looks);
	return 0;
}

int
term_key(struct term *term)
{
	return term->in_memory ? K_NONE : input_key(&term->input, term->charset);
}

void
term_resize(struct term *term, int rows, int cols)
{
	struct winsize size;

	if (term->in_memory)
		set_size(term, rows, cols);
	else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		set_size(term, size.ws_row, size.ws_col);
}

void
term_suspend(struct term *term)
{
	if (term->in_memory)
		return;
	screen_suspend();
	term_resize(term, 0, 0);
}

void
term_mouse(struct term *term, bool on)
{
	if (!term->in_memory)
		input_mouse(on);
}

bool
term_click(struct term *term, struct term_click *click_out)
{
	*click_out = term->input.click;
	return term->input.clicked;
}

static void
add_cell(struct buf *out, const cchar_t *cell)
{
	wchar_t characters[CCHARW_MAX + 1] = { 0 };
	char bytes[KEY_BYTES_MAX] = "";
	attr_t attributes;
	size_t n;
	short pair;
	int i;

	if (getcchar(cell, characters, &attributes, &pair, NULL) == ERR)
		return;
	for (i = 0; characters[i] != L'\0'; i++) {
		n = key_bytes((int)characters[i], bytes);
		buf_add(out, (struct slice){ bytes, n });
	}
}

void
term_row_text(struct term *term, int row, struct buf *out)
{
	size_t used = out->len;
	int y, x, i;

	if (row < 0 || row >= term->rows)
		return;
	getyx(curscr, y, x);
	mvwin_wchnstr(curscr, row, 0, term->cells, term->cols);
	wmove(curscr, y, x);
	for (i = 0; i < term->cols && term->cells[i].chars[0] != L'\0'; i++) {
		add_cell(out, &term->cells[i]);
		if (out->len > used && out->ptr[out->len - 1] != ' ')
			used = out->len;
	}
	out->len = used;
	out->ptr[used] = '\0';
}

void
term_row_marks(struct term *term, int row, struct buf *out)
{
	if (row >= 0 && row < term->rows)
		buf_add(out,
		    (struct slice){ term->shown_marks + row * term->cols, (size_t)term->cols });
}
