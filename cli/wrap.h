/* wrap.h - paragraphs in lines that fit, broken at blanks: for terminals and for mails. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stdio.h>

#define WRAP_COLS 80 /* where nobody says how many there are */

/* The columns of the terminal that OUT is; 0 when it is none. */
int wrap_terminal(FILE *out);

/* TEXT in lines of COLS cells (0: in one), ended; the first one is indented by INDENT, the others
 * by REST. A word that is longer than a line goes on in the next one. A command of greygate is not
 * broken, whatever its length: copied, two lines would be two commands. */
void wrap_put(FILE *out, const char *text, int indent, int rest, int cols);
/* The same from column INDENT on, beside LEFT, or below it where there is no room. */
void wrap_row(FILE *out, const char *left, const char *text, int indent, int cols);

#endif
