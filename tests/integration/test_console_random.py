#!/usr/bin/env python3
# timeout: 120
"""Keys at random, at any size, also while the database changes, is locked or lost: the console ends
in order, and the sanitizers find nothing. A seed that fails says which; it gives the same keys again."""
import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.script import Dialogue  # noqa: E402
from harness.tap import run, test, wait_until  # noqa: E402

KEYS = ("Enter Right Esc Left Up Down j k g G PgUp PgDn ^U ^D Home End Tab BackTab 1 2 3 4 5 6 7 w a b o r A W "
        "e d u x / n N f s S Space * U ? : c C m p E M ^L y n ^P ^N ^A ^E ^K ^W Backspace Del Ins F5 Mouse "
        "U+e9 U+4e2d U+301 U+202e U+10ffff ^Z").split()
WORDS = ("qq.com", "allow @x.example to info@wode.com for 7d # why", "domain zz.example", "from:qq tries:>3",
         "since:", "policy @wode.com delay 5m", "sort client", "theme light", "theme", "view 3", "filter -",
         "export x.csv", "3", "12", "中文字漢字", "e\u0301\u0301\u0301", "never", "7d", "delete", "undo", "x" * 300,
         '"quoted words" x', "99999999999999999999")
SIZES = ("1x1", "10x3", "40x8", "39x8", "80x24", "300x100", "2x300", "300x2", "132x43")
SEEDS = range(12)


def lines(dice, n):
    for _ in range(n):
        kind = dice.random()
        if kind < 0.75:
            yield "key " + " ".join(dice.choices(KEYS, k=6))
        elif kind < 0.9:
            yield f"key {dice.choice(':AefEW/')}"
            yield "type " + dice.choice(WORDS)
            yield "key Enter y"
        else:
            yield "size " + dice.choice(SIZES)


def happenings(path, held):
    """What others do to the database at PATH."""
    def sql(*statements):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
                sqlite3.connect(path, timeout=0.1, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    def lock():
        db = held.enter_context(contextlib.closing(
            sqlite3.connect(path, timeout=0.1, isolation_level=None)))
        with contextlib.suppress(sqlite3.Error):
            db.execute("BEGIN EXCLUSIVE")

    def scribble():
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            file.write(b"\xa5" * 4096)
    return (lambda: sql("DELETE FROM triplet WHERE id = (SELECT max(id) FROM triplet)"),
            lambda: sql("DELETE FROM triplet", "DELETE FROM rule"),
            lambda: sql("UPDATE triplet SET first_s = 400000000000000000, attempts = -1",
                        "UPDATE event SET time_s = -400000000000000000"),
            lambda: sql("DROP TABLE policy"), lambda: sql("PRAGMA user_version = 99"),
            lock, held.close, scribble, lambda: os.truncate(path, 4096), lambda: os.unlink(path))


@contextlib.contextmanager
def site(scene):
    with Greygated(scene) as server:
        for i in range(30):
            server.ask(client_address=f"192.0.{i % 4}.{i}", client_name="unknown",
                       sender=f"a{i}@" + ("qq.com" if i % 3 else "\u202eevil\u0301.example"))
        wait_until(lambda: server.sql("SELECT count(*) FROM event")[0][0] == 30, "30 events")
        server.cli("rule", "add", "block", "192.0.2.0/24", "--comment", "中文")
        server.cli("policy", "set", "@wode.com", "--delay", "10m")
        server.cli("domain", "add", "qq.com")
        server.end()
        shutil.copyfile(server.database, scene.dir / "kept")
        yield server


def play(scene, server, seed, changes):
    dice = random.Random(seed)
    for end in ("", "-wal", "-shm"):
        pathlib.Path(f"{server.database}{end}").unlink(missing_ok=True)
    shutil.copyfile(scene.dir / "kept", server.database)
    with contextlib.ExitStack() as held:
        happens = happenings(server.database, held)
        try:
            with Dialogue(server, size=dice.choice(SIZES)) as dialogue:
                for _ in range(8):
                    dialogue.do(*lines(dice, 12))
                    if changes:
                        with contextlib.suppress(OSError):  # it is gone already
                            dice.choice(happens)()
                        dialogue.do("second")
        except (AssertionError, OSError) as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@test
def any_order_of_keys(scene):
    os.chdir(scene.dir)
    with site(scene) as server:
        for seed in SEEDS:
            play(scene, server, seed, changes=False)


@test
def while_the_database_changes(scene):
    os.chdir(scene.dir)
    with site(scene) as server:
        for seed in SEEDS:
            play(scene, server, seed, changes=True)


if __name__ == "__main__":
    run()
