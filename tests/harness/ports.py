"""TCP ports on loopback that nobody listens on."""
import random
import socket

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
# Below the range that the kernel gives to outgoing connections, so that none takes a port between
# its choice here and its use.
FIRST, LAST = 20000, 32000
_given = set()


def free_port(family=socket.AF_INET):
    """A port that can be bound on the loopback address of FAMILY; never the same one twice."""
    for _ in range(200):
        port = random.randint(FIRST, LAST)
        if port not in _given and _can_bind(family, port):
            _given.add(port)
            return port
    raise OSError(f"no free port on {LOOPBACK[family]}")


def _can_bind(family, port):
    with socket.socket(family) as probe:
        try:
            probe.bind((LOOPBACK[family], port))
        except OSError:
            return False
    return True
