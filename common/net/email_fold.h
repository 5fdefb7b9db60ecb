/* email_fold.h - takes the parts out of a local part that change with every mail; private to
 * common/net. */
#ifndef COMMON_NET_EMAIL_FOLD_H
#define COMMON_NET_EMAIL_FOLD_H

#include "common/base/str.h"

/* Folds LOCAL (lower case) in place by FOLD (enum email_fold bits). Never makes it longer. */
void email_fold_local(struct buf *local, unsigned fold);

#endif
