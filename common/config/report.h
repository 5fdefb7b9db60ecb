/* report.h - the complaints about a file as they are gathered, and as they are shown
 * (config_error_format(), in config.h); private to common/config. */
#ifndef COMMON_CONFIG_REPORT_H
#define COMMON_CONFIG_REPORT_H

#include "common/config/config.h"

/* Where something stands in the file, counted from 1; {0} is no place. */
struct report_place {
	size_t line, column;
};

/* An empty report on NAME. */
void report_begin(struct config_report *report, const char *name);
void report_error(
    struct config_report *report, struct report_place place, const char *key, const char *text);
void report_notice(
    struct config_report *report, struct report_place place, const char *key, const char *text);

#endif
