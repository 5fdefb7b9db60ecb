#!/usr/bin/env python3
# timeout: 240
"""The console's views of whitelisted domains and the preview of one, by scripts."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.dns_stub import DnsStub  # noqa: E402
from harness.nsd import Nsd  # noqa: E402
from harness.script import SIZES, Dialogue, console, row_with, screen  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402

ZONE = (pathlib.Path(__file__).resolve().parent.parent / "zones/example.zone").read_text()
WARNINGS = ["cannot be refreshed", "no network that could be listed", "networks and has"]
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b1m"


def site(scene, servers, **settings):
    return scene.enter_context(Greygated(scene, expected=WARNINGS, **{
        "dns": {"servers": servers, "timeout": "1s"},
        "spf": {"mode": "ignore", "timeout": "2s"}, **settings}))


def example(scene, **settings):
    return site(scene, scene.enter_context(Nsd(scene, ZONE)).servers, **settings)


def words(rows):
    """As one line: sentences are wrapped by the width."""
    return " ".join(" ".join(rows).split())


def has(rows, *parts):
    text = words(rows)
    for part in parts:
        assert part in text, (part, "\n".join(rows))


def whole(server, *lines, size="80x24"):
    """All rows, as wide as at SIZE."""
    return screen(server, *lines, size=size.split("x")[0] + "x70")


def mail(server, sender, address, recipient="info@example.org", name="unknown"):
    return server.ask(client_address=address, client_name=name, sender=sender,
                      recipient=recipient)


def preview(domain, then="wait > C"):
    """From the list of what waits to what whitelisting DOMAIN by SPF would do."""
    return ["key /", f"type {domain}", "key Enter w Enter", then]


def changes(server):
    return server.sql("SELECT verb FROM change ORDER BY id")


def read_again(server, *names):
    """Due at once, and done when this returns."""
    server.sql("UPDATE domain SET refreshed_s = 1")
    server.cli("domain", "refresh", *names)
    wait_until(lambda: not server.sql("SELECT 1 FROM domain WHERE refreshed_s = 1"), "readings")


def in_all_states(scene):
    """One domain in each state a reading can lead to; the console's clock is the true one."""
    ok = "v=spf1 ip4:192.0.2.0/25 ip4:198.51.100.7 ip6:2001:db8::/48 include:more.example -all"
    stub = scene.enter_context(DnsStub(ttl=0, zone={
        ("ok.example", "TXT"): [ok],
        ("more.example", "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"],
        ("part.example", "TXT"): ["v=spf1 ptr exists:%{i}.x.example ip4:192.0.2.200 -all"],
        ("kept.example", "TXT"): ["v=spf1 ip4:192.0.2.201 -all"],
        ("gone.example", "TXT"): ["v=spf1 ip4:192.0.2.202 -all"],
        ("mute.example", "TXT"): ["v=spf1 ip4:192.0.2.203 -all"],
        ("typo.example", "TXT"): ["v=spf1 ip4:192.0.2.204 ipv4:192.0.2.205 -all"],
        ("hosts.example", "MX"): ["10 in.hosts.example"],
        ("in.hosts.example", "A"): ["192.0.2.206"],
        ("all.example", "TXT"): ["v=spf1 +all"]}))
    server = site(scene, stub.servers)
    names = ["ok", "part", "kept", "gone", "mute", "typo", "hosts", "all", "nothing"]
    server.cli("domain", "add", *(f"{name}.example" for name in names), "--comment", "why")
    wait_until(lambda: not server.sql("SELECT 1 FROM domain WHERE refreshed_s IS NULL"), "readings")
    stub.zone[("ok.example", "TXT")] = [ok.replace("ip4:198.51.100.7", "ip4:192.0.2.128/26")]
    stub.zone[("kept.example", "TXT")] = ["v=spf1 ip4:192.0.2.201 ipv4:x -all"]
    stub.zone[("gone.example", "TXT")] = ["no policy"]
    stub.zone[("mute.example", "TXT")] = lambda _stub, _query, _tcp: []
    read_again(server, "ok.example", "kept.example", "gone.example", "mute.example",
               *(f"{name}.example" for name in names[5:]), "part.example")
    return server


@test
def an_empty_view_says_what_to_do(scene):
    server = site(scene, ["127.0.0.1:9"])
    for size in SIZES:
        rows = screen(server, "key 3", size=size)
        has(rows, "No domain is whitelisted. A adds the first, W adds those that are known to need it")
    has(screen(server, "key 3"), "0 domains, 0 networks", "in the SPF record",
        "from another address each time")


@test
def suggested_domains_are_asked_for(scene):
    server = site(scene, ["127.0.0.1:9"])
    n = len(server.json("domain", "list", "--suggested"))
    server.cli("domain", "add", "qq.com", "--comment", "mine")
    for answer in ("key Esc", "key Enter", f"type {n}\nkey Enter", "type y\nkey Enter"):
        rows = screen(server, "key 3 W", *answer.split("\n"))
        has(rows[-1:], "nothing was whitelisted")
    equal(server.sql("SELECT count(*) FROM domain"), [(1,)])
    has(screen(server, "key 3 W")[-1:],
        f"Whitelist {n - 1} suggested domains? Type {n - 1} to confirm:")
    has(screen(server, "key 3 W", size="132x43")[-1:],
        f"Whitelist {n - 1} suggested domains (foxmail.com, ...)? Type {n - 1} to confirm:")
    rows = screen(server, "key 3 W", f"type {n - 1}", "key Enter")
    has(rows, f"{n} domains, 0 networks", f"{n - 1} domains are whitelisted")
    listed = {row["name"]: row for row in server.json("domain", "list")}
    equal((len(listed), listed["qq.com"]["source"], listed["qq.com"]["comment"]),
          (n, "manual", "mine"))
    equal((listed["163.com"]["source"], listed["163.com"]["comment"]),
          ("suggested", "pool over several networks"))
    has(screen(server, "key 3 W")[-1:], f"all {n} suggested domains are whitelisted already")


@test
def every_state_in_the_list(scene):
    server = in_all_states(scene)
    rows = screen(server, "key 3")
    has(rows[1:2], "9 domains, 9 networks; 6 in trouble (!)")
    for name, mark, status, nets, note in (
            ("all", "!", "nothing listed", "0", "why"),
            ("gone", "!", "kept since ", "1", "SPF gone:"),
            ("hosts", " ", "ok, MX hosts", "1", "why"),
            ("kept", "!", "kept since ", "1", "SPF broken:"),
            ("mute", "!", "kept since ", "1", "DNS failed:"),
            ("nothing", "!", "no SPF, no MX", "0", "why"),
            ("ok", " ", "ok ", "4", "why"),
            ("part", " ", "ok, in part", "1", "why"),
            ("typo", "!", "SPF broken", "0", "permerror:")):
        row = row_with(rows, f"{name}.example")
        assert row.startswith(f"{mark} {name}.example"), row
        assert f" {nets} " in row and status in row and note[:8] in row, row
    names = [row[2:].split()[0] for row in rows[3:12]]
    equal(names, sorted(names), "by name")
    wide = screen(server, "key 3", size="132x43")
    assert "SOURCE" in wide[2] and "manual" in row_with(wide, "ok.example"), wide
    has([row_with(wide, "gone.example")], "SPF gone: the SPF record is gone")
    narrow = screen(server, "key 3", size="40x8")
    has([row_with(narrow, "all.example")], "! all.example nothing listed")


@test
def filter_sort_and_what_is_looked_like(scene):
    server = in_all_states(scene)
    for terms, want in (("kept", ["gone", "kept", "mute"]), ("status:broken", ["typo"]),
                        ("failures:>0", ["gone", "kept", "mute", "typo"]), ("nets:4", ["ok"]),
                        ("result:none", ["gone", "hosts", "nothing"]), ("good:never", ["typo"])):
        rows = screen(server, "key 3 f", f"type {terms}", "key Enter")
        equal(sorted(row.replace("!", " ").split(".")[0].strip() for row in rows
                     if ".example" in row), want, terms)
    rows = screen(server, "key 3 :", "type sort networks", "key Enter")
    assert rows[3].strip().startswith("ok.example"), rows
    marks = console(server, "key 3", "marks").split("\n")
    for name, letter in (("kept", "n"), ("typo", "x"), ("nothing", "n")):
        at = next(i for i, line in enumerate(marks) if line.startswith(f"|! {name}.example"))
        equal(set(marks[at + 1].strip()), {letter}, name)


@test
def all_about_one(scene):
    server = in_all_states(scene)
    for size in SIZES:
        rows = whole(server, "key 3 /", "type ok.example", "key Enter Enter", size=size)
        has(rows, "Status ok: the whole record was walked", "Added", "by root (manual)",
            "Comment why", "Changed", "1 network came, 1 went; G shows all changes",
            "192.0.2.0/25", "its own record", "/48", "include:more.example",
            "4 -> 4 networks (ok)", "+ 192.0.2.128/26", "- 198.51.100.7",
            "0 -> 4 networks (ok)")
    rows = screen(server, "key 3 /", "type ok.example", "key Enter Enter")
    has(rows, "Domains > ok.example: ok, 4 networks, 1/10 lookups, TTL 0s, next in 1h")
    nets = [row.split()[0] for row in rows if row.startswith("   ") and "/" in row.split()[0]]
    equal(nets, ["192.0.2.0/25", "192.0.2.128/26", "2001:db8::/48", "203.0.113.0/24"])
    rows = screen(server, "key 3 /", "type part.example", "key Enter Enter")
    has(rows, "Status partial: the whole record was walked, some terms cannot be listed",
        "Not listed ptr of part.example (ptr): depends on the name of the client",
        "Not listed exists:%{i}.x.example of part.example (exists): depends on the message")
    for name, parts in (
            ("kept", ["Status ! permerror: the record is wrong", "Error permerror: syntax: ipv4:x",
                      "(spf.grace), or until the record is right again", "in vain (1 in a row)"]),
            ("gone", ["Error the SPF record is gone", "stay in force until"]),
            ("mute", ["Status ! temperror", "stay in force until the DNS answers"]),
            ("typo", ["Status ! permerror", "in vain (2 in a row)", "Effect none"]),
            ("all", ["Not listed +all of all.example (all): would let everyone pass",
                     "Effect none: no network is listed"]),
            ("nothing", ["Status ! none: the domain has no SPF record", "Effect none"]),
            ("hosts", ["Status none", "192.0.2.206 1 in.hosts.example"])):
        has(screen(server, "key 3 /", f"type {name}.example", "key Enter Enter"), *parts)
    rows = screen(server, "key 3 /", "type ok.example", "key Enter Enter f", "type net:203.",
                  "key Enter")
    has(rows, "include:more.example: 1 network 203.0.113.0/24 256")
    assert "192.0.2.0/25" not in words(rows), rows


@test
def refreshed_from_inside_and_gone_meanwhile(scene):
    stub = scene.enter_context(DnsStub(ttl=0, zone={
        ("a.example", "TXT"): ["v=spf1 ip4:192.0.2.1 -all"]}))
    server = site(scene, stub.servers)
    server.cli("domain", "add", "a.example")
    wait_until(lambda: server.json("domain", "list")[0]["status"] == "ok", "reading")
    stub.zone[("a.example", "TXT")] = ["v=spf1 ip4:192.0.2.1 ip4:192.0.2.9 -all"]
    rows = screen(server, "key 3 Enter r", "wait + 192.0.2.9")
    has(rows, "1 network came, 0 went", "1 -> 2 networks (ok)")
    rows = screen(server, "key 3 d", "type y", "key Enter", "gone a.example")
    has(rows, "No domain is whitelisted")


@test
def a_great_many_networks(scene):
    server = site(scene, ["127.0.0.1:9"])
    server.cli("domain", "add", "big.example")
    server.sql("WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
               "INSERT INTO network SELECT 1, printf('10.%d.%d.%d', i / 5000, i / 100 % 50, i % 100), "
               "printf('big.example > include:p%d.example', i / 1000) FROM n")
    started = time.monotonic()
    rows = screen(server, "key 3 Enter G")
    assert time.monotonic() - started < 10, "slow"
    has(rows, "10.1.49.99", "none yet")


@test
def what_it_would_do_and_did(scene):
    """Deferred mail of a pool passes on its next try, from an address nobody has seen."""
    server = example(scene, greylist={"delay": "1h"})
    for i in range(6):
        mail(server, f"anna{'abcdef'[i]}@bigmail.example", f"198.51.100.{3 + i}",
             name=f"mx{i}.bigmail.example")
    mail(server, "bob@brand.example", "203.0.113.70")
    mail(server, "eve@bigmail.example", "192.0.2.70")
    for size in SIZES:
        rows = whole(server, *preview("bigmail.example"), size=size)
        has(rows, "Would let pass 5 networks (98 IPv4 addresses, 1 IPv6 network).",
            "Of what waits now it would free 7 triplets of 2 domains. 1 triplet of bigmail.example "
            "waits from other addresses and would not be freed.",
            "Status ok: the whole record was walked", "Lookups 3 of 10, smallest TTL 10m",
            "bigmail.example: 6 triplets, the oldest waits", "brand.example: 1 triplet, the oldest",
            "annaa@bigmail.example -> info@example.org, mx0.bigmail.example[198.51.100.3]",
            "bob@brand.example -> info@example.org, unknown[203.0.113.70]")
        rows = screen(server, *preview("bigmail.example"), size=size)
        has(rows, "> Whitelist bigmail.example > Cancel Would let pass 5 networks (98 IPv4 addr",
            "Of what waits now it would free 7")
        has(screen(server, *preview("bigmail.example"), "key G", size=size), "2001:db8:aa::/48",
            "include:pool-b.bigmail.example")
    for keys in ("key Esc", "key j Enter", "key q"):
        rows = screen(server, *preview("bigmail.example"), keys)
        has(rows, "whitelist: for everyone")
    equal(changes(server), [])
    rows = screen(server, *preview("bigmail.example"), "key Enter")
    has(rows[-1:], "bigmail.example is whitelisted, in force within a second; u takes it back")
    has(rows, "of 2 domains wait")
    equal(changes(server), [("domain add",)])
    equal(server.sql("SELECT source, comment, author FROM domain"), [("manual", "", "root")])
    server.wait_log("rules read again.*5 networks")
    equal(mail(server, "annaa@bigmail.example", "203.0.113.77"), "DUNNO")
    assert mail(server, "eve@bigmail.example", "192.0.2.70") != "DUNNO"
    rows = screen(server, *preview("bigmail.example"))
    has(rows, "whitelisted already; Enter reads it again", "Now ok, 5 networks in force",
        "it would free nothing")
    before = server.sql("SELECT refreshed_s FROM domain")
    time.sleep(1.1)
    has(screen(server, *preview("bigmail.example"), "key Enter")[-1:], "is read again within")
    wait_until(lambda: server.sql("SELECT refreshed_s FROM domain") > before, "another reading")


@test
def enter_does_what_the_page_says(scene):
    """Somebody removed the domain, and the reading that would show it fails."""
    server = example(scene, greylist={"delay": "1h"})
    mail(server, "anna@bigmail.example", "192.0.2.70")
    server.cli("domain", "add", "bigmail.example")
    server.end()
    with Dialogue(server) as dialogue:
        has(dialogue.do(*preview("bigmail.example")), "> Read bigmail.example again")
        server.sql("DELETE FROM domain")
        server.sql("ALTER TABLE triplet RENAME TO lost")
        has(dialogue.do("wait no such table"), "> Read bigmail.example again")
        has(dialogue.do("key Enter"), "there is no domain")
    equal(server.sql("SELECT name FROM domain"), [])


@test
def records_that_are_no_help(scene):
    server = example(scene)
    for name in ("open", "dynamic", "typo", "stale", "nothing", "mxonly", "large"):
        mail(server, f"a@{name}.example", "192.0.2.250")
    for name, choice, parts in (
            ("open", "", ["Would let pass 1 network (1 IPv4 address).",
                          "lets everybody pass (+all). That is never listed",
                          "Not listed ip4:0.0.0.0/0 of open.example (too-broad"]),
            ("dynamic", "", ["Would let pass 2 networks", "Status partial"]),
            ("typo", ", though it lets nothing pass now", ["Its SPF record is wrong", "Error permerror: syntax: ipv4:192.0.2.83"]),
            ("stale", "", ["Status permerror", "gone.example"]),
            ("nothing", ", though it lets nothing pass now",
             ["Would let nothing pass", "neither an SPF record nor MX hosts"]),
            ("mxonly", "", ["It has no SPF record. These are its MX hosts"]),
            ("large", "", ["Would let pass 100 networks (12 800 IPv4 addresses)."])):
        rows = whole(server, *preview(f"{name}.example"))
        has(rows, f"> Whitelist {name}.example{choice} > Cancel Would",
            "it would free nothing. 1 triplet of", *parts)
    rows = screen(server, *preview("nothing.example"), "key Enter")
    has(rows, "nothing.example is whitelisted, but nothing passes by it yet")


@test
def a_silent_dns(scene):
    stub = scene.enter_context(DnsStub())
    stub.dead = True
    server = site(scene, stub.servers, dns={"servers": stub.servers, "timeout": "5s"},
                  spf={"mode": "ignore", "timeout": "3s"})
    mail(server, "a@slow.example", "192.0.2.1")
    for size in SIZES:
        rows = screen(server, *preview("slow.example", "wait ... 1 s"), size=size)
        has(rows, "Reading the SPF record of slow.example ... 1 s", "Esc gives up.")
    rows = screen(server, *preview("slow.example", "key Enter"))
    has(rows[-1:], "the record is still being read; Esc gives up")
    rows = screen(server, *preview("slow.example", "key Esc"), "second", "second", "key Esc")
    has(rows, "1 triplet of 1 domain")
    console(server, *preview("slow.example", "key Q"))
    with Dialogue(server) as dialogue:  # what came during a pause was not seen
        dialogue.do(*preview("slow.example", "wait ... 1 s"), "key p")
        time.sleep(3)
        has(dialogue.do("second"), "Reading the SPF record", "PAUSED")
        has(dialogue.do("key Enter"), "the record is still being read; Esc gives up")
        has(dialogue.do("key p"), "> Whitelist slow.example all the same")
    rows = screen(server, *preview("slow.example"))
    has(rows, "> Whitelist slow.example all the same", "The DNS failed: nothing is known",
        "the server reads its record again until it succeeds", "Error temperror")
    equal(changes(server), [])
    stub.dead = False
    stub.zone[("slow.example", "TXT")] = ["v=spf1 ip4:192.0.2.0/28 -all"]
    stub.dead = True
    screen(server, *preview("slow.example"), "key Enter")
    equal(changes(server), [("domain add",)])


@test
def without_a_server(scene):
    server = example(scene)
    mail(server, "a@bigmail.example", "198.51.100.3")
    equal(server.end(), 0)
    rows = screen(server, *preview("bigmail.example"), "key Enter")
    has(rows, "bigmail.example is whitelisted, in force when greygated runs, or after")
    rows = screen(server, "key 3")
    has(rows, "1 domain, 0 networks; 1 due when greygated runs", "not read yet")
    assert "due" in row_with(rows, "bigmail.example")
    has(screen(server, "key 3 Enter"), "Read never; due when greygated runs")
    server.cli("domain", "refresh", "--now")
    has(screen(server, "key 3"), "1 domain, 5 networks")


@test
def who_may_only_look_sees_it_all(scene):
    server = example(scene)
    mail(server, "a@bigmail.example", "198.51.100.3")
    server.cli("domain", "add", "brand.example")
    wait_until(lambda: server.json("domain", "list")[0]["status"] == "ok", "reading")
    look = {"options": ("--readonly",)}
    has(screen(server, "key 3", **look), "1 domain, 5 networks")
    has(screen(server, "key 3 Enter", **look), "198.51.100.0/27")
    has(screen(server, "key 3 W", **look)[-1:], "suggested: the console is read-only (--readonly)")
    has(screen(server, "key 3 Enter r", **look)[-1:], "refresh: the console is read-only (--readonly)")
    equal(changes(server), [("domain add",)])


@test
def texts_from_the_dns_stay_harmless(scene):
    """check_screens() of the harness looks at every cell."""
    stub = scene.enter_context(DnsStub({
        ("nasty.example", "TXT"): ["v=spf1 ip4:192.0.2.1 " + HOSTILE + " -all"],
        ("plain.example", "TXT"): ["v=spf1 include:%{l}.\\x1b[2J.example exists:a\\b -all"],
        ("mx.example", "MX"): ["10 \x1b[2J.example"], ("\x1b[2j.example", "A"): ["192.0.2.9"]}))
    server = site(scene, stub.servers)
    names = ["nasty.example", "plain.example", "mx.example"]
    for name in names:
        mail(server, f"a@{name}", "192.0.2.1", recipient=f"x{HOSTILE}@example.org")
    for size in SIZES:
        for name in names:
            has(whole(server, *preview(name), size=size), "Status")
    server.cli("domain", "add", *names, "--comment", HOSTILE)
    wait_until(lambda: not server.sql("SELECT 1 FROM domain WHERE refreshed_s IS NULL"), "readings")
    for size in SIZES:
        has(screen(server, "key 3", size=size), *names)
        for name in names:
            has(whole(server, "key 3 /", f"type {name}", "key Enter Enter", size=size), "Status")


run()
