/* csv_text.c - see csv_text.h. */
#include "common/base/csv_text.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define ESCAPED_MAX 4 /* bytes that one may become: \xNN */

static bool
is_formula(struct slice s)
{
	return s.len > 0 && s.ptr[0] != '\0' && strchr("=+-@\t\r", s.ptr[0]) != NULL;
}

void
csv_text_put(FILE *out, struct slice s)
{
	size_t size = s.len * ESCAPED_MAX + 1;
	char *shown = xcalloc(size, 1), *at;
	struct buf b;

	buf_init(&b, shown, size);
	str_escape(&b, s, ESCAPE_TEXT);
	fputs(is_formula(s) ? "\"'" : "\"", out);
	for (at = shown; *at != '\0'; at++) {
		if (*at == '"')
			fputc('"', out);
		fputc(*at, out);
	}
	fputc('"', out);
	free(shown);
}
