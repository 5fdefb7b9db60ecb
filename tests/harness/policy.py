"""The policy protocol from the client's side."""
import contextlib
import socket

ATTRIBUTES = {
    "request": "smtpd_access_policy", "protocol_state": "RCPT", "protocol_name": "ESMTP",
    "client_address": "192.0.2.7", "client_name": "mx.sender.example", "client_port": "45678",
    "reverse_client_name": "mx.sender.example", "server_address": "198.51.100.25",
    "server_port": "25", "helo_name": "mx.sender.example", "sender": "anna@sender.example",
    "recipient": "info@example.org", "recipient_count": "0", "queue_id": "",
    "instance": "1a2b.6745a1b2.7.0", "size": "14336", "etrn_domain": "", "stress": "",
    "sasl_method": "", "sasl_username": "", "sasl_sender": "", "ccert_subject": "",
    "ccert_issuer": "", "ccert_fingerprint": "", "ccert_pubkey_fingerprint": "",
    "encryption_protocol": "", "encryption_cipher": "", "encryption_keysize": "0",
    "policy_context": "",
}


def request(**changes):
    """A whole request; None leaves an attribute out. Values may be text or bytes."""
    out = b""
    for name, value in {**ATTRIBUTES, **changes}.items():
        if value is not None:
            value = value if isinstance(value, bytes) else str(value).encode()
            out += name.encode() + b"=" + value + b"\n"
    return out + b"\n"


class Client(contextlib.AbstractContextManager):
    """A connection; ADDRESS is a unix path or (host, port)."""

    def __init__(self, address, timeout=10):
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family)
        # With a time limit a full backlog of a unix socket is EAGAIN, not waiting: so wait first.
        self.socket.connect(address)
        self.socket.settimeout(timeout)
        self.pending = b""

    def __exit__(self, *exception):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        """The next action; EOFError when the server closes."""
        while b"\n\n" not in self.pending:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError(self.pending)
            self.pending += data
        answer, self.pending = self.pending.split(b"\n\n", 1)
        assert answer.startswith(b"action=") and b"\n" not in answer, answer
        return answer[len(b"action="):].decode()

    def ask(self, **changes):
        self.send(request(**changes))
        return self.reply()

    def silent(self, seconds=0.3):
        """True when nothing unasked comes."""
        self.socket.settimeout(seconds)
        try:
            return self.pending == b"" and self.socket.recv(1) == b"never"
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(10)
