/* sqltokens.h - the words, names, strings and signs of an SQL dump. Private to common/import. */
#ifndef COMMON_IMPORT_SQLTOKENS_H
#define COMMON_IMPORT_SQLTOKENS_H

#include "common/import/lines.h"

#define SQLTOKENS_WORD_MAX 64
#define SQLTOKENS_TEXT_MAX 65536

enum sqltoken_kind { SQLTOKEN_END, SQLTOKEN_WORD, SQLTOKEN_NAME, SQLTOKEN_STRING, SQLTOKEN_SIGN };

struct sqltoken {
	enum sqltoken_kind kind;
	char sign;                     /* SIGN */
	char word[SQLTOKENS_WORD_MAX]; /* WORD, NAME: in lower case, cut */
	size_t at, len;                /* WORD, STRING: in the text */
};

/* Zeroed but for LINES to begin with. */
struct sqltokens {
	struct lines *lines; /* borrowed */
	bool mysql;          /* something in the file was MySQL's */
	struct sqltoken token;
	char text[SQLTOKENS_TEXT_MAX]; /* words and strings gather here until LEN is set back */
	size_t len;
	bool cut; /* there was no room for all */
};

/* Goes to the next token; blanks and comments are passed over. */
enum sqltoken_kind sqltokens_next(struct sqltokens *t);
void sqltokens_skip_line(struct sqltokens *t);
/* PostgreSQL's $tag$ ... $tag$, the first dollar being the token. */
void sqltokens_skip_dollars(struct sqltokens *t);

/* About the token at hand. */
bool sqltokens_is_sign(const struct sqltokens *t, char sign);
bool sqltokens_is_word(const struct sqltokens *t, const char *word);
bool sqltokens_is_name(const struct sqltokens *t); /* a word will do */
bool sqltokens_end_statement(const struct sqltokens *t);

#endif
