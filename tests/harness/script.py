"""The console driven by a script (tui/script.h); what it prints is looked at."""
import contextlib
import subprocess
import unicodedata

from harness.daemon import die_with_parent
from harness.tap import equal

SIZES = ("80x24", "132x43", "40x8")


def cells(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in line)


def check_screens(text, size):
    """Every row fits, and nothing in it can act on a terminal."""
    cols = int(size.split("x")[0])
    for line in text.split("\n"):
        if line.startswith("|"):
            assert cells(line[1:]) <= cols, (cells(line[1:]), line)
        for c in line:
            assert unicodedata.category(c) not in ("Cc", "Cf", "Cs"), repr(line)


def console(server, *lines, size="80x24", options=()):
    """Runs a script; returns what it printed."""
    text = "\n".join(lines) + "\n"
    out = server.cli("console", "--script", "-", "--size", size, *options, text=text.encode())
    check_screens(out, size)
    return out


def screen(server, *lines, size="80x24", options=()):
    """The rows of the one screen after LINES."""
    out = console(server, *lines, "screen", size=size, options=options)
    return [line[1:] for line in out.split("\n") if line.startswith("|")]


class Dialogue:
    """A console that is driven line by line, so that something else can happen meanwhile."""

    def __init__(self, server, size="80x24", options=()):
        self.process = subprocess.Popen(
            [str(server.build / "greygate"), "-c", str(server.config_file), "console", "--script",
             "-", "--size", size, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=die_with_parent)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        status = self.process.wait(20)
        if failure is None:
            equal(status, 0)

    def do(self, *lines):
        """The rows of the screen after LINES."""
        self.process.stdin.write("\n".join((*lines, "screen", "say .")) + "\n")
        self.process.stdin.flush()
        rows = []
        for line in self.process.stdout:
            if line == ".\n":
                return rows
            if line.startswith("|"):
                rows.append(line[1:].rstrip("\n"))
        raise AssertionError(f"the console ended: {lines}")


def row_with(rows, text):
    found = [row for row in rows if text in row]
    assert found, (text, "\n".join(rows))
    return found[0]
