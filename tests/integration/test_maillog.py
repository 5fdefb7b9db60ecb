#!/usr/bin/env python3
# timeout: 180
"""greygate log: logs of a real Postfix, files of every kind, hostile ones, a million lines."""
import gzip
import json
import os
import pathlib
import pty
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))

from harness.daemon import BUILD, Greygated, die_with_parent  # noqa: E402
from harness.postfix import Postfix  # noqa: E402
from harness.smtp import Smtp  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402
from maillog import write_log  # noqa: E402

TEXT = "Intentional policy rejection, please try again later"


def refusal(date, name, address, sender, recipient="info@wode.com", host="mx"):
    return (f"{date} {host} postfix/smtpd[1234]: NOQUEUE: reject: RCPT from {name}[{address}]: 451 "
            f"4.7.1 <{recipient}>: Recipient address rejected: {TEXT}; from=<{sender}> "
            f"to=<{recipient}> proto=ESMTP helo=<{name}>\n")


def passed(date, sender, recipient="info@wode.com", host="mx"):
    return (f"{date} {host} postgrey[1]: action=pass, reason=triplet found, client_name=c.example, "
            f"client_address=192.0.2.1, sender={sender}, recipient={recipient}\n")


POOL = (refusal("Nov 24 08:44:52", "smtpbg329.qq.com", "203.205.221.139", "2850017349@qq.com") +
        refusal("Nov 24 12:50:01", "smtpbgjp3.qq.com", "43.155.65.45", "2850017349@qq.com") +
        passed("Nov 25 00:08:52", "2850017349@qq.com"))


class Site:
    """A folder with a configuration, for greygate alone; logs are in local time, which is UTC."""

    def __init__(self, scene):
        self.dir = scene.dir
        self.config = scene.dir / "config.yaml"
        self.config.write_text(json.dumps({"database": str(scene.dir / "greygate.db")}))

    def write(self, name, text, written=None):
        path = self.dir / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if written:
            stamp = time.mktime(time.strptime(written, "%Y-%m-%d"))
            os.utime(path, (stamp, stamp))
        return path

    def run(self, *args, status=0, stdin=b"", **options):
        result = subprocess.run([str(BUILD / "greygate"), "-c", str(self.config), "log",
                                 *map(str, args)], input=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=60, preexec_fn=die_with_parent,
                                env={**os.environ, "TZ": "UTC"}, **options)
        self.error = result.stderr.decode()
        equal(result.returncode, status, self.error + result.stdout.decode()[:1000])
        return result.stdout.decode()

    def json(self, *args, **options):
        return json.loads(self.run(*args, "--json", **options))


def numbers(report):
    return [report["totals"][name] for name in ("mails", "tries", "passed", "once", "stuck")]


def deliver(postfix, sender, to, name, address):
    with Smtp(postfix.port) as smtp:
        answers = smtp.hello(name=name, address=address).envelope(sender, *to)
        if all(code == 250 for code, _ in answers):
            equal(smtp.data()[0], 250, "DATA")
        return [code for code, _ in answers]


@test
def a_real_log(scene):
    server = scene.enter_context(Greygated(scene, greylist={"delay": "2s"}, socket_mode="0666"))
    postfix = scene.enter_context(Postfix(scene, "unix:" + server.socket_path))
    anna, bot = ("anna@sender.example", ["info@example.org"]), ("bot@spam.example", ["b@example.org"])
    equal(deliver(postfix, *anna, "mx1.sender.example", "192.0.2.1"), [451])
    equal(deliver(postfix, *bot, "[UNAVAILABLE]", "198.51.100.1"), [451])
    equal(deliver(postfix, b'"; from=<v@victim.example> to=<w"@sender.example', ["c@example.org"],
                  "mx1.sender.example", "192.0.2.1"), [451])
    equal(deliver(postfix, "", ["d@example.org"], "[UNAVAILABLE]", "2001:db8::1"), [451])
    time.sleep(2.1)
    equal(deliver(postfix, *anna, "mx1.sender.example", "192.0.2.1"), [250])
    postfix.wait_messages(1)
    wait_until(lambda: ": removed" in postfix.log(), "the end of the mail")
    report = server.json("log", postfix.log_file)
    equal(numbers(report), [4, 4, 1, 3, 0])
    equal({d["domain"]: d["mails"] for d in report["domains"]},
          {"sender.example": 2, "spam.example": 1, "<>": 1})
    slow = report["slowest"][0]
    equal((slow["sender"], slow["recipient"]), ("anna@sender.example", "info@example.org"))
    assert 2 <= slow["wait_s"] <= 4, slow
    assert "victim" in server.cli("log", postfix.log_file, "--domain", "sender.example")
    # Its own lines and those of Postfix in one file are the same tries.
    both = scene.dir / "both.log"
    both.write_text("\n".join(server.lines) + "\n")
    equal(numbers(server.json("log", both)), [4, 4, 1, 3, 0], "greygated alone")
    equal(numbers(server.json("log", postfix.log_file, both)), [4, 4, 1, 3, 0], "both")


@test
def the_story_of_qq(scene):
    site = Site(scene)
    log = site.write("mail.log", POOL, "2026-11-25")
    text = site.run(log)
    assert "greygate domain add qq.com\n" in text, text
    assert "qq.com: 2 tries from 2 networks, 1 mail, longest 15 h 24 min" in text, text
    report = site.json(log)
    equal(report["suggestions"][0]["domain"], "qq.com")
    equal([(d["day"], d["tries"], d["passed"]) for d in report["days"]],
          [("2026-11-24", 2, 0), ("2026-11-25", 0, 1)])
    closely = site.json(log, "--domain", "QQ.com")["mails"][0]
    equal([t["client"] for t in closely["tried"]][:2],
          ["smtpbg329.qq.com[203.205.221.139]", "smtpbgjp3.qq.com[43.155.65.45]"])
    assert "smtpbgjp3.qq.com[43.155.65.45]" in site.run(log, "--domain", "qq.com")
    assert "No mail of x.example" in site.run(log, "--domain", "x.example")


@test
def gzip_standard_input_and_rotated_files(scene):
    site = Site(scene)
    lines = POOL.splitlines(keepends=True)
    site.write("mail.log", lines[2], "2026-11-25")
    site.write("mail.log.1", lines[1], "2026-11-25")
    site.write("mail.log.2.gz", gzip.compress(lines[0].encode()), "2026-11-24")
    files = sorted(scene.dir.glob("mail.log*"))
    equal(len(files), 3)
    expected = [1, 2, 1, 0, 0]
    report = site.json(*files)
    equal(numbers(report), expected)
    equal(report["slowest"][0]["wait_s"], 15 * 3600 + 24 * 60)
    equal(numbers(site.json("-", stdin=POOL.encode())), expected)
    equal(numbers(site.json("-", stdin=gzip.compress(POOL.encode()))), expected)
    equal(numbers(site.json("-", stdin=gzip.compress(lines[0].encode()) +
                            gzip.compress("".join(lines[1:]).encode()))), expected)
    equal(numbers(site.json(files[2], "-", stdin="".join(lines[1:]).encode())), expected)
    equal(numbers(site.json("-", stdin=POOL.replace("\n", "\r\n").encode())), expected)


@test
def new_years_eve(scene):
    site = Site(scene)
    before = refusal("Dec 31 23:50:00", "m1.x.example", "192.0.2.1", "a@x.example")
    after = passed("Jan  1 00:10:00", "a@x.example")
    old = site.write("old.log", before + after, "2022-01-02")
    report = site.json(old)
    equal(report["slowest"][0]["wait_s"], 1200)
    equal([d["day"] for d in report["days"]], ["2021-12-31", "2022-01-01"])
    first = site.write("mail.log.1", before, "2027-01-01")
    second = site.write("mail.log", after, "2027-01-01")
    equal(site.json(second, first)["slowest"][0]["wait_s"], 1200)
    both = site.write("both.log", before + after.replace("Jan  1 00:10:00", "2027-01-01T00:10:00Z"),
                      "2027-01-01")
    equal(site.json(both)["slowest"][0]["wait_s"], 1200)


@test
def since(scene):
    site = Site(scene)
    log = site.write("mail.log", POOL, "2026-11-25")
    for since, tries in (("2026-11-24", 2), ("2026-11-24T12:00", 1), ("2026-11-25", 0), ("5200w", 2)):
        equal(numbers(site.json(log, "--since", since))[1], tries, since)
    for wrong in ("yesterday", "2026-13-01", "2026-11-24T", "2026-11-24T08", ""):
        site.run(log, "--since", wrong, status=64)
        assert "--since" in site.error, site.error


@test
def apply(scene):
    with Greygated(scene) as server:
        log = scene.dir / "mail.log"
        log.write_text(POOL)
        os.utime(log, (1795600000, 1795600000))
        server.cli("log", log, "--apply", status=64)
        assert "--yes" in server.cli_error, server.cli_error
        equal(server.json("domain", "list"), [])
        # On a terminal it asks.
        for answer, names in ((b"n\n", []), (b"y\n", ["qq.com"])):
            ours, theirs = pty.openpty()
            os.write(ours, answer)
            subprocess.run([str(BUILD / "greygate"), "-c", str(server.config_file), "log", str(log),
                            "--apply"], stdin=theirs, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=30)
            os.close(ours)
            os.close(theirs)
            equal([d["name"] for d in server.json("domain", "list")], names)
        domain = server.json("domain", "list")[0]
        equal((domain["source"], domain["comment"][:27]), ("log", "2 tries from 2 networks, 1 "))
        assert "Nothing to whitelist" in server.cli("log", log, "--apply", "--yes")
        text = server.cli("log", log)
        assert "whitelisted already" in text and "domain add" not in text, text
        equal(server.json("log", log)["suggestions"][0]["whitelisted"], True)
        server.cli("undo", "--yes")
        equal(server.json("domain", "list"), [])
        report = json.loads(server.cli("log", log, "--apply", "--yes", "--json"))
        equal(report["suggestions"][0]["whitelisted"], False)
        equal([d["name"] for d in server.json("domain", "list")], ["qq.com"])


@test
def files_that_are_no_logs(scene):
    site = Site(scene)
    log = site.write("mail.log", POOL, "2026-11-25")
    packed = gzip.compress((POOL * 50).encode() + os.urandom(100000))
    cases = ((scene.dir, 66, "is a directory"), (scene.dir / "gone.log", 66, "No such file"),
             (site.write("half.gz", packed[:-5000]), 65, "ends in the middle"),
             (site.write("bad.gz", packed[:300] + b"\xff" * 300 + packed[600:]), 65, "damaged"),
             (site.write("a.zst", b"\x28\xb5\x2f\xfdxxxx"), 65, "zstdcat"),
             (site.write("a.xz", b"\xfd7zXZ\x00xx"), 65, "xzcat"),
             (site.write("a.bz2", b"BZh91AY"), 65, "bzcat"))
    for path, status, text in cases:
        site.run(path, status=status)
        assert text in site.error and str(path) in site.error, site.error
        # The other one is read all the same.
        assert numbers(site.json(log, path, status=status))[1] >= 2, path
    equal(numbers(site.json(site.write("empty.log", ""))), [0] * 5)
    equal(numbers(site.json(site.write("empty.gz", gzip.compress(b"")))), [0] * 5)
    equal(numbers(site.json("/dev/null")), [0] * 5)
    assert "No mail was refused" in site.run("/dev/null")
    site.run(status=64)
    if os.geteuid() == 0:
        secret = site.write("secret.log", POOL)
        secret.chmod(0o600)
        site.config.chmod(0o644)
        site.run(secret, status=77, user="nobody", group="nogroup")
        assert "no right to read it" in site.error, site.error


@test
def hostile_files(scene):
    site = Site(scene)
    long = refusal("Nov 24 09:00:00", "m.x.example", "192.0.2.1", "a" * 900000 + "@x.example")
    longer = refusal("Nov 24 09:00:00", "m.x.example", "192.0.2.1", "a" * 1100000 + "@x.example")
    escape = refusal("Nov 24 09:00:01", "m.x.example", "192.0.2.1", "\x1b[31m\u202e@x.example")
    cut = refusal("Nov 24 09:00:02", "m.x.example", "192.0.2.1", "cut@\x1b.example")[:-40] + "\n"
    noise = os.urandom(300000) + b"\n" + b"\0" * 100000 + b"\n"
    log = site.write("mail.log", long.encode() + longer.encode() + noise + escape.encode() +
                     cut.encode() + b"\xff\xfe" + POOL.splitlines()[0].encode(), "2026-11-25")
    report = site.json(log)
    equal(numbers(report)[:2], [2, 2])
    equal((report["files"][0]["unread"], report["files"][0]["too_long"]), (1, 1))
    for options in ((), ("--domain", "x.example"), ("--unread",), ("--json",)):
        text = site.run(log, *options)
        assert "\x1b" not in text and "\u202e" not in text and "\0" not in text, options
    text = site.run(log)
    assert "1 line looks like a refusal but could not be read; --unread prints it." in text, text
    assert "1 line is longer than 1 MiB and left out." in text, text
    unread = site.run(log, "--unread")
    equal(unread.count("\n"), 1, unread[:300])
    assert "cut@\\x1b.example" in unread, unread
    site.run(log, "--unread", "--json", status=64)


@test
def a_million_lines(scene):
    site = Site(scene)
    path = scene.dir / "big.log"
    counts = write_log(path, 10**6)
    started = time.monotonic()
    report = site.json(path)
    print(f"# {path.stat().st_size / 2**20:.0f} MiB in {time.monotonic() - started:.1f} s")
    equal(report["files"][0]["lines"], counts["lines"])
    equal({name: report["totals"][name] for name in counts["totals"]}, counts["totals"])
    equal({d["domain"]: [d["mails"], d["tries"], d["networks"], d["passed"], d["longest_s"]]
           for d in report["domains"]}, counts["domains"])
    equal({d["day"]: [d["tries"], d["mails"], d["passed"]] for d in report["days"]}, counts["days"])
    equal(sorted(s["domain"] for s in report["suggestions"]), counts["suggestions"])


run()
