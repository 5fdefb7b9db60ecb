/* suggest.c - see suggest.h. */
#include "common/maillog/suggest.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/remedy.h"

/* "1 try", "2 tries" */
static void
add_count(struct buf *b, int64_t n, const char *one, const char *more)
{
	buf_add_int(b, n);
	buf_add_char(b, ' ');
	buf_add_text(b, n == 1 ? one : more);
}

/* "15 h 24 min", "24 min", "3 d 2 h" */
static void
add_wait(struct buf *b, int64_t seconds)
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (hours >= 48)
		buf_printf(b, "%" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
	else if (hours > 0)
		buf_printf(b, "%" PRId64 " h %" PRId64 " min", hours, minutes % 60);
	else
		buf_printf(b, "%" PRId64 " min", minutes);
}

static void
put_evidence(struct suggestion *s)
{
	const struct story_evidence *e = &s->domain->evidence;
	struct buf b;

	buf_init(&b, s->evidence, sizeof(s->evidence));
	add_count(&b, e->tries, "try", "tries");
	buf_add_text(&b, " from ");
	add_count(&b, e->networks, "network", "networks");
	buf_add_text(&b, ", ");
	add_count(&b, e->mails, "mail", "mails");
	buf_add_text(&b, ", longest ");
	add_wait(&b, e->longest_s);
}

/* Whether D should be suggested, and by which name. */
static bool
is_hurt(const struct story_domain *d, char name_out[DOMAIN_TEXT_MAX])
{
	return d->evidence.hurt > 0 && d->evidence.networks > 1 &&
	       domain_normalise(slice_of(d->name), name_out) == 0 &&
	       remedy_is_domain(slice_of(name_out));
}

size_t
suggest_domains(struct story *story, struct suggestion **out)
{
	const struct story_domain **domains;
	size_t n = story_domains(story, &domains), found = 0, cap = 0, i;
	char name[DOMAIN_TEXT_MAX];

	*out = NULL;
	for (i = 0; i < n; i++) {
		if (!is_hurt(domains[i], name))
			continue;
		if (found == cap) {
			cap = cap == 0 ? 16 : cap * 2;
			*out = xreallocarray(*out, cap, sizeof(**out));
		}
		(*out)[found].domain = domains[i];
		memcpy((*out)[found].name, name, sizeof(name));
		put_evidence(&(*out)[found++]);
	}
	return found;
}
