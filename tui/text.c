/* text.c - see text.h. A text is read glyph by glyph: a base with its marks, or an escape. */
#include "tui/text.h"

#include <string.h>
#include <wchar.h>

#define MARKS_MAX 2

struct glyph {
	char text[16]; /* as it is shown: four bytes and two marks of four, or "\u{10ffff}" */
	size_t len;
	int cells;
	size_t from; /* bytes it was made of */
	bool escaped;
};

static struct slice
rest_of(struct slice s, size_t n)
{
	return (struct slice){ s.ptr + n, s.len - n };
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

/* Length of a mark at the front of S, 0 when there is none. */
static size_t
mark_len(struct slice s)
{
	uint32_t cp;
	size_t n;

	if (s.len == 0 || (unsigned char)s.ptr[0] < 0x80)
		return 0;
	n = str_utf8_next(s, &cp);
	if (n == 0 || str_is_invisible(cp) || wcwidth((wchar_t)cp) != 0)
		return 0;
	return n;
}

static void
take_marks(struct glyph *g, struct slice s)
{
	size_t n;
	int taken = 0;

	while ((n = mark_len(rest_of(s, g->from))) > 0) {
		if (taken++ < MARKS_MAX) {
			memcpy(g->text + g->len, s.ptr + g->from, n);
			g->len += n;
		}
		g->from += n;
	}
}

/* What str_escape() makes of N bytes, or the code point when it would let them be. */
static void
escape_glyph(struct glyph *g, struct slice s, size_t n, uint32_t cp)
{
	struct buf b;

	buf_init(&b, g->text, sizeof(g->text));
	if (n > 1 && !str_is_invisible(cp))
		buf_printf(&b, "\\u{%04x}", (unsigned)cp);
	else
		str_escape(&b, (struct slice){ s.ptr, n }, ESCAPE_TEXT);
	g->len = b.len;
	g->cells = (int)b.len;
	g->from = n;
	g->escaped = true;
}

static void
base_glyph(struct glyph *g, struct slice base, int cells)
{
	memcpy(g->text, base.ptr, base.len);
	g->len = base.len;
	g->cells = cells;
	g->from = base.len;
	g->escaped = false;
}

/* The first character of S, which is not empty. */
static void
read_glyph(struct glyph *g, struct slice s, enum text_charset charset)
{
	uint32_t cp = 0;
	size_t n = str_utf8_next(s, &cp);
	int cells;

	if (n == 1 && is_plain(s.ptr[0])) {
		base_glyph(g, (struct slice){ s.ptr, 1 }, 1);
	} else if (n <= 1 || str_is_invisible(cp)) {
		escape_glyph(g, s, n == 0 ? 1 : n, cp);
		return;
	} else if (charset == TEXT_ASCII) {
		base_glyph(g, SLICE("?"), 1);
		g->from = n;
	} else if ((cells = wcwidth((wchar_t)cp)) > 0) {
		base_glyph(g, (struct slice){ s.ptr, n }, cells);
	} else if (cells == 0) {
		base_glyph(g, SLICE(" "), 1);
		g->from = 0; /* the mark is yet to come */
	} else {
		escape_glyph(g, s, n, cp);
		return;
	}
	if (charset == TEXT_UTF8)
		take_marks(g, s);
}

/* A character is added whole or not at all. */
static void
add_whole(struct buf *out, struct slice bytes)
{
	if (out->cap - 1 - out->len < bytes.len)
		out->cut = true;
	else
		buf_add(out, bytes);
}

static void
add_blanks(struct buf *out, int n)
{
	char blanks[64];
	int most = (int)sizeof(blanks);

	memset(blanks, ' ', sizeof(blanks));
	for (; n > 0; n -= most)
		buf_add(out, (struct slice){ blanks, (size_t)(n < most ? n : most) });
}

/* Cells that are being filled, and the last place where the mark of a cut would still fit. */
struct fitting {
	struct buf *out;
	int cols, used;
	size_t kept;
	int kept_used;
};

static bool
fit_piece(struct fitting *f, struct slice bytes, int cells)
{
	if (f->used + cells > f->cols)
		return false;
	add_whole(f->out, bytes);
	f->used += cells;
	if (f->used < f->cols) {
		f->kept = f->out->len;
		f->kept_used = f->used;
	}
	return true;
}

/* An escape may be cut anywhere, another character not. */
static bool
fit_glyph(struct fitting *f, const struct glyph *g)
{
	size_t i;

	if (!g->escaped)
		return fit_piece(f, (struct slice){ g->text, g->len }, g->cells);
	for (i = 0; i < g->len; i++)
		if (!fit_piece(f, (struct slice){ g->text + i, 1 }, 1))
			return false;
	return true;
}

static void
cut_here(struct fitting *f, enum text_charset charset)
{
	f->out->len = f->kept;
	f->out->ptr[f->kept] = '\0';
	add_blanks(f->out, f->cols - 1 - f->kept_used);
	add_whole(f->out, charset == TEXT_ASCII ? SLICE("~") : SLICE("…"));
	f->used = f->cols;
}

/* Plain ASCII at the front, in one go: nearly all that ever comes. The last cell of it is left to
 * fit_any(), because a mark may follow, or what does not fit. */
static size_t
fit_plain(struct fitting *f, struct slice s)
{
	size_t n = 0, most = (size_t)f->cols - 1;

	while (n < s.len && n < most && is_plain(s.ptr[n]))
		n++;
	if (n < s.len && n > 0 && !is_plain(s.ptr[n]))
		n--;
	if (n > 0)
		fit_piece(f, (struct slice){ s.ptr, n }, (int)n);
	return n;
}

static void
fit_any(struct fitting *f, struct slice s, enum text_charset charset)
{
	struct glyph g;

	for (; s.len > 0; s = rest_of(s, g.from)) {
		read_glyph(&g, s, charset);
		if (!fit_glyph(f, &g)) {
			cut_here(f, charset);
			return;
		}
	}
}

/* Moves the N blanks at the end to START. */
static void
move_blanks(struct buf *out, size_t start, size_t n)
{
	memmove(out->ptr + start + n, out->ptr + start, out->len - start - n);
	memset(out->ptr + start, ' ', n);
}

void
text_fit(
    struct buf *out, struct slice s, int cols, enum text_align align, enum text_charset charset)
{
	struct fitting f = { .out = out, .cols = cols, .kept = out->len };
	size_t start = out->len, end, n;

	if (cols <= 0)
		return;
	n = fit_plain(&f, s);
	fit_any(&f, rest_of(s, n), charset);
	end = out->len;
	add_blanks(out, cols - f.used);
	if (align == TEXT_RIGHT)
		move_blanks(out, start, out->len - end);
}

int
text_cells(struct slice s, enum text_charset charset)
{
	struct glyph g;
	int cells = 0;

	for (; s.len > 0; s = rest_of(s, g.from)) {
		read_glyph(&g, s, charset);
		cells += g.cells;
	}
	return cells;
}

size_t
text_next(struct slice s)
{
	struct glyph g;

	if (s.len == 0)
		return 0;
	read_glyph(&g, s, TEXT_UTF8);
	return g.from;
}

static size_t
skip_blanks(struct slice s, size_t at)
{
	while (at < s.len && s.ptr[at] == ' ')
		at++;
	return at;
}

/* Where a line of COLS cells is full: the offset of the first character that has no place, and in
 * BREAK_OUT that of the last blanks after a word, 0 when there are none. */
static size_t
full_at(struct slice s, int cols, enum text_charset charset, size_t *break_out)
{
	struct glyph g;
	size_t at;
	bool in_word = false;
	int used = 0;

	*break_out = 0;
	for (at = 0; at < s.len; at += g.from) {
		read_glyph(&g, rest_of(s, at), charset);
		if (in_word && s.ptr[at] == ' ')
			*break_out = at;
		in_word = s.ptr[at] != ' ';
		used += g.cells;
		if (used > cols)
			return at > 0 ? at : g.from;
	}
	return at;
}

size_t
text_wrap(struct slice s, int cols, enum text_charset charset, size_t *next_out)
{
	size_t break_at, full = full_at(s, cols, charset, &break_at);

	if (full == s.len)
		return *next_out = full;
	if (break_at > 0) {
		*next_out = skip_blanks(s, break_at);
		return break_at;
	}
	*next_out = skip_blanks(s, full);
	return full;
}

/* VALUE of MAX in STEPS, at least one when there is a value. */
static int
share(int64_t value, int64_t max, int steps)
{
	int n;

	if (value <= 0 || steps <= 0)
		return 0;
	if (value >= max)
		return steps;
	n = (int)((double)value / (double)max * steps);
	return n > 0 ? n : 1;
}

void
text_bar(struct buf *out, int64_t value, int64_t max, int cols, enum text_charset charset)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int per_cell = charset == TEXT_ASCII ? 1 : 8;
	int n = share(value, max, cols * per_cell);
	int full = n / per_cell;

	while (full-- > 0)
		add_whole(out, charset == TEXT_ASCII ? SLICE("#") : SLICE("█"));
	add_whole(out, slice_of(parts[n % per_cell]));
}

const char *
text_column(int level, enum text_charset charset)
{
	static const char *const columns[2][9] = {
		[TEXT_ASCII] = { " ", ".", ".", ".", ":", ":", "#", "#", "#" },
		[TEXT_UTF8] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
	};

	return columns[charset][level < 0 ? 0 : level > 8 ? 8 : level];
}
