/* policy.c - see policy.h. Attributes of interest are rows of a table; all others are skipped, so
 * that newer Postfix versions may send more. */
#include "server/policy.h"

#include <string.h>

static const struct {
	struct slice name;
	size_t offset;
} attributes[] = {
	{ { "protocol_state", 14 }, offsetof(struct request, protocol_state) },
	{ { "client_address", 14 }, offsetof(struct request, client_address) },
	{ { "client_name", 11 }, offsetof(struct request, client_name) },
	{ { "helo_name", 9 }, offsetof(struct request, helo_name) },
	{ { "sender", 6 }, offsetof(struct request, sender) },
	{ { "recipient", 9 }, offsetof(struct request, recipient) },
	{ { "sasl_username", 13 }, offsetof(struct request, sasl_username) },
	{ { "instance", 8 }, offsetof(struct request, instance) },
	{ { "queue_id", 8 }, offsetof(struct request, queue_id) },
};

/* Takes one line off the front of BYTES, without its end; false when there is no whole line. */
static bool
take_line(struct slice *bytes, struct slice *line_out)
{
	const char *end = bytes->len == 0 ? NULL : memchr(bytes->ptr, '\n', bytes->len);
	size_t len;

	if (end == NULL)
		return false;
	len = (size_t)(end - bytes->ptr);
	*line_out = (struct slice){ bytes->ptr, len };
	if (len > 0 && bytes->ptr[len - 1] == '\r')
		line_out->len--;
	bytes->ptr += len + 1;
	bytes->len -= len + 1;
	return true;
}

static void
set_attribute(struct request *request, struct slice name, struct slice value)
{
	struct slice *member;
	size_t i;

	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!slice_equal(name, attributes[i].name))
			continue;
		member = (struct slice *)((char *)request + attributes[i].offset);
		if (member->ptr == NULL)
			*member = value;
	}
}

/* One line into the request; returns the faults found in it. */
static unsigned
read_line(struct request *request, struct slice *kind, struct slice line)
{
	const char *equal = memchr(line.ptr, '=', line.len);
	struct slice name, value;

	if (equal == NULL || equal == line.ptr)
		return POLICY_FAULT_LINE;
	name = (struct slice){ line.ptr, (size_t)(equal - line.ptr) };
	value = (struct slice){ equal + 1, line.len - name.len - 1 };
	if (slice_equal(name, SLICE("request")) && kind->ptr == NULL)
		*kind = value;
	else
		set_attribute(request, name, value);
	return value.len > POLICY_VALUE_MAX ? POLICY_FAULT_VALUE : 0;
}

static void
read_request(struct slice bytes, struct request *request_out, unsigned *faults_out)
{
	struct slice line, kind = SLICE_NONE;

	*request_out = (struct request){ 0 };
	*faults_out = 0;
	while (take_line(&bytes, &line))
		if (line.len > 0)
			*faults_out |= read_line(request_out, &kind, line);
	if (!slice_equal(kind, SLICE("smtpd_access_policy")))
		*faults_out |= POLICY_FAULT_REQUEST;
	request_out->sender_present = request_out->sender.ptr != NULL;
	request_out->malformed = (*faults_out & ~(unsigned)POLICY_FAULT_LINE) != 0;
}

static struct slice
skip_empty_lines(struct slice bytes)
{
	struct slice rest = bytes, line;

	while (take_line(&rest, &line) && line.len == 0)
		bytes = rest;
	return bytes;
}

enum policy_result
policy_parse(struct policy_state *state, struct slice bytes, struct request *request_out,
    size_t *used_out, unsigned *faults_out)
{
	struct slice request = skip_empty_lines(bytes), rest, line;
	size_t start = (size_t)(request.ptr - bytes.ptr);

	if (state->scanned < start)
		state->scanned = start;
	rest = (struct slice){ bytes.ptr + state->scanned, bytes.len - state->scanned };
	while (take_line(&rest, &line)) {
		state->scanned = bytes.len - rest.len;
		if (state->scanned > POLICY_REQUEST_MAX)
			return POLICY_TOO_LONG;
		if (line.len > 0)
			continue;
		request.len = state->scanned - start;
		read_request(request, request_out, faults_out);
		*used_out = state->scanned;
		state->scanned = 0;
		return POLICY_REQUEST;
	}
	return bytes.len >= POLICY_REQUEST_MAX ? POLICY_TOO_LONG : POLICY_MORE;
}

void
policy_reply(struct buf *out, const char *text)
{
	buf_add_text(out, "action=");
	buf_add_text(out, text);
	buf_add_text(out, "\n\n");
}
