/* entry_until.c - how long an entry lasts, as it is typed and shown (entry_line.h). */
#include "tui/entry_line.h"

#include "tui/entry_word.h"

int
entry_until_parse(struct slice text, int64_t now_s, int64_t *expires_s_out, struct err *err)
{
	struct slice word = slice_trim(text);
	int64_t left_s = 0;

	if (slice_equal_nocase(word, SLICE("never"))) {
		*expires_s_out = 0;
		return 0;
	}
	if (duration_parse(word, &left_s) == -1 || left_s == 0)
		return err_set(err, ERR_USAGE,
		    "%.*s: expected never, or how long from now, such as 7d or 12h",
		    entry_word_shown(word), word.ptr);
	*expires_s_out = now_s + left_s;
	return 0;
}

const char *
entry_until_format(int64_t expires_s, int64_t now_s, char out[DURATION_TEXT_MAX])
{
	char text[DURATION_TEXT_MAX];
	const char *from;
	char *to = out;

	if (expires_s == 0)
		return "never";
	if (expires_s <= now_s)
		return "expired";
	for (from = duration_format_human(expires_s - now_s, text); *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return out;
}
