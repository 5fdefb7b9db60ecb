/* fuzz_entry.c - any line at the prompt: an entry with all that it needs, or an error that fits. */
#include <stdlib.h>
#include <string.h>

#include "tui/entry_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
add_word(void *arg, const char *word)
{
	(void)arg;
	if (word[0] == '\0')
		abort();
}

/* What an entry sets is shown and read back equal. */
static void
check_terms(const struct policy *terms)
{
	char text[ENTRY_TERMS_MAX];
	struct policy again;

	entry_terms_format(terms, " ", text);
	if (entry_terms_parse(slice_of(text), &again, NULL) == -1 ||
	    memcmp(terms, &again, sizeof(again)) != 0)
		abort();
}

static void
check_line(const struct entry_line *line)
{
	if (line->kind == ENTRY_DOMAIN) {
		if (line->domain_n == 0 || line->domain_n > ENTRY_DOMAINS_MAX)
			abort();
		return;
	}
	if (line->sender.text[0] == '\0' || line->scope.text[0] == '\0' || line->for_s < 0)
		abort();
	if (line->kind == ENTRY_POLICY)
		check_terms(&line->terms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct entry_line line;
	struct slice text = { (const char *)data, size };
	struct err err = { 0 };

	if (entry_line_parse(text, &line, &err) == 0)
		check_line(&line);
	else if (err.text[0] == '\0' || err.code != ERR_USAGE)
		abort();
	entry_line_complete(text, add_word, NULL);
	return 0;
}
