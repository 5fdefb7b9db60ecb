/* privileges.c - see privileges.h. */
#include "server/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

int
privileges_drop(const char *user, struct err *err)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (pw == NULL)
		return err_set(err, ERR_CONFIG,
		    "there is no user %s to become; create it (useradd --system %s) or set user",
		    user, user);
	if (pw->pw_uid == 0)
		return 0;
	if (initgroups(user, pw->pw_gid) == -1 || setgid(pw->pw_gid) == -1 ||
	    setuid(pw->pw_uid) == -1)
		return err_errno(err, ERR_OS, "becoming the user %s", user);
	if (setuid(0) == 0)
		return err_set(err, ERR_OS, "root could be had back after becoming %s", user);
	return 0;
}
