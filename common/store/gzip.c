/* gzip.c - see gzip.h. Level 1: a database of text shrinks to a quarter, at four times the speed of
 * level 6, which saves another tenth. */
#include "common/store/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "common/base/xalloc.h"

#define CHUNK (256 * 1024)

/* A copy of bytes under way: one end is a gzip stream, the other a descriptor. */
struct flow {
	gzFile stream;
	const char *name;
	gzip_tick_fn *tick;
	void *arg;
	int64_t bytes;
	char *chunk, *other;
};

static int
flow_open(struct flow *flow, int fd, const char *mode, struct err *err)
{
	int copy = lseek(fd, 0, SEEK_SET) == -1 ? -1 : dup(fd);

	flow->stream = copy == -1 ? NULL : gzdopen(copy, mode);
	if (flow->stream == NULL) {
		err_errno(err, ERR_IO, "%s", flow->name);
		if (copy != -1)
			close(copy);
		return -1;
	}
	gzbuffer(flow->stream, CHUNK);
	flow->chunk = xcalloc(1, CHUNK);
	flow->other = xcalloc(1, CHUNK);
	return 0;
}

static int
stream_error(const struct flow *flow, struct err *err)
{
	int number;
	const char *text = gzerror(flow->stream, &number);

	if (number == Z_ERRNO)
		return err_errno(err, ERR_IO, "%s", flow->name);
	return err_set(err, ERR_DATA, "%s is damaged: %s", flow->name,
	    *text == '\0' ? "it ends too early" : text);
}

/* Ends the stream: what is written last, or found wrong last, is an error too. */
static int
flow_close(struct flow *flow, int result, bool writing, struct err *err)
{
	int number = gzclose(flow->stream);

	free(flow->chunk);
	free(flow->other);
	if (result == -1 || number == Z_OK)
		return result;
	if (writing)
		return err_errno(err, ERR_IO, "writing %s", flow->name);
	return err_set(err, ERR_DATA, "%s is damaged: it ends too early", flow->name);
}

static int
go_on(struct flow *flow, int64_t bytes, struct err *err)
{
	flow->bytes += bytes;
	if (flow->tick != NULL && !flow->tick(flow->arg, flow->bytes))
		return err_set(err, ERR_TEMP, "%s: stopped before the end", flow->name);
	return 0;
}

/* As many bytes as there are up to LEN; -1 with errno. */
static ssize_t
read_full(int fd, char *out, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, out + done, len - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == -1 ? -1 : (ssize_t)done;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int
write_full(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n == -1 && errno != EINTR)
			return -1;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
pack_all(struct flow *flow, int from, struct err *err)
{
	ssize_t n;

	while ((n = read_full(from, flow->chunk, CHUNK)) > 0) {
		if (gzwrite(flow->stream, flow->chunk, (unsigned)n) != (int)n)
			return err_errno(err, ERR_IO, "writing %s", flow->name);
		if (go_on(flow, n, err) == -1)
			return -1;
	}
	return n == -1 ? err_errno(err, ERR_IO, "reading what goes to %s", flow->name) : 0;
}

int
gzip_pack(int from, int to, const char *name, gzip_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };

	if (flow_open(&flow, to, "wb1", err) == -1)
		return -1;
	lseek(from, 0, SEEK_SET);
	return flow_close(&flow, pack_all(&flow, from, err), true, err);
}

static int
unpack_all(struct flow *flow, int to, struct err *err)
{
	int n;

	while ((n = gzread(flow->stream, flow->chunk, CHUNK)) > 0) {
		if (write_full(to, flow->chunk, (size_t)n) == -1)
			return err_errno(err, ERR_IO, "writing what comes from %s", flow->name);
		if (go_on(flow, n, err) == -1)
			return -1;
	}
	return n == -1 ? stream_error(flow, err) : 0;
}

int
gzip_unpack(int from, int to, const char *name, gzip_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };

	if (flow_open(&flow, from, "rb", err) == -1)
		return -1;
	return flow_close(&flow, unpack_all(&flow, to, err), false, err);
}

static int
compare_all(struct flow *flow, int plain, struct err *err)
{
	ssize_t want;
	int n;

	do {
		n = gzread(flow->stream, flow->chunk, CHUNK);
		if (n == -1)
			return stream_error(flow, err);
		want = read_full(plain, flow->other, CHUNK);
		if (want != n || memcmp(flow->chunk, flow->other, (size_t)n) != 0)
			return err_set(
			    err, ERR_IO, "%s does not hold what was written", flow->name);
		if (go_on(flow, n, err) == -1)
			return -1;
	} while (n > 0);
	return 0;
}

int
gzip_compare(int from, int plain, const char *name, gzip_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };

	if (flow_open(&flow, from, "rb", err) == -1)
		return -1;
	lseek(plain, 0, SEEK_SET);
	return flow_close(&flow, compare_all(&flow, plain, err), false, err);
}
