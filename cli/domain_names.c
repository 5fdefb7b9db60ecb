/* domain_names.c - see domain_names.h. */
#include "cli/domain_names.h"

#include <string.h>

#include "common/net/addr.h"

int
domain_name_of(const char *text, char out[DOMAIN_TEXT_MAX], struct err *err)
{
	const char *at = strrchr(text, '@'), *name = at == NULL ? text : at + 1;
	struct addr_net net;
	size_t len = strlen(name);

	if (addr_net_parse(slice_of(name), &net, NULL, NULL) == 0)
		return err_set(err, ERR_USAGE,
		    "%s is an address; greygate rule add allow %s lets it pass", text, name);
	if (domain_normalise(slice_of(name), out) == -1)
		return err_set(err, ERR_USAGE,
		    "%s is not a domain; SPF is asked for one name, such as qq.com, without "
		    "wildcards",
		    text);
	if (strchr(out, '.') == NULL)
		return err_set(
		    err, ERR_USAGE, "%s is a single label; expected a domain such as qq.com", text);
	if (at != NULL || strncasecmp(name, out, len - (name[len - 1] == '.')) != 0)
		cli_put(stderr, "note: %s is taken as %s", text, out);
	return 0;
}
