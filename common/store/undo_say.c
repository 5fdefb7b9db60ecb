/* undo_say.c - see undo_say.h. */
#include "common/store/undo_say.h"

#include <inttypes.h>

#include "common/store/undo.h"

const struct undo_verb undo_import = { "import", IMAGE_N, false };

static const struct undo_verb verbs[] = {
	{ "rule add", IMAGE_RULE, false },
	{ "rule change", IMAGE_RULE, false },
	{ "rule remove", IMAGE_RULE, false },
	{ "policy set", IMAGE_POLICY, false },
	{ "policy change", IMAGE_POLICY, false },
	{ "policy unset", IMAGE_POLICY, false },
	{ "domain add", IMAGE_DOMAIN, false },
	{ "domain change", IMAGE_DOMAIN, false },
	{ "domain remove", IMAGE_DOMAIN, false },
	{ "domain refresh", IMAGE_DOMAIN, true },
	{ "release", IMAGE_TRIPLET, false },
	{ "client remove", IMAGE_CLIENT, false },
};

const struct undo_verb *
undo_verb_find(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (slice_equal(name, slice_of(verbs[i].name)))
			return &verbs[i];
	if (slice_equal(name, slice_of(undo_import.name)))
		return &undo_import;
	return NULL;
}

int
undo_rows_read(struct json_reader *reader, enum image_kind kind, const struct change *change,
    struct undo_rows *rows, struct err *err)
{
	if (image_read(reader, kind, change->before, &rows->was, err) == -1)
		return -1;
	return image_read(reader, kind, change->after, &rows->left, err);
}

static void
say_rows(struct buf *b, const struct undo_kind *kind, const struct undo_rows *rows)
{
	char old_text[UNDO_TEXT_MAX], new_text[UNDO_TEXT_MAX];
	struct buf was, left;

	buf_init(&was, old_text, sizeof(old_text));
	buf_init(&left, new_text, sizeof(new_text));
	if (rows->was.there)
		kind->say(&was, &rows->was);
	if (rows->left.there)
		kind->say(&left, &rows->left);
	buf_add(b, was.len > 0 ? buf_slice(&was) : buf_slice(&left));
	if (was.len > 0 && left.len > 0 && !slice_equal(buf_slice(&was), buf_slice(&left))) {
		buf_add_text(b, " -> ");
		buf_add(b, buf_slice(&left));
	}
}

/* What an import was is said in its image. */
static bool
add_text(void *arg, const struct json_leaf *leaf)
{
	buf_add(arg, leaf->text);
	return false;
}

void
undo_say(struct json_reader *reader, const struct change *change, const struct undo_verb *verb,
    const struct undo_rows *rows, struct buf *b)
{
	buf_add(b, change->verb);
	buf_add_text(b, ": ");
	if (verb == &undo_import)
		json_read(reader, change->after, add_text, b, NULL);
	else if (verb != NULL && (rows->was.there || rows->left.there))
		say_rows(b, &undo_kinds[verb->kind], rows);
	else
		buf_printf(b, "%.*s %" PRId64, (int)change->object.len, change->object.ptr,
		    change->object_id);
}

void
undo_rows_clear(struct undo_rows *rows)
{
	image_clear(&rows->was);
	image_clear(&rows->left);
	image_clear(&rows->now);
}
