"""SMTP as bytes: what a client may really send."""
import contextlib
import socket


class Smtp(contextlib.AbstractContextManager):
    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.file = self.socket.makefile("rb")
        self.answer()

    def __exit__(self, *exception):
        self.file.close()
        self.socket.close()

    def answer(self):
        """(code, text) of the next reply."""
        text = []
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError(text)
            text.append(line[4:].decode(errors="backslashreplace").strip())
            if line[3:4] != b"-":
                return int(line[:3]), " ".join(text)

    def command(self, line):
        line = line if isinstance(line, bytes) else line.encode()
        self.socket.sendall(line + b"\r\n")
        return self.answer()

    def hello(self, address="192.0.2.7", name="mx.sender.example", helo="mx.sender.example",
              login=None):
        """Becomes the client that is said, by XCLIENT."""
        self.command("EHLO localhost")
        address = "IPV6:" + address if ":" in address else address
        words = f"XCLIENT ADDR={address} NAME={name}"
        if login:
            words += f" LOGIN={login}"
        code, text = self.command(words)
        assert code == 220, (code, text)
        code, text = self.command("EHLO " + helo)
        assert code == 250, (code, text)
        return self

    def envelope(self, sender, *recipients, options=""):
        """Answers to each RCPT."""
        sender = sender if isinstance(sender, bytes) else sender.encode()
        code, text = self.command(b"MAIL FROM:<" + sender + b">" + options.encode())
        if code != 250:
            return [(code, text)]
        return [self.command(f"RCPT TO:<{recipient}>") for recipient in recipients]

    def data(self, subject="test"):
        code, text = self.command("DATA")
        if code != 354:
            return code, text
        return self.command(f"Subject: {subject}\r\n\r\nHello.\r\n.")
