/* main.c - greygated, the policy server.
 *
 * The life of a request: the loop wakes a connection (conn.c), its bytes go to the parser
 * (policy.c) until a request is whole, and it waits for the batch of this turn (turn.c).
 * Before the loop sleeps the engine decides the whole batch in one transaction
 * (common/greylist/engine.h); after COMMIT each decision is logged (decision_log.c) and its answer
 * written. What takes long - checkpoints, reading rules again, opening a database that broke - is
 * the keeper's, a thread of its own (keeper.c).
 *
 * This file knows options and exit statuses; nothing else ends the process. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "server/server.h"

struct options {
	const char *config_path;
	const char *record; /* NULL: nothing is recorded */
	bool test;
};

static void
usage(FILE *out)
{
	fprintf(out, "usage: greygated [-ftV] [-c FILE] [--record FILE]\n"
		     "  -c FILE  configuration (default: " CONFIG_DEFAULT_PATH ", if it is there)\n"
		     "  -t       check the configuration and end\n"
		     "  -f       stay in the foreground (it always does)\n"
		     "  --record FILE\n"
		     "           append each judged request to FILE, for greygate replay\n"
		     "  -V       print the version\n"
		     "  -h       print this help\n");
}

/* Returns -1 to go on, or the status to end with. */
static int
parse_options(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "record", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:fhtV", long_options, NULL)) != -1) {
		switch (c) {
		case 'c': options->config_path = optarg; break;
		case 'f': break;
		case 'h': usage(stdout); return 0;
		case 'r': options->record = optarg; break;
		case 't': options->test = true; break;
		case 'V': puts("greygated " GREYGATE_VERSION); return 0;
		default: usage(stderr); return ERR_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "greygated: %s: there are no arguments, only options\n", argv[optind]);
	usage(stderr);
	return ERR_USAGE;
}

static void
print_report(const struct config_report *report)
{
	char line[1024];
	size_t i;

	for (i = 0; i < report->notice_n; i++)
		fprintf(stderr, "greygated: note: %s\n",
		    config_error_format(report, &report->notices[i], line, sizeof(line)));
	for (i = 0; i < report->error_n; i++)
		fprintf(stderr, "greygated: error: %s\n",
		    config_error_format(report, &report->errors[i], line, sizeof(line)));
	if (report->more)
		fprintf(stderr, "greygated: error: and more\n");
}

static int
read_config(const struct options *options, struct config *config)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	int result = config_read(options->config_path, config, report);

	print_report(report);
	if (result == 0 && options->test)
		printf("%s: configuration ok\n", report->file);
	free(report);
	return result;
}

/* A write to a peer that is gone, or beyond a file size limit, is an error where it happens. */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static int
serve(const struct options *options, struct config *config)
{
	struct server *server = xcalloc(1, sizeof(*server));
	struct err err;
	int status = 0;

	if (server_open(server, options->config_path, options->record, config, &err) == 0 &&
	    server_run(server, &err) == 0) {
		log_info("stopped");
	} else {
		log_error("%s", err.text);
		status = err.code;
	}
	server_close(server);
	log_flush();
	config_clear(server->config);
	free(server->config);
	free(server);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	struct config *config;
	int status = parse_options(argc, argv, &options);

	if (status != -1)
		return status;
	config = xcalloc(1, sizeof(*config));
	if (read_config(&options, config) == -1) {
		free(config);
		return ERR_CONFIG;
	}
	if (options.test) {
		config_clear(config);
		free(config);
		return 0;
	}
	umask(0027);
	ignore_signals();
	log_open(config->log_to, config->log_level, "greygated");
	return serve(&options, config);
}
