/* cases.h - named cases in tables: a failing one says which it is, and the others still run. */
#ifndef TESTS_UNIT_CASES_H
#define TESTS_UNIT_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How many cases of this test differ from what is wanted. */
static int cases_failed;

static inline void
want_text(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return;
	cases_failed++;
	print_error("%s: got \"%s\", want \"%s\"\n", name, got, want);
}

static inline void
want_int(const char *name, long long got, long long want)
{
	if (got == want)
		return;
	cases_failed++;
	print_error("%s: got %lld, want %lld\n", name, got, want);
}

static inline void
end_cases(void)
{
	int failed = cases_failed;

	cases_failed = 0;
	assert_int_equal(failed, 0);
}

#endif
