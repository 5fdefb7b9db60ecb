/* gzip.c - see gzip.h. Reading is done with inflate(): gzread() tells no place, owns the
 * descriptor, and takes whatever follows a member for the end. */
#include "common/base/gzip.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "common/base/xalloc.h"

#define PACKED_BYTES (64 * 1024)
#define WRITER_BYTES (256 * 1024)
#define GZIP_ONLY (MAX_WBITS + 16)

/* A database of text shrinks to a quarter at level 1, at four times the speed of level 6, which
 * saves another tenth. */
#define WRITER_MODE "wb1"

/* ---- reading ---- */

enum place { BETWEEN_MEMBERS, IN_MEMBER, IN_PLAIN, AT_END };

struct gzip {
	int fd;
	const char *name;
	enum place place;
	bool packed;     /* a first member was seen */
	bool file_ended; /* there is nothing behind what INPUT holds */
	int64_t file_bytes;
	z_stream z;     /* next_in, avail_in: what was read and not used yet */
	struct err err; /* why it ended early */
	unsigned char input[PACKED_BYTES];
};

struct gzip *
gzip_open(int fd, const char *name)
{
	struct gzip *gz = xcalloc(1, sizeof(*gz));

	gz->fd = fd;
	gz->name = name;
	gz->z.next_in = gz->input;
	if (inflateInit2(&gz->z, GZIP_ONLY) != Z_OK)
		abort(); /* no memory */
	return gz;
}

void
gzip_close(struct gzip *gz)
{
	if (gz != NULL)
		inflateEnd(&gz->z);
	free(gz);
}

bool
gzip_is_packed(const struct gzip *gz)
{
	return gz->packed;
}

static ssize_t
read_some(struct gzip *gz, unsigned char *out, size_t len)
{
	ssize_t n;

	do
		n = read(gz->fd, out, len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_errno(&gz->err, ERR_IO, "%s", gz->name);
	gz->file_bytes += n;
	gz->file_ended = n == 0;
	return n;
}

/* Puts more of the file behind the input that is left. */
static int
read_input(struct gzip *gz)
{
	size_t left = gz->z.avail_in;
	ssize_t n;

	memmove(gz->input, gz->z.next_in, left);
	gz->z.next_in = gz->input;
	n = read_some(gz, gz->input + left, sizeof(gz->input) - left);
	if (n == -1)
		return -1;
	gz->z.avail_in += (uInt)n;
	return 0;
}

/* A member, or the end. Only the beginning of a file says that it is not packed; zeros between
 * members and behind the last one fill up a block. */
static int
begin(struct gzip *gz)
{
	z_stream *z = &gz->z;

	while (z->avail_in < 2 && !gz->file_ended)
		if (read_input(gz) == -1)
			return -1;
	if (z->avail_in >= 2 && z->next_in[0] == 0x1f && z->next_in[1] == 0x8b) {
		inflateReset(z);
		gz->packed = true;
		gz->place = IN_MEMBER;
	} else if (!gz->packed) {
		gz->place = IN_PLAIN;
	} else if (z->avail_in == 0) {
		gz->place = AT_END;
	} else if (z->next_in[0] == '\0') {
		z->next_in++;
		z->avail_in--;
	} else {
		return err_set(&gz->err, ERR_DATA,
		    "%s: damaged at byte %" PRId64 ": what follows there is no gzip data", gz->name,
		    gz->file_bytes - z->avail_in);
	}
	return 0;
}

static int
unpack(struct gzip *gz)
{
	int code;

	if (gz->z.avail_in == 0 && !gz->file_ended && read_input(gz) == -1)
		return -1;
	code = inflate(&gz->z, Z_NO_FLUSH);
	if (code == Z_STREAM_END)
		gz->place = BETWEEN_MEMBERS;
	if (code == Z_OK || code == Z_STREAM_END)
		return 0;
	if (code == Z_BUF_ERROR)
		return gz->file_ended ? err_set(&gz->err, ERR_DATA,
					    "%s ends in the middle of its compressed data, at byte "
					    "%" PRId64,
					    gz->name, gz->file_bytes)
				      : 0;
	return err_set(&gz->err, ERR_DATA, "%s: damaged at byte %" PRId64 ": %s", gz->name,
	    gz->file_bytes - gz->z.avail_in, gz->z.msg == NULL ? "no gzip data" : gz->z.msg);
}

/* First what was read to know what the file is, then straight to where it is wanted. */
static int
pass_on(struct gzip *gz)
{
	z_stream *z = &gz->z;
	ssize_t n = z->avail_in < z->avail_out ? z->avail_in : z->avail_out;

	if (n > 0) {
		memcpy(z->next_out, z->next_in, (size_t)n);
		z->next_in += n;
		z->avail_in -= (uInt)n;
	} else if ((n = read_some(gz, z->next_out, z->avail_out)) <= 0) {
		gz->place = AT_END;
		return (int)n;
	}
	z->next_out += n;
	z->avail_out -= (uInt)n;
	return 0;
}

static int
step(struct gzip *gz)
{
	switch (gz->place) {
	case BETWEEN_MEMBERS: return begin(gz);
	case IN_MEMBER: return unpack(gz);
	case IN_PLAIN: return pass_on(gz);
	case AT_END: break;
	}
	return 0;
}

ssize_t
gzip_read(struct gzip *gz, char *out, size_t len, struct err *err)
{
	ssize_t n;

	gz->z.next_out = (unsigned char *)out;
	gz->z.avail_out = len > INT32_MAX ? INT32_MAX : (uInt)len;
	while (gz->z.avail_out > 0 && gz->place != AT_END)
		if (step(gz) == -1)
			gz->place = AT_END;
	n = (char *)gz->z.next_out - out;
	if (n > 0 || gz->err.code == ERR_NONE)
		return n;
	if (err != NULL)
		*err = gz->err;
	return -1;
}

/* ---- writing ---- */

struct gzip_writer {
	gzFile stream;
	const char *name;
};

struct gzip_writer *
gzip_writer_open(int fd, const char *name, struct err *err)
{
	int copy = dup(fd); /* that the stream owns */
	gzFile stream = copy == -1 ? NULL : gzdopen(copy, WRITER_MODE);
	struct gzip_writer *w;

	if (stream == NULL) {
		err_errno(err, ERR_IO, "%s", name);
		if (copy != -1)
			close(copy);
		return NULL;
	}
	gzbuffer(stream, WRITER_BYTES);
	w = xcalloc(1, sizeof(*w));
	*w = (struct gzip_writer){ stream, name };
	return w;
}

int
gzip_write(struct gzip_writer *w, const char *bytes, size_t len, struct err *err)
{
	if (gzfwrite(bytes, 1, len, w->stream) != len)
		return err_errno(err, ERR_IO, "writing %s", w->name);
	return 0;
}

int
gzip_writer_close(struct gzip_writer *w, struct err *err)
{
	const char *name = w->name;
	int code = gzclose(w->stream);

	free(w);
	return code == Z_OK ? 0 : err_errno(err, ERR_IO, "writing %s", name);
}
