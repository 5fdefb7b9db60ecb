/* dmarc.c - see dmarc.h. */
#include "common/doctor/dmarc.h"

#include <string.h>

#include "common/doctor/tags.h"

#define STS_ID_MAX 32
#define SHOWN_MAX 60

static const char *const policies[] = {
	[DMARC_NONE] = "none", [DMARC_QUARANTINE] = "quarantine", [DMARC_REJECT] = "reject"
};

const char *
dmarc_policy_name(enum dmarc_policy policy)
{
	return policies[policy];
}

static int
shown(struct slice text)
{
	return (int)(text.len > SHOWN_MAX ? SHOWN_MAX : text.len);
}

/* ---- tags ---- */

/* The tag NAME with one of three policies; OUT stays when it is not there. */
static int
read_policy(const struct tags *tags, const char *name, enum dmarc_policy *out, struct err *err)
{
	const struct slice *value = tags_get(tags, name);
	unsigned i;

	if (value == NULL)
		return 0;
	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		if (slice_equal_nocase(*value, slice_of(policies[i]))) {
			*out = (enum dmarc_policy)i;
			return 0;
		}
	return err_set(err, ERR_DATA, "%s=%.*s is no policy: none, quarantine or reject", name,
	    shown(*value), value->ptr);
}

static int
read_percent(const struct tags *tags, int *out, struct err *err)
{
	const struct slice *value = tags_get(tags, "pct");
	size_t i;

	*out = 100;
	if (value == NULL)
		return 0;
	for (*out = 0, i = 0; i < value->len && i < 4; i++) {
		if (value->ptr[i] < '0' || value->ptr[i] > '9')
			break;
		*out = *out * 10 + (value->ptr[i] - '0');
	}
	if (i == value->len && i > 0 && *out <= 100)
		return 0;
	return err_set(err, ERR_DATA, "pct=%.*s is no number up to 100", shown(*value), value->ptr);
}

/* r or s, when it is there. */
static int
check_alignment(const struct tags *tags, const char *name, struct err *err)
{
	const struct slice *value = tags_get(tags, name);

	if (value == NULL || slice_equal_nocase(*value, SLICE("r")) ||
	    slice_equal_nocase(*value, SLICE("s")))
		return 0;
	return err_set(
	    err, ERR_DATA, "%s=%.*s is neither r nor s", name, shown(*value), value->ptr);
}

static bool
begins_with(struct slice text, const char *begin)
{
	size_t len = strlen(begin);

	return text.len > len &&
	       slice_equal_nocase((struct slice){ text.ptr, len }, slice_of(begin));
}

static bool
is_target(struct slice uri, bool https_too)
{
	if (https_too && begins_with(uri, "https://"))
		return true;
	return begins_with(uri, "mailto:") && memchr(uri.ptr, '@', uri.len) != NULL &&
	       memchr(uri.ptr, ' ', uri.len) == NULL;
}

/* Where reports are sent, addresses with commas between them. */
static int
check_targets(const struct tags *tags, const char *name, bool https_too, struct err *err)
{
	const struct slice *value = tags_get(tags, name);
	struct slice rest = value == NULL ? SLICE_NONE : *value, uri;

	while (tags_next(&rest, ',', &uri))
		if (!is_target(uri, https_too))
			return err_set(err, ERR_DATA,
			    "%s=%.*s is no address for reports: it must be mailto:NAME@DOMAIN%s",
			    name, shown(uri), uri.ptr, https_too ? " or https://..." : "");
	return 0;
}

/* ---- records ---- */

/* The tags of a record of that version. NAMES are those that may be glued to another. */
static int
read_tags(struct slice text, const char *version, const char *const *names, struct tags *tags,
    struct err *err)
{
	static const char *const holders[] = { "v", "p", "sp", "pct", "adkim", "aspf", "id", NULL };
	const struct tag *glued;

	if (tags_read(text, tags, err) == -1)
		return -1;
	glued = tags_glued(tags, holders, names);
	if (glued != NULL)
		return err_set(err, ERR_DATA,
		    "the tag %.*s runs into the next one: a semicolon is missing",
		    shown(glued->name), glued->name.ptr);
	if (!tags_are(text, version))
		return err_set(
		    err, ERR_DATA, "it must begin with v=%s, written like this", version);
	return 0;
}

int
dmarc_read(struct slice text, struct dmarc *dmarc_out, struct err *err)
{
	static const char *const names[] = { "p", "sp", "rua", "ruf", "pct", "adkim", "aspf",
		NULL };
	struct tags tags;

	*dmarc_out = (struct dmarc){ .policy = DMARC_NONE };
	if (read_tags(text, "DMARC1", names, &tags, err) == -1)
		return -1;
	if (tags_get(&tags, "p") == NULL)
		return err_set(err, ERR_DATA, "it has no p=, the policy");
	if (read_policy(&tags, "p", &dmarc_out->policy, err) == -1)
		return -1;
	dmarc_out->subdomains = dmarc_out->policy;
	dmarc_out->has_rua = tags_get(&tags, "rua") != NULL;
	dmarc_out->is_late = tags_get(&tags, "p") != &tags.items[1].value;
	if (read_policy(&tags, "sp", &dmarc_out->subdomains, err) == -1 ||
	    read_percent(&tags, &dmarc_out->percent, err) == -1 ||
	    check_alignment(&tags, "adkim", err) == -1 ||
	    check_alignment(&tags, "aspf", err) == -1 ||
	    check_targets(&tags, "rua", false, err) == -1)
		return -1;
	return check_targets(&tags, "ruf", false, err);
}

int
tls_report_check(struct slice text, struct err *err)
{
	static const char *const names[] = { "rua", NULL };
	struct tags tags;

	if (read_tags(text, "TLSRPTv1", names, &tags, err) == -1)
		return -1;
	if (tags_get(&tags, "rua") == NULL)
		return err_set(err, ERR_DATA, "it has no rua=, where reports are sent");
	return check_targets(&tags, "rua", true, err);
}

int
mta_sts_check(struct slice text, struct err *err)
{
	static const char *const names[] = { "id", NULL };
	const struct slice *id;
	struct tags tags;
	size_t i;

	if (read_tags(text, "STSv1", names, &tags, err) == -1)
		return -1;
	id = tags_get(&tags, "id");
	if (id == NULL)
		return err_set(err, ERR_DATA, "it has no id=, which changes with the policy");
	for (i = 0; i < id->len; i++)
		if (memchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
			id->ptr[i], 62) == NULL)
			break;
	if (i < id->len || i == 0 || i > STS_ID_MAX)
		return err_set(err, ERR_DATA, "id= must be 1 to %d letters and digits", STS_ID_MAX);
	return 0;
}
