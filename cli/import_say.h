/* import_say.h - what an import finds, as text or as one JSON object. */
#ifndef CLI_IMPORT_SAY_H
#define CLI_IMPORT_SAY_H

#include "cli/cli.h"
#include "common/base/json.h"
#include "common/import/import.h"

#define TOLD_FIRST 20

/* What is kept until it is time to say it: the first of each. */
struct import_told_lines {
	char *places[TOLD_FIRST], *texts[TOLD_FIRST];
	int64_t n;
};

struct import_say {
	const struct cli *cli;
	bool all_refused; /* they are said at once, not kept */
	struct json json;
	bool in_rows; /* the array of refused rows is open */
	struct import_told_lines told[IMPORT_HINT + 1];
};

void import_say_begin(struct import_say *say, const struct cli *cli);
/* Ends the JSON wherever it was. */
void import_say_end(struct import_say *say);

/* One of import_told_fn. */
void import_say_told(
    struct import_say *say, enum import_told what, const char *place, const char *text);

/* Everything that was found. */
void import_say_report(struct import_say *say, const struct import_report *report);

/* The change that was made; 0: nothing was written, and WHY says what to do. */
void import_say_change(struct import_say *say, int64_t change_id, const char *why);

#endif
