/* store_fixture.h - what the tests of the store share: a folder that lives as long as a test, a
 * handle on a database in it, and children that die as they are told. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/str.h"
#include "common/store/store.h"

struct fixture {
	char dir[64];
	char path[80]; /* the database in it */
	struct store *store;
};

static inline struct store *
open_mode(const char *path, enum store_mode mode, struct err *err)
{
	struct store_options options = { .path = path, .mode = mode };

	return store_open(&options, NULL, err);
}

static inline struct store *
must_open(const char *path, enum store_mode mode)
{
	struct err err = { .text = "" };
	struct store *store = open_mode(path, mode, &err);

	if (store == NULL)
		fail_msg("%s", err.text);
	return store;
}

/* A folder without a database. */
static inline int
folder_make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	*state = f;
	strcpy(f->dir, "/tmp/greygate-store-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/db", f->dir);
	return 0;
}

static inline int
folder_remove(void **state)
{
	struct fixture *f = *state;
	DIR *dir = opendir(f->dir);
	struct dirent *entry;
	char name[512];

	store_close(f->store);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", f->dir, entry->d_name);
		remove(name);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* A folder with an open database of a server. */
static inline int
store_make(void **state)
{
	struct fixture *f;

	if (folder_make(state) == -1)
		return -1;
	f = *state;
	f->store = must_open(f->path, STORE_SERVER);
	return 0;
}

#define TEST_IN_FOLDER(fn) cmocka_unit_test_setup_teardown(fn, folder_make, folder_remove)
#define TEST_WITH_STORE(fn) cmocka_unit_test_setup_teardown(fn, store_make, folder_remove)

/* Runs FN in a child that ends with its result, and waits. A handle must not cross: FN opens its
 * own. Returns the exit status, or the negative number of the signal that ended it. */
typedef int child_fn(void *arg);

static inline pid_t
child_start(child_fn *fn, void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	assert_true(pid > 0);
	return pid;
}

static inline int
child_wait(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline int
child_run(child_fn *fn, void *arg)
{
	return child_wait(child_start(fn, arg));
}

/* Keeps a text that a callback lends. */
static inline void
keep_text(char *out, size_t cap, struct slice s)
{
	snprintf(out, cap, "%.*s", (int)s.len, s.ptr != NULL ? s.ptr : "");
}

static inline void
assert_slice(struct slice got, struct slice want)
{
	if (!slice_equal(got, want))
		fail_msg(
		    "got \"%.*s\", want \"%.*s\"", (int)got.len, got.ptr, (int)want.len, want.ptr);
}

#endif
