#!/usr/bin/env python3
# timeout: 120
"""Sockets of a service manager: bound by a parent, handed over as sd_listen_fds(3) tells, and kept
by it while the server restarts."""
import contextlib
import os
import pathlib
import shutil
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.policy import Client  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.tap import Skip, equal, run, test, wait_until  # noqa: E402

DEFERRED = "451 4.7.1 Intentional policy rejection, please try again later"

# Becomes the server: LISTEN_PID must be its own, and its descriptors begin at 3.
HAND_OVER = """
import fcntl, os, sys
fds = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 100) for fd in sys.argv[1].split(",")]
os.closerange(3, 100)
for number, fd in enumerate(fds, 3):
    os.dup2(fd, number)
    os.close(fd)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES=sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""


def word(number):
    """A name that no folding of senders touches."""
    return "".join("ghijklmnop"[int(digit)] for digit in str(number))


def bound(scene, address, mode=None):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    sock = scene.enter_context(socket.socket(family))
    sock.bind(address)
    if mode:
        os.chmod(address, mode)
    sock.listen(1024)
    return sock


def activated(scene, sockets, expected=(), **settings):
    fds = [sock.fileno() for sock in sockets]
    wrapper = [sys.executable, "-c", HAND_OVER, ",".join(map(str, fds)), "greygate.socket"]
    return Greygated(scene, expected, wrapper=wrapper, inherit=fds, **settings)


class Asking(threading.Thread):
    """Asks without pause and, as Postfix does, once more where a connection was closed. What must
    never happen is in WRONG: a connection refused, another answer than the right one."""

    def __init__(self, address, name):
        super().__init__(daemon=True)
        self.address, self.name = address, name
        self.deferred, self.wrong, self.stop = [], [], False

    def run(self):
        number = 0
        while not self.stop:
            try:
                client = Client(self.address, 20)
            except OSError as error:
                self.wrong.append(error)
                return
            with client, contextlib.suppress(EOFError, ConnectionError):
                while not self.stop:
                    sender = f"{word(number)}@{self.name}.example"
                    answer = client.ask(sender=sender, instance=sender)
                    number += 1
                    (self.deferred if answer == DEFERRED else self.wrong).append(sender)
                    if number % 5 == 0:
                        break  # new connections are what this is about


@test
def a_restart_under_load_refuses_nothing_and_loses_nothing(scene):
    path, port = str(scene.dir / "policy.sock"), free_port()
    sockets = [bound(scene, ("127.0.0.1", port)), bound(scene, path, 0o640)]
    before = os.stat(path)
    with activated(scene, sockets, greylist={"delay": "1h"}, log={"level": "warn"},
                   listen=["unix:" + path, f"inet:127.0.0.1:{port}"]) as server:
        clients = [Asking(path if i % 2 else ("127.0.0.1", port), name)
                   for i, name in enumerate("abcdefgh")]
        for client in clients:
            client.start()
        for i in range(6):
            time.sleep(0.3)
            if i % 3 == 2:
                server.kill9()
            else:
                equal(server.end(), 0)
            asked = sum(len(client.deferred) for client in clients)
            time.sleep(0.2)  # nobody serves: all wait
            server.start()
            wait_until(lambda: sum(len(c.deferred) for c in clients) > asked, "answers go on")
        for client in clients:
            client.stop = True
        for client in clients:
            client.join(20)
            assert not client.is_alive(), "an answer was lost"
        equal([w for client in clients for w in client.wrong], [])
        told = [sender for client in clients for sender in client.deferred]
        assert len(told) > 500, len(told)
        assert len(told) == len(set(told))
        known = {sender for sender, in server.sql("SELECT sender_key FROM triplet")}
        equal([sender for sender in told if sender not in known][:3], [], "told and forgotten")
        server.quick_check()
    after = os.stat(path)
    equal((after.st_ino, after.st_mode), (before.st_ino, before.st_mode), "the file of the socket")


@test
def what_is_not_handed_over_is_bound_and_only_that_is_removed(scene):
    given, own = str(scene.dir / "given.sock"), str(scene.dir / "policy.sock")
    with activated(scene, [bound(scene, given, 0o600)], socket_mode="0666",
                   listen=["unix:" + own, "unix:" + given]) as server:
        server.wait_log(f"listening on unix:{given}, handed over by the service manager")
        for path in own, given:
            with Client(path) as client:
                equal(client.ask(), DEFERRED)
        equal(os.stat(given).st_mode & 0o777, 0o600)
        equal(os.stat(own).st_mode & 0o777, 0o666)
        equal(server.end(), 0)
        assert os.path.exists(given) and not os.path.exists(own)


@test
def what_listen_does_not_name_ends_the_start_with_a_line_that_helps(scene):
    other = str(scene.dir / "other.sock")
    with activated(scene, [bound(scene, other)], ["handed over"], start=False) as server:
        server.start(ready=False)
        equal(server.wait(), 78)
        server.wait_log(rf"error: descriptor 3 \(greygate.socket\) was handed over and listens on "
                        rf'unix:{other}, which listen does not name, .* write "unix:{other}"')
        equal(server.count_log("error"), 1)
        assert os.path.exists(other)
        assert not os.path.exists(server.socket_path)


@test
def by_systemd_socket_activate(scene):
    program = shutil.which("systemd-socket-activate")
    if program is None:
        raise Skip("no systemd-socket-activate here")
    path = str(scene.dir / "policy.sock")
    with Greygated(scene, wrapper=[program, "-l", path], start=False) as server:
        server.start(ready=False)
        wait_until(lambda: os.path.exists(path), "the socket")
        # The first connection starts the server, and waits for it.
        with Client(path, 60) as client:
            equal(client.ask(), DEFERRED)
        server.wait_log("handed over by the service manager")
        equal(server.end(), 0)
        assert os.path.exists(path)


if __name__ == "__main__":
    run()
