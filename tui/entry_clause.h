/* entry_clause.h - what may follow the beginning of an entry as it is typed: one table of clauses,
 * of which some are the terms of a policy; pure, and private to it (entry_line.h). */
#ifndef TUI_ENTRY_CLAUSE_H
#define TUI_ENTRY_CLAUSE_H

#include "tui/entry_line.h"

/* Which clauses: those of some kinds of entry, or the terms alone. */
#define ENTRY_KIND(name) (1u << ENTRY_##name)
#define ENTRY_TERM (1u << 31)

struct entry_clause;

const struct entry_clause *entry_clause_find(struct slice word, unsigned kinds); /* or NULL */
/* The words that it takes, ended by NULL; NULL: something else. */
const char *const *entry_clause_choices(const struct entry_clause *clause);
/* Calls ADD with each word. */
void entry_clauses_add(unsigned kinds, line_add *add, void *add_arg);

/* All that is in *REST up to the comment, into LINE; *REST is what is left. */
int entry_clauses_read(
    struct slice *rest, unsigned kinds, struct entry_line *line, struct err *err);

/* Patterns, as some clauses take them. */
int entry_scope_read(struct slice text, struct entry_line *line, struct err *err);
int entry_sender_read(struct slice text, struct entry_line *line, struct err *err);

void entry_terms_unset(struct policy *terms);
/* -1 with ERR when none is set. */
int entry_terms_require(struct policy *terms, struct err *err);

#endif
