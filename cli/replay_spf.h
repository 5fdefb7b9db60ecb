/* replay_spf.h - asks the DNS what SPF says now of the clients of mails. */
#ifndef CLI_REPLAY_SPF_H
#define CLI_REPLAY_SPF_H

#include "cli/cli.h"
#include "common/replay/mail.h"
#include "common/replay/spf_known.h"

/* For each client and domain of real mail that is not in KNOWN. By the option --dns. */
int replay_ask_spf(
    struct cli *cli, const struct mails *mails, struct spf_known *known, struct err *err);

#endif
