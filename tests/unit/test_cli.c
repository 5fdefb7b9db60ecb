/* test_cli.c - the table of commands, options, names, widths. */
#include "tests/unit/cases.h"

#include <locale.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/wrap.h"
#include "common/base/names.h"

static void
command_lines(void **state)
{
	static const struct {
		const char *words[8];
		int want; /* 0, or the code of the error */
		const char *command, *text;
	} cases[] = {
		{ { "status" }, 0, "status", "" },
		{ { "rule", "add", "allow", "@x.org", "--to", "a@b.org" }, 0, "rule add", "" },
		{ { "rule", "add", "allow", "@x.org", "--to=a@b.org" }, 0, "rule add", "" },
		{ { "deferred", "--", "--odd" }, 0, "deferred", "" },
		{ { "deferd" }, ERR_USAGE, NULL, "did you mean deferred" },
		{ { "rule", "ad" }, ERR_USAGE, NULL, "which of them" },
		{ { "rule", "add", "allow" }, ERR_USAGE, NULL, "usage: greygate rule add" },
		{ { "status", "extra" }, ERR_USAGE, NULL, "usage: greygate status" },
		{ { "status", "--list" }, ERR_USAGE, NULL, "unknown option" },
		{ { "deferred", "--to" }, ERR_USAGE, NULL, "wants a value" },
		{ { "deferred", "--list=x" }, ERR_USAGE, NULL, "takes no value" },
		{ { "check", "--json" }, ERR_USAGE, NULL, "unknown option" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char *argv[8];
		struct cli cli = { 0 };
		struct err err = { 0 };
		int argc = 0, result;

		while (argc < 8 && cases[i].words[argc] != NULL) {
			argv[argc] = (char *)cases[i].words[argc];
			argc++;
		}
		result = cli_parse(&cli, argc, argv, &err);
		want_int(cases[i].words[0], result == 0 ? 0 : err.code, cases[i].want);
		if (result == 0)
			want_text(cases[i].words[0], cli.command->name, cases[i].command);
		else if (strstr(err.text, cases[i].text) == NULL)
			want_text(cases[i].words[0], err.text, cases[i].text);
	}
	end_cases();
}

static void
values_of_options(void **state)
{
	char *argv[] = { (char *)"policy", (char *)"set", (char *)"@x.org", (char *)"--delay",
		(char *)"5m", (char *)"--window=soon" };
	struct cli cli = { 0 };
	struct err err;
	int64_t seconds = -1;

	(void)state;
	assert_int_equal(cli_parse(&cli, 6, argv, &err), 0);
	assert_int_equal(cli_duration(&cli, "delay", &seconds, &err), 0);
	assert_int_equal(seconds, 300);
	assert_int_equal(cli_duration(&cli, "window", &seconds, &err), -1);
	assert_int_equal(cli_duration(&cli, "lifetime", &seconds, &err), 0);
	assert_int_equal(seconds, 300);
	assert_null(cli_value(&cli, "comment"));
	assert_string_equal(cli.args[0], "@x.org");
}

/* Every row of the table is complete, and its example is a command line that parses. */
static void
table_of_commands(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < command_n; i++) {
		const struct command *command = &commands[i];
		char copy[256], *argv[16], *word, *rest = copy;
		struct cli cli = { 0 };
		struct err err = { 0 };
		int argc = 0;

		snprintf(copy, sizeof(copy), "%s", command->example);
		while ((word = strtok_r(rest, " ", &rest)) != NULL)
			argv[argc++] = word;
		want_text(command->name, argv[0], "greygate");
		want_int(command->name, cli_parse(&cli, argc - 1, argv + 1, &err), 0);
		want_text(
		    command->name, cli.command == NULL ? "" : cli.command->name, command->name);
		want_int(command->name, *command->summary != '\0' && command->run != NULL, true);
	}
	end_cases();
}

static void
widths(void **state)
{
	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	want_int("ascii", table_width("abc"), 3);
	want_int("wide", table_width("\xe4\xbe\x8b\xe3\x81\x88"), 4);
	want_int("umlaut", table_width("\xc3\xbc"), 1);
	want_int("combining", table_width("e\xcc\x81"), 1);
	end_cases();
}

static void
paragraphs(void **state)
{
	static const struct {
		const char *text;
		int indent, rest;
		const char *want;
	} cases[] = {
		{ "short", 2, 4, "  short\n" },
		{ "one two three four", 2, 4, "  one two\n    three\n    four\n" },
		{ "exactly 10", 0, 2, "exactly 10\n" },
		{ "a-word-longer-than-a-line", 0, 2, "a-word-lon\n  ger-than\n  -a-line\n" },
		{ "a  two", 0, 0, "a  two\n" },
		{ "", 0, 0, "\n" },
		{ "or greygate domain add a.b c.d; so", 0, 2,
		    "or\n  greygate domain add a.b c.d;\n  so\n" },
		{ "greygate: give it: xzcat a.xz | greygate log -", 0, 2,
		    "greygate:\n  give it:\n  xzcat a.xz | greygate log -\n" },
		{ "so greygate, too, does", 0, 0, "so\ngreygate,\ntoo, does\n" },
	};
	size_t i, len;
	char *text;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *out = open_memstream(&text, &len);

		wrap_put(out, cases[i].text, cases[i].indent, cases[i].rest, 10);
		fclose(out);
		want_text(cases[i].text, text, cases[i].want);
		free(text);
	}
	end_cases();
}

static void
help_fits(void **state)
{
	char *text, *line, *rest;
	size_t i, len;

	(void)state;
	for (i = 0; i <= command_n; i++) {
		FILE *out = open_memstream(&text, &len);

		if (i < command_n)
			help_command(&commands[i], out);
		else
			help_short(out);
		fclose(out);
		rest = text;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (strlen(line) > WRAP_COLS && strncmp(line, "example: ", 9) != 0)
				want_text(i < command_n ? commands[i].name : "help", line, "");
		free(text);
	}
	end_cases();
}

static void
names_are_numbered(void **state)
{
	struct names names = { 0 };
	static char big[100000];
	char text[16];
	size_t i;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	for (i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "n%zu", i);
		want_int(text, (long long)names_number(&names, slice_of(text)), (long long)i);
	}
	want_int("again", (long long)names_number(&names, SLICE("n500")), 500);
	want_int("empty", (long long)names_number(&names, SLICE_NONE), 20000);
	want_int("big", (long long)names_number(&names, slice_of(big)), 20001);
	want_int("after it", (long long)names_number(&names, SLICE("y")), 20002);
	want_int("big again", (long long)names_number(&names, slice_of(big)), 20001);
	want_int("empty again", (long long)names_number(&names, SLICE("")), 20000);
	want_text("kept", names.texts[19999], "n19999");
	want_int("count", (long long)names.n, 20003);
	names_clear(&names);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(values_of_options),
		cmocka_unit_test(table_of_commands),
		cmocka_unit_test(widths),
		cmocka_unit_test(paragraphs),
		cmocka_unit_test(help_fits),
		cmocka_unit_test(names_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
