# greygate: `make help` lists the targets. Objects go to $(B); `make` builds and never installs.

VERSION     = 0.1.0
B          ?= build
PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
JOBS       ?= $(shell nproc 2>/dev/null || echo 1)

PACKAGES = sqlite3 zlib yaml-0.1 libidn2 libsodium ncursesw
PKG      = $(shell pkg-config --$(1) $(PACKAGES) 2>/dev/null)
LIBS     = $(call PKG,libs) -ludns -lev -lpthread

OPTIMISE ?= -O2
WARNINGS  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	    -Wwrite-strings -Wvla -Wformat=2 -Wundef $(if $(WERROR),-Werror)
HARDENING = -fstack-protector-strong -fPIE $(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(OPTIMISE) -g $(WARNINGS) $(HARDENING) \
	     $(SANITIZE) -I. -I$(B)/gen $(call PKG,cflags) -DGREYGATE_VERSION='"$(VERSION)"' \
	     -DCONFIG_DEFAULT_PATH='"$(SYSCONFDIR)/greygate/config.yaml"' -MMD -MP $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZE) $(LDFLAGS)

# V=1 shows whole commands.
Q   = $(if $(V),,@)
SAY = $(if $(V),,@echo "$(1) $@")

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))

COMMON  = $(call objects,$(wildcard common/*/*.c))
SERVER  = $(call objects,$(filter-out server/main.c,$(wildcard server/*.c)))
CLI     = $(call objects,$(filter-out cli/main.c,$(wildcard cli/*.c)) $(wildcard tui/*.c))
FAKE    = $(call objects,$(wildcard tests/fake/*.c))
MIGRATIONS = $(sort $(wildcard data/migrations/*.sql))

C_TESTS = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/scenarios/test_*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all check-programs demo-programs bench-programs fuzzers test-programs san clang fuzz \
	demo test bench check-style docs install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/greygated $(B)/greygate

$(B)/obj/%.o: %.c | $(B)/gen/schema_sql.h $(B)/gen/domains.inc
	@mkdir -p $(@D)
	$(call SAY,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/gen/schema_sql.h: data/embed data/schema.sql $(MIGRATIONS)
	@mkdir -p $(@D)
	data/embed data/schema.sql $(MIGRATIONS) > $@

$(B)/gen/domains.inc: data/embed-domains data/domains.yaml
	@mkdir -p $(@D)
	data/embed-domains data/domains.yaml > $@

$(B)/libcommon.a: $(COMMON)
$(B)/libserver.a: $(SERVER)
$(B)/libcli.a: $(CLI)
$(B)/libfake.a: $(FAKE)
$(B)/%.a:
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

LINK = $(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(B)/greygated: $(B)/obj/server/main.o $(B)/libserver.a $(B)/libcommon.a
	$(LINK)
$(B)/greygate: $(B)/obj/cli/main.o $(B)/libcli.a $(B)/libcommon.a
	$(LINK)
$(B)/config_doc: $(B)/obj/data/tools/config_doc.o $(B)/libcommon.a
	$(LINK)

# The programs of the demo live by the clock of the player: its clock.o comes before the library.
$(B)/demo/greygated: $(B)/obj/server/main.o $(B)/obj/data/demo/clock.o $(B)/libserver.a $(B)/libcommon.a
	@mkdir -p $(@D)
	$(LINK)
$(B)/demo/greygate: $(B)/obj/cli/main.o $(B)/obj/data/demo/clock.o $(B)/libcli.a $(B)/libcommon.a
	@mkdir -p $(@D)
	$(LINK)
$(B)/demo/play: $(B)/obj/data/demo/play.o
	@mkdir -p $(@D)
	$(LINK)
demo-programs: all $(B)/demo/greygated $(B)/demo/greygate $(B)/demo/play

# The fakes come before the libraries and so take the place of clock.o.
$(B)/tests/%: $(B)/obj/tests/%.o $(B)/libfake.a $(B)/libserver.a $(B)/libcli.a $(B)/libcommon.a
	@mkdir -p $(@D)
	$(LINK) -lcmocka
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/libserver.a $(B)/libcli.a $(B)/libcommon.a
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer
$(B)/bench/load: $(call objects,tests/bench/load.c tests/bench/mail.c tests/bench/histogram.c)
$(B)/bench/fill: $(call objects,tests/bench/fill.c tests/bench/mail.c) $(B)/libcommon.a
$(B)/bench/echo: $(call objects,tests/bench/echo.c) $(B)/libserver.a $(B)/libcommon.a
$(B)/bench/micro: $(call objects,tests/bench/micro.c) $(B)/libcommon.a
$(B)/bench/slow_dns: $(call objects,tests/bench/slow_dns.c)
$(B)/bench/walk: $(call objects,tests/bench/walk.c) $(B)/libcommon.a
$(B)/bench/%:
	@mkdir -p $(@D)
	$(LINK)
bench-programs: all $(addprefix $(B)/bench/,load fill echo micro slow_dns walk)

test-programs: all demo-programs bench-programs $(B)/config_doc $(C_TESTS)
fuzzers: $(FUZZERS)

# Variants, each in its own folder.
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
san:
	$(MAKE) B=$(B)/san WERROR=1 OPTIMISE=-O1 SANITIZE="$(SANITIZERS)" test-programs
clang:
	$(MAKE) B=$(B)/clang CC=clang WERROR=1 test-programs
fuzz:
	$(MAKE) B=$(B)/fuzzing CC=clang WERROR=1 OPTIMISE=-O1 \
		SANITIZE="$(SANITIZERS) -fsanitize=fuzzer-no-link" fuzzers

demo:
	packaging/install-deps build demo
	$(MAKE) -j$(JOBS) demo-programs
	data/demo/run $(B)

test:
	packaging/install-deps build test
	$(MAKE) -j$(JOBS) WERROR=1 test-programs
	$(MAKE) -j$(JOBS) san
	$(MAKE) -j$(JOBS) clang
	$(MAKE) -j$(JOBS) fuzz
	tests/run -b $(B)

bench:
	packaging/install-deps build bench
	$(MAKE) -j$(JOBS) bench-programs
	tests/bench/run $(B) $(if $(QUICK),--quick)

check-style: $(B)/config_doc $(B)/greygate
	tests/style/test_style.py

docs: $(B)/config_doc demo-programs
	$(B)/config_doc yaml > config.yaml.example
	$(B)/config_doc mdoc > doc/greygate.conf.5
	data/demo/tour $(B) > doc/tour.txt

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/doc/greygate $(DESTDIR)$(PREFIX)/lib/systemd/system \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(B)/greygated $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(B)/greygate $(DESTDIR)$(PREFIX)/bin/
	install -m 644 doc/greygate.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 doc/greygate.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 doc/greygated.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -m 644 README.md CHANGELOG.md LICENSE config.yaml.example \
		$(DESTDIR)$(PREFIX)/share/doc/greygate/
	sed 's|@sbindir@|$(PREFIX)/sbin|' packaging/greygate.service.in \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/greygate.service
	install -m 644 packaging/greygate.socket $(DESTDIR)$(PREFIX)/lib/systemd/system/
	install -m 644 packaging/greygate.bash-completion \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/greygate
	install -m 644 packaging/greygate.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/greygate.conf

uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -rf sbin/greygated bin/greygate share/man/man1/greygate.1 \
		share/man/man5/greygate.conf.5 share/man/man8/greygated.8 share/doc/greygate \
		lib/systemd/system/greygate.service lib/systemd/system/greygate.socket \
		lib/sysusers.d/greygate.conf \
		share/bash-completion/completions/greygate

clean:
	rm -rf $(B)

help:
	@echo "make              build greygated and greygate into $(B)/"
	@echo "make demo         install what is missing, play a day of mail, show what an operator sees"
	@echo "make test         install what is missing, build with sanitizers, run every test"
	@echo "make bench        measure against the limit (QUICK=1: one minute)"
	@echo "make check-style  format, static checks, layers, manual pages"
	@echo "make docs         config.yaml.example and greygate.conf(5) from the field table"
	@echo "make install      DESTDIR, PREFIX ($(PREFIX)), SYSCONFDIR ($(SYSCONFDIR))"
	@echo "make clean        remove $(B)/"

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
