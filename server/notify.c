/* notify.c - see notify.h. */
#include "server/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
notify_open(struct notify *notify)
{
	const char *path = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	size_t len = path == NULL ? 0 : strlen(path);

	*notify = (struct notify){ .fd = -1, .address = { .sun_family = AF_UNIX } };
	if (len == 0 || len >= sizeof(notify->address.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(notify->address.sun_path, path, len);
	if (path[0] == '@')
		notify->address.sun_path[0] = '\0'; /* abstract */
	notify->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (usec != NULL && (pid == NULL || atol(pid) == (long)getpid()))
		notify->watchdog_ms = atoll(usec) / 2000;
}

void
notify_close(struct notify *notify)
{
	if (notify->fd != -1)
		close(notify->fd);
	notify->fd = -1;
}

void
notify_send(const struct notify *notify, const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (notify->fd == -1)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (sendto(notify->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
		(const struct sockaddr *)&notify->address, notify->address_len) == -1)
		return; /* a manager that is gone has no use for it */
}

void
notify_watchdog(struct notify *notify, int64_t now_ms)
{
	if (notify->watchdog_ms == 0 || now_ms < notify->watchdog_at_ms)
		return;
	notify_send(notify, "WATCHDOG=1");
	notify->watchdog_at_ms = now_ms + notify->watchdog_ms;
}
