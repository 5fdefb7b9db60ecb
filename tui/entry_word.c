/* entry_word.c - see entry_word.h. */
#include "tui/entry_word.h"

#define SHOWN_MAX 40 /* bytes of a word in an error */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int
entry_word_shown(struct slice word)
{
	size_t len = word.len < SHOWN_MAX ? word.len : SHOWN_MAX;

	while (len > 0 && len < word.len && ((unsigned char)word.ptr[len] & 0xc0) == 0x80)
		len--;
	return (int)len;
}

bool
entry_word_next(struct slice *rest, struct slice *word_out)
{
	*rest = slice_trim(*rest);
	*word_out = (struct slice){ rest->ptr, 0 };
	if (rest->len == 0 || *rest->ptr == '#')
		return false;
	while (word_out->len < rest->len && !is_blank(rest->ptr[word_out->len]))
		word_out->len++;
	rest->ptr += word_out->len;
	rest->len -= word_out->len;
	return true;
}

int
entry_word_refuse(struct slice word, const char *const *possible, size_t n, struct err *err)
{
	const char *near = str_nearest(word, possible, n);
	char text[256];
	struct buf b;
	size_t i;

	buf_init(&b, text, sizeof(text));
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", possible[i]);
	return err_set(err, ERR_USAGE, "%.*s: possible here: %s%s%s%s", entry_word_shown(word),
	    word.ptr, text, near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
}
