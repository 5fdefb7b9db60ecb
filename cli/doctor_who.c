/* doctor_who.c - see doctor_who.h. */
#include "cli/doctor_who.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/doctor/postconf.h"

/* The name as others see it; what is no name is looked at as it is, and found wrong. */
static void
take_host(const char *name, char host[DOMAIN_TEXT_MAX])
{
	char text[DOMAIN_TEXT_MAX];

	if (domain_normalise(slice_of(name), text) == -1)
		snprintf(text, sizeof(text), "%s", name);
	memcpy(host, text, DOMAIN_TEXT_MAX);
}

void
doctor_host(const struct cli *cli, char host[DOMAIN_TEXT_MAX])
{
	static const char *const words[] = { "-h", "myhostname", NULL };
	const char *named = cli_value(cli, "host"), *argv[POSTCONF_ARGS];
	char name[256] = "", *said = NULL;

	if (named == NULL && postconf_argv(&cli->config, words, argv) &&
	    (said = program_read(argv, NULL)) != NULL)
		said[strcspn(said, "\n")] = '\0';
	if (named == NULL && said == NULL && gethostname(name, sizeof(name) - 1) == -1)
		name[0] = '\0';
	take_host(named != NULL ? named : said != NULL ? said : name, host);
	free(said);
}
