"""A terminal of its own: tmux on a socket of its own, with a console in it."""
import contextlib
import os
import shlex
import shutil
import subprocess

from .tap import Skip, wait_until


class Terminal(contextlib.AbstractContextManager):
    """A shell of COLSxROWS in the folder of SCENE. TERM is what the program inside sees."""

    number = 0

    def __init__(self, scene, cols=80, rows=24, term="xterm-256color", env=None):
        if not shutil.which("tmux"):
            raise Skip("needs the package tmux")
        Terminal.number += 1
        self.socket = str(scene.dir / f"tmux-{Terminal.number}.sock")
        self.env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **(env or {})}
        for name in ("TMUX", "LINES", "COLUMNS", "NO_COLOR"):
            if name not in (env or {}):
                self.env.pop(name, None)
        config = scene.dir / "tmux.conf"
        config.write_text(f"set -g default-terminal {term}\nset -g status off\n"
                          "set -sg escape-time 0\nset -g remain-on-exit off\n")
        self.tmux("-f", str(config), "new-session", "-d", "-x", str(cols), "-y", str(rows),
                  "env PS1='ready$ ' /bin/sh")
        self.wait("ready$")

    def tmux(self, *words):
        result = subprocess.run(["tmux", "-S", self.socket, *words], env=self.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=20)
        if result.returncode != 0:
            raise AssertionError(f"tmux {words}: {result.stderr.decode()}")
        return result.stdout.decode()

    def keys(self, *names):
        """tmux's names: Enter, Escape, C-d, Tab, or characters."""
        self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def run(self, *command):
        """Types a command into the shell."""
        self.type(" ".join(shlex.quote(str(word)) for word in command))
        self.keys("Enter")

    def screen(self, escapes=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if escapes else []))

    def wait(self, text, timeout=15):
        """The screen, once it has TEXT."""
        seen = []

        def look():
            seen[:] = [self.screen()]
            return text in seen[0]
        try:
            wait_until(look, text, timeout)
        except AssertionError:
            raise AssertionError(f"{text!r} did not come within {timeout} s:\n{seen[0]}") from None
        return seen[0]

    def gone(self, text, timeout=15):
        try:
            wait_until(lambda: text not in self.screen(), text, timeout)
        except AssertionError:
            raise AssertionError(f"{text!r} did not go:\n{self.screen()}") from None
        return self.screen()

    def resize(self, cols, rows):
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def pane(self, what):
        """A format of tmux: cursor_flag, alternate_on, pane_pid."""
        return self.tmux("display-message", "-p", "#{" + what + "}").strip()

    def child(self):
        """The process that the shell runs."""
        def look():
            return subprocess.run(["pgrep", "-P", self.pane("pane_pid")], stdout=subprocess.PIPE,
                                  check=False).stdout.decode().split()
        return int(wait_until(look, "the child of the shell")[0])

    def __exit__(self, *exception):
        with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
            self.tmux("kill-server")
