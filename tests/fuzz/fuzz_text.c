/* fuzz_text.c - any bytes on a screen: as many cells as asked for, valid UTF-8, nothing that acts
 * on a terminal. The first two bytes pick the width, the side and the character set. */
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "tui/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return setlocale(LC_ALL, "C.UTF-8") == NULL;
}

static int
cells_on_screen(struct slice s, enum text_charset charset)
{
	int total = 0;
	uint32_t cp;
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = str_utf8_next(s, &cp);
		if (n == 0 || str_is_invisible(cp) || wcwidth((wchar_t)cp) < 0 ||
		    (charset == TEXT_ASCII && cp >= 0x80))
			abort();
		total += wcwidth((wchar_t)cp);
	}
	return total;
}

static void
check_wrap(struct slice s, int cols, enum text_charset charset)
{
	size_t len, next;

	for (; s.len > 0; s.ptr += next, s.len -= next) {
		len = text_wrap(s, cols, charset, &next);
		if (len == 0 || next < len || next > s.len)
			abort();
	}
}

static void
check_steps(struct slice s)
{
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n)
		if ((n = text_next(s)) == 0 || n > s.len)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data + 2, size - 2 };
	enum text_charset charset;
	enum text_align align;
	struct buf b;
	char *room;
	int cols;

	if (size < 2)
		return 0;
	cols = data[0];
	charset = data[1] & 1 ? TEXT_UTF8 : TEXT_ASCII;
	align = data[1] & 2 ? TEXT_RIGHT : TEXT_LEFT;
	room = malloc(TEXT_ROOM(cols)); /* its end is where a sanitizer sees it */
	buf_init(&b, room, TEXT_ROOM(cols));
	text_fit(&b, s, cols, align, charset);
	if (b.cut || cells_on_screen(buf_slice(&b), charset) != cols)
		abort();
	free(room);
	check_wrap(s, cols, charset);
	check_steps(s);
	return text_cells(s, charset) < 0 ? -1 : 0;
}
