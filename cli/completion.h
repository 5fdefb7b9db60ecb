/* completion.h - what may stand at the end of a command line: for the completion of shells. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/cli.h"

/* A line of this alone means that names of files fit, too. */
#define COMPLETION_FILES ":files"

/* Prints, one a line, what the last of WORDS (those after "greygate"; it may be empty) can become:
 * commands, options and their values by the table of commands, and what the database has. Says
 * nothing where it knows nothing, and never fails. */
void completion_print(struct cli *cli, int n, char **words);

#endif
