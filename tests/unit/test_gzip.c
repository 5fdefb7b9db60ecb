/* test_gzip.c - packed and plain files, cut and damaged at every place. */
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/gzip.h"
#include "common/base/str.h"
#include "tests/unit/cases.h"

#define WHOLE_MAX 400000

static int
file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("gzip", 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Packs LEN bytes to OUT; returns how many these became. */
static size_t
pack(const char *bytes, size_t len, char *out)
{
	int fd = file_of("", 0);
	struct err err;
	struct gzip_writer *w = gzip_writer_open(fd, "packed", &err);
	ssize_t n;

	assert_non_null(w);
	assert_int_equal(gzip_write(w, bytes, len, &err), 0);
	assert_int_equal(gzip_writer_close(w, &err), 0);
	n = pread(fd, out, WHOLE_MAX, 0);
	assert_true(n > 0);
	close(fd);
	return (size_t)n;
}

/* Reads all of FD in pieces of PIECE; the number of bytes, or -1 with ERR. */
static ssize_t
read_all(int fd, size_t piece, char *out, bool *packed_out, struct err *err)
{
	struct gzip *gz = gzip_open(fd, "the file");
	ssize_t n, sum = 0;

	while ((n = gzip_read(gz, out + sum, piece, err)) > 0) {
		sum += n;
		assert_true(sum + (ssize_t)piece <= 2 * WHOLE_MAX);
	}
	if (n == -1)
		assert_int_equal(gzip_read(gz, out, piece, err), -1);
	*packed_out = gzip_is_packed(gz);
	gzip_close(gz);
	close(fd);
	return n == -1 ? -1 : sum;
}

static char content[WHOLE_MAX], out[2 * WHOLE_MAX], file[2 * WHOLE_MAX];

/* Half of it repeats itself, half does not. */
static void
fill_content(void)
{
	unsigned number = 1;
	size_t i;

	for (i = 0; i < sizeof(content); i++) {
		number = number * 1103515245 + 12345;
		content[i] = i % 2 == 0 ? 'a' : (char)(number >> 16);
	}
}

static void
whole_files(void **state)
{
	static const size_t lengths[] = { 0, 1, 2, 3, 70000, 150000 },
			    pieces[] = { 1, 7, 65536, 150000 };
	char name[64];
	size_t i, j, k, len;
	struct err err;
	bool packed;

	(void)state;
	fill_content();
	for (i = 0; i < COUNT(lengths); i++)
		for (j = 0; j < COUNT(pieces); j++)
			for (k = 0; k < 3; k++) { /* plain, packed, two members */
				size_t n = lengths[i], whole = k == 2 ? 2 * n : n;

				len = k == 0 ? n : pack(content, n, file);
				if (k == 0)
					memcpy(file, content, n);
				if (k == 2)
					len += pack(content, n, file + len);
				snprintf(name, sizeof(name), "%zu by %zu, %zu", n, pieces[j], k);
				want_int(name,
				    read_all(file_of(file, len), pieces[j], out, &packed, &err),
				    (ssize_t)whole);
				want_int(name, packed, k != 0);
				want_int(name, memcmp(out, content, n), 0);
				if (k == 2)
					want_int(name, memcmp(out + n, content, n), 0);
			}
	end_cases();
}

static void
cut_anywhere(void **state)
{
	size_t len, cut;
	char place[32];
	struct err err;
	bool packed;

	(void)state;
	fill_content();
	len = pack(content, 1000, file);
	for (cut = 2; cut < len; cut++) {
		snprintf(place, sizeof(place), "at byte %zu", cut);
		want_int(place, read_all(file_of(file, cut), 100, out, &packed, &err), -1);
		want_int(place, err.code, ERR_DATA);
		if (strstr(err.text, "the file ends in the middle") == NULL ||
		    strcmp(err.text + strlen(err.text) - strlen(place), place) != 0)
			want_text(place, err.text, "the file ends in the middle");
	}
	end_cases();
}

/* What came before the damage is given first. */
static void
damaged_at_the_end(void **state)
{
	size_t len = (fill_content(), pack(content, 100000, file)), at;
	struct gzip *gz;
	struct err err;
	int fd;

	(void)state;
	for (at = len - 8; at < len; at++) { /* the sum and the length */
		file[at] ^= 1;
		fd = file_of(file, len);
		gz = gzip_open(fd, "the file");
		want_int("given", gzip_read(gz, out, sizeof(out), &err), 100000);
		want_int("then", gzip_read(gz, out, sizeof(out), &err), -1);
		want_int("code", err.code, ERR_DATA);
		if (strstr(err.text, "the file: damaged at byte") == NULL)
			want_text("text", err.text, "the file: damaged at byte");
		gzip_close(gz);
		close(fd);
		file[at] ^= 1;
	}
	end_cases();
}

/* Padding of tapes and the like is no content; anything else is content that is lost. */
static void
what_follows_a_member(void **state)
{
	static const struct {
		const char *name;
		struct slice bytes;
		int code;
	} rows[] = {
		{ "nothing", { "", 0 }, ERR_NONE },
		{ "zeros", { "\0\0\0", 3 }, ERR_NONE },
		{ "text", { "plain text\n", 11 }, ERR_DATA },
		{ "text after zeros", { "\0\0plain", 7 }, ERR_DATA },
		{ "a member cut at its first byte", { "\x1f", 1 }, ERR_DATA },
		{ "a member with a damaged beginning", { "\x1f\x8c\x08", 3 }, ERR_DATA },
	};
	size_t len = (fill_content(), pack(content, 1000, file)), i, piece;
	struct err err;
	bool packed;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		memcpy(file + len, rows[i].bytes.ptr, rows[i].bytes.len);
		for (piece = 999; piece <= 1001; piece++) {
			err.code = ERR_NONE;
			want_int(rows[i].name,
			    read_all(
				file_of(file, len + rows[i].bytes.len), piece, out, &packed, &err),
			    rows[i].code == ERR_NONE ? 1000 : -1);
			want_int(rows[i].name, err.code, rows[i].code);
			if (err.code != ERR_NONE &&
			    strstr(err.text, "follows there is no gzip data") == NULL)
				want_text(rows[i].name, err.text, "follows there is no gzip data");
		}
	}
	end_cases();
}

static void
what_cannot_be_read(void **state)
{
	struct err err;
	bool packed;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	want_int("wrong end", read_all(fds[1], 100, out, &packed, &err), -1);
	want_int("wrong end", err.code, ERR_IO);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(damaged_at_the_end),
		cmocka_unit_test(what_follows_a_member),
		cmocka_unit_test(what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
