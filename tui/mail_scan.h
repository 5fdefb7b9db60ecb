/* mail_scan.h - a scan of waiting mail for a view, over several turns of the loop. It goes on with
 * the rules it began with, which it borrows from the console, whatever changes meanwhile: else it
 * might never end. When somebody else made the console read them anew it must begin again. */
#ifndef TUI_MAIL_SCAN_H
#define TUI_MAIL_SCAN_H

#include "common/greylist/scan.h"
#include "tui/view.h"

struct mail_scan {
	struct scan *scan;
	unsigned rules_read_n;
};

/* Whether what was gathered so far is worth nothing: BEGIN, or the rules are others. The scan then
 * begins again; 0, 1 when it did, -1 with ERR. */
int mail_scan_begin(struct mail_scan *ms, struct view *view, bool begin, struct err *err);

/* The next slice; notes the progress in VIEW. At the end the scan is freed. */
enum view_read mail_scan_step(
    struct mail_scan *ms, struct view *view, scan_fn *fn, void *arg, struct err *err);

void mail_scan_clear(struct mail_scan *ms);

#endif
