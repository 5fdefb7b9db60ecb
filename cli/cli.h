/* cli.h - what a command of greygate gets, and the table of commands. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/config/config.h"
#include "common/store/edit.h"
#include "common/store/store.h"

#define CLI_OPTIONS_MAX 12
#define CLI_ARGS_MAX 64

/* An option of a command: --NAME, or --NAME VALUE. */
struct cli_option {
	const char *name;
	const char *value; /* how the help calls it; NULL: there is none */
	const char *help;
};

enum command_flag {
	COMMAND_STORE = 1,    /* opens the database for reading */
	COMMAND_WRITES = 2,   /* and for writing */
	COMMAND_JSON = 4,     /* knows --json */
	COMMAND_CONFIG = 8,   /* reads the configuration, also without a database */
	COMMAND_MAY_READ = 16 /* with COMMAND_WRITES: only reads where it may not write */
};

struct cli;

/* A command is a row; parsing, help and the manual page read the same rows. */
struct command {
	const char *name; /* one or two words */
	const char *args; /* for the help: "IP SENDER RCPT" */
	int min_args, max_args;
	unsigned flags; /* enum command_flag */
	/* Returns the exit status, or -1 with ERR. */
	int (*run)(struct cli *cli, struct err *err);
	const char *summary;                        /* one line */
	const char *text;                           /* what else there is to know */
	const char *example;                        /* a whole command line */
	struct cli_option options[CLI_OPTIONS_MAX]; /* ended by a NULL name */
};

extern const struct command commands[];
extern const size_t command_n;

struct cli {
	const struct command *command;
	const char *config_path;
	struct config config;
	struct store *store; /* when the command asks for one */
	const char *args[CLI_ARGS_MAX];
	int arg_n;
	const char *values[CLI_OPTIONS_MAX]; /* of the options given: the last value, or "" */
	struct {
		int option;
		const char *value;
	} given[CLI_ARGS_MAX]; /* all of them, in order */
	int given_n;
	bool json;
	bool terminal; /* standard output is one */
	int width;     /* its columns, 0 when it is none */
	int64_t now_s;
	char author[64];
	const char *readonly; /* why nothing can be changed; NULL: it can */
	struct edit edit;     /* of this run: see cli_edit() */
};

/* Finds the command of ARGV and reads its options. 0; 1 when help was printed; -1 with ERR. */
int cli_parse(struct cli *cli, int argc, char **argv, struct err *err);

/* The value of an option that was given, "" for one without value; else NULL. */
const char *cli_value(const struct cli *cli, const char *option);
/* The value number N, from 0, of an option that may be given several times; NULL: there are fewer.
 */
const char *cli_value_n(const struct cli *cli, const char *option, int n);
/* Calls FN for each item of an option that may be given several times, and hold several items with
 * commas between them. Stops at its -1, and returns it with ERR. */
typedef int cli_item_fn(void *arg, struct slice item, struct err *err);
int cli_each_item(
    const struct cli *cli, const char *option, cli_item_fn *fn, void *arg, struct err *err);
/* A duration or a number among them. 0, with OUT as it was when the option was not given. */
int cli_duration(const struct cli *cli, const char *option, int64_t *seconds_out, struct err *err);
int cli_number(const struct cli *cli, const char *option, int64_t *number_out, struct err *err);
/* A row id as an argument. */
int cli_id(const char *text, int64_t *id_out, struct err *err);

/* Reads the configuration, and opens the database as the command needs it. */
int cli_open(struct cli *cli, struct err *err);
/* Opens the database later, for a command without COMMAND_STORE and COMMAND_WRITES that first reads
 * what only root may read: after this the process may be the owner of the database. */
int cli_open_store(struct cli *cli, bool for_writing, struct err *err);
void cli_close(struct cli *cli);

/* Root becomes the owner of the database, or of its folder when there is none: files that it made
 * beside it would lock the server out. */
int cli_become_owner(const char *database, struct err *err);

/* The frame for the changes of this run, which are one command: they are taken back as one. */
struct edit *cli_edit(struct cli *cli);

/* Each argument is dealt with by itself: what is wrong with one is told, and the others go on. The
 * status is that of the first complaint. */
void cli_complain(int *status, const struct err *err);

/* Asks QUESTION. 0: the answer was yes; else -1 with ERR_TEMP, of which NOTHING tells. */
int cli_ask(FILE *out, const char *question, const char *nothing, struct err *err);

/* A line on standard output, or on OUT, escaped; on a terminal broken at blanks. */
void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cli_put(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether a server works on the database. */
bool cli_server_lives(struct cli *cli);

void help_short(FILE *out);
void help_command(const struct command *command, FILE *out);
void help_mdoc(FILE *out); /* the section of commands of greygate(1) */

int cmd_console(struct cli *cli, struct err *err);
int cmd_status(struct cli *cli, struct err *err);
int cmd_deferred(struct cli *cli, struct err *err);
int cmd_passed(struct cli *cli, struct err *err);
int cmd_top(struct cli *cli, struct err *err);
int cmd_stats(struct cli *cli, struct err *err);
int cmd_report(struct cli *cli, struct err *err);
int cmd_rule_add(struct cli *cli, struct err *err);
int cmd_rule_remove(struct cli *cli, struct err *err);
int cmd_rule_list(struct cli *cli, struct err *err);
int cmd_policy_set(struct cli *cli, struct err *err);
int cmd_policy_unset(struct cli *cli, struct err *err);
int cmd_policy_list(struct cli *cli, struct err *err);
int cmd_domain_add(struct cli *cli, struct err *err);
int cmd_domain_remove(struct cli *cli, struct err *err);
int cmd_domain_list(struct cli *cli, struct err *err);
int cmd_domain_show(struct cli *cli, struct err *err);
int cmd_domain_refresh(struct cli *cli, struct err *err);
int cmd_spf_walk(struct cli *cli, struct err *err);
int cmd_spf_check(struct cli *cli, struct err *err);
int cmd_release(struct cli *cli, struct err *err);
int cmd_undo(struct cli *cli, struct err *err);
int cmd_explain(struct cli *cli, struct err *err);
int cmd_import(struct cli *cli, struct err *err);
int cmd_export(struct cli *cli, struct err *err);
int cmd_log(struct cli *cli, struct err *err);
int cmd_replay(struct cli *cli, struct err *err);
int cmd_backup(struct cli *cli, struct err *err);
int cmd_restore(struct cli *cli, struct err *err);
int cmd_ping(struct cli *cli, struct err *err);
int cmd_check(struct cli *cli, struct err *err);
int cmd_doctor(struct cli *cli, struct err *err);
int cmd_help(struct cli *cli, struct err *err);

#endif
