/* load.c - the load client: keeps connections with one request outstanding on each, full Postfix
 * 3.7 attribute set, mixed traffic; prints one JSON line.
 *
 * Closed loop by default: the next request leaves when the answer came. With -r the loop is open:
 * requests fall due on a fixed schedule and latency counts from then, so a stall of the server is
 * seen by every request that it delays. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <ev.h>

#include "tests/bench/histogram.h"
#include "tests/bench/mail.h"

#define REQUEST_MAX 2048
#define REPLY_MAX 1024
#define RECENT_MAX 4096

enum kind { KIND_NEW, KIND_EARLY, KIND_KNOWN, KIND_WHITE, KIND_N };

static const char *const kind_names[KIND_N] = { "new", "early", "known", "white" };

struct load;

struct peer {
	struct load *load;
	ev_io io;
	int fd;
	enum kind kind;
	bool busy;
	uint64_t due_ns;
	size_t reply_len;
	char reply[REPLY_MAX];
	char request[REQUEST_MAX];
};

struct load {
	struct ev_loop *loop;
	ev_timer end, pace;
	struct peer *peers;
	int peer_n;
	int idle_n; /* connections that only stay open */
	int *idle_fds;
	const char *target;
	double seconds;
	double rate;
	unsigned mix[KIND_N]; /* percent */
	uint64_t filled, known_clients;
	uint64_t random, fresh;
	uint64_t recent[RECENT_MAX];
	uint64_t recent_n;
	uint64_t start_ns, next_due_ns;
	bool over;
	struct histogram latency;
	uint64_t answers[KIND_N], pass[KIND_N], defer[KIND_N];
	uint64_t errors;
};

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static uint64_t
random_next(struct load *load)
{
	load->random ^= load->random << 13;
	load->random ^= load->random >> 7;
	load->random ^= load->random << 17;
	return load->random;
}

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int
connect_to(const char *target)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr *sa = (struct sockaddr *)&sun;
	socklen_t len = sizeof(sun);
	int fd, one = 1;

	if (strncmp(target, "unix:", 5) == 0) {
		snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", target + 5);
	} else {
		sin.sin_port = htons((uint16_t)atoi(target));
		sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		sa = (struct sockaddr *)&sin;
		len = sizeof(sin);
	}
	fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, sa, len) == -1)
		die(target);
	if (sa->sa_family == AF_INET)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static enum kind
pick_kind(struct load *load)
{
	unsigned dice = (unsigned)(random_next(load) % 100);
	unsigned i;

	for (i = 0; i < KIND_N - 1; i++) {
		if (dice < load->mix[i])
			break;
		dice -= load->mix[i];
	}
	if ((i == KIND_EARLY && load->recent_n == 0) || (i == KIND_KNOWN && load->filled == 0))
		return KIND_NEW;
	return (enum kind)i;
}

static void
pick_mail(struct load *load, enum kind kind, struct mail *mail)
{
	uint64_t recent = load->recent_n < RECENT_MAX ? load->recent_n : RECENT_MAX;
	uint64_t number = load->fresh;

	if (kind == KIND_EARLY)
		number = load->recent[random_next(load) % recent];
	else if (kind == KIND_KNOWN)
		number = MAIL_FILLED + random_next(load) % load->filled;
	else
		load->fresh++;
	mail_make(number, mail);
	if (kind == KIND_NEW)
		load->recent[load->recent_n++ % RECENT_MAX] = number;
	if (kind == KIND_WHITE)
		mail_known_client(random_next(load) % load->known_clients, mail->client_address);
}

static size_t
make_request(struct load *load, struct peer *peer)
{
	struct mail mail;

	peer->kind = pick_kind(load);
	pick_mail(load, peer->kind, &mail);
	return (size_t)snprintf(peer->request, sizeof(peer->request),
	    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
	    "client_address=%s\nclient_name=%s\nclient_port=45678\nreverse_client_name=%s\n"
	    "server_address=192.0.2.25\nserver_port=25\nhelo_name=%s\nsender=%s\nrecipient=%s\n"
	    "recipient_count=0\nqueue_id=\ninstance=%llx.6745a1b2.%llx.0\nsize=14336\n"
	    "etrn_domain=\nstress=\nsasl_method=\nsasl_username=\nsasl_sender=\nccert_subject=\n"
	    "ccert_issuer=\nccert_fingerprint=\nccert_pubkey_fingerprint=\n"
	    "encryption_protocol=TLSv1.3\nencryption_cipher=TLS_AES_256_GCM_SHA384\n"
	    "encryption_keysize=256\npolicy_context=\n\n",
	    mail.client_address, mail.client_name, mail.client_name, mail.client_name, mail.sender,
	    mail.recipient, (unsigned long long)peer->fd, (unsigned long long)load->fresh);
}

static void
peer_send(struct peer *peer, uint64_t due_ns)
{
	size_t len = make_request(peer->load, peer);

	peer->due_ns = due_ns;
	peer->reply_len = 0;
	peer->busy = true;
	if (write(peer->fd, peer->request, len) != (ssize_t)len)
		die("write");
}

static void
count_answer(struct load *load, const struct peer *peer)
{
	const char *action = peer->reply + strlen("action=");

	histogram_add(&load->latency, (now_ns() - peer->due_ns) / 1000);
	load->answers[peer->kind]++;
	if (strncmp(peer->reply, "action=", strlen("action=")) != 0)
		load->errors++;
	else if (strncmp(action, "DUNNO", 5) == 0 || strncmp(action, "PREPEND", 7) == 0)
		load->pass[peer->kind]++;
	else
		load->defer[peer->kind]++;
}

static void
peer_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct peer *peer = io->data;
	struct load *load = peer->load;
	ssize_t n;

	(void)loop;
	(void)events;
	n = read(peer->fd, peer->reply + peer->reply_len, REPLY_MAX - 1 - peer->reply_len);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("the server closed a connection");
	peer->reply_len += (size_t)n;
	peer->reply[peer->reply_len] = '\0';
	if (peer->reply_len < 2 || strcmp(peer->reply + peer->reply_len - 2, "\n\n") != 0)
		return;
	peer->busy = false;
	count_answer(load, peer);
	if (!load->over && load->rate == 0)
		peer_send(peer, now_ns());
}

/* Open loop: gives what is due to idle connections; what finds none waits and its latency runs. */
static void
pace(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct load *load = timer->data;
	uint64_t now = now_ns();
	uint64_t step_ns = (uint64_t)(1e9 / load->rate);
	int i;

	(void)loop;
	(void)events;
	for (i = 0; i < load->peer_n && load->next_due_ns <= now && !load->over; i++) {
		if (load->peers[i].busy)
			continue;
		peer_send(&load->peers[i], load->next_due_ns);
		load->next_due_ns += step_ns;
	}
}

static void
time_over(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct load *load = timer->data;

	(void)events;
	load->over = true;
	ev_break(loop, EVBREAK_ALL);
}

static void
report(const struct load *load)
{
	double seconds = (double)(now_ns() - load->start_ns) / 1e9;
	int i;

	printf("{\"requests\": %llu, \"seconds\": %.3f, \"rate\": %.0f, \"p50_us\": %llu, "
	       "\"p99_us\": %llu, \"p999_us\": %llu, \"max_us\": %llu, \"errors\": %llu",
	    (unsigned long long)load->latency.total, seconds, (double)load->latency.total / seconds,
	    (unsigned long long)histogram_quantile(&load->latency, 0.5),
	    (unsigned long long)histogram_quantile(&load->latency, 0.99),
	    (unsigned long long)histogram_quantile(&load->latency, 0.999),
	    (unsigned long long)load->latency.max_us, (unsigned long long)load->errors);
	for (i = 0; i < KIND_N; i++)
		printf(", \"%s\": {\"answers\": %llu, \"pass\": %llu, \"defer\": %llu}",
		    kind_names[i], (unsigned long long)load->answers[i],
		    (unsigned long long)load->pass[i], (unsigned long long)load->defer[i]);
	printf("}\n");
}

static void
usage(void)
{
	fprintf(stderr, "usage: load [-c connections] [-d seconds] [-f filled-triplets] "
			"[-i idle-connections]\n            [-k known-clients] "
			"[-m new,early,known,white] [-r rate] unix:PATH|PORT\n");
	exit(64);
}

static void
parse_options(struct load *load, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "c:d:f:i:k:m:r:")) != -1) {
		switch (c) {
		case 'c': load->peer_n = atoi(optarg); break;
		case 'd': load->seconds = atof(optarg); break;
		case 'f': load->filled = strtoull(optarg, NULL, 10); break;
		case 'i': load->idle_n = atoi(optarg); break;
		case 'k': load->known_clients = strtoull(optarg, NULL, 10); break;
		case 'm':
			if (sscanf(optarg, "%u,%u,%u,%u", &load->mix[0], &load->mix[1],
				&load->mix[2], &load->mix[3]) != KIND_N)
				usage();
			break;
		case 'r': load->rate = atof(optarg); break;
		default: usage();
		}
	}
	if (optind + 1 != argc || load->peer_n < 1 || load->known_clients < 1)
		usage();
	load->target = argv[optind];
}

static void
open_peers(struct load *load)
{
	int i;

	load->idle_fds = calloc((size_t)load->idle_n + 1, sizeof(*load->idle_fds));
	load->peers = calloc((size_t)load->peer_n, sizeof(*load->peers));
	if (load->idle_fds == NULL || load->peers == NULL)
		die("memory");
	for (i = 0; i < load->idle_n; i++)
		load->idle_fds[i] = connect_to(load->target);
	for (i = 0; i < load->peer_n; i++) {
		struct peer *peer = &load->peers[i];

		peer->load = load;
		peer->fd = connect_to(load->target);
		ev_io_init(&peer->io, peer_readable, peer->fd, EV_READ);
		peer->io.data = peer;
		ev_io_start(load->loop, &peer->io);
	}
}

static void
close_peers(struct load *load)
{
	int i;

	for (i = 0; i < load->idle_n; i++)
		close(load->idle_fds[i]);
	for (i = 0; i < load->peer_n; i++)
		close(load->peers[i].fd);
	free(load->idle_fds);
	free(load->peers);
}

int
main(int argc, char **argv)
{
	static struct load load = {
		.peer_n = 64, .seconds = 5, .known_clients = 1, .mix = { 40, 10, 40, 10 }
	};
	int i;

	parse_options(&load, argc, argv);
	load.loop = ev_default_loop(0);
	load.random = now_ns() | 1;
	load.fresh = MAIL_FRESH + (load.random << 20 >> 16);
	open_peers(&load);
	load.start_ns = load.next_due_ns = now_ns();
	ev_timer_init(&load.end, time_over, load.seconds, 0);
	load.end.data = &load;
	ev_timer_start(load.loop, &load.end);
	if (load.rate > 0) {
		ev_timer_init(&load.pace, pace, 0, 0.0005);
		load.pace.data = &load;
		ev_timer_start(load.loop, &load.pace);
	} else {
		for (i = 0; i < load.peer_n; i++)
			peer_send(&load.peers[i], now_ns());
	}
	ev_run(load.loop, 0);
	report(&load);
	close_peers(&load);
	return load.errors > 0;
}
