/* slow_dns.c - a resolver that takes its time: every answer comes DELAY_MS after its question, any
 * number at once. usage: slow_dns PORT DELAY_MS
 *
 * dN.bench.example has an SPF record with three includes, pI.dN.bench.example one with ten networks
 * of their own; nothing else exists. Prints the number of questions at SIGTERM. */
#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HELD_MAX 65536 /* answers that wait for their time */
#define PACKET_MAX 1232
#define NETWORKS 10

struct held {
	double due_ms;
	struct sockaddr_in to;
	size_t len;
	uint8_t packet[PACKET_MAX];
};

static struct held ring[HELD_MAX]; /* in the order of their time: all are delayed alike */
static unsigned first, count, asked;
static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	(void)number;
	stopped = 1;
}

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* The record for NAME, "" when there is none. */
static void
record_for(const char *name, char *out, size_t len)
{
	unsigned domain, part, i;
	size_t used;
	char tail[32];

	out[0] = '\0';
	if (sscanf(name, "d%u.bench%31s", &domain, tail) == 2) {
		snprintf(out, len,
		    "v=spf1 include:p0.d%u.bench.example include:p1.d%u.bench.example "
		    "include:p2.d%u.bench.example -all",
		    domain, domain, domain);
	} else if (sscanf(name, "p%u.d%u.bench%31s", &part, &domain, tail) == 3) {
		used = (size_t)snprintf(out, len, "v=spf1");
		for (i = 0; i < NETWORKS; i++) {
			unsigned n = (domain * 3 + part) * NETWORKS + i;

			used += (size_t)snprintf(out + used, len - used, " ip4:%u.%u.%u.%u/28",
			    20 + n / 1048576, n / 4096 % 256, n / 16 % 256, n % 16 * 16);
		}
		snprintf(out + used, len - used, " -all");
	}
}

static void
put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* The answer to the question in IN, LEN bytes. */
static size_t
answer(const uint8_t *in, size_t len, uint8_t *out)
{
	char name[256] = "", text[1024];
	size_t at = 12, named = 0, used, i;
	unsigned type;

	while (at < len && in[at] != 0 && named + in[at] + 1 < sizeof(name)) {
		if (named > 0)
			name[named++] = '.';
		for (i = 1; i <= in[at]; i++)
			name[named++] = (char)tolower(in[at + i]);
		at += 1u + in[at];
	}
	name[named] = '\0';
	type = (unsigned)in[at + 1] << 8 | in[at + 2];
	at += 5;
	record_for(name, text, sizeof(text));
	memcpy(out, in, at);
	put16(out + 2, text[0] != '\0' ? 0x8180 : 0x8183);
	memset(out + 6, 0, 6);
	if (text[0] == '\0' || type != 16)
		return at;
	put16(out + 6, 1);
	used = at;
	memcpy(out + used, "\xc0\x0c\0\x10\0\1\0\0\x0e\x10", 10);
	used += 12; /* the length comes below */
	for (i = 0; i < strlen(text); i += 255) {
		size_t part = strlen(text) - i < 255 ? strlen(text) - i : 255;

		out[used++] = (uint8_t)part;
		memcpy(out + used, text + i, part);
		used += part;
	}
	put16(out + at + 10, (unsigned)(used - at - 12));
	return used;
}

static void
take_questions(int fd, double delay_ms)
{
	uint8_t in[PACKET_MAX];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	ssize_t n;

	while (count < HELD_MAX && (n = recvfrom(fd, in, sizeof(in), MSG_DONTWAIT,
					(struct sockaddr *)&from, &from_len)) > 16) {
		struct held *held = &ring[(first + count++) % HELD_MAX];

		asked++;
		held->due_ms = now_ms() + delay_ms;
		held->to = from;
		held->len = answer(in, (size_t)n, held->packet);
	}
}

static void
send_due(int fd)
{
	while (count > 0 && ring[first].due_ms <= now_ms()) {
		sendto(fd, ring[first].packet, ring[first].len, 0,
		    (struct sockaddr *)&ring[first].to, sizeof(ring[first].to));
		first = (first + 1) % HELD_MAX;
		count--;
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	if (argc != 3) {
		fprintf(stderr, "usage: slow_dns PORT DELAY_MS\n");
		return 64;
	}
	sin.sin_port = htons((uint16_t)atoi(argv[1]));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1) {
		perror("slow_dns");
		return 1;
	}
	signal(SIGTERM, stop);
	while (!stopped) {
		double wait_ms = count > 0 ? ring[first].due_ms - now_ms() : 1000;

		poll(&poller, 1, wait_ms < 0 ? 0 : (int)wait_ms + (wait_ms > (int)wait_ms));
		take_questions(fd, atof(argv[2]));
		send_due(fd);
	}
	printf("%u questions\n", asked);
	return 0;
}
