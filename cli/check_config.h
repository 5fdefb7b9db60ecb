/* check_config.h - every complaint about the configuration. */
#ifndef CLI_CHECK_CONFIG_H
#define CLI_CHECK_CONFIG_H

#include "cli/cli.h"
#include "common/doctor/verdict.h"

/* Reads the file of CLI into CONFIG_OUT, which is filled when there was no error. */
void check_config(const struct cli *cli, struct config *config_out, struct verdicts *v);

#endif
