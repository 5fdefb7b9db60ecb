/* patterns.c - see patterns.h. A pattern is taken apart into its anchors and literal bytes; what is
 * no literal is either a free beginning (.* at its front) or a reason to refuse. */
#include "common/import/patterns.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct parts {
	bool begin, end; /* anchored */
	bool free_begin; /* .* or .+ at its front */
	char literal[PATTERNS_TEXT_MAX];
	size_t len;
	const char *not_literal;      /* what stands in the way, or NULL */
	char tail[PATTERNS_TEXT_MAX]; /* the literal after that */
	size_t tail_len;
};

static bool
begins(struct slice s, const char *head)
{
	size_t len = strlen(head);

	return s.len >= len && memcmp(s.ptr, head, len) == 0;
}

static void
skip(struct slice *s, size_t n)
{
	s->ptr += n;
	s->len -= n;
}

static void
take_anchors(struct slice *s, struct parts *p)
{
	static const char *const any[] = { ".*?", ".+?", ".*", ".+" };
	size_t i;

	p->begin = begins(*s, "^");
	skip(s, p->begin);
	for (i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		if (begins(*s, any[i])) {
			p->free_begin = true;
			skip(s, strlen(any[i]));
			break;
		}
	p->end = s->len > 0 && s->ptr[s->len - 1] == '$' &&
		 (s->len == 1 || s->ptr[s->len - 2] != '\\');
	s->len -= p->end;
}

/* What makes a pattern more than a text, for the complaint. */
static const char *
special(struct slice s)
{
	static const struct {
		const char *text, *what;
	} specials[] = {
		{ "(?=", "it looks ahead" },
		{ "(?!", "it looks ahead" },
		{ "(?<", "it looks behind" },
		{ "\\d", "it matches any digits" },
		{ "\\w", "it matches any letters" },
		{ "\\s", "it matches blanks" },
		{ "\\b", "it matches the border of a word" },
		{ "(", "it has alternatives" },
		{ "|", "it has alternatives" },
		{ "[", "it matches one of several characters" },
		{ "*", "a part may be repeated" },
		{ "+", "a part may be repeated" },
		{ "{", "a part may be repeated" },
		{ "?", "a part may be missing" },
		{ "^", "it begins within" },
		{ "$", "it ends within" },
		{ ")", "its parentheses do not match" },
	};
	size_t i;

	for (i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (begins(s, specials[i].text))
			return specials[i].what;
	if (s.ptr[0] == '\\' && s.len > 1 && isdigit((unsigned char)s.ptr[1]))
		return "it refers to what it matched before";
	return NULL;
}

/* The bytes before the next special one go to the literal, or once there was one to the tail,
 * which begins anew at each. A dot is taken for a dot: that matches less. */
static int
take_literal(struct slice s, struct parts *p, struct err *err)
{
	while (s.len > 0) {
		const char *what = special(s);
		bool repeated = s.len > 1 && s.ptr[0] != '\\' && strchr("*+?{", s.ptr[1]) != NULL;

		if (what == NULL && repeated)
			what = s.ptr[1] == '?' ? "a part may be missing" : "a part may be repeated";
		if (what != NULL) {
			p->not_literal = p->not_literal == NULL ? what : p->not_literal;
			p->tail_len = 0;
			skip(&s, repeated || (s.ptr[0] == '\\' && s.len > 1) ? 2 : 1);
			continue;
		}
		if (s.ptr[0] == '\\')
			skip(&s, 1);
		if (s.len == 0 || p->len == PATTERNS_TEXT_MAX - 3)
			return err_set(err, ERR_DATA,
			    s.len == 0 ? "it ends in a backslash" : "it is too long");
		if (p->not_literal == NULL)
			p->literal[p->len++] = s.ptr[0];
		else
			p->tail[p->tail_len++] = s.ptr[0];
		skip(&s, 1);
		if (p->tail_len == PATTERNS_TEXT_MAX - 3)
			return err_set(err, ERR_DATA, "it is too long");
	}
	return 0;
}

static int
take_apart(struct slice regex, struct parts *p, struct err *err)
{
	memset(p, 0, sizeof(*p));
	take_anchors(&regex, p);
	return take_literal(regex, p, err);
}

/* The name that the end of a refused pattern shows, when it is one. */
static const char *
suffix(struct parts *p)
{
	const char *dot = memchr(p->tail, '.', p->tail_len);

	p->tail[p->tail_len] = '\0';
	return dot != NULL && strchr(dot + 1, '.') != NULL && p->end ? dot + 1 : NULL;
}

static int
refuse(struct parts *p, struct err *err)
{
	const char *wider = suffix(p);

	if (wider == NULL)
		return err_set(err, ERR_DATA, "%s, which no rule can hold", p->not_literal);
	return err_set(err, ERR_DATA,
	    "%s, which no rule can hold; greygate rule add allow %.200s would let all hosts below "
	    "it pass",
	    p->not_literal, wider);
}

int
patterns_host(
    struct slice regex, char out[PATTERNS_TEXT_MAX], const char **notice_out, struct err *err)
{
	struct parts p;
	const char *name;

	if (take_apart(regex, &p, err) == -1)
		return -1;
	if (p.not_literal != NULL)
		return refuse(&p, err);
	if (!p.end)
		return err_set(err, ERR_DATA, "it has no end ($), so it matches names of anyone");
	p.literal[p.len] = '\0';
	name = p.literal + (p.literal[0] == '.');
	if (p.begin && p.free_begin && name == p.literal)
		return err_set(err, ERR_DATA, "the name that it ends with begins within a label");
	*notice_out = "";
	if (name != p.literal)
		*notice_out = "a rule for the name lets the name itself pass as well";
	else if (!p.begin && !p.free_begin)
		*notice_out =
		    "a rule is for whole labels, not for all that ends with these letters";
	memcpy(out, name, strlen(name) + 1);
	return 0;
}

int
patterns_address(struct slice regex, char out[PATTERNS_TEXT_MAX], struct err *err)
{
	const char *at;
	struct parts p;

	if (take_apart(regex, &p, err) == -1)
		return -1;
	if (p.not_literal != NULL)
		return err_set(
		    err, ERR_DATA, "%s, which no recipient form can hold", p.not_literal);
	p.literal[p.len] = '\0';
	at = strchr(p.literal, '@');
	if (at == NULL)
		return err_set(err, ERR_DATA, "it has no @, so it matches parts of addresses");
	if (at == p.literal ? !p.end : !p.begin || p.free_begin || (at[1] != '\0' && !p.end))
		return err_set(err, ERR_DATA, "it matches parts of addresses (^ or $ is missing)");
	memcpy(out, p.literal, p.len + 1);
	if (at[1] == '\0')
		strcat(out, "*");
	return 0;
}
