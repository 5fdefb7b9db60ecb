#!/usr/bin/env python3
# timeout: 240
"""What cron and monitoring ask: top, stats, report, status --prometheus, ping, completion."""
import csv
import email
import email.policy
import fcntl
import io
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import termios
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import BUILD, ROOT, Greygated, die_with_parent  # noqa: E402
from harness.tap import Skip, equal, run, soon, test  # noqa: E402

HOUR, DAY = 3600, 86400
NASTY = "\x1b]52;c;aGk=\x07\u202e$(reboot)\u6771\u4eac"


def on_a_terminal(server, cols, *words):
    """What greygate writes to a terminal of COLS columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, cols, 0, 0))
    with os.fdopen(master, "rb", 0) as terminal:
        with os.fdopen(slave, "rb") as stdout:
            subprocess.run([str(server.build / "greygate"), "-c", str(server.config_file), *words],
                           stdout=stdout, stderr=subprocess.DEVNULL, timeout=60, check=True)
        return terminal.read(65536).decode()


def empty(scene, **settings):
    """A database of a server that has gone."""
    server = Greygated(scene, **settings)
    equal(server.end(), 0)
    return server


class Rows:
    """Writes rows beside the server, AGO seconds before NOW."""

    def __init__(self, server):
        self.connection = sqlite3.connect(server.database, timeout=5)
        self.now = int(time.time())
        self.rows = []

    def triplet(self, ago, sender, recipient="info@wode.com", net="203.205.221", last=0, attempts=1,
                passed=None, spf=None, released=None):
        """PASSED: so long ago. They are appended in order of first contact when all are known."""
        self.rows.append((self.now - ago, (
            net + ".0/24", sender, recipient, net + ".139", "mx.pool.example", "mx.pool.example",
            self.now - ago, self.now - (last or ago), attempts,
            None if passed is None else 1, None if passed is None else self.now - passed,
            released, spf, sender.rpartition("@")[2] if spf else None)))

    def stat(self, ago, reason, count, delay=0):
        minute = (self.now - ago) // 60 * 60
        self.connection.execute(
            "INSERT INTO stat VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + "
            "excluded.count, delay_s = delay_s + excluded.delay_s", (minute, reason, count, delay))

    def rule(self, pattern, ago, hits=0, expires=None, comment=""):
        self.connection.execute(
            "INSERT INTO rule (scope, pattern, action, comment, created_s, expires_s, hits) VALUES "
            "('@.', ?, 'allow', ?, ?, ?, ?)",
            (pattern, comment, self.now - ago, expires and self.now + expires, hits))

    def policy(self, scope, ago, delay, expires=None):
        self.connection.execute(
            "INSERT INTO policy (scope, sender, delay_s, created_s, expires_s) VALUES (?, '@.', "
            "?, ?, ?)", (scope, delay, self.now - ago, expires and self.now + expires))

    def domain(self, name, status="ok", failures=0, error=""):
        self.connection.execute(
            "INSERT INTO domain (name, created_s, status, failures, error, refreshed_s, good_s, "
            "next_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (name, self.now - 9 * DAY, status, failures, error, self.now - HOUR,
             self.now - (HOUR if failures == 0 else 3 * DAY), self.now + HOUR))

    def write(self):
        self.rows.sort(key=lambda row: row[0])
        self.connection.executemany(
            "INSERT INTO triplet (net, sender_key, recipient_key, client_address, client_name, "
            "helo, first_s, last_s, attempts, passes, passed_s, released_s, spf, spf_domain) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, 0), ?, ?, ?, ?)",
            [row for _, row in self.rows])
        self.connection.commit()
        self.connection.close()
        return self.now


def filled(server):
    """A day of a site; returns its now."""
    rows = Rows(server)
    for i in range(6):  # a pool that nobody has whitelisted, with SPF, and known to need it
        rows.triplet(5 * HOUR - 600 * i, "1234567@qq.com", net=f"203.205.22{i}", spf="pass")
    for i in range(3):  # another with SPF, of which some has passed at last
        rows.triplet(3 * HOUR - 60 * i, "news@pool.example", f"r{i}@wode.com", net=f"198.51.10{i}",
                     attempts=3, spf="pass", passed=HOUR if i else None)
    rows.triplet(10 * DAY, "old@sender.example", passed=9 * DAY)
    rows.triplet(7 * HOUR, "old@sender.example", "b@wode.com", passed=4 * HOUR)
    for i in range(4):  # bots
        rows.triplet(9 * HOUR + i, f"x{i}@cheap.example", f"u{i}@wode.com", net=f"192.0.{i}",
                     spf="fail")
    rows.triplet(2 * HOUR, "once@slow.example", attempts=4, net="192.0.77")
    rows.triplet(2 * HOUR, f"a@{NASTY}.example", attempts=4, net="192.0.78")
    rows.triplet(30, "new@young.example", net="192.0.79")
    rows.stat(2 * HOUR, "new", 20)
    rows.stat(2 * HOUR + 600, "early-retry", 5)
    rows.stat(HOUR, "triplet found", 4, 4 * 1800)
    rows.stat(HOUR, "triplet known", 400)
    rows.stat(HOUR, "rule-block", 3)
    rows.stat(3 * DAY - 2 * HOUR, "new", 100)
    rows.stat(3 * DAY - 2 * HOUR, "triplet found", 25, 25 * 300)
    rows.rule("@never.example", 40 * DAY, comment=NASTY)
    rows.rule("@recent.example", 3 * DAY)
    rows.rule("@soon.example", 40 * DAY, hits=4, expires=3 * DAY)
    rows.rule("@late.example", 40 * DAY, hits=4, expires=30 * DAY)
    rows.policy("@wode.com", 40 * DAY, 300, expires=2 * DAY)
    rows.domain("good.example")
    rows.domain("bad.example", "temperror", 7, "no answer from 127.0.0.1")
    return rows.write()


def harmless(text):
    bad = [c for c in text if (ord(c) < 32 and c != "\n") or c in "\u202e\u200b\x7f"]
    equal(bad, [], text)
    return text


# ---- top and stats ----

@test
def top_ranks_by_pain_and_says_what_helps(scene):
    server = empty(scene)
    equal(server.cli("top"), "Nothing is waiting.\n")
    equal(server.json("top"), [])
    filled(server)
    rows = server.json("top")
    equal([row["pain_s"] for row in rows], sorted((row["pain_s"] for row in rows), reverse=True))
    helps = {row["domain"]: row["remedy"] for row in rows}
    waits = server.sql("SELECT id FROM triplet WHERE passed_s IS NULL AND sender_key LIKE "
                       "'news@%'")[0][0]
    one = server.sql("SELECT id FROM triplet WHERE sender_key = 'once@slow.example'")[0][0]
    nasty = server.sql("SELECT id FROM triplet WHERE sender_key LIKE 'a@%'")[0][0]
    equal(helps.pop(NASTY + ".example"),
          f"greygate release {nasty}")
    equal(helps, {"qq.com": "greygate domain add qq.com",
                  "pool.example": f"greygate release {waits}",
                  "cheap.example": "nothing: bots, no one tried again",
                  "slow.example": f"greygate release {one}",
                  "young.example": "nothing yet: its delay runs"})
    first = rows[0]
    equal((first["domain"], first["waiting"], first["networks"], first["spf_pass"],
           first["remedy_is_command"]), ("cheap.example", 4, 4, 0, False))
    equal(rows[1]["retried"], 5, "a retry from elsewhere counts")
    text = harmless(server.cli("top", "--limit", "2"))
    equal(len(text.splitlines()), 3)
    assert "greygate domain add qq.com" in text, text
    narrow = on_a_terminal(server, 60, "top").split("\r\n")
    assert any(line.endswith(" greygate domain add qq.com") for line in narrow), narrow
    assert any(line.endswith("~") and len(line) <= 60 for line in narrow), narrow
    sender = server.json("top", "--by", "sender")[0]
    equal((sender["sender"], sender["remedy"]), ("1234567@qq.com", "greygate domain add qq.com"))
    equal({row["client"] for row in server.json("top", "--by", "client")} >= {"192.0.77.139"}, True)
    recipient = server.json("top", "--by", "recipient", "--limit", "1")
    equal([(row["recipient"], row["waiting"]) for row in recipient], [("info@wode.com", 9)])
    server.cli("top", "--by", "colour", status=64)
    assert "one of domain, sender" in server.cli_error
    server.sql("INSERT INTO domain (name, created_s) VALUES ('qq.com', 0)")
    assert "domain add" not in server.cli("top"), "it is whitelisted"


@test
def statistics_by_the_hour_and_by_the_day(scene):
    server = empty(scene)
    equal(len(server.json("stats")), 24)
    now = filled(server)
    hours = server.json("stats", "--hours", "80")
    assert hours[-1]["from_s"] <= now < hours[-1]["to_s"]
    equal(sum(row["first"] for row in hours), 120)
    equal(sum(row["delay_s"] for row in hours), 4 * 1800 + 25 * 300)
    equal(sum(row["reasons"]["triplet known"] for row in hours), 400)
    day = server.json("stats", "--days", "5")
    equal([sum(row[c] for row in day) for c in ("at_once", "first", "again", "waited", "rejected")],
          [400, 120, 5, 29, 3])
    rows = list(csv.DictReader(io.StringIO(server.cli("stats", "--days", "5", "--csv"))))
    equal([int(row["first"]) for row in rows], [row["first"] for row in day])
    equal(set(rows[0]), {"from_s", "to_s", "at_once", "first", "again", "waited", "rejected",
                         "other", "delay_s"})
    text = server.cli("stats", "--days", "5")
    lines = text.splitlines()
    equal(len(lines), 7)
    assert max(map(len, lines)) <= 80 and text.isascii(), text
    equal(lines[-1].split(), ["in", "all", "400", "120", "5", "29", "3", "-", "8m", "26s"])
    longest = max(lines[1:-1], key=lambda line: line.count("#"))
    equal(longest.split()[2], "100", "the bar of the greatest")
    for words in (["--hours", "3", "--days", "3"], ["--csv", "--json"], ["--hours", "1001"],
                  ["--days", "0"]):
        server.cli("stats", *words, status=64)


# ---- report ----

def cells(line):
    return sum(2 if ord(c) >= 0x1100 else 1 for c in line)


def texts(report, part):
    return [line["text"] for line in report["parts"][part]["lines"]]


def commands(report, part):
    return [line["command"] for line in report["parts"][part]["lines"]]


@test
def a_quiet_day_is_one_line(scene):
    with Greygated(scene) as server:
        text = server.cli("report")
        assert re.fullmatch(r"Nothing to report from \S+ \S+ to \S+ \S+\.\n", text), text
        report = server.json("report")
        equal((report["quiet"], report["waiting"], report["counts"]["first"]), (True, 0, 0))
        rows = Rows(server)
        rows.stat(HOUR, "triplet known", 400)
        rows.stat(30 * HOUR, "new", 20)
        rows.write()
        equal(len(server.cli("report").splitlines()), 1, "mail that passed is no news")
        equal(len(server.cli("report", "--since", "2d").splitlines()) > 1, True)
    assert "server: none runs on this database; start greygated" in \
        texts(server.json("report"), "site")


@test
def backups_are_told_and_missed(scene):
    folder = scene.dir / "copies"
    folder.mkdir(mode=0o700)
    with Greygated(scene) as server:
        assert any(text.startswith("backup: the server makes no copies")
                   for text in texts(server.json("report"), "state"))
        server.write_config(backup={"dir": str(folder)})
        report = server.json("report")
        assert not report["quiet"] and f"backup: there is none in {folder}" in \
            [text.split("; ")[0] for text in texts(report, "site")], report


@test
def a_report_tells_what_matters(scene):
    server = empty(scene)
    filled(server)
    report = server.json("report")
    equal((report["quiet"], report["waiting"], report["waiting_bots"]), (False, 14, 5))
    equal([report["counts"][key] for key in ("first", "waited", "delay_s")], [20, 4, 7200])
    equal([report["over"][key] for key in ("first", "without_pass")], [100, 75])
    equal(texts(report, "waiting")[0],
          "qq.com: 6 triplets from 6 networks, the oldest waits 5h; SPF: pass")
    equal(texts(report, "delayed"), ["sender.example: 3h; 1 triplet waited",
                                     "pool.example: 1h 59m; 2 triplets waited"])
    equal([text.split(":")[0] for text in texts(report, "new")], ["qq.com", "pool.example"])
    equal(commands(report, "suggested"), ["greygate domain add qq.com",
                                          "greygate domain add pool.example"])
    assert "5 came again; known to need it: " in texts(report, "suggested")[0]
    equal(commands(report, "waiting")[0], None, "said once, with the evidence")
    equal([text.split(":")[0] for text in texts(report, "domains")], ["domain bad.example"])
    equal(texts(report, "entries")[:3],
          ["rule 1 (allow @never.example to @.) was never used in 40d",
           "rule 3 (allow @soon.example to @.) expires in 3d",
           "policy 1 (@wode.com) expires in 2d"])
    equal([text.split(":")[0] for text in texts(report, "state")],
          ["database", "write-ahead log", "disk", "backup"])
    server.sql("INSERT INTO domain (name, created_s) VALUES ('qq.com', 0)")
    equal(commands(server.json("report"), "suggested"), ["greygate domain add pool.example"])
    text = harmless(server.cli("report"))
    assert all(cells(line) < 78 for line in text.splitlines()), text
    assert "Never came again: 75 of 100 (75%)" in text, text
    for words in (["--since", "soon"], ["--since", "0"], ["--mail", "root", "--json"]):
        server.cli("report", *words, status=64)


@test
def a_long_command_is_one_line(scene):
    server, name = empty(scene), f"{'l' * 60}.{'m' * 60}.example"
    rows = Rows(server)
    for i in range(4):
        rows.triplet(5 * HOUR - 600 * i, f"a@{name}", net=f"203.205.22{i}", attempts=2, spf="pass")
    rows.write()
    assert f"\n      greygate domain add {name}\n" in server.cli("report"), server.cli("report")


@test
def a_report_is_a_mail(scene):
    server = empty(scene)
    filled(server)
    environment = {**os.environ, "LC_ALL": "C"}
    raw = subprocess.run([server.build / "greygate", "-c", server.config_file, "report", "--mail",
                          "root"], stdout=subprocess.PIPE, env=environment, check=True).stdout
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    equal((mail["To"], mail["MIME-Version"], mail.get_content_type(), mail.get_content_charset()),
          ("root", "1.0", "text/plain", "utf-8"))
    assert mail["Subject"].startswith("greygate on ") and \
        mail["Subject"].endswith(": 20 deferred, 14 waiting, 6 to consider"), mail["Subject"]
    equal(raw.split(b"\n\n")[0].isascii(), True)
    body = harmless(mail.get_content())
    assert "\u6771\u4eac" in body and "\\x1b]52" in body, body
    assert all(cells(line) < 78 for line in body.splitlines()), body
    for address in ("", "a b", "a\nBcc: b", "a,b", "-f", "<a@b>", "\u00fc@x.example", "x" * 300):
        server.cli("report", "--mail=" + address, status=64)


@test
def long_and_many_names_stay_in_their_lines(scene):
    server = empty(scene)
    rows = Rows(server)
    for i in range(30):
        rows.triplet(2 * HOUR + i, "a@" + ("\u6771" * 60 + f".{i}.example"), attempts=3)
        rows.triplet(3 * HOUR + i, f"b@{'x' * 200}.{i}.example", attempts=3, spf="pass")
    rows.triplet(HOUR, "c@" + "\xff\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
                 attempts=2)
    rows.stat(HOUR, "new", 61)
    rows.write()
    text = harmless(server.cli("report"))
    assert all(cells(line) < 78 for line in text.splitlines()), text
    assert "and 51 more" in text, text


# ---- status --prometheus ----

def metrics(text):
    """{name: [(labels, value)]} of a text in the exposition format, strictly."""
    found, kinds, helps = {}, {}, {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if match := re.fullmatch(r"# HELP (greygate_[a-z0-9_]+) (\S.*)", line):
            assert match[1] not in helps, line
            helps[match[1]] = match[2]
        elif match := re.fullmatch(r"# TYPE (greygate_[a-z0-9_]+) (gauge|counter)", line):
            equal(list(helps)[-1], match[1], "TYPE follows HELP")
            kinds[match[1]] = match[2]
        else:
            match = re.fullmatch(r'(greygate_[a-z0-9_]+)(?:\{([a-z]+)="([^"\\\n]*)"\})? (-?\d+)', line)
            assert match, line
            equal(list(kinds)[-1], match[1], "samples stand below their TYPE")
            found.setdefault(match[1], []).append(({match[2]: match[3]} if match[2] else {},
                                                   int(match[4])))
    equal(set(found), set(kinds))
    for name, samples in found.items():
        labels = [tuple(label.items()) for label, _ in samples]
        equal(len(set(labels)), len(labels), name)
    return found


def of(found, name, **label):
    return next(value for labels, value in found["greygate_" + name] if labels == label)


@test
def numbers_for_prometheus(scene):
    with Greygated(scene) as server:
        filled(server)
        server.ask()
        soon(lambda: server.sql("SELECT count FROM total"), [(1,)])
        server.sql("DELETE FROM stat")  # as minutes that expire
        found = metrics(server.cli("status", "--prometheus"))
        equal([of(found, name) for name in ("up", "triplets", "waiting", "ready", "clients",
                                            "rules", "policies", "networks", "domains_failing")],
              [1, 19, 15, 13, 0, 4, 1, 0, 1])
        equal(of(found, "domains", status="ok"), 1)
        equal(of(found, "domains", status="temperror"), 1)
        equal((of(found, "messages_total", reason="new"),
               of(found, "messages_total", reason="early-retry"),
               of(found, "delay_seconds_total")), (1, 0, 0))
        equal(len(found["greygate_messages_total"]), len(server.json("status")["day"]))
        server.ask()
        soon(lambda: of(metrics(server.cli("status", "--prometheus")), "messages_total",
                        reason="early-retry"), 1)
        assert 0 <= of(found, "heartbeat_age_seconds") < 20
        assert of(found, "database_bytes") > 0 and of(found, "wal_bytes") >= 0
    found = metrics(server.cli("status", "--prometheus"))
    equal((of(found, "up"), "greygate_heartbeat_age_seconds" in found), (0, False))


@test
def the_file_of_the_collector_is_replaced_at_once(scene):
    server = empty(scene)
    folder = scene.dir / "collector"
    folder.mkdir()
    file = folder / "greygate.prom"
    file.write_text("old\n")
    inode = file.stat().st_ino
    equal(server.cli("status", "--prometheus", "--output", file), "")
    equal(of(metrics(file.read_text()), "up"), 0)
    assert file.stat().st_ino != inode and oct(file.stat().st_mode & 0o777) == "0o644"
    equal(list(folder.iterdir()), [file])
    text = file.read_text()
    server.cli("status", "--output", file, status=64)
    server.cli("status", "--prometheus", "--json", status=64)
    server.database.rename(scene.dir / "away.db")
    server.cli("status", "--prometheus", f"--output={file}", status=66)
    equal((file.read_text(), list(folder.iterdir())), (text, [file]), "it stays as it was")
    server.cli("status", "--prometheus", "--output", scene.dir / "nowhere" / "x.prom", status=73)


@test
def root_writes_the_file_where_the_owner_of_the_database_may_not(scene):
    if os.geteuid() != 0:
        raise Skip("only root becomes the owner")
    store = scene.dir / "store"
    store.mkdir()
    shutil.chown(store, "nobody")
    server = empty(scene, user="nobody", database=str(store / "greygate.db"))
    folder = scene.dir / "collector"
    folder.mkdir(mode=0o700)
    server.cli("status", "--prometheus", "--output", folder / "greygate.prom")
    equal(of(metrics((folder / "greygate.prom").read_text()), "up"), 0)


# ---- ping ----

@test
def a_server_is_pinged(scene):
    with Greygated(scene) as server:
        assert "answers after" in server.cli("ping")
        equal(server.sql("SELECT count(*) FROM triplet"), [(0,)])
        server.signal(signal.SIGSTOP)
        started = time.monotonic()
        server.cli("ping", status=75)
        assert 1.9 < time.monotonic() - started < 6 and "no answer within 2 s" in server.cli_error
        server.signal(signal.SIGCONT)
        server.cli("ping")
        soon(lambda: server.json("status")["day"]["not-rcpt"], 3, "pings are counted", 10)
    server.cli("ping", status=69)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(server.socket_path)
        server.cli("ping", status=69)
        assert "refused" in server.cli_error, server.cli_error


@test
def who_is_pinged_may_be_another(scene):
    server = Greygated(scene, start=False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        server.write_config(listen=[f"inet:127.0.0.1:{other.getsockname()[1]}"])
        for answer, status, text in ((b"", 69, "closed without"),
                                     (b"220 hello\n\n", 69, "no policy server"),
                                     (b"action=DUNNO\n\n", 0, ""), (b"a" * 5000, 69, "")):
            def talk():
                connection, _ = other.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)
            thread = threading.Thread(target=talk)
            thread.start()
            server.cli("ping", status=status)
            thread.join()
            assert text in server.cli_error, server.cli_error
    server.cli("ping", status=69)


# ---- completion ----

def completed(server, *words):
    """What bash offers for WORDS, the last of which is being typed."""
    script = (f'source "{ROOT}/packaging/greygate.bash-completion"\n'
              'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _greygate\n'
              'printf "%s\\n" "${COMPREPLY[@]}"')
    result = subprocess.run(
        ["bash", "-c", script, "bash", server.build / "greygate", *words], cwd=server.dir,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_parent, check=True)
    equal(result.stderr, b"")
    return [line for line in result.stdout.decode().splitlines() if line]


@test
def bash_completes_what_the_help_tells(scene):
    server = Greygated(scene, start=False)
    names = [match[0].strip() for line in server.cli("help").splitlines()
             if (match := re.match(r"  [a-z]+( [a-z]+(?= ))?(?= )", line[:26] + " "))]
    assert len(names) > 20 and "rule add" in names and "status" in names, names
    firsts = sorted({name.split()[0] for name in names})
    equal(sorted(completed(server, "")), firsts)
    equal(sorted(completed(server, "-c", "config.yaml", "")), firsts)
    for name in names:
        words = name.split()
        assert words[-1] in completed(server, *words[:-1], words[-1][:2]), name
        options = re.findall(r"^  --([a-z0-9-]+)", server.cli("help", *words), re.M)
        equal(sorted(completed(server, *words, "--")),
              sorted(["--help", *("--" + option for option in options)]), name)
    equal(sorted(completed(server, "help", "rule", "")), ["add", "list", "remove"])
    equal(completed(server, "-"), ["-c", "--help", "--version"])


@test
def bash_completes_values(scene):
    server = empty(scene)
    rows = Rows(server)
    for i in range(12):
        rows.rule(f"@{i}.example", 0)
    rows.policy("@x.example", 0, 60)
    for name in ("qq.com", "quick.example", "other.example"):
        rows.domain(name)
    rows.write()
    (scene.dir / "with blank.txt").touch()
    here = ("-c", "config.yaml")
    for words, want in (
            ((*here, "rule", "add", ""), ["allow", "block", "expect"]),
            ((*here, "rule", "add", "e"), ["expect"]),
            ((*here, "rule", "add", "allow", ""), []),
            ((*here, "policy", "set", "@.", "--greylist", ""), ["on", "off"]),
            ((*here, "policy", "set", "@.", "--spf", "=", "b"), ["bypass"]),
            ((*here, "policy", "set", "--spf", "="), ["key", "bypass", "ignore"]),
            ((*here, "policy", "set", "@.", "--delay", ""), []),
            ((*here, "top", "--by", "s"), ["sender"]),
            ((*here, "console", "--theme", ""), ["dark", "light", "mono"]),
            ((*here, "console", "--script", "with"), ["with blank.txt"]),
            ((*here, "log", "with"), ["with blank.txt"]),
            ((*here, "log", "--since", "7d", "config.yaml", "with"), ["with blank.txt"]),
            ((*here, "domain", "remove", "q"), ["qq.com", "quick.example"]),
            ((*here, "domain", "show", "qq.com", ""), []),
            ((*here, "domain", "refresh", "--now", "qq.com", "o"), ["other.example"]),
            (("domain", "refresh", *here, "o"), ["other.example"]),
            ((*here, "domain", "add", "foxm"), ["foxmail.com"]),
            ((*here, "domain", "add", "qq"), []),
            ((*here, "rule", "remove", "1"), ["1", "10", "11", "12"]),
            ((*here, "rule", "remove", "1", ""), []),
            ((*here, "policy", "unset", ""), ["1"]),
            (("-c", "nowhere.yaml", "rule", "remove", ""), []),
            (("-c", "conf"), ["config.yaml"]), (("nonsense", ""), []),
            ((*here, "rule", "remove", "--", "--"), []), (("rule",), ["rule"])):
        equal(completed(server, *words), want, str(words))


@test
def it_is_installed(scene):
    found = subprocess.run(["make", "-n", "install", f"B={BUILD}", f"DESTDIR={scene.dir}",
                            "PREFIX=/usr"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    assert f"{scene.dir}/usr/share/bash-completion/completions/greygate" in found.decode()


run()
