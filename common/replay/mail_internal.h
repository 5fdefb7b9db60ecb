/* mail_internal.h - the parts of mails_end(); private to common/replay. */
#ifndef COMMON_REPLAY_MAIL_INTERNAL_H
#define COMMON_REPLAY_MAIL_INTERNAL_H

#include "common/replay/mail.h"

/* Fills by_domain and domain_clients from the mails. */
void mails_find_pools(struct mails *m, const struct addr_net *trusted, size_t trusted_n);

#endif
