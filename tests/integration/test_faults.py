#!/usr/bin/env python3
# timeout: 420
"""What breaks around the server, and what must hold. Names of faults as in doc/architecture.md."""
import contextlib
import os
import pathlib
import random
import resource
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import ROOT, Greygated  # noqa: E402
from harness.policy import Client, request  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.tap import Skip, equal, run, test, wait_until  # noqa: E402

DEFERRED = "451 4.7.1 Intentional policy rejection, please try again later"
OUTAGE = ["the database does not answer"]


def word(number):
    """A name that no folding of senders touches."""
    letters = ""
    for _ in range(8):
        letters += "ghijklmnopqrstuvwxyz"[number % 20]
        number //= 20
    return letters


class Remembering(threading.Thread):
    """A load client that remembers what it was told: first contacts that were deferred."""

    def __init__(self, path, offset):
        super().__init__(daemon=True)
        self.path, self.offset = path, offset
        self.deferred, self.wrong = {}, []
        self.stop = False

    def run(self):
        number = self.offset
        while not self.stop:
            try:
                with Client(self.path, 5) as client:
                    while not self.stop:
                        number += 1
                        sender = word(number) + "@load.example"
                        sent = time.time()
                        answer = client.ask(sender=sender, instance=str(number))
                        if answer == DEFERRED:
                            self.deferred[sender] = sent
                        else:
                            self.wrong.append((sender, answer))
            except (OSError, EOFError):
                time.sleep(0.005)


@test
def F1_fifty_kills_lose_no_acknowledged_triplet(scene):
    with Greygated(scene, greylist={"delay": "1h"}, log={"level": "warn"}) as server:
        clients = [Remembering(server.socket_path, (i + 1) * 20**6) for i in range(4)]
        for client in clients:
            client.start()
        for _ in range(50):
            time.sleep(random.uniform(0.05, 0.2))
            server.kill9()
            server.start()
        for client in clients:
            client.stop = True
        for client in clients:
            client.join(10)
        known = dict(server.sql("SELECT sender_key, first_s FROM triplet"))
        told = {k: v for client in clients for k, v in client.deferred.items()}
        equal([w for client in clients for w in client.wrong], [], "only deferrals are right")
        lost = [sender for sender, sent in told.items() if sender not in known]
        equal(lost, [], f"of {len(told)} acknowledged")
        late = [s for s, sent in told.items() if known[s] > sent + 6]
        equal(late, [], "first-seen times")
        assert len(told) > 500, len(told)
        for sender in random.sample(sorted(told), 200):
            equal(server.ask(sender=sender), DEFERRED, "before its delay")
        equal(server.sql("SELECT count(*) FROM (SELECT 1 FROM triplet GROUP BY net, sender_key, "
                         "recipient_key HAVING count(*) > 1)"), [(0,)])
        server.quick_check()


@test
def F2_term_under_load_answers_what_was_read(scene):
    with Greygated(scene, greylist={"delay": "1h"}, log={"level": "warn"}) as server:
        clients = [Remembering(server.socket_path, (i + 1) * 20**6) for i in range(8)]
        for client in clients:
            client.start()
        time.sleep(1)
        started = time.monotonic()
        equal(server.end(), 0)
        assert time.monotonic() - started < 5
        for client in clients:
            client.stop = True
            equal(client.wrong, [])
        for tail in ("-wal", "-shm"):
            assert not pathlib.Path(str(server.database) + tail).exists(), tail
        assert not pathlib.Path(server.socket_path).exists()
        known = {row[0] for row in server.sql("SELECT sender_key FROM triplet")}
        assert all(sender in known for c in clients for sender in c.deferred)


@test
def F2_a_reader_does_not_make_a_stop_fail(scene):
    with Greygated(scene) as server:
        reader = sqlite3.connect(server.database, isolation_level=None)
        equal(server.ask(), DEFERRED)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM triplet").fetchall()
        equal(server.ask(sender="b@x.example"), DEFERRED)
        equal(server.end(), 0)
        reader.close()
        equal(server.sql("SELECT count(*) FROM triplet"), [(2,)])
        server.start()


@test
def F3_hangups_under_load_with_good_and_bad_files(scene):
    expected = ["unknown setting", "was not reloaded"]
    with Greygated(scene, expected, greylist={"delay": "1h"}) as server:
        client = Remembering(server.socket_path, 0)
        client.start()
        good = server.config_file.read_text()
        for i in range(60):
            server.config_file.write_text(good if i % 2 else '{"delai": 3}')
            server.signal(signal.SIGHUP)
            time.sleep(0.02)
        server.write_config(reply="450 4.7.1 Later")
        server.signal(signal.SIGHUP)
        server.wait_log("reply was .* is .*450")
        client.stop = True
        client.join()
        assert all(answer == "450 4.7.1 Later" for _, answer in client.wrong)
        equal(server.ask(sender="new@x.example"), "450 4.7.1 Later")
        server.wait_log("config.yaml:1:2: delai: unknown setting")
        assert server.process.poll() is None


@test
def F4_resets_by_the_thousand(scene):
    with Greygated(scene) as server:
        base = server.settled_fds()
        for i in range(3000):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
                s.connect(server.socket_path)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.send(request(sender=word(i) + "@x.example"))
        equal(server.ask(sender="last@x.example"), DEFERRED)
        wait_until(lambda: server.fds() <= base + 1, "descriptors back to the base line")


def is_tmpfs_possible(folder):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder],
                          stderr=subprocess.DEVNULL).returncode == 0


@test
def F5_disk_full_and_back_without_restart(scene):
    folder = scene.dir / "small"
    folder.mkdir()
    if not is_tmpfs_possible(folder):
        raise Skip("no mount here")
    scene.callback(subprocess.run, ["umount", "-l", folder])
    with Greygated(scene, OUTAGE, database=str(folder / "greygate.db"),
                   greylist={"delay": "1h"}) as server, server.connect() as client:
        count = 0
        answer = DEFERRED
        while answer == DEFERRED:
            count += 1
            assert count < 100000
            answer = client.ask(sender=word(count) + "x" * 200 + "@full.example")
        equal(answer, "DUNNO", "accept is the default")
        for i in range(200):
            client.ask(sender=word(10**6 + i) + "@full.example")
        subprocess.run(["mount", "-o", "remount,size=16m", folder], check=True)
        wait_until(lambda: client.ask(sender="after@full.example") == DEFERRED, "recovery", 60)
        known = {row[0] for row in server.sql("SELECT sender_key FROM triplet")}
        assert all(word(i) + "x" * 200 + "@full.example" in known for i in range(1, count))
        assert server.count_log("the database does not answer") <= 5
        server.quick_check()


@test
def F6_file_size_limit_with_deferral(scene):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (600 * 1024, resource.RLIM_INFINITY))
    with Greygated(scene, OUTAGE + ["stopping|mark|cannot|disk|I/O"], before=limit,
                   on_failure="defer") as server:
        with server.connect() as client:
            for i in range(3000):
                equal(client.ask(sender=word(i) + "x" * 200 + "@x.example"), DEFERRED)
                if server.count_log("the database does not answer"):
                    break
        server.wait_log("the database does not answer.*deferred meanwhile")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        server.wait_log("the database answers again", 20)


@test
def F9_F10_bad_files_at_start(scene):
    server = Greygated(scene, [".*"], start=False)
    garbage = b"SQLite format 3\0" + os.urandom(8192)
    server.database.write_bytes(garbage)
    server.start(ready=False)
    equal(server.wait(), 65, "refuses a damaged file")
    server.wait_log("on_corrupt: quarantine")
    server.write_config(on_corrupt="quarantine")
    server.start()
    equal(server.ask(), DEFERRED)
    kept = list(scene.dir.glob("greygate.db.corrupt-*"))
    equal([path.read_bytes() for path in kept if not path.name.endswith(("-wal", "-shm"))],
          [garbage])
    equal(server.end(), 0)
    with contextlib.closing(sqlite3.connect(scene.dir / "other.db")) as other:
        other.execute("CREATE TABLE t (x)")
    server.write_config(database=str(scene.dir / "other.db"))
    server.start(ready=False)
    equal(server.wait(), 78, "refuses another program's database")
    server.write_config(database=str(scene.dir / "missing/greygate.db"))
    server.start(ready=False)
    assert server.wait() in (66, 73, 77), "no folder"


@test
def F10_deleted_and_scribbled_while_running(scene):
    with Greygated(scene, OUTAGE) as server:
        equal(server.ask(), DEFERRED)
        for tail in ("", "-wal", "-shm"):
            pathlib.Path(str(server.database) + tail).unlink(missing_ok=True)
        server.wait_log("was deleted or replaced")
        server.wait_log("the database answers again")
        equal(server.ask(), DEFERRED)
        equal(server.sql("SELECT count(*) FROM triplet"), [(1,)])


@test
def F11_a_foreign_lock_is_waited_for_without_spinning(scene):
    with Greygated(scene, OUTAGE) as server:
        other = sqlite3.connect(server.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        before = server.cpu_seconds()
        slowest = 0
        with server.connect() as client:
            for i in range(40):
                started = time.monotonic()
                equal(client.ask(sender=word(i) + "@lock.example"), "DUNNO")
                slowest = max(slowest, time.monotonic() - started)
                time.sleep(0.05)
        used = server.cpu_seconds() - before
        assert slowest < 1.0, slowest
        assert used < 1.0, f"{used} s of CPU in 2 s"
        other.execute("ROLLBACK")
        other.close()
        server.wait_log("the database answers again")
        equal(server.ask(sender="after@lock.example"), DEFERRED)
        equal(server.count_log("the database does not answer"), 1)


@test
def F12_a_reader_does_not_stop_decisions(scene):
    with Greygated(scene, ["write-ahead log"], log={"level": "warn"}) as server:
        reader = sqlite3.connect(server.database, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM triplet").fetchall()
        with server.connect() as client:
            for i in range(3000):
                equal(client.ask(sender=word(i) + "x" * 300 + "@x.example"), DEFERRED)
        wal = pathlib.Path(str(server.database) + "-wal")
        grown = wal.stat().st_size
        reader.close()
        with server.connect() as client:
            for i in range(3000):
                client.ask(sender=word(i + 5000) + "@x.example")
                if i % 500 == 0:
                    time.sleep(0.3)
        assert wal.stat().st_size <= max(grown * 2, 16 << 20), (grown, wal.stat().st_size)
        equal(server.sql("SELECT count(*) FROM triplet"), [(6000,)])


@test
def F13_the_clock_jumps(scene):
    library = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        raise Skip("faketime is not installed")
    stamp = scene.dir / "clock"
    stamp.write_text("+0")
    env = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(stamp),
           "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    plain = ROOT / "build"
    with Greygated(scene, build=plain, env=env, greylist={"delay": "3s"},
                   auto_whitelist={"passes": 0}) as server:
        equal(server.ask(sender="known@x.example"), DEFERRED)
        time.sleep(3.2)
        assert server.ask(sender="known@x.example").startswith("PREPEND")
        equal(server.ask(sender="waiting@x.example"), DEFERRED)
        stamp.write_text("-3600")
        equal(server.ask(sender="known@x.example"), "DUNNO", "passed ones stay passed")
        equal(server.ask(sender="waiting@x.example"), DEFERRED)
        time.sleep(3.2)
        assert server.ask(sender="waiting@x.example").startswith("PREPEND"), "at most one delay more"
        stamp.write_text("+40d")
        time.sleep(2)
        equal(server.sql("SELECT count(*) FROM triplet"), [(2,)], "expiry holds back")
        stamp.write_text("+0")
        equal(server.ask(sender="known@x.example"), "DUNNO")


@test
def F14_no_descriptors_left(scene):
    with Greygated(scene, ["cannot accept"]) as server:
        base = server.settled_fds()
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (base + 20, base + 20))
        crowd = []
        for _ in range(60):
            s = socket.socket(socket.AF_UNIX)
            s.connect(server.socket_path)
            crowd.append(s)
        server.wait_log("cannot accept connections")
        before = server.cpu_seconds()
        time.sleep(1)
        assert server.cpu_seconds() - before < 0.5, "spins"
        for s in crowd:
            s.close()
        wait_until(lambda: server.fds() <= base + 2, "descriptors are back")
        equal(server.ask(), DEFERRED)
        equal(server.count_log("cannot accept"), 1)


@test
def F15_requests_are_answered_in_turn(scene):
    """More at once than a batch holds, and more behind each: none waits for all of another's."""
    number, each = 700, 20
    with Greygated(scene) as server, contextlib.ExitStack() as stack:
        server.signal(signal.SIGSTOP)
        crowd = [stack.enter_context(server.connect()) for _ in range(number)]
        for client in crowd:
            client.send(request(client_address="127.0.0.1") * each)
        server.signal(signal.SIGCONT)
        got, first = dict.fromkeys(crowd, 0), {}
        while sum(got.values()) < number * each:
            ready = select.select(crowd, [], [], 10)[0]
            assert ready, sum(got.values())
            for client in ready:
                first.setdefault(client, sum(got.values()))
                got[client] += client.socket.recv(65536).count(b"\n\n")
        assert max(first.values()) < number * each / 2, max(first.values())


@test
def F16_slow_requests_and_slow_readers_are_closed(scene):
    with Greygated(scene, limits={"request": "1s", "write": "1s"}) as server:
        with server.connect() as slow, server.connect() as active:
            slow.send(b"request=smtpd_access_policy\n")
            equal(active.ask(), DEFERRED)
            try:
                slow.reply()
                raise AssertionError("answered")
            except EOFError:
                pass
            equal(active.ask(), DEFERRED)


@test
def F17_oversized_requests(scene):
    with Greygated(scene, ["is over 65536 bytes", "malformed"]) as server:
        for data in (b"request=smtpd_access_policy\nsender=" + b"x" * (1 << 20),
                     b"".join(b"n%d=v\n" % i for i in range(20000)),
                     b"x" * (10 << 20), b"\n" * (1 << 20)):
            with server.connect() as client:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    client.send(data)
                try:
                    client.reply()
                    raise AssertionError("answered")
                except (EOFError, ConnectionResetError):
                    pass
        equal(server.ask(), DEFERRED)
        equal(server.ask(sender="x" * 3000 + "@x.example"), "DUNNO")
        equal(server.count_log("is over 65536 bytes"), 1)


@test
def F18_F19_F20_odd_requests_get_one_answer_each(scene):
    cases = [
        ({"client_address": "::ffff:192.0.2.9"}, DEFERRED), ({"client_address": "fe80::1%eth0"}, DEFERRED),
        ({"client_address": "1.2.3"}, "DUNNO"), ({"client_address": "010.1.1.1"}, "DUNNO"),
        ({"client_address": "unknown"}, "DUNNO"), ({"client_address": None}, "DUNNO"),
        ({"recipient": None}, "DUNNO"), ({"protocol_state": None}, "DUNNO"),
        ({"sender": None}, "DUNNO"), ({"sender": ""}, DEFERRED), ({"request": "junk"}, "DUNNO"),
        ({"request": None}, "DUNNO"), ({"sender": b"\x00\xff\xfe@x.example"}, DEFERRED),
        ({"sender": b"\x1b[2J@x.example"}, DEFERRED), ({"odd": b"a=b=c"}, DEFERRED),
        ({"": "x"}, DEFERRED), ({"sender": "no-at-sign"}, DEFERRED),
        ({"sender": "o'hara!%~{}@[192.0.2.1]"}, DEFERRED),
    ]
    with Greygated(scene, ["malformed"]) as server, server.connect() as client:
        for changes, want in cases:
            equal(client.ask(**changes), want, str(changes))
        client.send(b"\n\n" + request().replace(b"\n", b"\r\n"))
        equal(client.reply(), DEFERRED, "CRLF")
        client.send(b"no equal sign\n" + request(sender="q@x.example"))
        equal(client.reply(), DEFERRED)
        client.send(request(sender="first@x.example")[:-1] + b"sender=second@x.example\n\n")
        equal(client.reply(), DEFERRED)
        equal(server.sql("SELECT count(*) FROM triplet WHERE sender_key LIKE 'second%'"), [(0,)])
        assert client.silent()
        for part in range(5):  # pipelined; more would block both sides until we read
            client.send(b"".join(request(sender=word(part * 100 + i) + "@p.example")
                                 for i in range(100)))
            equal([client.reply() for _ in range(100)], [DEFERRED] * 100)
        equal(server.sql("SELECT DISTINCT net FROM triplet ORDER BY net"),
              [("192.0.2.0/24",), ("fe80::/64",)])


@test
def F24_config_errors_all_at_once(scene):
    server = Greygated(scene, start=False)
    server.config_file.write_text("delay: 3\ngreylist:\n  delay: soon\n  windw: 2d\nlisten: []\n"
                                  "reply: 250 ok\nlog: {level: loud}\n")
    result = subprocess.run([server.build / "greygated", "-t", "-c", server.config_file],
                            stderr=subprocess.PIPE)
    equal(result.returncode, 78)
    text = result.stderr.decode()
    for place in (":1:1: delay: unknown", ":3:10: greylist.delay: expected a duration",
                  ":4:3: greylist.windw: unknown setting; did you mean greylist.window?",
                  ":5:9: listen: expected at least one", ":6:8: reply: expected a 4NN",
                  ":7:14: log.level: expected one of"):
        assert f"config.yaml{place}" in text, (place, text)
    server.start(ready=False)
    equal(server.wait(), 78)
    equal(subprocess.run([server.build / "greygated", "-x"], stderr=subprocess.DEVNULL).returncode, 64)


@test
def F25_F33_second_server_and_stale_sockets(scene):
    with Greygated(scene) as first:
        second = Greygated(scene, [".*"], start=False)
        second.start(ready=False)
        equal(second.wait(), 69, "same socket")
        second.wait_log("another server listens on")
        second.write_config(listen=["unix:" + str(scene.dir / "second.sock")])
        second.start(ready=False)
        equal(second.wait(), 75, "same database")
        second.wait_log(f"in use by another greygated \\(process {first.process.pid}\\)")
        equal(first.ask(), DEFERRED, "the first one goes on")
        first.kill9()
        assert os.path.exists(first.socket_path)
        first.write_config()
        first.start()
        equal(first.ask(), DEFERRED, "stale socket replaced")
        plain = scene.dir / "file"
        plain.write_text("precious")
        second.write_config(listen=["unix:" + str(plain)])
        second.start(ready=False)
        equal(second.wait(), 73)
        equal(plain.read_text(), "precious")
        port = free_port()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            second.write_config(listen=[f"inet:127.0.0.1:{port}"])
            second.start(ready=False)
            equal(second.wait(), 69, "port in use")


@test
def F31_many_clients_race_for_one_triplet(scene):
    with Greygated(scene, greylist={"delay": "1h"}) as server:
        clients = [scene.enter_context(server.connect()) for _ in range(100)]
        for client in clients:
            client.send(request())
        equal({client.reply() for client in clients}, {DEFERRED})
        equal(server.sql("SELECT count(*), sum(attempts) FROM triplet"), [(1, 100)])


@test
def privileges_are_dropped_and_sockets_have_their_mode(scene):
    if os.geteuid() != 0:
        raise Skip("needs root")
    folder = scene.dir / "state"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    with Greygated(scene, user="nobody", database=str(folder / "greygate.db"),
                   socket_mode="0600") as server:
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        assert "Uid:\t65534\t65534\t65534" in status, status
        mode = os.stat(server.socket_path)
        equal((mode.st_mode & 0o777, mode.st_uid), (0o600, 65534))
        equal(os.stat(server.database).st_mode & 0o777, 0o640)
        equal(server.ask(), DEFERRED)
        server.cli("rule", "add", "allow", "@friend.example")
        owners = {path.stat().st_uid for path in folder.iterdir()}
        equal(owners, {65534}, "root's greygate leaves no files of root")


@test
def readiness_watchdog_and_heartbeat(scene):
    with Greygated(scene, env={"WATCHDOG_USEC": "600000"}) as server:
        wait_until(lambda: server.states.count("WATCHDOG=1") >= 3, "watchdog")
        wait_until(lambda: server.json("status", status=None)["alive"], "heartbeat")
        server.signal(signal.SIGHUP)
        wait_until(lambda: "RELOADING=1" in server.states, "reloading")
        equal(server.end(), 0)
        assert "STOPPING=1" in server.states
        equal(server.json("status", status=69)["alive"], False)


@test
def valgrind_finds_nothing_in_a_short_run(scene):
    if not shutil.which("valgrind"):
        raise Skip("valgrind is not installed")
    wrapper = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
               "--show-leak-kinds=definite,indirect,possible"]
    with Greygated(scene, build=ROOT / "build", wrapper=wrapper, greylist={"delay": "1s"}) as server:
        with server.connect(60) as client:
            for i in range(200):
                client.ask(sender=word(i % 50) + "@x.example")
        server.signal(signal.SIGHUP)
        server.wait_log("configuration reloaded", 30)
        equal(server.end(60), 0, "\n".join(server.lines[-20:]))


run()
