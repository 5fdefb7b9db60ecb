/* entry_edit.c - editing: one question after the other, each with what is there now. Nothing is
 * written before the last one is answered; then only what was answered is changed, in the entries
 * as they are by then, so that what others changed meanwhile stays. Of several entries only what
 * may be the same for all is asked; what differs among them stays unless something is typed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/commands.h"
#include "tui/entry_line.h"
#include "tui/entry_row.h"

#define LABEL_MAX 160

/* ---- what can be asked ---- */

static void
write_comment(struct console *c, const struct entry_row *row, char out[LINE_MAX_BYTES])
{
	(void)c;
	snprintf(out, LINE_MAX_BYTES, "%s", row->comment);
}

static int
read_comment(
    struct console *c, const char *text, struct entry_row *row, char *notice, struct err *err)
{
	(void)c;
	(void)notice;
	(void)err;
	free(row->comment);
	row->comment = xslicedup(slice_trim(slice_of(text)));
	return 0;
}

static void
write_scope(struct console *c, const struct entry_row *row, char out[LINE_MAX_BYTES])
{
	(void)c;
	snprintf(out, LINE_MAX_BYTES, "%s", row->scope);
}

static int
read_scope(
    struct console *c, const char *text, struct entry_row *row, char *notice, struct err *err)
{
	struct pattern scope;

	(void)c;
	if (pattern_parse(slice_of(text), PATTERN_SCOPE, &scope, notice, err) == -1)
		return -1;
	free(row->scope);
	row->scope = xstrdup(scope.text);
	return 0;
}

static void
write_until(struct console *c, const struct entry_row *row, char out[LINE_MAX_BYTES])
{
	char text[DURATION_TEXT_MAX];

	snprintf(out, LINE_MAX_BYTES, "%s", entry_until_format(row->expires_s, c->now_s, text));
}

static int
read_until(
    struct console *c, const char *text, struct entry_row *row, char *notice, struct err *err)
{
	(void)notice;
	return entry_until_parse(slice_of(text), c->now_s, &row->expires_s, err);
}

static void
write_terms(struct console *c, const struct entry_row *row, char out[LINE_MAX_BYTES])
{
	(void)c;
	entry_terms_format(&row->terms, " ", out);
}

static int
read_terms(
    struct console *c, const char *text, struct entry_row *row, char *notice, struct err *err)
{
	struct policy terms;

	(void)notice;
	if (entry_terms_parse(slice_of(text), &terms, err) == -1 ||
	    entry_terms_check(&terms, c->config, err) == -1)
		return -1;
	row->terms = terms;
	return 0;
}

/* write() gives the text of what ROW has, read() puts it there; what was made of it goes to NOTICE
 * (pattern.h). */
static const struct question {
	const char *label;
	unsigned kinds;
	bool for_many;
	void (*write)(struct console *c, const struct entry_row *row, char out[LINE_MAX_BYTES]);
	int (*read)(struct console *c, const char *text, struct entry_row *row, char *notice,
	    struct err *err);
} questions[] = {
	{ "comment", ROW_RULE | ROW_POLICY | ROW_DOMAIN, true, write_comment, read_comment },
	{ "to", ROW_RULE | ROW_POLICY, false, write_scope, read_scope },
	{ "until (never, or from now: 7d)", ROW_RULE | ROW_POLICY, true, write_until, read_until },
	{ "terms", ROW_POLICY, false, write_terms, read_terms },
};
#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

struct editing {
	struct entry_row *rows; /* as they were when the editing began, with what was answered */
	size_t n;
	size_t question;
	char *initial;            /* of the question: what left as it is changes nothing */
	char *answers[QUESTIONS]; /* NULL: as it is */
	bool changed;
	char notice[PATTERN_NOTICE_MAX];
};

static bool
applies(const struct editing *e, const struct question *question)
{
	return (question->kinds & e->rows[0].kind) != 0 && (e->n == 1 || question->for_many);
}

/* ---- the end ---- */

static void
finish(struct editing *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		entry_row_clear(&e->rows[i]);
	for (i = 0; i < QUESTIONS; i++)
		free(e->answers[i]);
	free(e->rows);
	free(e->initial);
	free(e);
}

static void
tell_many(struct console *c, const struct editing *e, size_t bad, const struct err *first)
{
	if (bad == e->n)
		console_fail(c, first);
	else if (bad > 0)
		console_warn(
		    c, "%zu of %zu changed, %zu not: %s", e->n - bad, e->n, bad, first->text);
	else
		console_say(c, "%zu changed; u takes them back", e->n);
}

static void
tell_one(struct console *c, const struct editing *e)
{
	char text[300];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	entry_row_say(&e->rows[0], &b);
	if (e->notice[0] != '\0')
		console_warn(c, "changed: %s (%s); u takes it back", text, e->notice);
	else
		console_say(c, "changed: %s; u takes it back", text);
}

/* One that is gone is refused when it is written. */
static int
save_one(
    struct console *c, struct editing *e, struct edit *edit, struct entry_row *row, struct err *err)
{
	struct entry_row now;
	enum store_found found = entry_row_load(c->store, row->kind, row->id, &now, err);
	size_t i;

	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_YES) {
		entry_row_clear(row);
		*row = now;
	}
	for (i = 0; i < QUESTIONS; i++)
		if (e->answers[i] != NULL &&
		    questions[i].read(c, e->answers[i], row, e->notice, err) == -1)
			return -1;
	return entry_row_save(edit, row, err);
}

static void
save(struct console *c, struct editing *e)
{
	struct edit edit = console_edit(c);
	struct err err = { 0 }, first = { 0 };
	size_t bad = 0, i;

	for (i = 0; i < e->n; i++)
		if (save_one(c, e, &edit, &e->rows[i], &err) == -1 && bad++ == 0)
			first = err;
	list_untag(&console_view(c)->list);
	console_changed(c);
	if (e->n == 1 && bad == 0)
		tell_one(c, e);
	else
		tell_many(c, e, bad, &first);
}

/* ---- one after the other ---- */

static void ask(struct console *c, struct editing *e, const char *text);

/* What the question shows at first: nothing when the entries differ. */
static void
find_initial(struct console *c, struct editing *e, const struct question *question)
{
	char first[LINE_MAX_BYTES], other[LINE_MAX_BYTES];
	size_t i;

	question->write(c, &e->rows[0], first);
	for (i = 1; i < e->n; i++) {
		question->write(c, &e->rows[i], other);
		if (strcmp(first, other) != 0)
			first[0] = '\0';
	}
	free(e->initial);
	e->initial = xstrdup(first);
}

static void
next_question(struct console *c, struct editing *e)
{
	while (e->question < QUESTIONS && !applies(e, &questions[e->question]))
		e->question++;
	if (e->question < QUESTIONS) {
		find_initial(c, e, &questions[e->question]);
		ask(c, e, e->initial);
		/* As the prompt has it: it may hold less than the entry. */
		free(e->initial);
		e->initial = xstrdup(c->prompt.line.text);
		return;
	}
	if (e->changed)
		save(c, e);
	else
		console_say(c, "nothing was changed");
	finish(e);
}

static int
take_answer(struct console *c, struct editing *e, const char *text, struct err *err)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (questions[e->question].read(c, text, &e->rows[i], e->notice, err) == -1)
			return -1;
	e->answers[e->question] = xstrdup(text);
	e->changed = true;
	return 0;
}

static void
answered(struct console *c, void *arg, const char *text)
{
	struct editing *e = arg;
	struct err err = { 0 };

	if (text == NULL) {
		console_say(c, "nothing was changed");
		finish(e);
		return;
	}
	if (strcmp(text, e->initial) != 0 && take_answer(c, e, text, &err) == -1) {
		ask(c, e, text);
		console_fail(c, &err);
		return;
	}
	e->question++;
	next_question(c, e);
}

static void
complete_terms(void *console, struct slice before, struct slice word, line_add *add, void *add_arg)
{
	char line[LINE_MAX_BYTES + 16];

	(void)console;
	(void)word;
	snprintf(line, sizeof(line), "policy @. %.*s", (int)before.len, before.ptr);
	entry_line_complete(slice_of(line), add, add_arg);
}

static void
ask(struct console *c, struct editing *e, const char *text)
{
	const struct question *question = &questions[e->question];
	char label[LABEL_MAX];

	if (e->n == 1)
		snprintf(label, sizeof(label), "%s: ", question->label);
	else
		snprintf(label, sizeof(label), "%s of all %zu%s: ", question->label, e->n,
		    e->initial[0] == '\0' ? ", empty leaves each" : "");
	prompt_ask(c, PROMPT_VALUE, label, text,
	    question->read == read_terms ? complete_terms : NULL, answered, e);
}

/* ---- what was chosen ---- */

struct choosing {
	struct console *console;
	struct editing *editing;
	struct err err;
	bool failed;
};

static void
choose(void *arg, const struct list *list, const struct row *row)
{
	struct choosing *choosing = arg;
	struct editing *e = choosing->editing;
	int64_t id = list_number(list, row, "id");
	struct entry_row entry;
	enum store_found found;

	if ((row->kind & (ROW_RULE | ROW_POLICY | ROW_DOMAIN)) == 0)
		return;
	found = entry_row_load(
	    choosing->console->store, row->kind, id != 0 ? id : row->key, &entry, &choosing->err);
	choosing->failed |= found == STORE_ERROR;
	if (found != STORE_YES)
		return;
	e->rows = xreallocarray(e->rows, e->n + 1, sizeof(*e->rows));
	e->rows[e->n++] = entry;
}

void
entry_edit(struct console *c, const char *arg)
{
	struct editing *e = xcalloc(1, sizeof(*e));
	struct choosing choosing = { .console = c, .editing = e };

	(void)arg;
	list_each_chosen(&console_view(c)->list, choose, &choosing);
	if (e->n > 0 && !choosing.failed) {
		next_question(c, e);
		return;
	}
	if (choosing.failed)
		console_fail(c, &choosing.err);
	else
		console_warn(c, "it is gone");
	finish(e);
}
