/* recorder.c - see recorder.h. */
#include "server/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/base/xalloc.h"
#include "common/replay/record.h"

#define ROOM_FIRST 65536

struct recorder {
	const char *path;
	int fd; /* -1: it stopped */
	char *text;
	size_t len, cap;
};

static int
open_file(const char *path, struct err *err)
{
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd == -1)
		return err_errno(err, ERR_CREATE, "recording to %s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fchmod(fd, 0600) == 0)
		return fd;
	close(fd);
	return err_set(err, ERR_CREATE, "recording to %s: it is no regular file of ours", path);
}

struct recorder *
recorder_open(const char *path, struct err *err)
{
	int fd = open_file(path, err);
	struct recorder *r;

	if (fd == -1)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->path = path;
	r->fd = fd;
	r->cap = ROOM_FIRST;
	r->text = xcalloc(r->cap, 1);
	return r;
}

void
recorder_close(struct recorder *r)
{
	if (r == NULL)
		return;
	recorder_flush(r);
	if (r->fd != -1)
		close(r->fd);
	free(r->text);
	free(r);
}

/* Room for one line at the end of what has gathered. */
static struct buf
room(struct recorder *r)
{
	struct buf out;

	if (r->cap - r->len < RECORD_LINE_MAX) {
		r->cap *= 2;
		r->text = xreallocarray(r->text, r->cap, 1);
	}
	buf_init(&out, r->text + r->len, r->cap - r->len);
	return out;
}

/* What is answered whatever is configured teaches nothing. */
void
recorder_note(struct recorder *r, const struct engine_item *item, int64_t now_s)
{
	struct buf out;

	if (r == NULL || r->fd == -1 || item->decision.reason <= REASON_BAD_ADDRESS)
		return;
	out = room(r);
	record_put_request(&out, item, now_s);
	r->len += out.len;
}

void
recorder_note_spf(struct recorder *r, struct slice address, struct slice domain, const char *result,
    int64_t now_s)
{
	struct buf out;

	if (r == NULL || r->fd == -1)
		return;
	out = room(r);
	record_put_spf(&out, address, domain, result, now_s);
	r->len += out.len;
}

/* Half a line would spoil the next one: the file ends as it was. */
static void
stop(struct recorder *r, ssize_t written)
{
	off_t end = lseek(r->fd, 0, SEEK_END);

	if (written == -1)
		log_warn(
		    "recording to %s stopped: %s; SIGHUP begins anew", r->path, strerror(errno));
	else
		log_warn("recording to %s stopped: no space is left; SIGHUP begins anew", r->path);
	if (written > 0 && end >= written && ftruncate(r->fd, end - written) == -1)
		log_warn("%s ends in the middle of a line", r->path);
	close(r->fd);
	r->fd = -1;
}

void
recorder_flush(struct recorder *r)
{
	ssize_t n;

	if (r == NULL || r->len == 0)
		return;
	n = r->fd == -1 ? -1 : write(r->fd, r->text, r->len);
	if (r->fd != -1 && n != (ssize_t)r->len)
		stop(r, n);
	r->len = 0;
}

void
recorder_reopen(struct recorder *r)
{
	struct err err;
	int fd;

	if (r == NULL)
		return;
	recorder_flush(r);
	fd = open_file(r->path, &err);
	if (fd == -1)
		log_warn("%s; nothing is recorded", err.text);
	if (r->fd != -1)
		close(r->fd);
	r->fd = fd;
}
