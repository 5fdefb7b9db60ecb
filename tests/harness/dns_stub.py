"""A name server of the test's own, which misbehaves as told, over UDP and TCP on one port."""
import contextlib
import ipaddress
import socket
import struct
import threading
import time

from .ports import free_port

TYPES = {"A": 1, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
NAMES = {number: name for name, number in TYPES.items()}


def wire(name):
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def rdata(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "MX":
        preference, host = value.split()
        return struct.pack("!H", int(preference)) + wire(host)
    if kind == "TXT":
        data = value if isinstance(value, bytes) else value.encode()
        return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255]
                        for i in range(0, len(data), 255)) or b"\0"
    return wire(value)


def parse_question(packet):
    """(name, type name, end of the question)"""
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1").lower())
        at += 1 + packet[at]
    number, = struct.unpack_from("!H", packet, at + 1)
    return ".".join(labels), NAMES.get(number, str(number)), at + 5


def referral(query, server="ns.elsewhere.example"):
    """What a server that is not recursive says: ask others. No answer, one NS, neither RA nor AA."""
    _, _, end = parse_question(query)
    data = wire(server)
    return query[:2] + struct.pack("!5H", 0x8100, 1, 0, 1, 0) + query[12:end] + \
        wire("example") + struct.pack("!HHIH", 2, 1, 3600, len(data)) + data


def response(query, records=(), rcode=0, truncated=False, ident=None, ttl=3600):
    """RECORDS are (owner, type, value)."""
    _, _, end = parse_question(query)
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    number = struct.unpack_from("!H", query)[0] if ident is None else ident
    out = struct.pack("!6H", number, flags, 1, len(records), 0, 0) + query[12:end]
    for owner, kind, value in records:
        data = rdata(kind, value)
        out += wire(owner) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data
    return out


class DnsStub(contextlib.AbstractContextManager):
    """ZONE maps (name, type) to a list of values, or to a function of (stub, query, over_tcp) that
    returns a list of packets to send. What is not there does not exist. `dead` answers nothing,
    `delay` seconds before each answer; `asked` has all questions."""

    def __init__(self, zone=None, ttl=3600, delay=0):
        self.zone = dict(zone or {})
        self.ttl, self.delay = ttl, delay
        self.dead = False
        self.asked = []
        self._closing = False
        self.port = free_port()
        self.servers = [f"127.0.0.1:{self.port}"]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.udp.bind(("127.0.0.1", self.port))
        self.tcp = socket.socket()
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind(("127.0.0.1", self.port))
        self.tcp.listen(64)
        for loop in (self._udp_loop, self._tcp_loop):
            threading.Thread(target=loop, daemon=True).start()

    def _answers(self, query, over_tcp):
        name, kind, _ = parse_question(query)
        self.asked.append((name, kind, over_tcp))
        if self.dead:
            return []
        found = self.zone.get((name, kind))
        if callable(found):
            return found(self, query, over_tcp)
        owner, records = name, []
        for _ in range(20):
            alias = self.zone.get((owner, "CNAME"))
            if not alias or found is not None:
                break
            records.append((owner, "CNAME", alias[0]))
            owner = alias[0]
            found = self.zone.get((owner, kind))
        records += [(owner, kind, value) for value in found or []]
        exists = records or any(known == name for known, _ in self.zone)
        packet = response(query, records, 0 if exists else 3, ttl=self.ttl)
        if not over_tcp and len(packet) > 1232:
            packet = response(query, truncated=True)
        return [packet]

    def _udp_loop(self):
        while not self._closing:
            with contextlib.suppress(OSError):
                query, client = self.udp.recvfrom(4096)
                if self._closing:
                    return
                packets = self._answers(query, False)
                if self.delay:
                    timer = threading.Timer(self.delay, self._send, (packets, client))
                    timer.daemon = True
                    timer.start()
                else:
                    self._send(packets, client)

    def _send(self, packets, client):
        for packet in packets:
            with contextlib.suppress(OSError):
                self.udp.sendto(packet, client)

    def _tcp_loop(self):
        while not self._closing:
            with contextlib.suppress(OSError):
                connection, _ = self.tcp.accept()
                threading.Thread(target=self._tcp_one, args=(connection,), daemon=True).start()

    def _tcp_one(self, connection):
        with connection, contextlib.suppress(OSError, struct.error):
            connection.settimeout(30)
            length, = struct.unpack("!H", connection.recv(2))
            query = connection.recv(length)
            for packet in self._answers(query, True):
                connection.sendall(struct.pack("!H", len(packet)) + packet)
            while self.dead and not self._closing:
                time.sleep(0.1)

    def __exit__(self, *exception):
        self._closing = True
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"\0" * 17, ("127.0.0.1", self.port))
        with contextlib.suppress(OSError):
            self.tcp.shutdown(socket.SHUT_RDWR)
        self.udp.close()
        self.tcp.close()
