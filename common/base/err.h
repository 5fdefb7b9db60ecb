/* err.h - why something failed, as a value.
 *
 * A function that can fail returns 0 or -1 (or NULL) and fills a struct err. The text says what
 * failed, on what, why, and what to do; each caller on the way up may put its own context before
 * it. Nothing in common/ prints: the program that owns the terminal or the log does, once. */
#ifndef COMMON_BASE_ERR_H
#define COMMON_BASE_ERR_H

#define ERR_TEXT_MAX 512

/* Exit statuses of sysexits(3), used as error codes throughout. */
enum err_code {
	ERR_NONE = 0,
	ERR_USAGE = 64,       /* wrong command line */
	ERR_DATA = 65,        /* the input, or the database file, is damaged */
	ERR_NOINPUT = 66,     /* an input does not exist */
	ERR_UNAVAILABLE = 69, /* a socket is taken, a service is not there */
	ERR_INTERNAL = 70,    /* a defect of ours */
	ERR_OS = 71,          /* the system refused something basic: memory, threads */
	ERR_CREATE = 73,      /* a file or socket cannot be created */
	ERR_IO = 74,          /* reading or writing failed, disk full */
	ERR_TEMP = 75,        /* locked or busy: the same call may work later */
	ERR_PERM = 77,        /* permissions */
	ERR_CONFIG = 78 /* configuration, or a database of another program or a newer version */
};

struct err {
	int code;   /* enum err_code */
	int errnum; /* errno or the engine's extended result code, 0 when there is none */
	char text[ERR_TEXT_MAX];
};

/* Fills ERR (which may be NULL) and returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and the text of the current errno added. */
int err_errno(struct err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts a prefix and ": " before the text of ERR; code and errnum stay. Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
