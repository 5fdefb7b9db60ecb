/* listable.c - see listable.h. */
#include "common/spf/listable.h"

static const char *const special_use[] = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
	"127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",
	"240.0.0.0/4", "::/8", "fc00::/7", "fe80::/10", "ff00::/8" };

static bool
overlap(const struct addr_net *a, const struct addr_net *b)
{
	return addr_net_contains(a, &b->addr) || addr_net_contains(b, &a->addr);
}

bool
spf_is_special(const struct addr_net *net)
{
	struct addr_net special;
	size_t i;

	for (i = 0; i < sizeof(special_use) / sizeof(special_use[0]); i++)
		if (addr_net_parse(slice_of(special_use[i]), &special, NULL, NULL) == 0 &&
		    overlap(&special, net))
			return true;
	return false;
}

const char *
spf_unlistable(const struct addr_net *net, unsigned min_prefix)
{
	if (net->prefix < min_prefix)
		return "too-broad";
	return spf_is_special(net) ? "special-use" : NULL;
}
