/* check_lines.c - see check_lines.h.
 *
 * A ring of slots holds the lines that are evaluated; each gets its text when it is done, and what
 * is done at the front is printed. Standard input is read only while a slot is free, so that any
 * number of lines may come, and a program may also ask one line and wait for its answer. */
#include "cli/check_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/spf/lookup.h"
#include "common/store/json_read.h"

#define SLOTS 64
#define LINE_BYTES 65536
#define FIELD_BYTES 4096

struct lines;

struct slot {
	struct lines *lines;
	struct spf_lookup *lookup; /* NULL: none under way */
	char *text;                /* NULL: not done */
};

struct lines {
	struct cli *cli;
	struct lookups *lookups;
	struct json_reader *reader;
	ev_io input;
	char *buffer; /* what has been read and not taken */
	size_t buffer_n;
	bool ended, overlong; /* the line at the front of the buffer has lost its begin */
	uint64_t line_n;
	struct slot slots[SLOTS];
	uint64_t first, next; /* of the slots, modulo SLOTS */
	int status;
	int read_errno;
};

/* The fields of a line. */
struct question {
	char ip[FIELD_BYTES], sender[FIELD_BYTES], helo[FIELD_BYTES];
	size_t sender_len, helo_len;
	bool has_ip, has_sender, is_wrong;
};

struct spf_identity
check_identity(const struct cli *cli, const struct addr *ip, struct slice sender, struct slice helo)
{
	return (struct spf_identity){ .ip = *ip,
		.sender = slice_equal(sender, SLICE("<>")) ? SLICE_NONE : sender,
		.helo = helo,
		.now_s = cli->now_s,
		.voids_max = (unsigned)cli->config.spf_void_lookups };
}

void
check_put_json(FILE *out, const struct spf_check *check)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_text(&j, "result", spf_result_name(check->result));
	json_text(&j, "explanation", check->explanation[0] == '\0' ? NULL : check->explanation);
	json_end(&j, '}');
}

/* ---- a line ---- */

static bool
take_leaf(void *arg, const struct json_leaf *leaf)
{
	struct question *q = arg;
	bool is_ip = slice_equal(leaf->key, SLICE("ip"));
	bool is_sender = slice_equal(leaf->key, SLICE("sender"));
	char *at = is_ip ? q->ip : is_sender ? q->sender : q->helo;

	if (!slice_equal(leaf->path, SLICE("$")) ||
	    (!is_ip && !is_sender && !slice_equal(leaf->key, SLICE("helo"))))
		return true;
	if (leaf->text.ptr == NULL) /* null */
		return true;
	if (!leaf->is_string || leaf->text.len >= FIELD_BYTES) {
		q->is_wrong = true;
		return false;
	}
	memcpy(at, leaf->text.ptr, leaf->text.len);
	at[leaf->text.len] = '\0';
	if (is_ip)
		q->has_ip = true;
	else if (is_sender)
		q->sender_len = leaf->text.len;
	else
		q->helo_len = leaf->text.len;
	q->has_sender = q->has_sender || is_sender;
	return true;
}

static int
read_question(
    struct lines *l, struct slice line, struct question *q, struct addr *ip_out, struct err *err)
{
	*q = (struct question){ .has_ip = false };
	if (json_holds_nul(line))
		return err_set(err, ERR_DATA, "\\u0000 in a text: nothing asked here holds it");
	if (json_read(l->reader, line, take_leaf, q, err) == -1)
		return -1;
	if (q->is_wrong)
		return err_set(err, ERR_DATA, "ip, sender and helo are strings");
	if (!q->has_ip || !q->has_sender)
		return err_set(err, ERR_DATA,
		    "expected {\"ip\": \"...\", \"sender\": \"...\", "
		    "\"helo\": \"...\"}");
	if (addr_parse(slice_of(q->ip), ip_out) == -1)
		return err_set(err, ERR_DATA, "%s is not an address", q->ip);
	return 0;
}

static void
put_error(struct lines *l, FILE *out, const struct err *err)
{
	char text[ERR_TEXT_MAX + 64];
	struct json j;

	l->status = ERR_DATA;
	snprintf(text, sizeof(text), "line %" PRIu64 ": %s", l->line_n, err->text);
	json_init(&j, out);
	json_object(&j, NULL);
	json_text(&j, "error", text);
	json_end(&j, '}');
}

static FILE *
open_text(char **text_out)
{
	size_t len;
	FILE *out = open_memstream(text_out, &len);

	if (out == NULL)
		abort();
	return out;
}

static void
print_done(struct lines *l)
{
	struct slot *slot = &l->slots[l->first % SLOTS];
	bool some = false;

	for (; l->first < l->next && slot->text != NULL; slot = &l->slots[++l->first % SLOTS]) {
		fputs(slot->text, stdout);
		free(slot->text);
		slot->text = NULL;
		some = true;
	}
	if (some)
		fflush(stdout);
}

static void take_lines(struct lines *l);

static void
done(void *arg, const struct spf_check *check, bool open)
{
	struct slot *slot = arg;
	struct lines *l = slot->lines;
	FILE *out = open_text(&slot->text);

	(void)open;
	check_put_json(out, check);
	fclose(out);
	slot->lookup = NULL;
	print_done(l);
	take_lines(l);
}

static void
begin_line(struct lines *l, struct slice line)
{
	struct slot *slot = &l->slots[l->next++ % SLOTS];
	struct question q;
	struct spf_identity identity;
	struct addr ip;
	struct err err;
	FILE *out;
	int result;

	if (l->overlong)
		result = err_set(&err, ERR_DATA, "longer than %d bytes", LINE_BYTES);
	else
		result = read_question(l, line, &q, &ip, &err);
	if (result == -1) {
		out = open_text(&slot->text);
		put_error(l, out, &err);
		fclose(out);
		return;
	}
	identity = check_identity(l->cli, &ip, (struct slice){ q.sender, q.sender_len },
	    (struct slice){ q.helo, q.helo_len });
	slot->lookup = spf_lookup_check(
	    l->lookups->dns, &identity, NULL, l->cli->config.spf_timeout_s * 1000, done, slot);
}

/* ---- input ---- */

/* The first line of the buffer; the last one needs no newline. */
static bool
next_line(const struct lines *l, size_t at, struct slice *line_out)
{
	const char *begin = l->buffer + at, *newline;

	if (at >= l->buffer_n)
		return false;
	newline = memchr(begin, '\n', l->buffer_n - at);
	*line_out =
	    (struct slice){ begin, newline == NULL ? l->buffer_n - at : (size_t)(newline - begin) };
	return newline != NULL || l->ended;
}

/* A line that fills the buffer is dropped up to its end; it is answered there. */
static void
drop_overlong(struct lines *l)
{
	if (l->buffer_n < LINE_BYTES || memchr(l->buffer, '\n', l->buffer_n) != NULL)
		return;
	l->overlong = true;
	l->buffer[0] = '-';
	l->buffer_n = 1;
}

/* What is a blank in JSON, among them the carriage return of a file from elsewhere. */
static bool
is_blank(struct slice line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r')
			return false;
	return true;
}

static void
take_lines(struct lines *l)
{
	struct slice line;
	size_t at = 0;

	while (l->next - l->first < SLOTS && next_line(l, at, &line)) {
		l->line_n++;
		if (!is_blank(line))
			begin_line(l, line);
		l->overlong = false;
		at += line.len + 1;
		print_done(l);
	}
	if (at > l->buffer_n)
		at = l->buffer_n;
	l->buffer_n -= at;
	memmove(l->buffer, l->buffer + at, l->buffer_n);
	drop_overlong(l);
	if (!l->ended && l->buffer_n < LINE_BYTES)
		ev_io_start(l->lookups->loop, &l->input);
	else
		ev_io_stop(l->lookups->loop, &l->input);
}

static void
readable(struct ev_loop *loop, ev_io *watcher, int events)
{
	struct lines *l = watcher->data;
	ssize_t n = read(STDIN_FILENO, l->buffer + l->buffer_n, LINE_BYTES - l->buffer_n);

	(void)loop;
	(void)events;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n == -1)
		l->read_errno = errno;
	if (n > 0)
		l->buffer_n += (size_t)n;
	else
		l->ended = true;
	take_lines(l);
}

int
check_lines(struct cli *cli, struct lookups *lookups, struct err *err)
{
	struct lines *l = xcalloc(1, sizeof(*l));
	int status, i;

	l->cli = cli;
	l->lookups = lookups;
	l->reader = json_reader_new();
	l->buffer = xcalloc(1, LINE_BYTES);
	for (i = 0; i < SLOTS; i++)
		l->slots[i].lines = l;
	ev_io_init(&l->input, readable, STDIN_FILENO, EV_READ);
	l->input.data = l;
	ev_io_start(lookups->loop, &l->input);
	while ((!l->ended || l->buffer_n > 0 || l->first < l->next) && !ferror(stdout))
		ev_run(lookups->loop, EVRUN_ONCE);
	ev_io_stop(lookups->loop, &l->input);
	for (i = 0; i < SLOTS; i++) { /* some are left when nobody reads the answers any more */
		spf_lookup_cancel(l->slots[i].lookup);
		free(l->slots[i].text);
	}
	status = l->status;
	if (l->read_errno != 0) {
		errno = l->read_errno;
		status = err_errno(err, ERR_IO, "standard input");
	}
	json_reader_free(l->reader);
	free(l->buffer);
	free(l);
	return status;
}
