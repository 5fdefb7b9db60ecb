/* reload.c - see reload.h. */
#include "server/reload.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "server/backup.h"
#include "server/server.h"

static void
log_change(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	(void)arg;
	log_info("configuration: %s was %s, is %s%s", key, from, to,
	    needs_restart ? "; effective after a restart" : "");
}

static void
log_report(const struct config_report *report)
{
	char line[1024];
	size_t i;

	for (i = 0; i < report->notice_n; i++)
		log_warn(
		    "%s", config_error_format(report, &report->notices[i], line, sizeof(line)));
	for (i = 0; i < report->error_n; i++)
		log_error(
		    "%s", config_error_format(report, &report->errors[i], line, sizeof(line)));
}

void
reload_config(struct server *server)
{
	struct config *fresh = xcalloc(1, sizeof(*fresh));
	struct config_report *report = xcalloc(1, sizeof(*report));

	notify_send(
	    &server->notify, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ms() * 1000);
	if (config_read(server->config_path, fresh, report) == -1) {
		log_report(report);
		log_error("the configuration was not reloaded; the old one stays in force");
		free(fresh);
	} else {
		log_report(report);
		log_info("configuration reloaded");
		config_diff(server->config, fresh, log_change, NULL);
		engine_configure(server->engine, fresh);
		backups_configure(server->backups, fresh);
		config_clear(server->config);
		free(server->config);
		server->config = fresh;
		log_open(server->boot.log_to, fresh->log_level, "greygated");
	}
	free(report);
	notify_send(&server->notify, "READY=1");
}
