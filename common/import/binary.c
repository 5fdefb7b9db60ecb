/* binary.c - see binary.h. */
#include "common/import/binary.h"

#include <string.h>

#define BYTES(literal)                                                                             \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}

/* The last one is told by a NUL, which no text has. */
static const struct binary_kind kinds[] = {
	{ 0, BYTES("SQLite format 3"), "an SQLite database", { "sqlite3 ", " .dump" }, true },
	{ 12, BYTES("\x62\x31\x05\0"), "a Berkeley database", { "db_dump -p ", "" }, false },
	{ 12, BYTES("\0\x05\x31\x62"), "a Berkeley database", { "db_dump -p ", "" }, false },
	{ 0, BYTES("\x28\xb5\x2f\xfd"), "compressed with zstd", { "zstdcat ", "" }, false },
	{ 0, BYTES("\xfd\x37zXZ\0"), "compressed with xz", { "xzcat ", "" }, false },
	{ 0, BYTES("BZh"), "compressed with bzip2", { "bzcat ", "" }, false },
	{ 0, { NULL, 0 }, "a binary file", { NULL, NULL }, false },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct binary_kind *
binary_find(struct slice head)
{
	size_t i;

	for (i = 0; i < KINDS - 1; i++)
		if (head.len >= kinds[i].at + kinds[i].magic.len &&
		    memcmp(head.ptr + kinds[i].at, kinds[i].magic.ptr, kinds[i].magic.len) == 0)
			return &kinds[i];
	return head.len > 0 && memchr(head.ptr, '\0', head.len) != NULL ? &kinds[KINDS - 1] : NULL;
}
