/* iredapd_settings.c - see iredapd_settings.h. */
#include "common/import/iredapd_settings.h"

#include <stdio.h>
#include <string.h>

#include "common/base/duration.h"

static const struct setting {
	const char *name, *key;
	int64_t unit_s; /* of a number; 0: as it is written */
} settings[] = {
	{ "GREYLISTING_BLOCK_EXPIRE", "greylist.delay", 60 },
	{ "GREYLISTING_UNAUTH_TRIPLET_EXPIRE", "greylist.window", 86400 },
	{ "GREYLISTING_AUTH_TRIPLET_EXPIRE", "greylist.lifetime", 86400 },
	{ "GREYLISTING_TRAINING_MODE", "greylist.training", 0 },
	{ "GREYLISTING_BYPASS_SPF", "spf.mode", 0 },
	{ "GREYLISTING_MESSAGE", "reply", 0 },
	{ "MYNETWORKS", "trusted_networks", 0 },
	{ "DNS_QUERY_TIMEOUT", "dns.timeout", 1 },
};

/* The value as the configuration would have it; false when it is no literal that is known. */
static bool
translate(const struct setting *setting, struct slice value, char *out, size_t len)
{
	bool is_yes = slice_equal(value, SLICE("True")), is_text, is_list;
	char text[DURATION_TEXT_MAX];
	struct slice whole = source_cut(&(struct slice){ value.ptr, value.len }, '.');
	int64_t number = source_number(whole);
	int inner = (int)(value.len > 2 ? value.len - 2 : 0);

	is_text = value.len >= 2 && strchr("'\"", value.ptr[0]) != NULL &&
		  value.ptr[value.len - 1] == value.ptr[0];
	is_list = value.len >= 2 && value.ptr[0] == '[' && value.ptr[value.len - 1] == ']';
	if (setting->unit_s > 0 && number >= 0 && number < 100000)
		snprintf(out, len, "%s", duration_format(number * setting->unit_s, text));
	else if (setting->unit_s > 0)
		return false;
	else if (strcmp(setting->key, "spf.mode") == 0)
		snprintf(out, len, "%s", is_yes ? "bypass" : "ignore");
	else if (is_yes || slice_equal(value, SLICE("False")))
		snprintf(out, len, "%s", is_yes ? "true" : "false");
	else if (is_text)
		snprintf(out, len, "\"451 4.7.1 %.*s\"", inner, value.ptr + 1);
	else if (is_list)
		snprintf(out, len, "[%.*s]", inner, value.ptr + 1);
	else
		return false;
	return true;
}

static void
take_setting(struct import *import, const struct setting *setting, struct slice value)
{
	char text[300];

	if (translate(setting, value, text, sizeof(text)))
		source_note(import, "%s in the configuration is: %s: %s", setting->name,
		    setting->key, text);
	else
		source_refuse(
		    import, "%s is no simple value; nothing here is executed", setting->name);
}

int
iredapd_read_settings(struct import *import, struct lines *lines)
{
	struct slice line, name;
	size_t i;

	while (lines_next(lines, &line)) {
		line = source_uncomment(line);
		name = slice_trim(source_cut(&line, '='));
		for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
			if (slice_equal(name, slice_of(settings[i].name))) {
				source_row(import, lines->line);
				take_setting(import, &settings[i], slice_trim(line));
			}
	}
	return 0;
}
