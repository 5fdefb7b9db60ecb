/* completion.c - see completion.h. Everything but what the database has comes from the table of
 * commands, so that it is never another. */
#include "cli/completion.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/suggested.h"
#include "common/store/domain.h"
#include "common/store/policy.h"

#define WORDS_MAX 128

struct completion {
	struct cli *cli;
	const char *words[WORDS_MAX]; /* without options, and without -c FILE */
	int word_n;
	const char *option; /* whose value is being typed, or NULL */
	const char *typed;  /* what there is of the last word */
	bool only_args;     /* after -- */
};

/* A candidate, when it goes on as typed; nothing that came from outside. */
static void
offer(const struct completion *c, const char *word)
{
	if (strncmp(word, c->typed, strlen(c->typed)) == 0)
		printf("%s\n", word);
}

/* "allow|block|expect": words of the program are in lower case, names of what is meant are not.
 * Returns whether there were any. */
static bool
offer_choices(const struct completion *c, const char *text)
{
	char copy[128], *word, *rest = copy;

	if ((text[0] >= 'A' && text[0] <= 'Z') || strchr(text, '|') == NULL)
		return false;
	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strtok_r(rest, "|", &rest)) != NULL)
		offer(c, word);
	return true;
}

/* ---- what the database has ---- */

static bool
offer_domain(void *arg, const struct domain *domain)
{
	char name[300];

	snprintf(name, sizeof(name), "%.*s", (int)domain->name.len, domain->name.ptr);
	offer(arg, name);
	return true;
}

static void
offer_domains(struct completion *c)
{
	store_domain_each(c->cli->store, SLICE(""), INT64_MAX, offer_domain, c, NULL);
}

static void
offer_id(const struct completion *c, int64_t id)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, id);
	offer(c, text);
}

static bool
offer_rule(void *arg, const struct rule *rule)
{
	offer_id(arg, rule->id);
	return true;
}

static void
offer_rules(struct completion *c)
{
	store_rule_each(c->cli->store, 0, INT64_MAX, offer_rule, c, NULL);
}

static bool
offer_policy(void *arg, const struct policy *policy)
{
	offer_id(arg, policy->id);
	return true;
}

static void
offer_policies(struct completion *c)
{
	store_policy_each(c->cli->store, 0, INT64_MAX, offer_policy, c, NULL);
}

/* Those that are not whitelisted yet. */
static void
offer_suggested(struct completion *c)
{
	int64_t id;
	size_t i;

	for (i = 0; i < suggested_n; i++)
		if (store_domain_find(c->cli->store, slice_of(suggested[i].name), &id, NULL) !=
		    STORE_YES)
			offer(c, suggested[i].name);
}

static const struct source {
	const char *command;
	void (*offer)(struct completion *c);
} sources[] = {
	{ "domain add", offer_suggested },
	{ "domain remove", offer_domains },
	{ "domain show", offer_domains },
	{ "domain refresh", offer_domains },
	{ "rule remove", offer_rules },
	{ "policy unset", offer_policies },
};

/* Opens the database for reading, as a command that lists would. */
static void
offer_rows(struct completion *c, const struct command *command)
{
	static const struct command reader = { .flags = COMMAND_STORE };
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (strcmp(sources[i].command, command->name) != 0)
			continue;
		c->cli->command = &reader;
		if (cli_open(c->cli, &err) == 0)
			sources[i].offer(c);
		cli_close(c->cli);
		return;
	}
}

/* ---- commands ---- */

/* Word AT of a command's name; NULL when it has fewer. */
static const char *
name_word(const struct command *command, int at, char out[32])
{
	const char *space = strchr(command->name, ' ');

	if (at == 0)
		snprintf(out, 32, "%.*s",
		    space == NULL ? (int)strlen(command->name) : (int)(space - command->name),
		    command->name);
	else if (at == 1 && space != NULL)
		snprintf(out, 32, "%s", space + 1);
	else
		return NULL;
	return out;
}

/* Whether the first N words typed, from FROM on, are those of the name. */
static bool
begins_with(const struct completion *c, int from, const struct command *command, int n)
{
	char word[32];
	int i;

	for (i = 0; i < n; i++)
		if (name_word(command, i, word) == NULL || strcmp(word, c->words[from + i]) != 0)
			return false;
	return true;
}

/* The words that names of commands have after those typed from FROM on; each once: commands with
 * the same first word stand together. */
static void
offer_commands(const struct completion *c, int from)
{
	char word[32], last[32] = "";
	size_t i;

	for (i = 0; i < command_n; i++) {
		if (!begins_with(c, from, &commands[i], c->word_n - from) ||
		    name_word(&commands[i], c->word_n - from, word) == NULL ||
		    strcmp(word, last) == 0)
			continue;
		offer(c, word);
		snprintf(last, sizeof(last), "%s", word);
	}
}

static const struct command *
find_command(const struct completion *c, int *words_out)
{
	size_t i;

	for (i = 0; i < command_n; i++) {
		*words_out = strchr(commands[i].name, ' ') == NULL ? 1 : 2;
		if (*words_out <= c->word_n && begins_with(c, 0, &commands[i], *words_out))
			return &commands[i];
	}
	return NULL;
}

/* ---- options ---- */

static void
offer_options(const struct completion *c, const struct command *command)
{
	char text[40];
	int i;

	for (i = 0; i < CLI_OPTIONS_MAX && command->options[i].name != NULL; i++) {
		snprintf(text, sizeof(text), "--%s", command->options[i].name);
		offer(c, text);
	}
	if (command->flags & COMMAND_JSON)
		offer(c, "--json");
	offer(c, "--help");
}

static const struct cli_option *
find_option(const struct command *command, const char *text)
{
	int i;

	for (i = 0; i < CLI_OPTIONS_MAX && command->options[i].name != NULL; i++)
		if (strcmp(command->options[i].name, text + 2) == 0)
			return &command->options[i];
	return NULL;
}

static void
offer_value(const struct completion *c, const struct cli_option *option)
{
	if (!offer_choices(c, option->value) && strcmp(option->value, "FILE") == 0)
		puts(COMPLETION_FILES);
}

/* ---- arguments ---- */

/* The word of "allow|block|expect PATTERN" that stands for argument AT: the last one for all that
 * follow. */
static void
argument_word(const struct command *command, int at, char *out, size_t len)
{
	char copy[128], *word, *rest = copy;

	*out = '\0';
	snprintf(copy, sizeof(copy), "%s", command->args);
	while (at-- >= 0 && (word = strtok_r(rest, " ", &rest)) != NULL)
		snprintf(out, len, "%s", word);
}

static void
offer_argument(struct completion *c, const struct command *command, int at)
{
	char word[128];

	argument_word(command, at, word, sizeof(word));
	if (at >= command->max_args || offer_choices(c, word))
		return;
	if (strncmp(word, "FILE", 4) == 0)
		puts(COMPLETION_FILES);
	else if (strcmp(command->name, "help") == 0)
		offer_commands(c, 1);
	else
		offer_rows(c, command);
}

/* ---- the line ---- */

static bool
takes_value(const struct completion *c, const char *word)
{
	int used;
	const struct command *command = find_command(c, &used);
	const struct cli_option *option = command == NULL ? NULL : find_option(command, word);

	return option != NULL && option->value != NULL;
}

/* A word that is complete. A shell makes three of --to=x. */
static void
take_word(struct completion *c, const char *word)
{
	if (c->option != NULL && strcmp(word, "=") == 0)
		return;
	if (c->option != NULL && strcmp(c->option, "-c") == 0)
		c->cli->config_path = word;
	if (c->option != NULL)
		c->option = NULL;
	else if (!c->only_args && strcmp(word, "--") == 0)
		c->only_args = true;
	else if (!c->only_args &&
		 (strcmp(word, "-c") == 0 || (strncmp(word, "--", 2) == 0 && takes_value(c, word))))
		c->option = word;
	else if ((c->only_args || word[0] != '-') && c->word_n < WORDS_MAX)
		c->words[c->word_n++] = word;
}

static void
complete(struct completion *c)
{
	int used;
	const struct command *command = find_command(c, &used);

	if (c->option != NULL && strcmp(c->typed, "=") == 0)
		c->typed = "";
	if (c->option != NULL && strcmp(c->option, "-c") == 0)
		puts(COMPLETION_FILES);
	else if (c->option != NULL)
		offer_value(c, find_option(command, c->option));
	else if (command == NULL && c->typed[0] == '-')
		offer_choices(c, "-c|--help|--version");
	else if (command == NULL)
		offer_commands(c, 0);
	else if (c->typed[0] == '-' && !c->only_args)
		offer_options(c, command);
	else
		offer_argument(c, command, c->word_n - used);
}

void
completion_print(struct cli *cli, int n, char **words)
{
	struct completion c = { .cli = cli, .typed = n > 0 ? words[n - 1] : "" };
	int i;

	for (i = 0; i < n - 1; i++)
		take_word(&c, words[i]);
	complete(&c);
}
