"""A test program is functions marked @test; run() runs them in order and speaks TAP."""
import contextlib
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
_tests = []


class Skip(Exception):
    """The test cannot run here; the argument says why."""


def test(function):
    _tests.append(function)
    return function


def wait_until(predicate, what, timeout=10):
    """Returns the first true value of PREDICATE; fails after TIMEOUT seconds."""
    end = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.01)


def equal(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def soon(get, want, what="", timeout=5):
    """As equal() of get(), which may still become what is wanted: events and counts are written
    within a moment."""
    end = time.monotonic() + timeout
    while get() != want and time.monotonic() < end:
        time.sleep(0.02)
    equal(get(), want, what)


class Scene(contextlib.ExitStack):
    """One test's resources: a folder of its own, and whatever it enters is closed at its end."""

    def __init__(self):
        super().__init__()
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="greygate-test."))
        self.dir.chmod(0o755)
        self.callback(shutil.rmtree, self.dir, ignore_errors=True)


def run():
    # Who runs us in the background ignores some; what we start shall not.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    failed = 0
    for number, function in enumerate(_tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            with Scene() as scene:
                function(scene)
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:  # a test may fail in any way; the others still run
            failed += 1
            print(f"not ok {number} - {name}")
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    print(f"1..{len(_tests)}")
    sys.exit(failed > 0)
