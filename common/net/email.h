/* email.h - envelope addresses as Postfix hands them over: internal form, no quotes, any byte in
 * the local part, split at the last '@'. */
#ifndef COMMON_NET_EMAIL_H
#define COMMON_NET_EMAIL_H

#include "common/base/str.h"

/* Longest normal form: twice Postfix's line limit holds a name turned to A-labels. Longer is cut.
 */
#define EMAIL_TEXT_MAX 4096

struct email {
	struct slice local;
	struct slice domain; /* empty when there is no '@' */
};

struct email email_split(struct slice address);

/* Which variable parts of a sender are folded for the triplet key. */
enum email_fold {
	EMAIL_FOLD_EXTENSION = 1, /* user+ext@dom -> user@dom */
	EMAIL_FOLD_BATV = 2,      /* prvs=tag=user@dom -> user@dom */
	EMAIL_FOLD_SRS = 4,  /* SRS0=hash=tt=dom=user@fwd -> srs0=#=dom=user@fwd; SRS1 likewise */
	EMAIL_FOLD_VERP = 8, /* bounce-17-user=dom@list -> bounce-#-#@list */
	EMAIL_FOLD_DIGITS = 16, /* whole-word digit and hex runs -> # */
	EMAIL_FOLD_ALL = 31
};

/* Adds to OUT the form of ADDRESS used to compare it: lower case (UTF-8 local parts: ASCII letters
 * only), domain in normal form where it is one, +ext kept. The null sender stays empty. */
void email_normalise(struct buf *out, struct slice address);

/* Adds to OUT the key form of NORMAL, which is in normal form: with the foldings in FOLD (enum
 * email_fold bits) of its local part. */
void email_key(struct buf *out, struct slice normal, unsigned fold);

#endif
