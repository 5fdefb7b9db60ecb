"""The programs that a benchmark starts, measures and stops: server, echo, load client, filler."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A started program with its CPU time and memory."""

    def __init__(self, argv, ready, **options):
        self.started = time.monotonic()
        self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, **options)
        while not ready():
            if self.popen.poll() is not None:
                raise RuntimeError(f"{argv[0]} ended with {self.popen.returncode}")
            time.sleep(0.002)
        self.start_seconds = time.monotonic() - self.started

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.popen.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, name="VmRSS"):
        """Bytes; VmHWM is the peak."""
        for line in pathlib.Path(f"/proc/{self.popen.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


def answers(address):
    """Whether a policy server answers at a unix path or (host, port)."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(5)
        try:
            probe.connect(address)
            probe.sendall(b"request=smtpd_access_policy\nprotocol_state=CONNECT\n\n")
            return probe.recv(200).startswith(b"action=")
        except OSError:
            return False


class Bench:
    """A scratch directory, the built programs, and the seconds that one measurement takes."""

    def __init__(self, build, seconds):
        self.build = pathlib.Path(build).resolve()
        self.seconds = seconds
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="greygate-bench."))
        self.scratch.chmod(0o755)  # postgrey and sqlgrey run as their own users

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def database(self, triplets, clients=1000, age=None):
        """A fresh copy of a store with so many rows; filled once for each size."""
        made = self.scratch / f"filled-{triplets}-{clients}-{age}.db"
        if not made.exists():
            argv = [self.build / "bench/fill", made, str(triplets), str(clients)]
            subprocess.run(argv + ([str(age)] if age else []), check=True)
        copy = self.scratch / "greygate.db"
        for name in self.scratch.glob("greygate.db*"):
            name.unlink()
        shutil.copyfile(made, copy)
        os.sync()  # or the disk would still write the copy while something is measured
        return copy

    @contextlib.contextmanager
    def echo(self):
        path = str(self.scratch / "echo.sock")
        process = Process([self.build / "bench/echo", f"unix:{path}"], lambda: answers(path))
        try:
            yield process, path
        finally:
            process.stop()

    @contextlib.contextmanager
    def server(self, database, **settings):
        path = str(self.scratch / "policy.sock")
        config = {"database": str(database), "listen": [f"unix:{path}"], "user": "root",
                  "limits": {"connections": 4000}, "dns": {"servers": ["127.0.0.1:9"]},
                  "spf": {"mode": "ignore"}, **settings}
        file = self.scratch / "config.yaml"
        file.write_text(json.dumps(config))
        with open(self.scratch / "server.log", "ab") as log:
            process = Process([self.build / "greygated", "-c", file], lambda: answers(path),
                              stderr=log)
        try:
            yield process, path
        finally:
            process.stop()

    @contextlib.contextmanager
    def slow_dns(self, delay_ms):
        """A resolver whose answers take DELAY_MS; gives its port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = Process([self.build / "bench/slow_dns", str(port), str(delay_ms)], lambda: True,
                          stdout=subprocess.DEVNULL)
        time.sleep(0.1)
        try:
            yield port
        finally:
            process.stop()

    def load(self, path, seconds=None, **options):
        """Runs the load client (options by letter) and returns its numbers."""
        argv = [self.build / "bench/load", "-d", str(seconds or self.seconds)]
        for letter, value in options.items():
            argv += ["-" + letter, str(value)]
        target = path if str(path).isdigit() else f"unix:{path}"
        result = subprocess.run(argv + [str(target)], stdout=subprocess.PIPE, check=True)
        return json.loads(result.stdout)

    def measure(self, process, path, **options):
        """A load, with the CPU microseconds that the process took for each request."""
        before = process.cpu_seconds()
        numbers = self.load(path, **options)
        used = process.cpu_seconds() - before
        numbers["cpu_us"] = used / max(numbers["requests"], 1) * 1e6
        return numbers

    def wal_bytes(self):
        wal = self.scratch / "greygate.db-wal"
        return wal.stat().st_size if wal.exists() else 0

    def wal_peak(self, stop):
        """Greatest size of the WAL seen until the event STOP is set."""
        peak = 0
        while not stop.is_set():
            peak = max(peak, self.wal_bytes())
            time.sleep(0.05)
        return peak
