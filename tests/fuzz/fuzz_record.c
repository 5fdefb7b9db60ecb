/* fuzz_record.c - a line of a recording, by whoever wrote it: what is read can be written, and is
 * then read as the same. */
#include <stdlib.h>
#include <string.h>

#include "common/replay/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be_equal(struct slice a, struct slice b)
{
	if (!slice_equal(a, b))
		abort();
}

/* A record that is whole has values that a request can have: written, they stay what they are. */
static void
write_and_read(const struct record *record)
{
	static char text[RECORD_LINE_MAX], storage[RECORD_LINE_MAX];
	struct engine_item item = { .request = record->request };
	struct record again;
	struct err err;
	struct buf out;

	buf_init(&out, text, sizeof(text));
	record_put_request(&out, &item, record->time_s);
	if (out.len == 0)
		return; /* too long */
	if (memchr(text, '\n', out.len) != text + out.len - 1)
		abort();
	if (record_read((struct slice){ text, out.len - 1 }, storage, &again, &err) == -1)
		abort();
	if (again.time_s != record->time_s)
		abort();
	must_be_equal(again.request.client_address, record->request.client_address);
	must_be_equal(again.request.client_name, record->request.client_name);
	must_be_equal(again.request.helo_name, record->request.helo_name);
	must_be_equal(again.request.sender, record->request.sender);
	must_be_equal(again.request.recipient, record->request.recipient);
	must_be_equal(again.request.instance, record->request.instance);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = malloc(size + 1), *storage = malloc(size + 1);
	struct slice line = { exact, size };
	struct record record;
	struct err err;

	if (size > 0)
		memcpy(exact, data, size);
	if (memchr(exact, '\n', size) == NULL && record_read(line, storage, &record, &err) == 0 &&
	    record.request.recipient.len > 0)
		write_and_read(&record);
	free(exact);
	free(storage);
	return 0;
}
