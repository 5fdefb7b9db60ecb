/* scratch.c - see scratch.h. */
#include "cli/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"

static struct {
	char path[PATH_MAX];
	bool stays;
} scratch;

static int
take_folder(const char *keep, struct err *err)
{
	if (mkdir(keep, 0700) == -1 && errno != EEXIST)
		return err_errno(err, ERR_CREATE, "%s", keep);
	snprintf(scratch.path, sizeof(scratch.path), "%s", keep);
	scratch.stays = true;
	return 0;
}

int
scratch_open(const char *keep, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	if (keep != NULL)
		return take_folder(keep, err);
	interrupt_watch();
	snprintf(scratch.path, sizeof(scratch.path), "%s/greygate-XXXXXX",
	    tmp == NULL || *tmp == '\0' ? "/tmp" : tmp);
	if (mkdtemp(scratch.path) != NULL)
		return 0;
	err_errno(err, ERR_CREATE, "%s", scratch.path);
	scratch.path[0] = '\0';
	return -1;
}

static void
remove_all(void)
{
	DIR *dir = opendir(scratch.path);
	char path[PATH_MAX + 256];
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", scratch.path, entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(scratch.path);
}

void
scratch_close(void)
{
	int number = interrupt_asked();

	if (scratch.path[0] == '\0')
		return;
	if (!scratch.stays)
		remove_all();
	scratch.path[0] = '\0';
	if (number != 0) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

const char *
scratch_path(const char *name, char *out, size_t len)
{
	snprintf(out, len, "%s/%s", scratch.path, name);
	return out;
}
