/* answers.c - see answers.h. An evaluation asks a few dozen questions at most, bounded by the
 * limits of RFC 7208, so a plain array serves. */
#include "common/spf/answers.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

struct known {
	struct spf_question question;
	struct dns_answer *answer;
};

struct spf_answers {
	struct known *known;
	size_t known_n;
	struct spf_question *missing;
	size_t missing_n;
	struct dns_answer *nothing; /* for names that nobody can have */
};

struct spf_answers *
spf_answers_new(void)
{
	struct spf_answers *answers = xcalloc(1, sizeof(*answers));

	answers->nothing = dns_answer_new(DNS_NOTHING, UINT32_MAX, "", NULL, 0);
	return answers;
}

void
spf_answers_free(struct spf_answers *answers)
{
	size_t i;

	if (answers == NULL)
		return;
	for (i = 0; i < answers->known_n; i++)
		dns_answer_unref(answers->known[i].answer);
	dns_answer_unref(answers->nothing);
	free(answers->known);
	free(answers->missing);
	free(answers);
}

static struct spf_question
question_of(struct slice name, enum dns_type type)
{
	struct spf_question question = { .type = type };

	memcpy(question.name, name.ptr, name.len);
	str_lower(question.name, name.len);
	return question;
}

static bool
same(const struct spf_question *a, const struct spf_question *b)
{
	return a->type == b->type && strcmp(a->name, b->name) == 0;
}

void
spf_answers_add(
    struct spf_answers *answers, struct slice name, enum dns_type type, struct dns_answer *answer)
{
	answers->known =
	    xreallocarray(answers->known, answers->known_n + 1, sizeof(*answers->known));
	answers->known[answers->known_n++] =
	    (struct known){ question_of(name, type), dns_answer_ref(answer) };
}

static void
note_missing(struct spf_answers *answers, const struct spf_question *question)
{
	size_t i;

	for (i = 0; i < answers->missing_n; i++)
		if (same(&answers->missing[i], question))
			return;
	answers->missing =
	    xreallocarray(answers->missing, answers->missing_n + 1, sizeof(*answers->missing));
	answers->missing[answers->missing_n++] = *question;
}

const struct dns_answer *
spf_answers_get(struct spf_answers *answers, struct slice name, enum dns_type type)
{
	struct spf_question question;
	size_t i;

	if (!dns_name_valid(name) || memchr(name.ptr, '\0', name.len) != NULL)
		return answers->nothing;
	question = question_of(name, type);
	for (i = 0; i < answers->known_n; i++)
		if (same(&answers->known[i].question, &question))
			return answers->known[i].answer;
	note_missing(answers, &question);
	return NULL;
}

void
spf_answers_begin(struct spf_answers *answers)
{
	answers->missing_n = 0;
}

size_t
spf_answers_missing(const struct spf_answers *answers, const struct spf_question **questions_out)
{
	*questions_out = answers->missing;
	return answers->missing_n;
}
