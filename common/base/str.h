/* str.h - slices, bounded buffers, UTF-8 and the escaping of text that came from outside. */
#ifndef COMMON_BASE_STR_H
#define COMMON_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LEN bytes at PTR, owned by someone else, not ended by NUL, any bytes inside. PTR may be NULL
 * when LEN is 0. */
struct slice {
	const char *ptr;
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
#define SLICE_NONE ((struct slice){ NULL, 0 })

struct slice slice_of(const char *text); /* NULL gives the empty slice */
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_nocase(struct slice a, struct slice b); /* ASCII letters only */
bool slice_ends_with(struct slice s, struct slice tail);
struct slice slice_trim(struct slice s); /* blanks and tabs off both ends */

/* A buffer over storage of the caller: text is added until it is full, the rest is dropped and
 * CUT set. The text is always ended by NUL. */
struct buf {
	char *ptr;
	size_t len;
	size_t cap; /* bytes of storage, with the place for the NUL */
	bool cut;
};

void buf_init(struct buf *b, char *storage, size_t cap); /* cap >= 1 */
void buf_reset(struct buf *b);
void buf_add(struct buf *b, struct slice s);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t number); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct slice buf_slice(const struct buf *b);

/* Code points that are valid but not seen, or that move what follows. */
bool str_is_invisible(uint32_t cp);

/* What else than harmful characters is escaped. */
enum escape_mode {
	ESCAPE_TEXT, /* for a screen or a message: a backslash, too */
	ESCAPE_FIELD /* for key=value log lines: blanks, commas, '=' and quotes as well */
};

/* Adds S to B with everything replaced that could act on a terminal, a log or its reader:
 * controls, C1 and invalid UTF-8 bytes as \xNN; bidirectional, zero-width, line-separator and
 * other invisible format characters as \u{NNNN}. The result is valid UTF-8 on one line. */
void str_escape(struct buf *b, struct slice s, enum escape_mode mode);

/* Reads one code point from the front of S; returns its length in bytes and the value in CP_OUT,
 * or 0 when the bytes are no valid UTF-8 (overlong, surrogate, above U+10FFFF, cut off). */
size_t str_utf8_next(struct slice s, uint32_t *cp_out);
bool str_is_utf8(struct slice s);

/* ASCII letters to lower case, in place; other bytes stay. */
void str_lower(char *text, size_t len);

/* The candidate nearest to WORD by edit distance, when near enough for a "did you mean";
 * otherwise NULL. CANDIDATES has N entries. */
const char *str_nearest(struct slice word, const char *const *candidates, size_t n);

#endif
