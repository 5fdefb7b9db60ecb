/* packed.c - see packed.h. */
#include "common/store/packed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/gzip.h"
#include "common/base/xalloc.h"

#define CHUNK (256 * 1024)

/* A copy of bytes under way. */
struct flow {
	const char *name;
	packed_tick_fn *tick;
	void *arg;
	int64_t bytes;
	char *chunk, *other;
};

static int
begin(struct flow *flow, int packed, int plain, struct err *err)
{
	if (lseek(packed, 0, SEEK_SET) == -1 || lseek(plain, 0, SEEK_SET) == -1)
		return err_errno(err, ERR_IO, "%s", flow->name);
	flow->chunk = xcalloc(1, CHUNK);
	flow->other = xcalloc(1, CHUNK);
	return 0;
}

static int
end(struct flow *flow, int result)
{
	free(flow->chunk);
	free(flow->other);
	return result;
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
pack_all(struct flow *flow, int from, struct gzip_writer *w, struct err *err)
{
	ssize_t n;

	while ((n = read_full(from, flow->chunk, CHUNK)) > 0)
		if (gzip_write(w, flow->chunk, (size_t)n, err) == -1 || go_on(flow, n, err) == -1)
			return -1;
	return n == -1 ? err_errno(err, ERR_IO, "reading what goes to %s", flow->name) : 0;
}

int
packed_make(int from, int to, const char *name, packed_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };
	struct gzip_writer *w;
	int result = -1;

	if (begin(&flow, to, from, err) == -1)
		return -1;
	w = gzip_writer_open(to, name, err);
	if (w != NULL) {
		result = pack_all(&flow, from, w, err);
		if (gzip_writer_close(w, result == 0 ? err : NULL) == -1)
			result = -1;
	}
	return end(&flow, result);
}

static int
unpack_all(struct flow *flow, struct gzip *gz, int to, struct err *err)
{
	ssize_t n;

	while ((n = gzip_read(gz, flow->chunk, CHUNK, err)) > 0) {
		if (write_full(to, flow->chunk, (size_t)n) == -1)
			return err_errno(err, ERR_IO, "writing what comes from %s", flow->name);
		if (go_on(flow, n, err) == -1)
			return -1;
	}
	return (int)n;
}

int
packed_unpack(int from, int to, const char *name, packed_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };
	struct gzip *gz;
	int result;

	if (begin(&flow, from, to, err) == -1)
		return -1;
	gz = gzip_open(from, name);
	result = unpack_all(&flow, gz, to, err);
	gzip_close(gz);
	return end(&flow, result);
}

static int
compare_all(struct flow *flow, struct gzip *gz, int plain, struct err *err)
{
	ssize_t n, want;

	do {
		n = gzip_read(gz, flow->chunk, CHUNK, err);
		if (n == -1)
			return -1;
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
packed_compare(
    int from, int plain, const char *name, packed_tick_fn *tick, void *arg, struct err *err)
{
	struct flow flow = { .name = name, .tick = tick, .arg = arg };
	struct gzip *gz;
	int result;

	if (begin(&flow, from, plain, err) == -1)
		return -1;
	gz = gzip_open(from, name);
	result = compare_all(&flow, gz, plain, err);
	gzip_close(gz);
	return end(&flow, result);
}
