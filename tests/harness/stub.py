"""A policy server of the test's own: answers as a function says and keeps what it was asked."""
import contextlib
import os
import socket
import socketserver
import threading


class _Handler(socketserver.StreamRequestHandler):
    """One connection: requests until the client or the stub closes."""

    def handle(self):
        stub = self.server.stub
        with contextlib.suppress(ConnectionError):
            while (attributes := self._read_request()) is not None:
                answer = stub.take(attributes)
                if answer is None:
                    return
                if isinstance(answer, str):
                    answer = b"action=" + answer.encode() + b"\n\n"
                self.wfile.write(answer)

    def _read_request(self):
        """Names and values in the order of arrival, or None at the end of the connection."""
        attributes = {}
        for line in self.rfile:
            if line == b"\n":
                return attributes
            name, _, value = line.rstrip(b"\n").partition(b"=")
            attributes[name.decode()] = value.decode(errors="surrogateescape")
        return None


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A listener of any family that can cut its connections: Postfix keeps its own open."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, family, address, stub):
        self.address_family = family
        self.stub = stub
        self.connections = set()
        super().__init__(address, _Handler)

    def server_bind(self):
        if self.address_family == socket.AF_UNIX:
            self.socket.bind(self.server_address)
            os.chmod(self.server_address, 0o666)
        else:
            super().server_bind()

    def process_request(self, request, client_address):
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def cut(self):
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class StubPolicyServer(contextlib.AbstractContextManager):
    """ADDRESS is a unix path or (host, port), port 0 for any. CALLBACK takes the attributes of a
    request, a dict of text, and returns the action, or bytes to send as they are, or None to close
    without an answer. `requests` holds the attributes of all requests in order; `policy` is the
    address as Postfix and the configuration write it."""

    def __init__(self, address, callback=lambda attributes: "DUNNO"):
        self.callback = callback
        self.requests = []
        self._lock = threading.Lock()
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._server = _Server(family, address, self)
        self.policy = self._written(family, self._server.server_address)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @staticmethod
    def _written(family, address):
        if family == socket.AF_UNIX:
            return f"unix:{address}"
        host = f"[{address[0]}]" if family == socket.AF_INET6 else address[0]
        return f"inet:{host}:{address[1]}"

    def take(self, attributes):
        """Records a request and returns the answer; one at a time, so CALLBACK may keep state."""
        with self._lock:
            self.requests.append(attributes)
            return self.callback(attributes)

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()
        self._thread.join()
