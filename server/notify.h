/* notify.h - readiness, state and watchdog to the service manager (sd_notify(3) protocol).
 * Without $NOTIFY_SOCKET every call does nothing. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t address_len;
	int64_t watchdog_ms; /* interval to keep, half of what was asked; 0: none */
	int64_t watchdog_at_ms;
};

/* Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. */
void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

/* Sends lines such as "READY=1\nSTATUS=..."; failures do not matter. */
void notify_send(const struct notify *notify, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Sends WATCHDOG=1 when it is due. */
void notify_watchdog(struct notify *notify, int64_t now_ms);

#endif
