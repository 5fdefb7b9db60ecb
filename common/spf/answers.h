/* answers.h - what one evaluation knows of the DNS, and what it still must ask.
 *
 * An evaluation is an ordinary recursive function over the answers at hand. Where one is missing
 * it notes the question and ends; once that is answered it is run again from the beginning. Records
 * are few and parsing is cheap, so this costs microseconds, and no state has to be kept between
 * two answers. The same answers give the same result: tests need no loop and no socket. */
#ifndef COMMON_SPF_ANSWERS_H
#define COMMON_SPF_ANSWERS_H

#include "common/dns/answer.h"

struct spf_answers;

struct spf_question {
	enum dns_type type;
	char name[DNS_NAME_MAX + 1];
};

struct spf_answers *spf_answers_new(void);
void spf_answers_free(struct spf_answers *answers); /* NULL is fine */

/* Takes a reference of its own to ANSWER. */
void spf_answers_add(
    struct spf_answers *answers, struct slice name, enum dns_type type, struct dns_answer *answer);

/* For evaluations: the answer, borrowed; or NULL, and the question is noted as missing. A name that
 * is not dns_name_valid() has nothing. */
const struct dns_answer *spf_answers_get(
    struct spf_answers *answers, struct slice name, enum dns_type type);

/* Before a run: none is missing. After it: those that were. */
void spf_answers_begin(struct spf_answers *answers);
size_t spf_answers_missing(
    const struct spf_answers *answers, const struct spf_question **questions_out);

#endif
