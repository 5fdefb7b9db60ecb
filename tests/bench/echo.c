/* echo.c - the limit of the design: the loop library and the parser of the server, and every
 * request answered DUNNO at once. usage: echo unix:PATH */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <ev.h>
