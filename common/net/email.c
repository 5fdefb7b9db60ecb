/* email.c - see email.h. The variable parts of senders are folded in email_fold.c. */
#include "common/net/email.h"

#include <string.h>

#include "common/net/domain.h"
#include "common/net/email_fold.h"

struct email
email_split(struct slice address)
{
	size_t i;

	for (i = address.len; i > 0; i--)
		if (address.ptr[i - 1] == '@')
			return (struct email){ { address.ptr, i - 1 },
				{ address.ptr + i, address.len - i } };
	return (struct email){ address, SLICE_NONE };
}

static void
add_lower(struct buf *out, struct slice s)
{
	size_t before = out->len;

	buf_add(out, s);
	str_lower(out->ptr + before, out->len - before);
}

/* '@' and the domain in normal form; what is no domain name (a literal) only in lower case. */
static void
add_domain(struct buf *out, struct email address)
{
	char name[DOMAIN_TEXT_MAX];

	if (address.domain.ptr == NULL)
		return;
	buf_add_char(out, '@');
	if (domain_normalise(address.domain, name) == 0)
		buf_add_text(out, name);
	else
		add_lower(out, address.domain);
}

void
email_normalise(struct buf *out, struct slice address)
{
	struct email parts = email_split(address);

	add_lower(out, parts.local);
	add_domain(out, parts);
}

void
email_key(struct buf *out, struct slice address, unsigned fold)
{
	struct email parts = email_split(address);
	char storage[EMAIL_TEXT_MAX];
	struct buf local;

	buf_init(&local, storage, sizeof(storage));
	add_lower(&local, parts.local);
	email_fold_local(&local, fold);
	buf_add(out, buf_slice(&local));
	add_domain(out, parts);
}
