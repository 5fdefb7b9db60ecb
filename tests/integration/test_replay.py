#!/usr/bin/env python3
# timeout: 240
"""greygated --record and greygate replay: a session that was recorded, logs, hostile files, and that
nothing of the site is touched."""
import contextlib
import gzip
import json
import os
import pathlib
import signal
import sqlite3
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))

from harness.daemon import BUILD, Greygated, die_with_parent  # noqa: E402
from harness.dns_stub import DnsStub  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402
from maillog import write_log  # noqa: E402

# Lines of the README and of postgrey, which let it pass.
REFUSED = ("Nov 24 {} mx postfix/smtpd[1234]: NOQUEUE: reject: RCPT from {}: 451 4.7.1 "
           "<info@wode.com>: Recipient address rejected: Intentional policy rejection, please try "
           "again later; from=<2850017349@qq.com> to=<info@wode.com> proto=ESMTP helo=<x.qq.com>\n")
QQ = (REFUSED.format("08:44:52", "smtpbg329.qq.com[203.205.221.139]") +
      REFUSED.format("12:50:01", "smtpbgjp3.qq.com[43.155.65.45]") +
      "Nov 25 00:08:52 mx postgrey[1]: action=pass, reason=triplet found, client_name="
      "smtpbgau1.qq.com, client_address=54.206.16.166, sender=2850017349@qq.com, "
      "recipient=info@wode.com\n")


class Site:
    """A folder with a configuration and its own $TMPDIR, for greygate alone."""

    def __init__(self, scene, config=None):
        self.dir = scene.dir
        self.tmp = scene.dir / "tmp"
        self.tmp.mkdir()
        self.config = config or scene.dir / "config.yaml"
        if config is None:
            self.config.write_text(json.dumps({"database": str(scene.dir / "no.db")}))

    def write(self, name, text, written="2026-11-25"):
        path = self.dir / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        stamp = time.mktime(time.strptime(written, "%Y-%m-%d"))
        os.utime(path, (stamp, stamp))
        return path

    def start(self, *args, **options):
        return subprocess.Popen([str(BUILD / "greygate"), "-c", str(self.config), "replay",
                                 *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=die_with_parent,
                                env={**os.environ, "TZ": "UTC", "TMPDIR": str(self.tmp)}, **options)

    def run(self, *args, status=0, stdin=b""):
        process = self.start(*args, stdin=subprocess.PIPE)
        output, error = process.communicate(stdin, timeout=120)
        self.error = error.decode()
        equal(process.returncode, status, self.error + output.decode()[:1000])
        equal(list(self.tmp.iterdir()), [], "left in $TMPDIR")
        return output.decode()

    def json(self, *args, **options):
        return json.loads(self.run(*args, "--json", **options))


def numbers(result):
    return [result[name] for name in ("mails", "at_once", "delayed", "never_passed", "total_s")]


def dump(database):
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def session(server):
    """Some mail for a delay of four seconds: a retry too early and one in time, a bot, a
    neighbour, a blocked sender, two recipients of one message."""
    with server.connect() as client:
        for step in range(3):
            for number in range(20):
                client.ask(sender=f"u{number}@s{number % 4}.example",
                           client_address=f"192.0.{number}.{1 + step}",
                           client_name=f"mx.s{number % 4}.example",
                           instance=f"i{number}.{step}")
            client.ask(sender="evil\\\u202e@bad.example", client_address="198.51.100.1")
            client.ask(sender=f"bot{step}@bot.example", client_address=f"203.0.113.{step}")
            client.ask(sender="", client_address="198.51.100.7", instance=f"n{step}")
            client.ask(sender="me@example.org", client_address="127.0.0.1")
            for recipient in ("one@example.org", "two@example.org"):
                client.ask(sender="list@lists.example", client_address="198.51.100.9",
                           recipient=recipient, instance=f"l{step}")
            time.sleep((1.1, 3.5, 0)[step])


@test
def recorded_and_replayed(scene):
    record = scene.dir / "mail.record"
    with Greygated(scene) as server:
        server.cli("rule", "add", "block", "@bad.example")
    with Greygated(scene, greylist={"delay": "4s"}, args=("--record", record)) as server:
        session(server)
        server.cli("domain", "add", "later.example")
        equal(server.end(), 0)  # it writes what it counted a little later
        site = Site(scene, server.config_file)
        lines = record.read_bytes().decode().splitlines()
        equal(stat.S_IMODE(record.stat().st_mode), 0o600)
        assert all("\x1b" not in line and "\u202e" not in line for line in lines)
        assert sum("action=greylist" in line for line in lines) > 20, lines[:5]
        before = dump(server.database)
        report = site.json(record)
        equal(set(before) ^ set(dump(server.database)), set(), "the database of the site")
        equal((report["a"]["other_answers"], report["a"]["same_answers"]),
              (0, sum("action=" in line for line in lines)))
        equal(report["a"]["answers"].get("rule-block", 0) >= 3, True, report["a"]["answers"])
        same = report["a"]
        # Without a delay the first retry passes; with a longer one all that was delayed still is,
        # for longer.
        report = site.json(record, "--set", "greylist.delay=0", "--set2", "greylist.delay=1h")
        equal(report["a"]["never_passed"], 0)
        assert report["a"]["total_s"] < same["total_s"] < report["b"]["total_s"], report
        assert report["b"]["delayed"] >= same["delayed"], report
        assert report["b"]["other_answers"] > 0
        # The rule is the site's.
        report = site.json(record, "--empty")
        assert report["a"]["rejected"] == 0 and report["a"]["other_answers"] >= 3, report["a"]
        text = site.run(record)
        assert "answers are as they were" in text and "SENDER DOMAIN" in text, text


@test
def spf_is_recorded(scene):
    dns = scene.enter_context(DnsStub({("pool.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 "
                                                                "ip4:198.51.100.0/24 -all"]}))
    record = scene.dir / "mail.record"
    with Greygated(scene, greylist={"delay": "1s"}, dns={"servers": dns.servers},
                   args=("--record", record)) as server:
        server.ask(sender="a@pool.example", client_address="192.0.2.1")
        wait_until(lambda: "spf=pass" in record.read_text(), "the result of SPF")
        time.sleep(1.1)
        equal(server.ask(sender="a@pool.example", client_address="198.51.100.1")[:7], "PREPEND")
        site = Site(scene, server.config_file)
        report = site.json(record)
        equal((report["a"]["other_answers"], report["a"]["same_answers"]), (0, 2))
        equal(report["a"]["answers"], {"pool": 1, "new": 1}, report["a"]["answers"])
        # Without the results two first contacts; with those of today as recorded.
        plain = site.write("plain.record", "".join(
            line + "\n" for line in record.read_text().splitlines() if "action=" in line)
            .replace("\tspf=pass", ""))
        equal(site.json(plain)["a"]["other_answers"], 1)
        report = site.json(plain, "--spf")
        equal((report["a"]["other_answers"], report["spf_of_today"]), (0, True))
        assert "records of today" in site.run(plain, "--spf")


@test
def the_pool_of_the_readme(scene):
    site = Site(scene)
    log = site.write("mail.log", QQ)
    report = site.json(log, "--empty")
    equal(numbers(report["input"]), [1, 0, 1, 0, 55440])
    # Three first contacts; 20 minutes after the last one any of them has waited.
    equal(numbers(report["a"]), [1, 0, 1, 0, 55440 + 1200])
    equal(report["suggestions"][0]["domain"], "qq.com")
    equal((report["suggestions"][0]["saves_s"], report["suggestions"][0]["saves_mails"]), (56640, 1))
    equal(report["a"]["slowest"][0]["saved_by"], "domain qq.com")
    equal(numbers(site.json(log, "--empty", "--retry", "1h")["a"])[3], 1, "no further retries")
    equal(numbers(site.json(log, "--empty", "--set", "greylist.training=true")["a"]),
          [1, 1, 0, 0, 0])
    for path in (site.write("mail.log.gz", gzip.compress(QQ.encode())), "-"):
        equal(numbers(site.json(path, "--empty", stdin=QQ.encode())["a"])[4], 56640, path)
    # Halves in the wrong order, and a recording beside them.
    first, second = site.write("b.log", QQ[:QQ.index("\n") + 1]), site.write("a.log", QQ[
        QQ.index("\n") + 1:])
    record = site.write("x.record", "time=1795500000\tclient_address=192.0.2.1\tsender=a@x.example\t"
                        "recipient=b@y\taction=pass\n")
    report = site.json(second, record, first, "--empty")
    equal(numbers(report["input"]), [2, 1, 1, 0, 55440])
    equal([f["kind"] for f in report["files"]], ["mail log", "recording", "mail log"])


@test
def two_configurations(scene):
    site = Site(scene)
    log = site.write("mail.log", QQ)
    other = site.write("other.yaml", "greylist:\n  training: true\n")
    text = site.run(log, "--empty", "--compare", other)
    assert "B has greylist.training: true instead of false" in text, text
    assert "-15h 44m" in text, text
    report = site.json(log, "--empty", "--compare", other)
    equal((numbers(report["a"])[4], numbers(report["b"])[4]), (56640, 0))
    equal(report["differences"], [{"domain": "qq.com", "delay_s": -56640, "delayed": -1,
                                   "never_passed": 0}])
    report = site.json(log, "--empty", "--config", other, "--set2", "greylist.training=false")
    equal((numbers(report["a"])[4], numbers(report["b"])[4]), (0, 56640))
    text = site.run(log, "--empty", "--set", "greylist.delay=5m", "--set2", "greylist.delay=5m")
    assert "A and B do the same" in text and "A has greylist.delay: 5m instead of 3m" in text, text


@test
def wrong_words(scene):
    site = Site(scene)
    log = site.write("mail.log", QQ)
    for args, status, text in (
            (("--set", "greylist.delya=1m"), 64, "did you mean greylist.delay?"),
            (("--set", "greylist.delay"), 64, "expected KEY=VALUE"),
            (("--set", "greylist.delay=soon"), 64, "greylist.delay"),
            (("--set2", "trusted_networks=192.0.2.0/24,here"), 64, "trusted_networks"),
            (("--retry", "often"), 64, "5m,10m,20m,40m,1h..."),
            (("--config", site.dir / "none.yaml"), 78, "none.yaml"),
            (("--compare", site.dir / "none.yaml"), 78, "none.yaml"),
            (("--keep", site.dir / "no" / "folder"), 73, "no/folder")):
        site.run(log, "--empty", *args, status=status)
        assert text in site.error, site.error
    site.run(log, status=66)
    assert "--empty" in site.error, site.error
    site.run(site.write("empty.log", ""), "--empty", status=65)
    assert "no try" in site.error, site.error
    site.run(site.dir / "gone.log", "--empty", status=66)
    site.run(log, site.dir / "gone.log", "--empty", status=66)
    assert site.json(log, site.dir / "gone.log", "--empty", status=66)["a"]["mails"] == 1


@test
def hostile_and_broken_recordings(scene):
    site = Site(scene)
    good = "time={}\tclient_address=192.0.2.1\tsender=a@x.example\trecipient=b@y\taction=pass\n"
    lines = (good.format(100).encode() + b"time=1\tclient_address=\\x1b[2J\\q\n" +
             b"\xff\xfe\0\n" + b"time=5\trecipient=b@y\n" +
             b"time=7\tclient_address=\\x1b[31m\tsender=\\u{202e}@x.example\trecipient=c@y\t"
             b"action=pass\n" + b"a" * 1100000 + b"\n" + os.urandom(3000).replace(b"\n", b"") +
             b"\n" + good.format(2 ** 70).encode() + good.format(900).encode()[:-1])
    record = site.write("bad.record", lines)
    text = site.run(record, "--empty", status=65)
    for number, why in ((2, "a backslash that escapes nothing"), (3, "NAME=VALUE"),
                        (4, "there is no client_address"), (7, "time is not in seconds")):
        assert f"bad.record:{number}: " in site.error and why in site.error, site.error
    assert "\x1b" not in text + site.error and "\u202e" not in text, text
    # The second mail of the same client is known.
    equal(numbers(site.json(record, "--empty", status=65)["input"]), [2, 2, 0, 0, 0])
    site.run(site.write("noise", os.urandom(200000)), "--empty", status=65)
    many = site.write("many.record", good.format(100) + "time=x\n" * 1000)
    site.run(many, "--empty", status=65)
    assert site.error.count("\n") < 30 and "980 more" in site.error, site.error[-300:]


@test
def what_is_kept(scene):
    site = Site(scene)
    log = site.write("mail.log", QQ)
    keep = scene.dir / "kept"
    site.run(log, "--empty", "--keep", keep, "--set2", "greylist.delay=1m")
    equal(sorted(p.name for p in keep.iterdir()), ["replay-b.db", "replay.db"])
    with contextlib.closing(sqlite3.connect(keep / "replay.db")) as connection:
        equal(connection.execute("SELECT count(*) FROM triplet").fetchone(), (3,))
    site.run(log, "--empty", "--keep", keep, status=73)
    assert "there already" in site.error, site.error


@test
def interrupted(scene):
    site = Site(scene)
    path = scene.dir / "big.log"
    write_log(path, 400000)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = site.start(path, "--empty")
        wait_until(lambda: list(site.tmp.glob("*/replay.db-wal")) or process.poll() is not None,
                   "the scratch database", 60)
        process.send_signal(number)
        process.communicate(timeout=30)
        equal(process.returncode, -number)
        equal(list(site.tmp.iterdir()), [])
    ignoring = subprocess.run(
        ["sh", "-c", "trap '' INT; \"$@\" & child=$!; sleep 0.2; kill -INT $child; wait $child", "sh",
         str(BUILD / "greygate"), "-c", str(site.config), "replay", str(path), "--empty"],
        stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(site.tmp)}, timeout=120)
    equal((ignoring.returncode, list(site.tmp.iterdir())), (0, []), "who ignores it goes on")


@test
def a_full_disk_stops_recording(scene):
    record = scene.dir / "mail.record"

    def limit():
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (40 << 20, 40 << 20))
    record.write_bytes(b"\n" * ((40 << 20) - 300))
    with Greygated(scene, before=limit, expected=["recording to .* stopped"],
                   args=("--record", record)) as server:
        for number in range(5):
            assert server.ask(sender=f"a{number}@x.example"), number
        server.wait_log("recording to .* stopped")
        assert record.read_bytes()[-1:] == b"\n"
        equal(server.count_log("recording to"), 1)
        record.rename(scene.dir / "full")
        server.signal(signal.SIGHUP)
        wait_until(record.exists, "a new file")
        server.ask(sender="z@x.example")
        wait_until(lambda: "sender=z@x.example" in record.read_text(), "the request")
        equal(server.count_log("recording to"), 1)


@test
def nowhere_to_record(scene):
    fifo = scene.dir / "fifo"
    os.mkfifo(fifo)
    for path, text in ((scene.dir / "no" / "file", "No such file"), (fifo, "recording to"),
                       (scene.dir, "recording to")):
        server = Greygated(scene, start=False, expected=["recording to"], args=("--record", path))
        server.start(ready=False)
        equal(server.wait(), 73)
        assert any(text in line for line in server.lines), server.lines


@test
def a_large_log(scene):
    site = Site(scene)
    path = scene.dir / "big.log"
    counts = write_log(path, 10**6)
    started = time.monotonic()
    report = site.json(path, "--empty")
    print(f"# {report['a']['tries']} requests in {time.monotonic() - started:.1f} s")
    totals = counts["totals"]
    equal(report["input"]["delayed"], totals["passed"])
    equal(report["input"]["once_held_back"], totals["once"])
    equal(report["input"]["never_passed"], totals["stuck"])
    equal(report["a"]["mails"], report["input"]["mails"])


run()
