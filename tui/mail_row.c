/* mail_row.c - see mail_row.h. */
#include "tui/mail_row.h"

#include "common/net/email.h"

struct slice
mail_row_sender(struct slice sender)
{
	return sender.len == 0 ? SLICE("<>") : sender;
}

void
mail_row_fill(struct row *row, size_t at, const struct triplet *triplet)
{
	struct slice domain = email_split(triplet->key.sender).domain;

	row_text(row, at + MAIL_ADDRESS, triplet->client_address);
	row_text(row, at + MAIL_NAME, triplet->client_name);
	row_text(row, at + MAIL_NET, triplet->key.net);
	row_text(row, at + MAIL_DOMAIN, mail_row_sender(domain));
	row_number(row, at + MAIL_TRIPLET, triplet->id);
}
