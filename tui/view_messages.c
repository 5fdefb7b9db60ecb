/* view_messages.c - the messages of this session, whole: the status line has room for the beginning
 * only. */
#include "common/base/calendar.h"
#include "tui/app.h"

static void
add_message(struct view *view, const struct notice *message)
{
	char clock[CALENDAR_TEXT_MAX];

	view_line(view, ELEMENT_DIM, "%s", calendar_text(message->time_s, "%H:%M:%S", clock));
	view_sentence(view, message->element, 2, slice_of(message->text));
}

static enum view_read
read_messages(struct view *view, bool begin, struct err *err)
{
	const struct console *console = view->console;
	size_t kept = console->message_n < APP_MESSAGES ? console->message_n : APP_MESSAGES, i;

	(void)begin;
	(void)err;
	list_begin(&view->list);
	for (i = 1; i <= kept; i++)
		add_message(view, &console->messages[(console->message_n - i) % APP_MESSAGES]);
	list_end(&view->list);
	return VIEW_DONE;
}

const struct view_type view_messages = {
	.id = VIEW_MESSAGES,
	.name = "messages",
	.title = "Messages",
	.about = "What the console had to say since it was opened, newest first.",
	.empty = "Nothing was said yet.",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT | VIEW_IS_STILL,
	.sort = -1,
	.read = read_messages,
};
