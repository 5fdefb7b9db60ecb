/* csv_text.h - a text as a field of CSV that is safe in a spreadsheet and on a terminal. */
#ifndef COMMON_BASE_CSV_TEXT_H
#define COMMON_BASE_CSV_TEXT_H

#include <stdio.h>

#include "common/base/str.h"

/* S in quotes, escaped as for a screen. A spreadsheet takes what begins with one of = + - @ (or a
 * tab or return before it) for a formula: that has a quote before it. */
void csv_text_put(FILE *out, struct slice s);

#endif
