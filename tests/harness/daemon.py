"""A greygated of its own, and greygate beside it."""
import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time

from .policy import Client
from .tap import wait_until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("GREYGATE_BUILD", ROOT / "build/san"))
REPORTS = ("AddressSanitizer", "runtime error:", "LeakSanitizer", "Assertion")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Greygated(contextlib.AbstractContextManager):
    """Runs in the folder of SCENE. EXPECTED are regular expressions of warnings and errors that
    the test provokes; any other fails it. WRAPPER is put before the command, ARGS behind it;
    INHERIT are descriptors that it finds open."""

    def __init__(self, scene, expected=(), wrapper=(), env=None, before=None, build=BUILD,
                 start=True, args=(), inherit=(), **settings):
        self.dir = scene.dir
        self.expected = list(expected)
        self.wrapper = [str(word) for word in wrapper]
        self.args = [str(word) for word in args]
        self.env = env or {}
        self.before = before
        self.inherit = inherit
        self.build = pathlib.Path(build)
        self.config_file = self.dir / "config.yaml"
        self.socket_path = str(self.dir / "policy.sock")
        self.settings = {"database": str(self.dir / "greygate.db"),
                         "listen": ["unix:" + self.socket_path], "user": "root",
                         "dns": {"servers": ["127.0.0.1:9"]}, "postfix": "none", **settings}
        self.database = pathlib.Path(self.settings["database"])
        self.lines, self.states = [], []
        self.process = None
        self.write_config()
        if start:
            self.start()

    def write_config(self, **changes):
        self.settings.update(changes)
        self.config_file.write_text(json.dumps(self.settings))

    def start(self, ready=True):
        """READY False: the test looks itself at how it starts or ends."""
        notify = self.dir / "notify.sock"
        notify.unlink(missing_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(notify))
        notify.chmod(0o777)
        self.states.clear()

        def prepare():
            die_with_parent()
            if self.before:
                self.before()
        env = {**os.environ, "NOTIFY_SOCKET": str(notify), **self.env}
        env.pop("JOURNAL_STREAM", None)
        self.process = subprocess.Popen(
            [*self.wrapper, str(self.build / "greygated"), "-c", str(self.config_file),
             *self.args],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env, preexec_fn=prepare,
            pass_fds=self.inherit)
        self.reaped = False
        self.reader = threading.Thread(target=self._read_log, args=(self.process,), daemon=True)
        self.reader.start()
        self.notify_reader = threading.Thread(target=self._read_notify, args=(self.notify,),
                                              daemon=True)
        self.notify_reader.start()
        if ready:
            wait_until(lambda: "READY=1" in self.states or self.process.poll() is not None,
                       "readiness", 60)
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.lines[-5:]}")

    def _read_log(self, process):
        for line in process.stderr:
            self.lines.append(line.decode(errors="backslashreplace").rstrip("\n"))

    def _read_notify(self, notify):
        with contextlib.suppress(OSError):
            while message := notify.recv(4096):
                self.states.extend(message.decode().split("\n"))

    def connect(self, timeout=10):
        return Client(self.socket_path, timeout)

    def ask(self, **changes):
        with self.connect() as client:
            return client.ask(**changes)

    def wait_log(self, pattern, timeout=10, times=1):
        return wait_until(lambda: [l for l in self.lines if re.search(pattern, l)][times - 1:],
                          f"{times} log line(s) {pattern}; last: {self.lines[-5:]}", timeout)[0]

    def count_log(self, pattern):
        return sum(bool(re.search(pattern, line)) for line in self.lines)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill9(self):
        self.process.kill()
        self.wait()

    def end(self, timeout=20):
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout=20):
        status = self.process.wait(timeout)
        self.reader.join(5)  # what it said last counts too
        # A reader that is about to read would read from the next socket of the same number.
        self.notify.shutdown(socket.SHUT_RDWR)
        self.notify_reader.join(5)
        self.notify.close()
        self.reaped = True
        return status

    def settled_fds(self):
        """Open descriptors once the threads have opened theirs."""
        time.sleep(0.7)
        return self.fds()

    def cpu_seconds(self):
        """What the process has used so far."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def sql(self, query, *values):
        """Rows of a query on the database, as another program."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=5)) as connection:
            with connection:
                return connection.execute(query, values).fetchall()

    def cli(self, *args, status=0, text=None):
        """Runs greygate and returns its output; STATUS None accepts any."""
        result = subprocess.run(
            [str(self.build / "greygate"), "-c", str(self.config_file), *map(str, args)],
            input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
            preexec_fn=die_with_parent)
        self.cli_error = result.stderr.decode()
        output = result.stdout.decode()
        if status is not None and result.returncode != status:
            raise AssertionError(f"greygate {args}: status {result.returncode}, want {status}: "
                                 f"{output}{self.cli_error}")
        return output

    def json(self, *args, status=0):
        return json.loads(self.cli(*args, "--json", status=status))

    def quick_check(self):
        assert self.sql("PRAGMA quick_check") == [("ok",)]

    def __exit__(self, kind, value, trace):
        if self.process and self.process.poll() is None:
            status = self.end()
            if kind is None and status != 0:
                raise AssertionError(f"exit status {status}: {self.lines[-5:]}")
        elif self.process and not self.reaped and kind is None:
            raise AssertionError(f"died by itself, {self.wait()}: {self.lines[-5:]}")
        if kind is None:
            self.check_log()

    def check_log(self):
        for line in list(self.lines):
            if any(report in line for report in REPORTS):
                raise AssertionError("\n".join(self.lines[-40:]))
            if re.search(r"\]: (warning|error):", line) and \
                    not any(re.search(pattern, line) for pattern in self.expected):
                raise AssertionError(f"unexpected in the log: {line}")
