/* config_doc.c - writes config.yaml.example (`config_doc yaml`) and greygate.conf(5) (`config_doc
 * mdoc`) from the field table, so that neither can say something else than the program does. */
#include <stdio.h>
#include <string.h>

#include "common/config/fields.h"

#define WRAP_AT 96

/* TEXT as comment lines behind INDENT. */
static void
put_comment(const char *text, const char *indent)
{
	size_t line = 0, word;

	for (; *text != '\0'; text += word + strspn(text + word, " ")) {
		word = strcspn(text, " ");
		if (line > 0 && line + 1 + word > WRAP_AT) {
			printf("\n");
			line = 0;
		}
		line += (size_t)printf("%s%.*s", line == 0 ? indent : " ", (int)word, text);
	}
	printf("\n");
}

/* The section before the dot of KEY; false when there is none. */
static bool
section_of(const char *key, char out[64])
{
	const char *dot = strchr(key, '.');

	snprintf(out, 64, "%.*s", dot == NULL ? 0 : (int)(dot - key), key);
	return dot != NULL;
}

static void
format_default(const struct field *field, struct buf *out)
{
	struct config config;

	config_init(&config);
	field_format(field, &config, out);
	config_clear(&config);
}

static void
put_yaml(void)
{
	char section[64], last[64] = "", storage[512];
	struct buf value;
	size_t i;

	printf(
	    "# greygate: every setting with its default. greygate.conf(5) says the same in print.\n"
	    "# A setting that is left out has its default; no file at all is fine too.\n");
	for (i = 0; i < field_n; i++) {
		const struct field *field = &fields[i];
		bool nested = section_of(field->key, section);

		if (nested && strcmp(section, last) != 0)
			printf("\n%s:\n", section);
		else if (!nested)
			printf("\n");
		strcpy(last, section);
		put_comment(field->text, nested ? "  # " : "# ");
		buf_init(&value, storage, sizeof(storage));
		format_default(field, &value);
		printf("%s%s: %s\n", nested ? "  " : "",
		    field->key + (nested ? strlen(section) + 1 : 0), storage);
	}
}

/* Each sentence on a line of its own, as mdoc wants it. */
static void
put_sentences(const char *text)
{
	for (; *text != '\0'; text++) {
		putchar(*text);
		if (*text == '.' && text[1] == ' ') {
			putchar('\n');
			text++;
		}
	}
	putchar('\n');
}

static const char head[] =
    ".Dd November 24, 2026\n.Dt GREYGATE.CONF 5\n.Os\n.Sh NAME\n.Nm greygate.conf\n"
    ".Nd configuration of greygate\n.Sh DESCRIPTION\n"
    "The configuration is a YAML file, by default\n.Pa " CONFIG_DEFAULT_PATH " .\n"
    "Everything has a default, so the file may be short, empty or missing.\n"
    "An unknown setting, a wrong type or an impossible value is an error with file, line and\n"
    "column;\n.Ic greygated -t\nprints all of them at once.\n"
    "Durations are written as\n.Li 180s ,\n.Li 5m ,\n.Li 2h ,\n.Li 35d\nor\n.Li 1h30m .\n"
    "A name with a dot stands for a setting inside a section:\n.Li greylist.delay\nis\n"
    ".Li delay\nbelow\n.Li greylist .\n.Pp\nSettings, with their defaults:\n.Bl -tag -width Ds\n";

static const char tail[] =
    ".El\n.Sh ADDRESS FORMS\nRules and policies name senders, clients and recipients in these "
    "forms.\n"
    "The recipient scope of the highest priority decides first, then the sender or client.\n"
    ".Bl -column \"user@example.org\" \"that domain and all below it\" \"100\"\n"
    ".It user@example.org Ta that address, with or without +ext Ta 100\n"
    ".It user@* Ta that local part at any domain Ta 90\n"
    ".It 192.0.2.7, 2001:db8::7 Ta that client Ta 80\n"
    ".It 192.0.2.* Ta clients, any octet may be * Ta 70\n"
    ".It 192.0.2.0/24 Ta client network, longer first Ta 70\n"
    ".It mail.example.org Ta clients of that verified name or below Ta 65\n"
    ".It @example.org Ta that domain Ta 60\n"
    ".It @.example.org Ta that domain and all below Ta 50\n"
    ".It @.org Ta a top-level domain Ta 40\n"
    ".It @. Ta anyone Ta 0\n.El\n.Pp\n.Li <>\nis the null sender.\n"
    "Recipient scopes take the forms with @ only.\n"
    ".Sh FILES\n.Bl -tag -width Ds\n.It Pa " CONFIG_DEFAULT_PATH "\nthe default file\n.El\n"
    ".Sh EXAMPLES\nA site that waits a minute and has its own network:\n.Bd -literal -offset "
    "indent\n"
    "greylist: { delay: 1m }\ntrusted_networks: [ \"127.0.0.0/8\", \"::1\", \"192.0.2.0/24\" "
    "]\n.Ed\n"
    ".Sh SEE ALSO\n.Xr greygate 1 ,\n.Xr greygated 8\n";

static void
put_mdoc(void)
{
	char storage[512];
	struct buf value;
	size_t i;

	printf("%s", head);
	for (i = 0; i < field_n; i++) {
		buf_init(&value, storage, sizeof(storage));
		format_default(&fields[i], &value);
		printf(".It Ic %s : Li %s\n", fields[i].key, storage);
		put_sentences(fields[i].text);
		if (fields[i].iredapd != NULL)
			printf("With\n.Ic compat : Li iredapd\nthe default is\n.Li %s .\n",
			    fields[i].iredapd);
		if (fields[i].restart)
			printf("A change needs a restart.\n");
	}
	printf("%s", tail);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "yaml") == 0) {
		put_yaml();
	} else if (argc == 2 && strcmp(argv[1], "mdoc") == 0) {
		put_mdoc();
	} else {
		fprintf(stderr, "usage: config_doc yaml|mdoc\n");
		return 64;
	}
	return 0;
}
