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

/* What is no domain name (a literal) stays, but for lower case. */
void
email_normalise(struct buf *out, struct slice address)
{
	struct email parts = email_split(address);
	char name[DOMAIN_TEXT_MAX];

	add_lower(out, parts.local);
	if (parts.domain.ptr == NULL)
		return;
	buf_add_char(out, '@');
	if (domain_normalise(parts.domain, name) == 0)
		buf_add_text(out, name);
	else
		add_lower(out, parts.domain);
}

void
email_key(struct buf *out, struct slice normal, unsigned fold)
{
	struct slice local = email_split(normal).local;
	char storage[EMAIL_TEXT_MAX];
	struct buf folded;

	buf_init(&folded, storage, sizeof(storage));
	buf_add(&folded, local);
	email_fold_local(&folded, fold);
	buf_add(out, buf_slice(&folded));
	buf_add(out, (struct slice){ normal.ptr + local.len, normal.len - local.len });
}
