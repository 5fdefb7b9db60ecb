#!/usr/bin/env python3
# timeout: 180
"""Copies of the database: made under load, by the clock, killed in the middle, put back."""
import contextlib
import gzip
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated, die_with_parent  # noqa: E402
from harness.policy import Client  # noqa: E402
from harness.tap import Skip, equal, run, test, wait_until  # noqa: E402

DEFERRED = "451 4.7.1 Intentional policy rejection, please try again later"
PARTS = ".greygate-*"


def word(number):
    """A name that no folding of senders touches."""
    letters = ""
    for _ in range(6):
        letters += "ghijklmnopqrstuvwxyz"[number % 20]
        number //= 20
    return letters


def rows(path, query="SELECT count(*) FROM triplet"):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def whole(path):
    """The number of triplets of a copy that is what it should be."""
    equal(path.read_bytes()[18:20], b"\1\1", "journal mode of " + path.name)
    equal(rows(path, "PRAGMA quick_check"), [("ok",)], path.name)
    for tail in ("-wal", "-shm", "-journal"):
        assert not path.with_name(path.name + tail).exists(), "one file"
    return rows(path)[0][0]


def fill(server, first, n):
    with server.connect() as client:
        for i in range(first, first + n):
            equal(client.ask(sender=word(i) + "@fill.example"), DEFERRED)


class Traffic(threading.Thread):
    """First contacts without end, some hundred a second, so that the database stays small; keeps
    those whose deferral was answered."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.told, self.wrong, self.stop = path, [], [], False
        self.slowest = 0

    def run(self):
        number = 10**6
        with Client(self.path, 10) as client:
            while not self.stop:
                number += 1
                began = time.monotonic()
                answer = client.ask(sender=word(number) + "@load.example", instance=str(number))
                self.slowest = max(self.slowest, time.monotonic() - began)
                (self.told if answer == DEFERRED else self.wrong).append(
                    word(number) + "@load.example")
                time.sleep(0.002)


@test
def a_hundred_copies_under_load(scene):
    with Greygated(scene, greylist={"delay": "1h"}, log={"level": "warn"}) as server:
        fill(server, 0, 500)
        traffic = Traffic(server.socket_path)
        traffic.start()
        copies = []
        for i in range(100):
            told = len(traffic.told)
            copy = scene.dir / f"copy-{i}.db"
            said = server.cli("backup", copy)
            assert re.search(r"copy-\d+.db: \d+ bytes, \d+ rows, in .* s; it is sound", said), said
            n = whole(copy)
            senders = {row[0] for row in rows(copy, "SELECT sender_key FROM triplet")}
            missing = [s for s in traffic.told[:told] if s not in senders]
            equal(missing, [], "answered before the copy began")
            copies.append((copy, n, traffic.told[told - 1:told]))
            if i % 34:
                copy.unlink()
        traffic.stop = True
        traffic.join()
        equal(traffic.wrong, [])
        assert copies[-1][1] > copies[0][1] > 500, "nothing was written meanwhile"
        assert traffic.slowest < 2, traffic.slowest
        server.quick_check()
        equal(server.end(), 0)
        for copy, n, last in copies[::34]:
            server.cli("restore", copy)
            equal(rows(server.database)[0][0], n)
            server.start()
            equal(server.ask(sender=word(0) + "@fill.example"), DEFERRED)
            equal(server.sql("SELECT attempts FROM triplet WHERE sender_key = ?",
                             word(0) + "@fill.example"), [(2,)], "it was known")
            for sender in last:
                equal(server.ask(sender=sender), DEFERRED)
            equal(server.sql("SELECT count(*) FROM triplet"), [(n,)], "all were known")
            server.quick_check()
            equal(server.end(), 0)


@test
def refusals(scene):
    with Greygated(scene) as server:
        fill(server, 0, 3)
        (scene.dir / "dangling").symlink_to("nowhere")
        copy = scene.dir / "copy.db"
        server.cli("backup", copy)
        before = copy.read_bytes()
        for target, status, text in ((copy, 73, "exists already; --force"),
                                     (scene.dir, 73, "is a folder"),
                                     (scene.dir / "dangling", 73, "is a link"),
                                     (scene.dir / "no/copy.db", 73, "No such file"),
                                     (f"{scene.dir}/", 64, "is no name of a file"),
                                     (scene.dir / "copy.db.zst", 64, "only gzip is written"),
                                     (server.database, 73, "belongs to the database"),
                                     ("/proc/copy.db", None, "a file cannot be made in /proc")):
            server.cli("backup", target, status=status)
            assert text in server.cli_error, server.cli_error
        equal(copy.read_bytes(), before)
        fill(server, 3, 2)
        server.cli("backup", copy, "--force")
        equal(whole(copy), 5)
        equal(list(scene.dir.glob(PARTS)), [])


@test
def packed_and_on_another_file_system(scene):
    other = pathlib.Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == scene.dir.stat().st_dev:
        raise Skip("no other file system")
    target = other / f"greygate-test-{os.getpid()}.db.gz"
    scene.callback(target.unlink, missing_ok=True)
    with Greygated(scene) as server:
        fill(server, 0, 20)
        server.cli("backup", target)
        plain = scene.dir / "plain.db"
        plain.write_bytes(gzip.decompress(target.read_bytes()))
        equal(whole(plain), 20)
        equal(server.end(), 0)
        server.database.unlink()
        server.cli("restore", target)
        equal(rows(server.database), [(20,)])
        equal(list(other.glob(PARTS)), [])


@test
def F32_a_full_disk(scene):
    folder = scene.dir / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", folder],
                      stderr=subprocess.DEVNULL).returncode:
        raise Skip("no mount here")
    scene.callback(subprocess.run, ["umount", "-l", folder])
    warned = ["backup failed: .*full"]
    with Greygated(scene, warned) as server:
        fill(server, 0, 3)
        server.cli("backup", folder / "first.db")
        first = (folder / "first.db").read_bytes()
        fill(server, 3, 1500)
        for name in ("second.db", "second.db.gz", "first.db"):
            server.cli("backup", folder / name, "--force", status=74)
            assert "full" in server.cli_error, server.cli_error
        equal([path.name for path in folder.iterdir()], ["first.db"])
        equal((folder / "first.db").read_bytes(), first)
        server.write_config(backup={"dir": str(folder), "every": "1s"})
        server.signal(signal.SIGHUP)
        server.wait_log("backup failed: .*full.*; it is tried again in an hour")
        time.sleep(1.5)
        equal(server.count_log("backup failed"), 1)
        equal([path.name for path in folder.iterdir()], ["first.db"])
        assert "the last try failed" in server.cli("check", status=None)
        equal(server.ask(sender="after@x.example"), DEFERRED)


def kill_somewhere(server, seconds, *args):
    """Runs greygate and kills it after a random time; whether it had ended before."""
    process = subprocess.Popen(
        [str(server.build / "greygate"), "-c", str(server.config_file), *map(str, args)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    time.sleep(random.uniform(0, seconds))
    process.kill()
    return process.wait() == 0


def seconds_of(server, *args):
    began = time.monotonic()
    server.cli(*args)
    return time.monotonic() - began


@test
def F32_kills_during_backups_leave_no_half_file(scene):
    with Greygated(scene) as server:
        fill(server, 0, 1500)
        old, copy = scene.dir / "old.db", scene.dir / "copy.db.gz"
        took = seconds_of(server, "backup", old)
        before, made = old.read_bytes(), 0
        for _ in range(40):
            made += kill_somewhere(server, took * 1.3, "backup", copy)
            if copy.exists():
                plain = scene.dir / "plain.db"
                plain.write_bytes(gzip.decompress(copy.read_bytes()))
                equal(whole(plain), 1500)
                copy.unlink()
        equal(old.read_bytes(), before)
        server.cli("backup", copy)
        equal(list(scene.dir.glob(PARTS)), [], "what the killed ones left is gone")
        server.quick_check()


def check_after_kill(server, counts):
    """The database is whole, and one of two; so is each that was kept."""
    with contextlib.closing(sqlite3.connect(server.database)) as connection:
        equal(connection.execute("PRAGMA quick_check").fetchall(), [("ok",)])
        n = connection.execute("SELECT count(*) FROM triplet").fetchone()[0]
    assert n in counts, (n, counts)
    for kept in server.dir.glob("greygate.db.before-restore-*"):
        assert whole(kept) in counts
        kept.unlink()
    return n


@test
def F32_kills_during_restores_leave_the_old_or_the_new(scene):
    server = Greygated(scene)
    fill(server, 0, 1000)
    server.cli("backup", scene.dir / "a.db")
    fill(server, 1000, 500)
    server.cli("backup", scene.dir / "b.db.gz")
    equal(server.end(), 0)
    took = seconds_of(server, "restore", scene.dir / "a.db")
    for i in range(40):
        kill_somewhere(server, took * 1.2, "restore", scene.dir / ("b.db.gz", "a.db")[i % 2])
        check_after_kill(server, (1000, 1500))
    server.cli("restore", scene.dir / "b.db.gz")
    equal(check_after_kill(server, (1000, 1500)), 1500)
    equal(list(scene.dir.glob(PARTS)), [])


@test
def F32_a_restore_as_a_file_dies_at_each_call(scene):
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    server = Greygated(scene)
    fill(server, 0, 50)
    server.cli("backup", scene.dir / "a.db")
    equal(server.end(), 0)
    damaged = b"damaged" + os.urandom(8192)
    cases = [(call, when) for call, most in (("link", 1), ("rename", 3), ("fsync", 2),
                                             ("fchmod", 1)) for when in range(1, most + 1)]
    for call, when in cases:
        server.database.write_bytes(damaged)
        pathlib.Path(str(server.database) + "-wal").write_bytes(b"its log")
        env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        result = subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={when}",
             str(server.build / "greygate"), "-c", str(server.config_file), "restore",
             str(scene.dir / "a.db")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        kept = list(scene.dir.glob("greygate.db.before-restore-*"))
        if server.database.read_bytes() != damaged:
            equal(rows(server.database, "PRAGMA quick_check"), [("ok",)], f"{call} {when}")
            equal(rows(server.database), [(50,)], f"{call} {when}")
            assert damaged in [path.read_bytes() for path in kept], f"{call} {when}"
        assert result.returncode in (-9, 137), (call, when, result.returncode, result.stdout)
        for path in [*kept, *scene.dir.glob("greygate.db-*")]:
            path.unlink(missing_ok=True)
    server.database.write_bytes(damaged)
    server.cli("restore", scene.dir / "a.db")
    equal(list(scene.dir.glob(PARTS)), [])
    server.start()
    equal(server.sql("SELECT count(*) FROM triplet"), [(50,)])
    equal(server.end(), 0)


@test
def the_folder_for_copies_is_made(scene):
    folder = scene.dir / "copies"
    with Greygated(scene, backup={"dir": str(folder)}) as server:
        server.wait_log("backup: .*/copies/greygate-.*bytes")
        equal(stat.S_IMODE(folder.stat().st_mode), 0o750)
        assert "ok       backup: the last one is" in server.cli("check", status=None)
    shutil.rmtree(folder)
    assert f"backup: there is none in {folder}; greygated makes the first" in \
        server.cli("check", status=None)


@test
def copies_by_the_clock(scene):
    folder = scene.dir / "copies"
    folder.mkdir()
    for name in ("mine.db", "greygate-20200101-000000.db.old"):
        (folder / name).write_text("mine")
    plan = {"dir": str(folder), "every": "1s", "keep": 3}

    def ours():
        return sorted(p.name for p in folder.iterdir()
                      if re.fullmatch(r"greygate-\d{8}-\d{6}\.db(\.gz)?", p.name))
    with Greygated(scene, ["rules|backup failed.*No such file"], backup=plan) as server:
        fill(server, 0, 10)
        server.wait_log("backup: .*greygate-.*bytes.*rows", times=5)
        wait_until(lambda: len(ours()) == 3, "rotation")
        assert "ok       backup: the last one is" in server.cli("check", status=None)
        server.write_config(backup={**plan, "every": "1d"})
        equal(server.end(), 0)
        kept = ours()
        for _ in range(3):
            server.start()
            time.sleep(0.7)
            equal(server.end(), 0)
        equal(ours(), kept, "a restart repeats none")
        for name in kept:
            (folder / name).unlink()
        old = folder / "greygate-20250101-000000.db"
        old.write_text("old")
        server.write_config(backup={**plan, "every": "1d", "compress": True})
        server.start()
        server.wait_log(r"backup: .*\.db\.gz, ")
        wait_until(lambda: len(ours()) == 2, "the one that was due")
        equal((folder / "mine.db").read_text(), "mine")
        equal(list(folder.glob(PARTS)), [])
        server.write_config(backup={**plan, "dir": str(scene.dir / "missing/deep")})
        server.signal(signal.SIGHUP)
        server.wait_log("backup failed: making the folder .*missing/deep: No such file")
        equal(len(ours()), 2, "a failure removes nothing")
        server.write_config(backup={**plan, "keep": 2})
        server.signal(signal.SIGHUP)
        wait_until(lambda: len(ours()) == 2 and old.name not in ours(), "it works again")
        server.kill9()
        server.start()
        last = ours()[-1]
        wait_until(lambda: ours()[-1] > last, "after a crash")
        wait_until(lambda: "backup_failed" not in
                   dict(server.sql("SELECT name, 1 FROM meta")), "no failure any more")


@test
def a_stop_does_not_wait_for_a_copy(scene):
    folder = scene.dir / "copies"
    folder.mkdir()
    server = Greygated(scene)
    fill(server, 0, 2000)
    equal(server.end(), 0)
    server.write_config(backup={"dir": str(folder), "every": "1s", "compress": True})
    for i in range(5):
        server.start()
        time.sleep(0.5 + i * 0.03)
        began = time.monotonic()
        equal(server.end(), 0)
        assert time.monotonic() - began < 3
        equal(list(folder.glob(PARTS)), [])
    for path in folder.iterdir():
        plain = scene.dir / "plain.db"
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        equal(whole(plain), 2000)


@test
def restore_beside_a_running_server(scene):
    outage = ["the database does not answer: .*(was restored from a copy|database is locked)"]
    with Greygated(scene, outage, greylist={"delay": "1h"}) as server:
        fill(server, 0, 200)
        server.cli("rule", "add", "block", "@blocked.example")
        server.cli("backup", scene.dir / "copy.db")
        server.cli("rule", "remove", "@blocked.example")
        fill(server, 200, 100)
        wait_until(lambda: server.ask(sender="a@blocked.example") == DEFERRED, "no rule")
        server.cli("restore", scene.dir / "copy.db", status=75)
        assert "nothing is changed: a server works on" in server.cli_error, server.cli_error
        assert "or give --force" in server.cli_error, server.cli_error
        equal(server.sql("SELECT count(*) FROM triplet"), [(301,)])
        with contextlib.closing(sqlite3.connect(scene.dir / "copy.db")) as old, old:
            old.execute("UPDATE heartbeat SET beat_s = beat_s - 1000")
        said = server.cli("restore", scene.dir / "copy.db", "--force")
        assert "the server that runs reads it now" in said, said
        assert "NOT ALIVE" not in server.cli("status"), "whether a server lives is of now"
        server.wait_log("was restored from a copy")
        server.wait_log("the database answers again")
        wait_until(lambda: server.ask(sender="b@blocked.example").startswith("550"), "the rule")
        n = server.sql("SELECT count(*) FROM triplet")[0][0]
        for i in range(0, 200, 7):
            equal(server.ask(sender=word(i) + "@fill.example"), DEFERRED)
        equal(server.sql("SELECT count(*) FROM triplet"), [(n,)], "all are found")
        fill(server, 250, 10)
        equal(server.sql("SELECT count(*) FROM triplet"), [(n + 10,)], "and what is new is new")
        kept = next(scene.dir.glob("greygate.db.before-restore-*"))
        equal(whole(kept), 301)
        server.quick_check()
        server.kill9()
        server.start()
        equal(server.sql("SELECT count(*) FROM triplet"), [(n + 10,)])


@test
def restore_under_load_with_a_console_open(scene):
    outage = ["the database does not answer: .*(was restored from a copy|database is locked)"]
    with Greygated(scene, outage, greylist={"delay": "1h"}, on_failure="defer") as server:
        fill(server, 0, 100)
        server.cli("backup", scene.dir / "copy.db")
        console = scene.enter_context(contextlib.closing(sqlite3.connect(server.database)))
        traffic = Traffic(server.socket_path)
        traffic.start()
        for _ in range(5):
            time.sleep(0.3)
            server.cli("restore", scene.dir / "copy.db", "--force")
            for kept in scene.dir.glob("greygate.db.before-restore-*"):
                whole(kept)
                kept.unlink()
            assert console.execute("SELECT count(*) FROM triplet").fetchone()[0] >= 100
        traffic.stop = True
        traffic.join()
        equal(traffic.wrong, [])
        server.wait_log("was restored")

        def is_kept():
            equal(server.ask(sender="last@x.example"), DEFERRED)
            return server.sql("SELECT 1 FROM triplet WHERE sender_key = 'last@x.example'")
        wait_until(is_kept, "the last one is read", 30)
        server.quick_check()
        assert len(traffic.told) > 100


@test
def a_newer_copy_is_refused(scene):
    with Greygated(scene) as server:
        fill(server, 0, 5)
        copy = scene.dir / "copy.db"
        server.cli("backup", copy)
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA user_version = 99")
        equal(server.end(), 0)
        server.cli("restore", copy, status=78)
        assert "made by a newer greygate" in server.cli_error, server.cli_error
        server.cli("restore", scene.dir / "config.yaml", status=65)
        server.cli("restore", scene.dir / "missing", status=66)
        equal(rows(server.database), [(5,)])
        equal(list(scene.dir.glob("*before-restore*")), [])


@test
def root_works_as_the_owner(scene):
    if os.geteuid() != 0:
        raise Skip("needs root")
    folder = scene.dir / "state"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    with Greygated(scene, user="nobody", database=str(folder / "greygate.db")) as server:
        fill(server, 0, 5)
        server.cli("backup", folder / "copy.db")
        equal(server.end(), 0)
        copy = scene.dir / "of-root.db"
        shutil.copyfile(folder / "copy.db", copy)
        copy.chmod(0o600)
        mode = os.stat(server.database).st_mode
        server.cli("restore", copy)
        equal(os.stat(server.database).st_mode, mode)
        for path in folder.glob("greygate.db*"):
            path.unlink()
        server.cli("restore", copy)
        equal({path.stat().st_uid for path in folder.iterdir()}, {65534})
        server.start()
        equal(server.sql("SELECT count(*) FROM triplet"), [(5,)])


run()
