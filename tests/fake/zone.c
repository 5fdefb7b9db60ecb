/* zone.c - see zone.h. */
#include "tests/fake/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define CHAIN_MAX 12
#define ROUNDS_MAX 400

struct entry {
	char name[256];
	char type[16];
	uint32_t ttl_s;
	char *data;
	size_t len;
};

struct zone {
	struct entry *entries;
	size_t n;
};

static void
refuse(const char *line)
{
	fprintf(stderr, "zone: cannot read: %s\n", line);
	abort();
}

/* Quoted strings of LINE, joined. */
static char *
join_strings(const char *line, size_t *len_out)
{
	char *out = xcalloc(1, strlen(line) + 1);
	bool inside = false;
	size_t len = 0;

	for (; *line != '\0'; line++) {
		if (*line == '"')
			inside = !inside;
		else if (inside && *line == '\\' && line[1] >= '0' && line[1] <= '7') {
			out[len++] =
			    (char)strtol((char[4]){ line[1], line[2], line[3], 0 }, NULL, 8);
			line += 3;
		} else if (inside)
			out[len++] = *line;
	}
	*len_out = len;
	return out;
}

static void
add_line(struct zone *zone, const char *line)
{
	struct entry entry = { .ttl_s = 3600 };
	char word[16];
	int used = 0;

	if (sscanf(line, "%255s %15s %n", entry.name, word, &used) != 2)
		refuse(line);
	if (word[0] >= '0' && word[0] <= '9') {
		entry.ttl_s = (uint32_t)strtoul(word, NULL, 10);
		if (sscanf(line, "%*s %*s %15s %n", word, &used) != 1)
			refuse(line);
	}
	memcpy(entry.type, word, sizeof(entry.type));
	if (strcmp(entry.type, "TXT") == 0) {
		entry.data = join_strings(line + used, &entry.len);
	} else {
		entry.data = xstrdup(line + used);
		entry.len = strlen(entry.data);
	}
	zone->entries = xreallocarray(zone->entries, zone->n + 1, sizeof(*zone->entries));
	zone->entries[zone->n++] = entry;
}

struct zone *
zone_new(const char *text)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	char *copy = xstrdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		line += strspn(line, " \t");
		if (*line != '\0' && *line != ';')
			add_line(zone, line);
	}
	free(copy);
	return zone;
}

void
zone_free(struct zone *zone)
{
	size_t i;

	for (i = 0; i < zone->n; i++)
		free(zone->entries[i].data);
	free(zone->entries);
	free(zone);
}

static struct dns_record
record_of(const struct entry *entry, enum dns_type type)
{
	struct dns_record record = { .text = { entry->data, entry->len } };
	char *end;

	if (type == DNS_TYPE_A || type == DNS_TYPE_AAAA) {
		if (addr_parse(record.text, &record.addr) == -1)
			refuse(entry->data);
		record.text = SLICE_NONE;
	} else if (type == DNS_TYPE_MX) {
		record.preference = (uint16_t)strtoul(entry->data, &end, 10);
		end += *end == ' ';
		record.text = slice_of(strcmp(end, ".") == 0 ? "" : end);
	}
	return record;
}

static bool
fails(const struct entry *entry, enum dns_type type)
{
	char one[32];

	snprintf(one, sizeof(one), "%s:FAIL", dns_type_name(type));
	return strcmp(entry->type, "FAIL") == 0 || strcmp(entry->type, one) == 0;
}

struct dns_answer *
zone_answer(const struct zone *zone, struct slice name, enum dns_type type)
{
	struct dns_record records[512];
	struct dns_answer *answer;
	uint32_t ttl_s = UINT32_MAX;
	size_t n = 0, i;
	int chain = 0;

	for (i = 0; i < zone->n; i++) {
		const struct entry *entry = &zone->entries[i];

		if (!slice_equal_nocase(slice_of(entry->name), name))
			continue;
		if (fails(entry, type))
			return dns_answer_new(DNS_FAILED, 0, "server failure", NULL, 0);
		if (entry->ttl_s < ttl_s)
			ttl_s = entry->ttl_s;
		if (strcmp(entry->type, "CNAME") == 0) {
			if (++chain > CHAIN_MAX)
				return dns_answer_new(DNS_FAILED, 0, "a chain", NULL, 0);
			name = slice_of(entry->data);
			i = (size_t)-1;
		} else if (strcmp(entry->type, dns_type_name(type)) == 0 && n < 512) {
			records[n++] = record_of(entry, type);
		}
	}
	answer = n > 0 ? dns_answer_new(DNS_FOUND, ttl_s, "", records, n)
		       : dns_answer_new(DNS_NOTHING, 60, "", NULL, 0);
	answer->alias = chain > 0;
	answer->authoritative = true;
	return answer;
}

static void
answer_missing(const struct zone *zone, struct spf_answers *answers, unsigned *asked)
{
	const struct spf_question *questions;
	size_t n = spf_answers_missing(answers, &questions), i;
	struct spf_question *copy = xreallocarray(NULL, n + 1, sizeof(*copy));

	memcpy(copy, questions, n * sizeof(*copy));
	for (i = 0; i < n; i++) {
		struct dns_answer *answer = zone_answer(zone, slice_of(copy[i].name), copy[i].type);

		spf_answers_add(answers, slice_of(copy[i].name), copy[i].type, answer);
		dns_answer_unref(answer);
	}
	*asked += (unsigned)n;
	free(copy);
	if (n == 0 || *asked > ROUNDS_MAX * 10)
		abort(); /* it would never end */
}

void
zone_check(const struct zone *zone, const struct spf_identity *identity,
    struct spf_check *check_out, unsigned *asked_out)
{
	struct spf_answers *answers = spf_answers_new();
	unsigned asked = 0;

	while (!spf_check(answers, identity, check_out))
		answer_missing(zone, answers, &asked);
	spf_answers_free(answers);
	if (asked_out != NULL)
		*asked_out = asked;
}

void
zone_walk(const struct zone *zone, const char *domain, const struct spf_walk_limits *limits,
    struct spf_walk *walk_out, unsigned *asked_out)
{
	struct spf_answers *answers = spf_answers_new();
	unsigned asked = 0;

	while (!spf_walk(answers, slice_of(domain), limits, walk_out))
		answer_missing(zone, answers, &asked);
	spf_answers_free(answers);
	if (asked_out != NULL)
		*asked_out = asked;
}
