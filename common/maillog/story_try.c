/* story_try.c - see story_try.h. */
#include "common/maillog/story_try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define CLIENT_TEXT_MAX 400

char *
try_client(const struct maillog_event *event)
{
	struct slice name = event->client_name, address = event->client_address;
	char text[CLIENT_TEXT_MAX];

	if (address.len == 0)
		return xstrdup("");
	snprintf(text, sizeof(text), "%.*s[%.*s]", name.len > 0 ? (int)name.len : 7,
	    name.len > 0 ? name.ptr : "unknown", (int)address.len, address.ptr);
	return xstrdup(text);
}

void
try_note(struct story *s, struct pair *pair, enum maillog_kind kind, int64_t time_s, char *client)
{
	if (s->options.domain == NULL || s->tried_n == STORY_TRIES_MAX ||
	    strcmp(pair->domain->shown.name, s->options.domain) != 0) {
		s->totals.tries_cut = s->totals.tries_cut || s->tried_n == STORY_TRIES_MAX;
		free(client);
		return;
	}
	if (pair->tried_n == pair->tried_cap) {
		pair->tried_cap = pair->tried_cap == 0 ? 4 : pair->tried_cap * 2;
		pair->tried = xreallocarray(pair->tried, pair->tried_cap, sizeof(*pair->tried));
	}
	pair->tried[pair->tried_n++] = (struct story_try){ time_s, kind, client };
	s->tried_n++;
}
