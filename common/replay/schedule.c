/* schedule.c - see mail.h: when a mail comes again. */
#include <string.h>

#include "common/base/duration.h"
#include "common/replay/mail.h"

/* minimal_backoff_time 300 s, doubled up to maximal_backoff_time 4000 s. */
struct schedule
schedule_default(void)
{
	return (struct schedule){ { 300, 600, 1200, 2400, 4000 }, 5, true };
}

static int
take_pause(struct schedule *s, struct slice part, const char *text, struct err *err)
{
	if (s->n == SCHEDULE_MAX)
		return err_set(
		    err, ERR_USAGE, "--retry %s: more than %d pauses", text, SCHEDULE_MAX);
	if (s->repeats || duration_parse(part, &s->pauses[s->n]) == -1 || s->pauses[s->n] < 1)
		return err_set(err, ERR_USAGE,
		    "--retry %s: expected pauses such as 5m,10m,20m,40m,1h..., where the dots "
		    "repeat the last one",
		    text);
	s->n++;
	return 0;
}

int
schedule_parse(const char *text, struct schedule *schedule_out, struct err *err)
{
	const char *at = text, *end;
	struct slice part;

	*schedule_out = (struct schedule){ .n = 0 };
	for (; at != NULL; at = *end == '\0' ? NULL : end + 1) {
		end = strchrnul(at, ',');
		part = (struct slice){ at, (size_t)(end - at) };
		if (*end == '\0' && schedule_out->n > 0 && slice_equal(part, SLICE("..."))) {
			schedule_out->repeats = true;
			break;
		}
		if (*end == '\0' && slice_ends_with(part, SLICE("..."))) {
			part.len -= 3;
			if (take_pause(schedule_out, part, text, err) == -1)
				return -1;
			schedule_out->repeats = true;
			break;
		}
		if (take_pause(schedule_out, part, text, err) == -1)
			return -1;
	}
	return 0;
}

/* Spread evenly, and the same in every run: configurations are compared on the same tries. */
static uint32_t
choose(uint32_t mail, uint32_t made, uint32_t n)
{
	uint64_t x = ((uint64_t)mail << 32 | made) + UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((x ^ x >> 31) % n);
}

bool
mails_next(const struct mails *m, const struct mail *mail, const struct schedule *schedule,
    uint32_t made, int64_t last_s, struct mail_try *try_out)
{
	const struct mail_domain *domain = &m->by_domain[mail->domain];
	const struct mail_try *tries = &m->tries[mail->first];
	int64_t pause_s;

	if (made < mail->try_n) {
		*try_out = tries[made];
		return true;
	}
	if (!mail->real || (made > schedule->n && !schedule->repeats))
		return false;
	pause_s = schedule->pauses[made > schedule->n ? schedule->n - 1 : made - 1];
	*try_out = tries[mail->try_n - 1];
	try_out->time_s = last_s + pause_s;
	try_out->answer_known = false;
	try_out->instance = 0;
	if (domain->is_pool)
		try_out->client =
		    m->domain_clients[domain->first + choose(mail->first, made, domain->n)];
	return try_out->time_s - tries[0].time_s <= MAIL_GIVE_UP_S;
}
