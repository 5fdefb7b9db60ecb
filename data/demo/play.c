/* play.c - plays a transcript of policy traffic through a server:
 *   play SOCKET CLOCK TRANSCRIPT [START]   a day, that begins at START
 *   play SOCKET - TRANSCRIPT               what comes just now, a line every few seconds
 *
 * A line is "HH:MM:SS client-address client-name helo sender recipient [sasl-username]"; <> is the
 * null sender, lines that begin with # are remarks. Lines of the same second, client and sender
 * are one message. The day is the last 24 hours: before each question the player sets the clock
 * of the server (see clock.c), at the end it gives the real time back; of a day with a START the
 * end stays, so that what is shown then is always the same. After a deferral it waits for a moment,
 * so that the server can look up SPF as it could in the minutes of a real day. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DAY_S 86400
#define FIELD_MAX 128
#define BREATH_US 8000
#define NOW_EVERY_S 3
#define NOW_ROUNDS 200 /* then nobody looks any more */

struct question {
	int second; /* of the day */
	char client_address[FIELD_MAX], client_name[FIELD_MAX], helo[FIELD_MAX];
	char sender[FIELD_MAX], recipient[FIELD_MAX], sasl_username[FIELD_MAX];
};

struct player {
	FILE *to_server, *from_server;
	_Atomic int64_t *clock; /* NULL: the real one */
	int64_t start_s;
	int hour;
	unsigned asked, passed, deferred, rejected; /* in this hour */
	unsigned message;                           /* number of the current message */
	struct question last;
};

static void
die(const char *what)
{
	fprintf(stderr, "play: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
connect_server(struct player *p, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    (p->from_server = fdopen(fd, "r")) == NULL ||
	    (p->to_server = fdopen(dup(fd), "w")) == NULL)
		die(path);
}

static _Atomic int64_t *
map_clock(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *map;

	if (fd == -1)
		die(path);
	map = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die(path);
	close(fd);
	return map;
}

static bool
parse_question(const char *line, struct question *q)
{
	int h, m, s, n;

	memset(q, 0, sizeof(*q));
	n = sscanf(line, "%d:%d:%d %127s %127s %127s %127s %127s %127s", &h, &m, &s,
	    q->client_address, q->client_name, q->helo, q->sender, q->recipient, q->sasl_username);
	q->second = h * 3600 + m * 60 + s;
	if (strcmp(q->sender, "<>") == 0)
		q->sender[0] = '\0';
	return n >= 8 && q->second < DAY_S;
}

static bool
same_message(const struct question *a, const struct question *b)
{
	return a->second == b->second && strcmp(a->client_address, b->client_address) == 0 &&
	       strcmp(a->sender, b->sender) == 0;
}

static void
end_hour(struct player *p)
{
	if (p->asked > 0)
		printf("  %02d:00-%02d:59  %4u asked  %4u passed  %4u deferred  %4u rejected\n",
		    p->hour, p->hour, p->asked, p->passed, p->deferred, p->rejected);
	p->asked = p->passed = p->deferred = p->rejected = 0;
}

/* What Postfix would have logged, for the mail that everyone asks about. */
static void
show_refusal(const struct player *p, const struct question *q, const char *action)
{
	if (p->clock != NULL && strcmp(q->client_name, "smtpbg329.qq.com") == 0)
		printf("  NOQUEUE: reject: RCPT from %s[%s]: %.9s <%s>: Recipient address "
		       "rejected: %s; from=<%s> to=<%s>\n",
		    q->client_name, q->client_address, action, q->recipient, action + 10, q->sender,
		    q->recipient);
}

static void
count_answer(struct player *p, const struct question *q, const char *action)
{
	p->asked++;
	if (strncmp(action, "DUNNO", 5) == 0 || strncmp(action, "PREPEND", 7) == 0) {
		p->passed++;
	} else if (*action == '5') {
		p->rejected++;
	} else {
		p->deferred++;
		show_refusal(p, q, action);
		usleep(BREATH_US);
	}
}

static void
ask(struct player *p, const struct question *q)
{
	char line[1024];

	if (fprintf(p->to_server,
		"request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
		"client_address=%s\nclient_name=%s\nreverse_client_name=%s\nhelo_name=%s\n"
		"sender=%s\nrecipient=%s\nrecipient_count=0\nqueue_id=\ninstance=demo.%u\n"
		"size=0\nsasl_method=%s\nsasl_username=%s\n\n",
		q->client_address, q->client_name, q->client_name, q->helo, q->sender, q->recipient,
		p->message, *q->sasl_username ? "plain" : "", q->sasl_username) < 0 ||
	    fflush(p->to_server) == EOF)
		die("write to the server");
	if (fgets(line, sizeof(line), p->from_server) == NULL || strncmp(line, "action=", 7) != 0)
		die("no answer from the server");
	line[strcspn(line, "\n")] = '\0';
	count_answer(p, q, line + 7);
	if (fgets(line, sizeof(line), p->from_server) == NULL)
		die("no end of the answer");
}

static void
play_question(struct player *p, const struct question *q)
{
	if (p->clock != NULL && q->second / 3600 != p->hour) {
		end_hour(p);
		p->hour = q->second / 3600;
	}
	if (!same_message(q, &p->last))
		p->message++;
	p->last = *q;
	if (p->clock != NULL)
		atomic_store(p->clock, p->start_s + q->second);
	else
		sleep(NOW_EVERY_S);
	ask(p, q);
}

static void
play_file(struct player *p, const char *path)
{
	FILE *file = fopen(path, "r");
	struct question q;
	char line[1024];
	unsigned number;

	if (file == NULL)
		die(path);
	for (number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (!parse_question(line, &q)) {
			fprintf(stderr, "play: %s:%u: not a question: %s", path, number, line);
			exit(1);
		}
		play_question(p, &q);
	}
	if (p->clock != NULL)
		end_hour(p);
	fclose(file);
}

int
main(int argc, char **argv)
{
	struct player p = { .start_s = (int64_t)time(NULL) - DAY_S };
	int round;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: play SOCKET CLOCK TRANSCRIPT [START]\n");
		return 64;
	}
	connect_server(&p, argv[1]);
	if (strcmp(argv[2], "-") == 0) {
		for (round = 0; round < NOW_ROUNDS; round++)
			play_file(&p, argv[3]);
		return 0;
	}
	p.clock = map_clock(argv[2]);
	if (argc == 5)
		p.start_s = atoll(argv[4]);
	play_file(&p, argv[3]);
	atomic_store(p.clock, argc == 5 ? p.start_s + DAY_S : 0);
	fclose(p.to_server);
	fclose(p.from_server);
	return 0;
}
