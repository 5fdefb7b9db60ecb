"""A real name server, NSD, that answers for the whole tree from one zone file."""
import contextlib
import shutil
import socket
import struct
import subprocess

from .daemon import die_with_parent
from .ports import free_port
from .tap import Skip, wait_until

CONFIG = """\
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{dir}"
  database: ""
  pidfile: "{dir}/nsd.pid"
  xfrdfile: "{dir}/xfrd.state"
  zonelistfile: "{dir}/zone.list"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
"""
HEAD = """\
$ORIGIN .
$TTL 3600
. SOA ns.lab. host.lab. 1 3600 600 86400 300
. NS ns.lab.
ns.lab. A 127.0.0.1
"""


class Nsd(contextlib.AbstractContextManager):
    """ZONE is a whole root zone, or RECORDS are added to an empty one. `servers` is what goes into
    dns.servers of a configuration."""

    def __init__(self, scene, zone=None, records=""):
        if not shutil.which("nsd"):
            raise Skip("needs the package nsd")
        self.port = free_port()
        self.servers = [f"127.0.0.1:{self.port}"]
        self.dir = scene.dir / f"nsd-{self.port}"
        self.dir.mkdir()
        (self.dir / "root.zone").write_text(zone if zone is not None else HEAD + records)
        (self.dir / "nsd.conf").write_text(CONFIG.format(port=self.port, dir=self.dir))
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["nsd", "-d", "-c", str(self.dir / "nsd.conf")], stdin=subprocess.DEVNULL,
            stdout=open(self.dir / "log", "ab"), stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent)
        wait_until(self._answers, "NSD answers: " + (self.dir / "log").read_text())

    def _answers(self):
        """One question for the root's SOA."""
        if self.process.poll() is not None:
            raise AssertionError("NSD ended: " + (self.dir / "log").read_text())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            probe.sendto(struct.pack("!6HBHH", 1, 0, 1, 0, 0, 0, 0, 6, 1),
                         ("127.0.0.1", self.port))
            with contextlib.suppress(OSError):
                return probe.recv(512)[:2] == b"\0\1"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __exit__(self, *exception):
        self.stop()
