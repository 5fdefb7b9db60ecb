/* walk.c - walks many domains as the server and `domain refresh --now` do: so many at once as the
 * DNS may ask questions. usage: walk PORT DOMAINS PARALLEL; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/spf/lookup.h"

struct run {
	struct dns *dns;
	struct ev_loop *loop;
	unsigned next, domains, under_way;
	uint64_t networks, failed;
};

static void walked(void *arg, const struct spf_walk *walk);

static void
begin_next(struct run *run)
{
	static const struct spf_walk_limits limits = { 12, 29, 2, 10000 };
	char name[64];

	snprintf(name, sizeof(name), "d%u.bench.example", run->next++);
	run->under_way++;
	spf_lookup_walk(run->dns, slice_of(name), &limits, 20000, walked, run);
}

static void
walked(void *arg, const struct spf_walk *walk)
{
	struct run *run = arg;

	run->under_way--;
	run->networks += walk->network_n;
	run->failed += walk->status != SPF_WALK_OK;
	if (run->next < run->domains)
		begin_next(run);
	else if (run->under_way == 0)
		ev_break(run->loop, EVBREAK_ALL);
}

int
main(int argc, char **argv)
{
	struct addr_port server = { .addr = { ADDR_V4, { 127, 0, 0, 1 } } };
	struct dns_options options = {
		.servers = &server, .server_n = 1, .timeout_ms = 5000, .cache_bytes = 64 << 20
	};
	struct run run = { .loop = ev_default_loop(0) };
	struct err err;
	int64_t start_ms;

	if (argc != 4) {
		fprintf(stderr, "usage: walk PORT DOMAINS PARALLEL\n");
		return 64;
	}
	server.port = (uint16_t)atoi(argv[1]);
	run.domains = (unsigned)atoi(argv[2]);
	options.parallel = (size_t)atoi(argv[3]);
	run.dns = dns_start(run.loop, &options, &err);
	if (run.dns == NULL) {
		fprintf(stderr, "walk: %s\n", err.text);
		return 1;
	}
	start_ms = clock_mono_ms();
	while (run.under_way < options.parallel && run.next < run.domains)
		begin_next(&run);
	ev_run(run.loop, 0);
	printf("{\"ms\": %" PRId64 ", \"networks\": %" PRIu64 ", \"failed\": %" PRIu64 "}\n",
	    clock_mono_ms() - start_ms, run.networks, run.failed);
	dns_stop(run.dns);
	return 0;
}
