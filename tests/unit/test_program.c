/* test_program.c - what other programs say, and those that are not well. */
#include "tests/unit/cases.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/program.h"

static void
what_it_says(void **state)
{
	static const struct {
		const char *name, *script, *want; /* NULL: it fails */
		const char *why;
	} cases[] = {
		{ "a line", "echo hello", "hello\n", "" },
		{ "nothing", "exit 0", "", "" },
		{ "nothing to read", "cat", "", "" },
		{ "complaints of one that ends well", "echo oh >&2; echo yes", "yes\n", "" },
		{ "its status", "echo no; exit 3", NULL, "sh failed" },
		{ "its complaint", "echo first >&2; echo second >&2; exit 1", NULL, "first" },
		{ "a signal", "kill -TERM $$", NULL, "sh failed" },
		{ "many complaints", "yes | head -c 300000 >&2; echo done", "done\n", "" },
		{ "too much", "yes", NULL, "sh did not end in time, or said too much" },
		{ "it goes on in silence", "exec >&-; sleep 60", NULL,
		    "sh did not end in time, or said too much" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char *argv[] = { "sh", "-c", cases[i].script, NULL };
		struct err err = { .text = "" };
		char *said = program_read(argv, &err);

		want_int(cases[i].name, said != NULL, cases[i].want != NULL);
		if (said != NULL && cases[i].want != NULL)
			want_text(cases[i].name, said, cases[i].want);
		if (said == NULL)
			want_text(cases[i].name, err.text, cases[i].why);
		free(said);
	}
	want_int("no child is left", waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, 1);
	end_cases();
}

static void
where_it_is(void **state)
{
	const char *missing[] = { "greygate-no-such-program", NULL };
	const char *sbin[] = { "useradd", "--help", NULL };
	char *path = strdup(getenv("PATH")), *said;
	struct err err;

	(void)state;
	want_int("missing", program_read(missing, &err) == NULL, 1);
	want_int("its code", err.code, ERR_UNAVAILABLE);
	want_text("its name", err.text, "greygate-no-such-program is not there");
	setenv("PATH", "/bin:/usr/bin", 1);
	said = program_read(sbin, &err);
	want_int("in /usr/sbin", said != NULL, 1);
	free(said);
	setenv("PATH", path, 1);
	free(path);
	end_cases();
}

/* One that hangs costs nobody more than the end of its asker's patience. */
static void
ended_early(void **state)
{
	const char *argv[] = { "sleep", "60", NULL };
	int64_t begun_ms = clock_mono_ms();
	struct program program;
	struct err err;

	(void)state;
	assert_int_equal(program_start(&program, argv, &err), 0);
	want_int("nothing", program_end(&program, &err) == NULL, 1);
	want_int("killed", kill(program.pid, 0), -1);
	want_int("at once", clock_mono_ms() - begun_ms < 30000, 1);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(where_it_is),
		cmocka_unit_test(ended_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
