/* export.c - the rows of a view into a new file: asks for its name, makes it, says what is in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "common/base/xalloc.h"
#include "tui/commands.h"
#include "tui/export_rows.h"

static const struct suffix {
	const char *text;
	enum export_format format;
	bool texts_only;
} suffixes[] = {
	{ ".csv", EXPORT_CSV, false },
	{ ".jsonl", EXPORT_JSON, false },
	{ ".json", EXPORT_JSON, false },
	{ ".txt", EXPORT_TEXT, true },
};

static bool
is_text(const struct view *view)
{
	return (view->type->flags & VIEW_IS_TEXT) != 0;
}

/* What is written to a file of NAME. False: its suffix stands for nothing that we write. */
static bool
format_of(const char *name, bool text, enum export_format *format_out)
{
	const char *slash = strrchr(name, '/'), *base = slash == NULL ? name : slash + 1;
	const char *dot = strrchr(base, '.');
	size_t i;

	*format_out = text ? EXPORT_TEXT : EXPORT_CSV;
	if (dot == NULL)
		return true;
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcasecmp(dot, suffixes[i].text) == 0 && (text || !suffixes[i].texts_only)) {
			*format_out = suffixes[i].format;
			return true;
		}
	return false;
}

/* ---- the file ---- */

static const char *
own_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw == NULL ? "this user" : pw->pw_name;
}

static int
say_not_made(const char *name, struct err *err)
{
	switch (errno) {
	case EEXIST:
		return err_set(err, ERR_CREATE,
		    "%s is there already and stays as it is: give another name", name);
	case EACCES:
	case EPERM:
	case EROFS:
		return err_set(err, ERR_PERM,
		    "%s: %s may not write there; another folder may do, such as /tmp", name,
		    own_name());
	case ENOENT: return err_set(err, ERR_CREATE, "%s: there is no such folder", name);
	default: return err_errno(err, ERR_CREATE, "%s", name);
	}
}

static FILE *
make_file(const char *name, struct err *err)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w");

	if (file == NULL)
		say_not_made(name, err);
	if (file == NULL && fd != -1)
		close(fd);
	return file;
}

/* All of it, or no file. */
static int
write_file(const struct list *list, enum export_format format, const char *name, struct err *err)
{
	FILE *file = make_file(name, err);
	bool failed;

	if (file == NULL)
		return -1;
	errno = 0;
	export_rows_write(list, format, file);
	failed = fflush(file) != 0 || ferror(file) != 0;
	if (fclose(file) != 0 || failed) {
		err_errno(err, ERR_IO, "%s could not be written and is removed again", name);
		unlink(name);
		return -1;
	}
	return 0;
}

/* ---- the command ---- */

static void
say_done(struct console *c, const struct view *view, const char *name)
{
	size_t n = view->list.shown_n;
	char *path = realpath(name, NULL);

	console_say(c, "%zu %s%s written to %s%s", n, is_text(view) ? "line" : "row",
	    n == 1 ? "" : "s", path == NULL ? name : path,
	    view->more ? ": those read; scroll or filter for others" : "");
	free(path);
}

static void
export_to(struct console *c, const char *name)
{
	struct view *view = console_view(c);
	enum export_format format;
	struct err err;

	if (!format_of(name, is_text(view), &format))
		console_warn(c, "export: a name ends in %s.csv, .jsonl or .json",
		    is_text(view) ? ".txt, " : "");
	else if (write_file(&view->list, format, name, &err) == -1)
		console_fail(c, &err);
	else
		say_done(c, view, name);
}

static void
name_done(struct console *c, void *arg, const char *text)
{
	struct slice name = slice_trim(slice_of(text));
	char *copy;

	(void)arg;
	if (name.len == 0)
		return;
	copy = xslicedup(name);
	export_to(c, copy);
	free(copy);
}

static void
ask_name(struct console *c)
{
	const struct view *view = console_view(c);
	char day[CALENDAR_TEXT_MAX], name[128];

	snprintf(name, sizeof(name), "%s-%s%s", view->type->name,
	    calendar_text(c->now_s, "%Y%m%d", day), is_text(view) ? ".txt" : ".csv");
	prompt_ask(c, PROMPT_VALUE, "export to: ", name, NULL, name_done, NULL);
}

void
export_run(struct console *c, const char *arg)
{
	if (console_view(c)->list.shown_n == 0)
		console_warn(c, "export: there is no row");
	else if (*arg != '\0')
		export_to(c, arg);
	else
		ask_name(c);
}
