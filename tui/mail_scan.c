/* mail_scan.c - see mail_scan.h. */
#include "tui/mail_scan.h"

#include "tui/app.h"

#define SLICE_ROWS 1500 /* some 4 ms */

void
mail_scan_clear(struct mail_scan *ms)
{
	scan_free(ms->scan);
	ms->scan = NULL;
}

int
mail_scan_begin(struct mail_scan *ms, struct view *view, bool begin, struct err *err)
{
	struct console *console = view->console;
	const struct rules *rules;

	if (!begin && ms->scan != NULL && ms->rules_read_n == console->rules_read_n)
		return 0;
	mail_scan_clear(ms);
	rules = console_rules(console, err);
	if (rules == NULL)
		return -1;
	ms->rules_read_n = console->rules_read_n;
	ms->scan =
	    scan_new(console->store, console->config, rules, console->now_s, SCAN_WAITING, err);
	return ms->scan == NULL ? -1 : 1;
}

enum view_read
mail_scan_step(struct mail_scan *ms, struct view *view, scan_fn *fn, void *arg, struct err *err)
{
	enum store_found found = scan_step(ms->scan, SLICE_ROWS, fn, arg, err);

	view->percent = scan_percent(ms->scan);
	if (found == STORE_YES)
		return VIEW_MORE;
	mail_scan_clear(ms);
	return found == STORE_NO ? VIEW_DONE : VIEW_ERROR;
}
