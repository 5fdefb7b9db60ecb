#!/usr/bin/env python3
# timeout: 120
"""greygate beside a running server, without one, and with hostile rows."""
import contextlib
import json
import os
import pathlib
import pty
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402

DEFERRED = "451 4.7.1 Intentional policy rejection, please try again later"
REJECTED = "550 5.7.1 Rejected by local policy"


@test
def a_rule_is_effective_within_a_second_and_audited(scene):
    with Greygated(scene) as server:
        equal(server.ask(sender="a@nuisance.example"), DEFERRED)
        server.cli("rule", "add", "block", "@nuisance.example", "--comment", "enough")
        started = time.monotonic()
        wait_until(lambda: server.ask(sender="a@nuisance.example") == REJECTED, "the rule", 5)
        assert time.monotonic() - started < 1.0, time.monotonic() - started
        rule = server.json("rule", "list")[0]
        equal((rule["pattern"], rule["action"], rule["comment"]),
              ("@nuisance.example", "block", "enough"))
        assert wait_until(lambda: server.json("rule", "list")[0]["hits"], "hits") >= 1
        server.cli("rule", "remove", "@nuisance.example")
        wait_until(lambda: server.ask(sender="b@nuisance.example") == DEFERRED, "removal", 5)
        changes = server.sql("SELECT verb, object, before IS NULL, after IS NULL FROM change")
        equal(changes, [("rule add", "rule", 1, 0), ("rule remove", "rule", 0, 1)])
        json.loads(server.sql("SELECT after FROM change WHERE id = 1")[0][0])
        assert server.sql("SELECT author FROM change")[0][0] != ""


@test
def policies(scene):
    with Greygated(scene) as server:
        server.cli("policy", "set", "open@example.org", "--greylist", "off")
        wait_until(lambda: server.ask(recipient="open@example.org") == "DUNNO", "policy", 5)
        server.cli("policy", "set", "open@example.org", "--delay", "5m", "--training", "on")
        policy = server.json("policy", "list")[0]
        equal((policy["greylist"], policy["delay_s"], policy["training"]), (None, 300, 1))
        assert "5m" in server.cli("policy", "list")
        server.cli("policy", "unset", "open@example.org")
        equal(server.json("policy", "list"), [])
        for words in (["policy", "set", "@."], ["policy", "set", "@.", "--delay", "3d"],
                      ["policy", "set", "192.0.2.1", "--delay", "1m"],
                      ["policy", "set", "@.", "--greylist", "maybe"]):
            server.cli(*words, status=64)


@test
def waiting_mail_is_shown_and_released(scene):
    with Greygated(scene) as server:
        for i in range(3):
            server.ask(client_address=f"203.205.22{i}.139", client_name="smtpbg329.qq.com",
                       sender="1234567@qq.com", recipient="**@wode.com")
        server.ask(sender="")
        pool = server.json("deferred")[0]
        equal((pool["domain"], pool["waiting"], pool["networks"]), ("qq.com", 3, 3))
        assert "qq.com" in server.cli("deferred")
        rows = server.json("deferred", "qq.com")
        equal([row["attempts"] for row in rows], [1, 1, 1])
        equal(len(server.json("deferred", "--to", "wode", "--limit", "2")), 2)
        equal([row["domain"] for row in server.json("deferred", "--limit", "1")],
              [server.json("deferred")[0]["domain"]])
        text = server.cli("explain", "203.205.220.9", "1234567@qq.com", "**@wode.com")
        assert "First contact" in text and "would be deferred" in text, text
        server.cli("release", "qq.com", status=64)
        assert "--yes" in server.cli_error
        server.cli("release", rows[0]["id"])
        server.cli("release", rows[0]["id"], status=65)
        server.cli("release", "qq.com", "--yes")
        answer = server.ask(client_address="203.205.221.139", sender="1234567@qq.com",
                            recipient="**@wode.com", instance="r")
        assert answer == "DUNNO" or answer.startswith("PREPEND X-Greylist"), answer
        equal(server.json("explain", "203.205.221.139", "<>", "a@b.example")["reason"],
              "client AWL")
        equal(len(server.json("passed")), 1)
        equal(server.json("passed", "--clients")[0]["address"], "203.205.221.139")
        equal(server.json("deferred", "<>")[0]["sender"], "")


@test
def the_next_try_of_what_waits_is_that_of_the_rules_of_now(scene):
    with Greygated(scene) as server:
        for number, sender in enumerate(("a@x.example", "b@x.example", "c@y.example", "d@z.example")):
            server.ask(client_address=f"192.0.2.{number}", sender=sender)

        def cell(name):
            return next(line for line in server.cli("deferred").splitlines() if name in line)
        assert "blocked" not in server.cli("deferred"), server.cli("deferred")
        server.cli("rule", "add", "block", "a@x.example")
        server.cli("rule", "add", "block", "@y.example")
        server.cli("policy", "set", "@.", "--from", "@z.example", "--greylist", "off")
        assert ", 1 blocked" in cell("x.example"), cell("x.example")
        assert " blocked" in cell("y.example") and " in " not in cell("y.example")
        assert " now " in cell("z.example"), cell("z.example")
        equal([(pool["domain"], pool["blocked"], pool["wait_left_s"] > 0)
               for pool in sorted(server.json("deferred"), key=lambda pool: pool["domain"])],
              [("x.example", 1, True), ("y.example", 1, False), ("z.example", 0, False)])
        equal([(row["sender"], row["next"], row["reason"], row["wait_left_s"] > 0)
               for row in server.json("deferred", "--list")],
              [("d@z.example", "pass", "policy-off", False),
               ("c@y.example", "reject", "rule-block", False),
               ("b@x.example", "greylist", "early-retry", True),
               ("a@x.example", "reject", "rule-block", False)])
        server.wait_log("rules read again: 2 rules, 1 policies")
        answer = server.ask(client_address="192.0.2.2", sender="c@y.example", instance="again")
        assert answer.startswith(("REJECT", "5")), answer
        equal(server.ask(client_address="192.0.2.3", sender="d@z.example", instance="again"),
              "DUNNO")


@test
def status_and_check(scene):
    with Greygated(scene) as server:
        server.ask()
        wait_until(lambda: server.json("status")["day"]["new"], "counts, which come a tick later")
        status = server.json("status")
        equal((status["alive"], status["waiting"], status["day"]["new"]), (True, 1, 1))
        assert "alive" in server.cli("status")
        assert "error" not in server.cli("check")
        server.cli("policy", "set", "@example.net", "--greylist", "off", "--delay", "1m")
        found = server.cli("check")
        assert "note     policy 1: greylisting is off here, so this is never used: delay" in found, found
        assert "ok       server: process" in found and " disk: " in found, found
        equal(server.end(), 0)
        assert "stopped in order" in server.cli("status", status=69)
        assert "server: none runs on this database; start greygated" in server.cli("check", status=69)
        equal(server.json("deferred")[0]["waiting"], 1, "works without a server")
        server.cli("rule", "add", "allow", "@friend.example")
        server.start()
        equal(server.ask(sender="x@friend.example"), "DUNNO")


def at_a_terminal(server, answer, *words):
    """The status of greygate and what it wrote, with ANSWER typed."""
    master, slave = pty.openpty()
    os.write(master, answer)
    with os.fdopen(master, "rb"), os.fdopen(slave, "rb") as terminal:
        result = subprocess.run(
            [str(server.build / "greygate"), "-c", str(server.config_file), *words],
            stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return result.returncode, result.stdout.decode()


@test
def changes_are_taken_back(scene):
    with Greygated(scene) as server:
        server.cli("undo", status=66, text=b"")
        assert "no change of" in server.cli_error
        server.cli("rule", "add", "block", "@nuisance.example", "--comment", "\x1b[2J\u202e")
        wait_until(lambda: server.ask(sender="a@nuisance.example") == REJECTED, "the rule", 5)
        server.cli("rule", "remove", "1")
        rows = server.json("undo", "--list")
        equal([(row["id"], row["what"], row["undone"]) for row in rows],
              [(2, "rule remove: block @nuisance.example to @.", False),
               (1, "rule add: block @nuisance.example to @.", False)])
        server.cli("undo", status=64, text=b"")
        assert "--yes takes it back: rule remove" in server.cli_error
        status, text = at_a_terminal(server, b"n\n", "undo")
        assert status == 75 and "Take it back? [y/N]" in text and "nothing was" in text, text
        status, text = at_a_terminal(server, b"y\n", "undo")
        assert status == 0 and "change 2 is taken back" in text, text
        wait_until(lambda: server.ask(sender="b@nuisance.example") == REJECTED, "the rule", 5)
        equal(server.json("rule", "list")[0]["comment"], "\x1b[2J\u202e")
        server.cli("undo", "2", "--yes", status=65)
        assert "taken back already" in server.cli_error
        server.cli("undo", "--yes")
        wait_until(lambda: server.ask(sender="c@nuisance.example") == DEFERRED, "removal", 5)
        server.cli("undo", "--yes", status=66)
        server.cli("undo", "99", status=66)
        server.cli("undo", "x", status=64)
        server.cli("undo", "1", "--list", status=64)
        server.cli("undo", "--json", status=64)
        table = server.cli("undo", "--list")
        equal([line.split()[3] for line in table.splitlines()[1:]],
              ["-", "-", "undone", "undone"], table)


@test
def what_one_command_did_is_taken_back_as_one(scene):
    with Greygated(scene) as server:
        server.cli("domain", "add", "a.example", "b.example", "c.example")
        server.cli("domain", "add", "d.example")
        rows = server.json("undo", "--list")
        equal([(row["id"], row["what"], row["changes"], row["changes_undone"], row["undone"])
               for row in rows],
              [(4, "domain add: d.example", 1, 0, False),
               (1, "domain add: a.example and 2 more", 3, 0, False)])
        server.cli("undo", "2", "--yes", status=66)
        assert "undo 1 takes all of them back" in server.cli_error, server.cli_error
        status, text = at_a_terminal(server, b"y\n", "undo", "1")
        assert status == 0 and "ago: domain add: a.example and 2 more" in text, text
        assert "change 1 is taken back: domain add: a.example and 2 more" in text, text
        equal([row["name"] for row in server.json("domain", "list")], ["d.example"])
        rows = server.json("undo", "--list")
        equal([(row["id"], row["what"], row["changes"], row["undone"]) for row in rows],
              [(5, "undo: domain add: c.example and 2 more", 3, False), (4, "domain add: d.example", 1, False),
               (1, "domain add: a.example and 2 more", 3, True)])
        server.cli("undo", "5", "--yes", status=65)
        assert "nothing that can be taken back" in server.cli_error
        server.cli("undo", "1", "--yes", status=65)
        assert "taken back already" in server.cli_error
        server.cli("undo", "--yes")
        server.cli("undo", "--yes", status=66)


@test
def what_cannot_be_taken_back_is_told(scene):
    with Greygated(scene) as server:
        server.cli("domain", "add", "a.example", "b.example", "c.example")
        server.cli("domain", "remove", "b.example")
        output = server.cli("undo", "1", "--yes", status=65)
        equal(output.strip(),
              "2 of 3 taken back of change 1: domain add: a.example and 2 more")
        assert "not taken back (domain add: b.example): domain 2 is gone" in server.cli_error
        assert "2 of 3" in server.cli("undo", "--list")
        server.cli("undo", "1", "--yes", status=65)
        # What is left of it is not in the way of what came before and after.
        assert "domain remove: b.example" in server.cli("undo", "--yes")
        assert "domain add: a.example and 2 more" in server.cli("undo", "--yes")
        equal(server.json("domain", "list"), [])
        equal([row["undone"] for row in server.json("undo", "--list")],
              [False, False, False, True, True])


@test
def a_release_goes_on_behind_what_is_refused(scene):
    with Greygated(scene) as server:
        for name in ("a", "b", "c"):
            server.ask(sender=f"{name}@qq.com")
        server.ask(sender="d@other.example")
        rows = server.json("deferred", "--list")
        ids = {row["sender"][0]: row["id"] for row in rows}
        # While it asks, one of them is released by somebody else.
        master, slave = pty.openpty()
        with os.fdopen(master, "wb", 0) as terminal, os.fdopen(slave, "rb") as stdin:
            asking = subprocess.Popen(
                [str(server.build / "greygate"), "-c", str(server.config_file), "release",
                 "qq.com"], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            equal(asking.stdout.read(34), b"Release 3 waiting triplets of qq.c")
            server.cli("release", ids["b"])
            terminal.write(b"y\n")
            output, errors = asking.communicate(timeout=60)
        equal(asking.returncode, 65)
        assert b"2 released; they pass on their next try" in output, output
        assert b"is released already" in errors, errors
        equal(len(server.sql("SELECT id FROM triplet WHERE released_s IS NOT NULL")), 3)
        output = server.cli("release", "9999", "nothing.example", ids["d"], status=66)
        assert f"triplet {ids['d']} is released" in output, output
        assert "no triplet 9999" in server.cli_error, server.cli_error
        assert "nothing waits from nothing.example" in server.cli_error, server.cli_error
        what = [row["what"] for row in server.json("undo", "--list")]
        assert what[1].startswith("release: ") and what[1].endswith(" and 1 more"), what


@test
def what_a_rule_blocks_is_not_released(scene):
    with Greygated(scene) as server:
        for sender in ("a@qq.com", "b@qq.com", "bad@qq.com"):
            server.ask(sender=sender)
        server.cli("rule", "add", "block", "bad@qq.com")
        blocked = next(row["id"] for row in server.json("deferred", "--list")
                       if row["sender"] == "bad@qq.com")
        server.cli("release", blocked, status=65)
        assert "a rule blocks it, released or not" in server.cli_error, server.cli_error
        output = server.cli("release", "qq.com", "--yes")
        assert "2 released, without 1 that a rule blocks; they pass" in output, output
        server.cli("release", "qq.com", "--yes", status=65)
        assert "a rule blocks what waits from qq.com" in server.cli_error, server.cli_error
        equal(server.sql("SELECT count(*) FROM triplet WHERE released_s IS NOT NULL"), [(2,)])


@test
def changes_are_listed_by_who_may_not_write(scene):
    folder = scene.dir / "store"
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")  # root becomes the owner, whom rights bind
    with Greygated(scene, user="nobody" if os.geteuid() == 0 else "root",
                   database=str(folder / "greygate.db")) as server:
        server.cli("rule", "add", "block", "@nuisance.example")
        server.database.chmod(0o444)
        rows = server.json("undo", "--list")
        equal([(row["what"], row["undone"]) for row in rows],
              [("rule add: block @nuisance.example to @.", False)])
        assert "@nuisance.example" in server.cli("undo", "--list")
        for words in (["undo", "--yes"], ["undo", "1", "--yes"], ["undo", "99"]):
            equal(server.cli(*words, status=77), "")
            assert "nothing is taken back: you may not write" in server.cli_error
        server.cli("rule", "remove", "1", status=77)
        assert "is read-only for this user" in server.cli_error
        server.database.chmod(0o600)
        equal(len(server.json("undo", "--list")), 1)
        server.cli("undo", "--yes")


@test
def hostile_rows_stay_harmless(scene):
    nasty = [b"\x1b[2J@x.example", b"\x1b]52;c;aGk=\x07@x.example", "\u202eevil@x.example".encode(),
             b'quo"te\\@x.example', b"\xff\xfe@x.example", "z\u200bw@x.example".encode(),
             "\u6771\u4eac@x.example".encode(), b"x" * 300 + b"@x.example"]
    with Greygated(scene) as server:
        for sender in nasty:
            equal(server.ask(sender=sender, helo_name=sender), DEFERRED)
        for words in (["deferred", "--list"], ["deferred"], ["status"],
                      ["explain", "192.0.2.7", "\x1b[2J@x.example", "info@example.org"]):
            output = server.cli(*words, status=None)
            bad = [c for c in output if (ord(c) < 32 and c != "\n") or c in "\u202e\u200b\x7f"]
            equal(bad, [], str(words))
        equal(len(server.json("deferred", "--list")), len(nasty))


@test
def mistakes_are_explained(scene):
    with Greygated(scene) as server:
        for words, status, text in (
                (["deferrd"], 64, "did you mean deferred"), (["rule"], 64, "which of them"),
                (["rule", "add", "permit", "@x.example"], 64, "allow, block or expect"),
                (["rule", "add", "allow", "not a pattern!"], 64, "possible here"),
                (["rule", "add", "allow", "@x.example", "--expires", "soon"], 64, "duration"),
                (["rule", "add", "allow"], 64, "usage: greygate rule add"),
                (["rule", "remove", "99"], 66, "no rule 99"),
                (["release", "99"], 66, "no triplet 99"),
                (["explain", "nonsense", "a@b", "c@d"], 64, "not an address"),
                (["status", "--nonsense"], 64, "unknown option")):
            server.cli(*words, status=status)
            assert text in server.cli_error, (words, server.cli_error)
        server.cli("rule", "add", "allow", "192.0.2.9/24")
        equal(server.json("rule", "list")[0]["pattern"], "192.0.2.0/24")
        server.cli("rule", "add", "block", "192.0.2.0/24", status=65)


@test
def no_database_and_a_foreign_one(scene):
    server = Greygated(scene, start=False)
    server.cli("status", status=66)
    assert "made when greygated first starts" in server.cli_error
    with sqlite3.connect(server.database) as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    server.cli("rule", "list", status=78)
    assert "another program" in server.cli_error


@test
def help_for_every_command(scene):
    server = Greygated(scene, start=False)
    text = server.cli("help")
    for name in ("status", "deferred", "passed", "rule add", "rule remove", "rule list",
                 "policy set", "policy unset", "policy list", "release", "undo", "explain",
                 "check"):
        assert name in text
        assert "example: greygate " + name in server.cli("help", *name.split())
        assert "usage: greygate " + name in server.cli(*name.split(), "--help")
    result = subprocess.run([server.build / "greygate"], stderr=subprocess.PIPE)
    equal(result.returncode, 64)


def on_a_terminal(server, *args):
    """What is left on the screen: a line that was taken away is not."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "wb") as terminal:
        process = subprocess.Popen(
            [str(server.build / "greygate"), "-c", str(server.config_file), *map(str, args)],
            stdin=terminal, stdout=terminal, stderr=terminal)
    output = b""
    with os.fdopen(master, "rb", 0) as screen:
        with contextlib.suppress(OSError):  # its other end is closed
            while part := screen.read(65536):
                output += part
    process.wait(timeout=60)
    lines = output.decode().replace("\r\n", "\n").split("\n")
    return output.decode(), [line.rsplit("\r\x1b[K", 1)[-1] for line in lines]


@test
def progress_goes_before_the_answer(scene):
    with Greygated(scene) as server:
        for n in range(50):
            server.ask(sender=f"u{n}@many.example")
        for args, word in ((("explain", "192.0.2.1", "u0@many.example", "a@b.example"), "looking"),
                           (("backup", scene.dir / "x.db"), "copying")):
            output, lines = on_a_terminal(server, *args)
            assert word in output, (word, output)
            assert not any(word in line for line in lines), (args, lines)
            assert len(lines) > 1, lines


@test
def many_releases_leave_the_lock_to_the_server(scene):
    with Greygated(scene) as server:
        now = int(time.time())
        with contextlib.closing(sqlite3.connect(server.database, timeout=5)) as connection:
            with connection:
                connection.executemany(
                    "INSERT INTO triplet (net, sender_key, recipient_key, client_address, first_s, "
                    "last_s, attempts) VALUES ('192.0.2.0/24', ?, 'info@example.org', '192.0.2.7', "
                    "?, ?, 1)", [(f"u{n}@many.example", now, now) for n in range(10000)])
        answers, done = [], threading.Event()

        def ask():  # at a pace: an answer without the database is quick, and would count often
            with server.connect() as client:
                while not done.wait(0.001):
                    answers.append(client.ask(sender=f"a{len(answers)}@other.example"))
        asker = threading.Thread(target=ask)
        asker.start()
        try:
            assert "10000 released" in server.cli("release", "many.example", "--yes")
        finally:
            done.set()
            asker.join()
        passed = sum("DUNNO" in answer for answer in answers)
        assert len(answers) > 100 and passed <= len(answers) // 100, (passed, len(answers))


run()
