#!/usr/bin/env python3
# timeout: 240
"""Statistics, health and export of the console, in its script mode."""
import contextlib
import csv
import datetime
import json
import os
import pathlib
import re
import sqlite3
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated, REPORTS, die_with_parent  # noqa: E402
from harness.dns_stub import DnsStub  # noqa: E402
from harness.script import Dialogue  # noqa: E402
from harness.tap import Skip, equal, run, test, wait_until  # noqa: E402

SIZES = ("80x24", "132x43", "40x8")
LOCALES = ("C", "C.UTF-8")
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b"


class Console:
    """greygate console in SCENE's folder, fed line by line."""

    def __init__(self, server, size="80x24", locale="C.UTF-8", words=()):
        self.server, self.size = server, size
        self.process = subprocess.Popen(
            [str(server.build / "greygate"), "-c", str(server.config_file), "console",
             "--script", "-", "--size", size, *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=server.dir,
            env={**os.environ, "LC_ALL": locale, "TZ": "UTC"}, preexec_fn=die_with_parent)
        self.files = 0

    def do(self, *lines):
        self.process.stdin.write("".join(line + "\n" for line in lines).encode())
        self.process.stdin.flush()

    def page(self):
        """The whole text of a view, not only what is on the screen."""
        self.files += 1
        name = self.server.dir / f"page-{self.process.pid}-{self.files}.txt"
        self.do("key :", f"type export {name.name}", "key Enter", "key :",
                f"type export done-{name.name}", "key Enter")
        wait_until((self.server.dir / f"done-{name.name}").exists, f"{name.name}", 20)
        return name.read_text()

    def end(self, status=0):
        """What it wrote."""
        output, errors = self.process.communicate(timeout=60)
        text = output.decode()
        assert not any(report in errors.decode() for report in REPORTS), errors.decode()
        equal(self.process.returncode, status, errors.decode())
        return text


def screens(server, *lines, **options):
    console = Console(server, **options)
    console.do(*lines)
    return console.end()


def count(server, *rows):
    """Rows of (seconds ago, reason, count, delay)."""
    now = int(time.time())
    with contextlib.closing(sqlite3.connect(server.database, timeout=5)) as connection:
        with connection:
            connection.executemany(
                "INSERT INTO stat VALUES (?, ?, ?, ?)",
                [((now - ago) // 60 * 60, reason, n, delay) for ago, reason, n, delay in rows])


# ---- statistics ----

@test
def statistics_without_any(scene):
    with Greygated(scene) as server:
        for size in SIZES:
            for locale in LOCALES:
                text = screens(server, "key 6", "screen", size=size, locale=locale)
                assert "Nothing was counted in 30 days" in text, text


HOUR, DAY = 3600, 86400
COUNTED = [(2 * HOUR, "new", 6, 0), (2 * HOUR, "early-retry", 2, 0),
           (2 * HOUR, "triplet found", 2, 480), (2 * HOUR, "pool", 1, 60),
           (2 * HOUR, "client AWL", 3, 0), (2 * HOUR, "domain-network", 5, 0),
           (2 * HOUR, "rule-block", 1, 0), (5 * DAY, "new", 1210, 0),
           (5 * DAY, "triplet found", 4, 1200), (5 * DAY, "no such reason", 9, 0),
           (40 * DAY, "new", 77777, 0)]


@test
def statistics_say_what_was_counted(scene):
    with Greygated(scene) as server:
        count(server, *COUNTED)
        console = Console(server)
        console.do("key 6", "screen")
        page = console.page()
        screen = console.end()
        flat = re.sub(r"\s+", " ", page)
        assert flat.startswith(
            "In 24 hours: 15 messages; 8 passed at once, 3 waited 3m on average, 1 was "
            "rejected, 3 have not come again so far. "), flat
        for line in (r"Passed at once +- +8 +8 +8",
                     r"  whitelisted domains +- +5 +5 +5  \S+",
                     r"Deferred, seen first: new +- +6 +1 216 +1 216  \S+",
                     r"Deferred again: retried too early +- +2 +2 +2  \S+",
                     r"  passed after delay +- +2 +6 +6",
                     r"Rejected: blocked by rule +- +1 +1 +1",
                     r"Waited on average +- +3m +4m 8s +4m 8s",
                     r"Waited in all +- +9m +29m +29m",
                     r"Never came again, to \d\d \w\w\w +- +- +1 206 +1 206"):
            assert re.search("^" + line, page, re.M), (line, page)
        assert "released" not in page and "own users" not in page, "rows of zeros"
        assert "Never came again, to" in screen, "all of the table is on the first screen"
        hours, days = page.split("Last 30 days")
        assert "of these through a pool" in hours and "Never came again (" not in hours
        assert re.search(r"Deferred, seen first\n +6\|", hours), hours
        assert re.search(r"Average wait.*\n +3m\|", hours), hours
        assert re.search(r"Deferred, seen first\n 1 210\|", days), days
        assert re.search(r"Never came again .*\n 1 206\|.*\n.*\n.*\? \? ", days), days
        day = server.json("status")["day"]
        equal([day[name] for name in ("new", "early-retry", "client AWL")], [6, 2, 3])


@test
def statistics_in_every_size_and_locale(scene):
    with Greygated(scene) as server:
        count(server, *COUNTED, *[(i * HOUR, "triplet known", 3 * i, 0) for i in range(1, 23)])
        for size in SIZES:
            cols = int(size.split("x")[0])
            for locale in LOCALES:
                console = Console(server, size, locale)
                console.do("key 6", "screen", "key PgDn", "screen", "key G", "screen")
                page = console.page()
                screen = console.end()
                assert ("█" in page) == (locale == "C.UTF-8"), page
                assert ("#" in page) == (locale == "C"), page
                assert locale != "C" or screen.isascii(), screen
                assert all(len(line) < cols for line in page.splitlines()), page
                assert re.search(r"Rejected.* 1 +\S*1", page), page
                labels = re.findall(r"^ {7,}\d\d( +\d\d)+$", page, re.M)
                assert len(labels) > 10, page
        text = screens(server, "key 6", "size 132x43", "screen", "size 40x8", "screen")
        assert "again so far." in text.split("+\n")[1], "as wide as the screen"
        assert "…" not in text, text


@test
def statistics_tell_of_a_database_that_failed(scene):
    with Greygated(scene) as server:
        count(server, (600, "store-failed", 17, 0))
        text = screens(server, "key 6", "screen")
        assert "17 decided without the database: 7 shows what is wrong." in text, text


# ---- health ----

def health_site(scene, stub=None, **settings):
    stub = stub or scene.enter_context(DnsStub({("example.com", "A"): ["192.0.2.1"]}))
    return scene.enter_context(
        Greygated(scene, **{"dns": {"servers": stub.servers, "timeout": "1s"}, **settings}))


def joined(text):
    """Without what stands between two rows: a long name goes on in the next."""
    return re.sub(r"[\s|]+", "", text)


def aged(text):
    """On one line, with ages that are the same a second later."""
    return re.sub(r" \d+s old", " Ns old", re.sub(r"\s+", " ", text))


def alive(server):
    wait_until(lambda: server.json("status", status=None)["alive"], "heartbeat")


@test
def health_of_a_site_that_is_well(scene):
    copies = scene.dir / "copies"
    copies.mkdir()
    server = health_site(scene, greylist={"delay": "7m"}, backup={"dir": str(copies)})
    alive(server)
    server.wait_log("backup")
    server.cli("rule", "add", "allow", "@partner.example")
    console = Console(server)
    console.do("key 7", "wait answers in", "screen")
    page = console.page()
    screen = console.end()
    now = page.split("\nServer\n")[0]
    assert "WRONG" not in now, now
    if "disk:" not in now:  # nobody promises that the disk of the test is not nearly full
        equal(now, "Now\n  All is well.")
        assert "|All is well\n" in screen, screen
    for line in (r"state +alive, heartbeat \d+s ago",
                 rf"process +{server.process.pid}, greygated \S+, for ",
                 r"it says +\S", r"ok +resolver 127.0.0.1:\d+ answers in ",
                 r"info +Postfix is not looked at",
                 r"ok +database: .*/greygate.db, ", r"ok +write-ahead log: ",
                 r"entries +1 rule, 0 policies", r"domains +0 whitelisted, 0 networks",
                 rf"file +{server.config_file}", r"greylist.delay: 7m \(default 3m\)",
                 r"user: \"root\" \(default \"greygate\"\)"):
        assert re.search(r"^ +" + line, page, re.M), (line, page)
    assert "greylist.window" not in page, "as by default"
    assert re.search(rf"backup:thelastoneis\d+sold:{copies}/greygate-", joined(page)), page
    flat = joined(aged(page))
    for line in server.cli("check").splitlines():
        if line.startswith("ok") and "it is sound" not in line and "configuration" not in line \
                and "disk" not in line and "log" not in line:
            assert joined(aged(line)) in flat, (line, page)


@test
def health_sees_a_server_stop_and_die(scene):
    server = health_site(scene)
    alive(server)
    console = Console(server)
    console.do("key 7", "wait alive, heartbeat")
    console.page()
    server.kill9()
    console.do("wait NO SERVER", "wait ended without stopping in order", "screen")
    assert "WRONG" in console.page()
    text = console.end()
    for words in ("1 thing is WRONG", "WRONG  server: none runs on this database",
                  "start greygated", "last heard of", "until then", "works       this console"):
        assert words in text, (words, text)
    server.start()
    alive(server)
    assert "alive, heartbeat" in screens(server, "key 7", "screen")
    equal(server.end(), 0)
    for size in SIZES:
        text = screens(server, "key 7", "wait WRONG", "screen", size=size)
        assert "WRONG  server: none runs on this" in text, text
    assert "stopped in order" in screens(server, "key 7", "screen")
    with contextlib.closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute("DELETE FROM heartbeat")
    assert "none has ever run on this database" in screens(server, "key 7", "screen")


@test
def health_of_a_server_that_is_locked_out(scene):
    server = health_site(scene, expected=["database", "lock"])
    alive(server)
    with contextlib.closing(sqlite3.connect(server.database, timeout=5)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE heartbeat SET beat_s = beat_s - 100")
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        console = Console(server)
        console.do("key 7", "wait heartbeat", "screen")
        page = re.sub(r"\s+", " ", console.page())
        text = console.end()
        connection.execute("ROLLBACK")
    assert "runs but has no heartbeat" in text, text
    assert "another program keeps the database locked (fuser" in page, page
    wait_until(lambda: server.json("status", status=None)["alive"], "heartbeat", 30)


@test
def health_of_name_servers(scene):
    good = scene.enter_context(DnsStub({("example.com", "A"): ["192.0.2.1"]}))
    dead = scene.enter_context(DnsStub())
    dead.dead = True
    server = scene.enter_context(Greygated(
        scene, dns={"servers": good.servers + dead.servers, "timeout": "1s"}))
    alive(server)
    text = screens(server, "key 7", "screen asked", "wait no answer", "screen", "key G", "screen",
                   size="132x43")
    assert f"...    {dead.servers[0]} is asked" in text, text
    assert f"ok     resolver {good.servers[0]} answers in" in text, text
    assert f"note   resolver {dead.servers[0]}: no answer" in text, text
    assert "it costs time: correct dns.servers" in text and "It works; " in text, text
    equal({name for name, _, _ in good.asked + dead.asked}, {"example.com"})
    good.dead = True
    for size in SIZES:
        text = screens(server, "key 7", "wait WRONG", "screen", size=size)
        assert "WRONG  resolver 127.0.0.1:" in text, text
    assert "without DNS the networks of domains stay" in screens(server, "key 7", "wait WRONG", "screen")
    assert "2 things are WRONG" in screens(server, "key 7", "wait 2 things", "screen")


POSTCONF = """\
#!/bin/sh
echo run >> "{dir}/runs"
case "$*" in
*"-x") cat "{dir}/settings";;
*"-M") echo "smtp inet n - n - - smtpd";;
*"-Px") ;;
esac
"""


def stub_postconf(scene, text):
    """A postconf of the test's own comes first in PATH."""
    (scene.dir / "postconf").write_text(text)
    (scene.dir / "postconf").chmod(0o755)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{scene.dir}:{path}"
    scene.callback(os.environ.__setitem__, "PATH", path)


@test
def health_says_what_the_doctor_says_of_postfix(scene):
    server = health_site(scene, postfix="")
    alive(server)
    stub_postconf(scene, POSTCONF.format(dir=scene.dir))
    asks = f"check_policy_service {{ unix:{server.socket_path}, timeout=10s, default_action=DUNNO }}"
    settings = scene.dir / "settings"
    for restrictions, words in ((asks, "ok service smtp asks unix:"),
                                ("reject_unauth_destination, permit",
                                 "WRONG service smtp does not ask greygate")):
        settings.write_text("queue_directory = /var/spool/postfix\n"
                            "smtpd_relay_restrictions = reject_unauth_destination\n"
                            f"smtpd_recipient_restrictions = {restrictions}\n")
        console = Console(server, size="132x43")
        console.do("key 7", "wait service smtp", "screen")
        page = joined(console.page())
        console.end()
        assert joined(words) in page, (words, page)
        for line in server.cli("doctor", status=None).splitlines():
            if "postfix" in line or "service" in line:
                line = re.sub(r"^(not checkable|\w+) +", "", line)
                for part in line.split("; "):
                    assert joined(part) in page, (part, page)
    assert joined(f"smtpd_recipient_restrictions = reject_unauth_destination, {asks}, permit") in page


@test
def health_does_not_wait_for_postfix(scene):
    server = health_site(scene, postfix="")
    alive(server)
    stub_postconf(scene, "#!/bin/sh\necho $$ >> {0}/pids\nexec sleep 60\n".format(scene.dir))
    console = Console(server, size="132x43")
    console.do("key 7", "wait Postfix is asked", "screen", "key 4", "wait No rules", "screen", "key 7",
               "wait Postfix is asked", "screen")
    text = console.end()
    assert "...    Postfix is asked" in text, text
    for pid in (scene.dir / "pids").read_text().split():
        assert not pathlib.Path(f"/proc/{pid}").exists(), "it is still there"


@test
def a_pause_holds_also_what_is_asked(scene):
    server = health_site(scene, postfix="")
    alive(server)
    stub_postconf(scene, "#!/bin/sh\nexec sleep 1\n")
    with Dialogue(server) as dialogue:
        before = dialogue.do("key 7 p")
        assert "Postfix is asked" in " ".join(before), before
        time.sleep(1.5)
        equal(dialogue.do("second"), before)
        assert "Postfix is asked" not in " ".join(dialogue.do("key p")), before


@test
def health_of_a_postfix_that_is_not_known(scene):
    server = health_site(scene, postfix="/nowhere")
    alive(server)
    stub_postconf(scene, "#!/bin/sh\necho \"postconf: fatal: open $2/main.cf: No such file\" >&2\n"
                  "exit 1\n")
    text = screens(server, "key 7", "wait not known", "screen", size="132x43")
    assert "?      what Postfix does is not known: postconf: fatal: open /nowhere/main.cf" in text, text
    assert "postfix names the folder of its main.cf, or none" in text, text


@test
def health_names_domains_and_settings_that_hurt(scene):
    server = health_site(scene, greylist={"fold": []})
    alive(server)
    server.sql("INSERT INTO domain (name, created_s, failures, error, next_s) "
               "VALUES ('stale.example', 1, 3, 'no answer', ?)", int(time.time()) + DAY)
    page = Console(server)
    page.do("key 7")
    text = page.page()
    page.end()
    assert "note   domain stale.example: 3 failed refreshes: no answer" in text, text
    assert "greygate domain show stale.example" in text, text
    assert 'greylist.fold: []' in text, text


# ---- export ----

def waiting(server, senders):
    now = int(time.time())
    with contextlib.closing(sqlite3.connect(server.database, timeout=5)) as connection:
        with connection:
            connection.executemany(
                "INSERT INTO triplet (net, sender_key, recipient_key, client_address, client_name, "
                "helo, first_s, last_s, attempts) VALUES ('192.0.2.0/24', ?, 'info@example.org', "
                "'192.0.2.7', ?, ?, ?, ?, 1)",
                [(sender + "@evil.example", "=HYPERLINK(1)", HOSTILE, now - 60, now - 60)
                 for sender in senders])


SENDERS = ['=cmd|"/c calc"!A1', "+1", "-2", "@x", "\tx", "plain", 'quo"te,comma', HOSTILE,
           "b\u00fccher", "line\r\nbreak"]


def shown(text):
    """As the screen shows it."""
    out = ""
    for c in text:
        if c in "\u202e\u200b":
            out += f"\\u{{{ord(c):04x}}}"
        else:
            out += f"\\x{ord(c):02x}" if ord(c) < 0x20 else c
    return out


@test
def export_is_read_back(scene):
    with Greygated(scene) as server:
        waiting(server, SENDERS)
        today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d")
        text = screens(server, "key Enter", "wait 10 wait", "key E", "screen", "key Enter",
                       "screen", "key :", "type export rows.jsonl", "key Enter", "key :",
                       "type export rows.json", "key Enter", "key :", "type export rows",
                       "key Enter", "screen")
        file = server.dir / f"triplets-{today}.csv"
        assert f"export to: {file.name}" in text, text
        assert joined(f"10 rows written to {file}") in joined(text), text
        equal(stat.S_IMODE(file.stat().st_mode), 0o600)
        data = file.read_bytes()
        equal(data.count(b"\r\n"), 11)
        assert not any(byte < 0x20 for byte in data.replace(b"\r\n", b"")), data
        equal((server.dir / "rows").read_bytes(), data, "csv without a suffix")
        rows = list(csv.DictReader(data.decode().splitlines(True)))
        equal(len(rows), 10)
        want = [shown(sender) + "@evil.example" for sender in reversed(SENDERS)]
        want = ["'" + cell if SENDERS[9 - i][0] in "=+-@\t\r" else cell
                for i, cell in enumerate(want)]
        equal([row["sender"] for row in rows], want)
        equal({row["name"] for row in rows}, {"'=HYPERLINK(1)"})
        assert all(row["tries"] == "1" for row in rows)
        datetime.datetime.strptime(rows[0]["first"], "%Y-%m-%d %H:%M:%S")
        lines = (server.dir / "rows.jsonl").read_text().splitlines()
        equal((server.dir / "rows.json").read_text().splitlines(), lines)
        rows = [json.loads(line) for line in lines]
        equal([row["sender"] for row in rows],
              [sender + "@evil.example" for sender in reversed(SENDERS)])
        equal({(row["helo"], row["tries"], row["net"]) for row in rows},
              {(HOSTILE, 1, "192.0.2.0/24")})
        assert abs(rows[0]["first_s"] - time.time()) < 600, rows[0]


@test
def export_is_what_is_shown(scene):
    with Greygated(scene) as server:
        waiting(server, [f"user{i}" for i in range(5)])
        screens(server, "key Enter", "key f", "type user3", "key Enter", "key :",
                "type export one.csv", "key Enter")
        with open(server.dir / "one.csv", newline="") as file:
            equal([row["sender"] for row in csv.DictReader(file)], ["user3@evil.example"])
        text = screens(server, "key Enter", "key f", "type nobody", "key Enter", "key E",
                       "screen")
        assert "export: there is no row" in text, text


@test
def export_of_a_window_says_so(scene):
    with Greygated(scene) as server:
        waiting(server, [f"user{i}" for i in range(900)])
        text = screens(server, "key Enter", "key :", "type export w.csv", "key Enter", "screen",
                       "key m", "screen")
        rows = (server.dir / "w.csv").read_text().splitlines()
        assert 300 <= len(rows) - 1 <= 900, len(rows)
        if len(rows) - 1 < 900:
            assert f"{len(rows) - 1} rows written to {server.dir}/w.csv: those read" in \
                re.sub(r"[\s|]+", " ", text), text


@test
def export_never_overwrites(scene):
    with Greygated(scene) as server:
        waiting(server, ["a"])
        kept = server.dir / "kept.csv"
        kept.write_text("mine")
        (server.dir / "link.csv").symlink_to(server.dir / "new.csv")
        (server.dir / "folder.csv").mkdir()
        for name, words in (("kept.csv", "kept.csv is there already and stays as it is"),
                            ("link.csv", "link.csv is there already"),
                            ("folder.csv", "folder.csv is there already"),
                            ("no/such.csv", "no/such.csv: there is no such folder"),
                            ("x.xls", "export: a name ends in .csv, .jsonl or .json"),
                            ("x.txt", "export: a name ends in .csv, .jsonl or .json")):
            text = screens(server, "key :", f"type export {name}", "key Enter", "screen")
            assert words in text, (words, text)
        equal(kept.read_text(), "mine")
        assert not (server.dir / "new.csv").exists()
        assert not (server.dir / "x.xls").exists()
        text = screens(server, "key E", "key Esc", "screen", "key E", "key ^U", "key Enter",
                       "screen", size="40x8")
        assert "written" not in text, text
        text = screens(server, "key E", "screen", "key ^U", "type s.csv", "key Enter", "screen",
                       size="40x8")
        assert "|export to: deferred-" in text, text
        assert joined(f"1 row written to {server.dir}/s.csv") in joined(text), text


@test
def export_to_a_full_disk_leaves_nothing(scene):
    with Greygated(scene) as server:
        waiting(server, [f"user{i}" for i in range(250)])
        small = server.dir / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", str(small)],
                          stderr=subprocess.DEVNULL).returncode != 0:
            raise Skip("no small file system can be mounted")
        try:
            text = screens(server, "key Enter", "key :", "type export small/x.csv", "key Enter",
                           "screen")
            assert "small/x.csv could not be written and is removed again: No space" in text, text
            equal(list(small.iterdir()), [])
        finally:
            subprocess.run(["umount", str(small)], check=True)


run()
