/* paragraph.c - see paragraph.h. */
#include "cli/paragraph.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "common/base/xalloc.h"

static void
put_wrapped(FILE *out, int indent, int width, char *text)
{
	char *rest = NULL, *word = strtok_r(text, " ", &rest);
	int used = indent, cells;
	bool first = true; /* of its line */

	for (; word != NULL; word = strtok_r(NULL, " ", &rest)) {
		cells = table_width(word);
		if (!first && used + 1 + cells >= width) {
			fprintf(out, "\n%*s", indent, "");
			used = indent;
			first = true;
		}
		fprintf(out, "%s%s", first ? "" : " ", word);
		used += cells + !first;
		first = false;
	}
	fputc('\n', out);
}

void
paragraph_put(FILE *out, const char *label, int indent, int width, const char *text)
{
	int left = table_width(label);
	char *copy;

	if (left > indent && *label != '\0') {
		fprintf(out, "%s\n", label);
		label = "";
		left = 0;
	}
	fprintf(out, "%s%*s", label, indent - left, "");
	if (width == 0) {
		fprintf(out, "%s\n", text);
		return;
	}
	copy = xstrdup(text);
	put_wrapped(out, indent, width, copy);
	free(copy);
}
