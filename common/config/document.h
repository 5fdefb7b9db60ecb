/* document.h - the text of a configuration file: YAML over the table of fields, without any file;
 * private to common/config. */
#ifndef COMMON_CONFIG_DOCUMENT_H
#define COMMON_CONFIG_DOCUMENT_H

#include "common/config/config.h"

/* Reads TEXT over what CONFIG holds. Reading goes on after an error, so that REPORT, to which they
 * are added, names all of them. */
void document_read(
    const char *text, size_t len, struct config *config, struct config_report *report);

#endif
