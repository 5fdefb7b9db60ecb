/* paragraph.h - sentences beside a label, wrapped for the screen. */
#ifndef CLI_PARAGRAPH_H
#define CLI_PARAGRAPH_H

#include <stdio.h>

#define PARAGRAPH_USUAL_WIDTH 80 /* of help: more is hard to read */

/* Prints LABEL, and TEXT from column INDENT on: beside the label where it is shorter than that,
 * else below. Lines break at blanks before WIDTH cells; 0: they do not. A word that is too long
 * stays whole: it may be one to copy. */
void paragraph_put(FILE *out, const char *label, int indent, int width, const char *text);

#endif
