#!/usr/bin/env python3
# timeout: 90
"""doc/tour.txt is what the console shows today."""
import difflib
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import BUILD, ROOT, die_with_parent  # noqa: E402
from harness.tap import Skip, run, test  # noqa: E402


@test
def the_tour_is_current(scene):
    if not shutil.which("nsd"):
        raise Skip("needs the package nsd")
    made = subprocess.run([ROOT / "data/demo/tour", BUILD], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=80,
                          preexec_fn=die_with_parent, env={**os.environ, "TMPDIR": str(scene.dir)})
    assert made.returncode == 0, made.stderr.decode()
    got, want = made.stdout.decode(), (ROOT / "doc/tour.txt").read_text()
    assert got == want, "make docs makes it anew\n" + "".join(difflib.unified_diff(
        want.splitlines(True), got.splitlines(True), "doc/tour.txt", "today"))


run()
