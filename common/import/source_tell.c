/* source_tell.c - see source.h: rows are counted, and what is wrong with one is told with its
 * place. */
#include "common/import/source.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define PROGRESS_ROWS 16384
#define TEXT_MAX 512

void
source_row(struct import *import, int64_t line)
{
	import->line = line;
	if (++import->report.read % PROGRESS_ROWS == 0)
		import->options.progress(import->options.arg, import->report.read);
}

const char *
source_place(const struct import *import, char out[SOURCE_PLACE_MAX])
{
	snprintf(out, SOURCE_PLACE_MAX, "%.200s:%" PRId64, import->path, import->line);
	return out;
}

static void tell(struct import *import, enum import_told what, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

static void
tell(struct import *import, enum import_told what, const char *fmt, va_list args)
{
	char place[SOURCE_PLACE_MAX] = "", text[TEXT_MAX];

	if (what != IMPORT_HINT)
		source_place(import, place);
	vsnprintf(text, sizeof(text), fmt, args);
	import->options.told(import->options.arg, what, place, text);
}

void
source_refuse(struct import *import, const char *fmt, ...)
{
	va_list args;

	import->report.refused++;
	va_start(args, fmt);
	tell(import, IMPORT_REFUSED, fmt, args);
	va_end(args);
}

void
source_note(struct import *import, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(import, IMPORT_NOTE, fmt, args);
	va_end(args);
}

void
source_hint(struct import *import, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(import, IMPORT_HINT, fmt, args);
	va_end(args);
}
