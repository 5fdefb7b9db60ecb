/* entry.c - see entry.h. */
#include "cli/entry.h"

#include "common/base/duration.h"

int
entry_meta_of(const struct cli *cli, struct entry_meta *meta_out, struct err *err)
{
	const char *comment = cli_value(cli, "comment");
	int64_t expires_s = 0;

	if (cli_duration(cli, "expires", &expires_s, err) == -1)
		return -1;
	*meta_out = (struct entry_meta){ .comment = slice_of(comment == NULL ? "" : comment),
		.author = slice_of(cli->author),
		.source = SLICE("manual"),
		.created_s = cli->now_s,
		.expires_s = expires_s == 0 ? 0 : cli->now_s + expires_s };
	return 0;
}

int
entry_pattern(
    const char *text, enum pattern_side side, struct pattern *pattern_out, struct err *err)
{
	char notice[PATTERN_NOTICE_MAX];

	if (pattern_parse(slice_of(text), side, pattern_out, notice, err) == -1) {
		err->code = ERR_USAGE;
		return -1;
	}
	if (notice[0] != '\0')
		cli_say("note: %s", notice);
	return 0;
}

const char *
entry_expiry(const struct cli *cli, int64_t expires_s, char *out, size_t len)
{
	char text[DURATION_TEXT_MAX];

	if (expires_s == 0)
		return "never";
	if (expires_s <= cli->now_s)
		return "expired";
	snprintf(out, len, "in %s", duration_format_human(expires_s - cli->now_s, text));
	return out;
}

const char *
entry_last_hit(const struct cli *cli, const struct entry_meta *meta, char *out)
{
	return meta->last_hit_s == 0 ? "never"
				     : duration_format_human(cli->now_s - meta->last_hit_s, out);
}
