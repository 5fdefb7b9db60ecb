#!/usr/bin/env python3
# timeout: 180
"""Keys in, screens out: the console against the screens that are saved in tests/screens.

GREYGATE_SAVE_SCREENS=1 saves what comes today; look at every line of the difference before it is
committed. The data is made by tests/screens/data.py; each script has a copy of its own.
"""
import concurrent.futures
import contextlib
import difflib
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import BUILD, REPORTS, ROOT, die_with_parent  # noqa: E402
from harness.dns_stub import DnsStub  # noqa: E402
from harness.tap import equal, run, test  # noqa: E402
from screens import data  # noqa: E402

os.environ.update({"TZ": "UTC", "SUDO_USER": "anna"})
FOLDER = ROOT / "tests/screens"
SAVE = os.environ.get("GREYGATE_SAVE_SCREENS") == "1"
SMALL, USUAL, GREAT = "40x8", "80x24", "132x43"

# Name of the script: the variants it runs in, "SIZE [C] [mono] [readonly] [noserver]".
SCRIPTS = {
    "empty": {
        "empty": (USUAL, GREAT, SMALL, "80x24 C"),
        "health-empty": (USUAL, "80x24 C"),
        "commands-empty": ("80x10",),
    },
    "small": {
        "views": (USUAL, GREAT, SMALL, "80x24 C"),
        "health": (USUAL, GREAT, "80x24 noserver"),
        "health-small": (SMALL,),
        "mail": (USUAL, GREAT, SMALL),
        "entries": (USUAL, GREAT, SMALL),
        "blocked": (USUAL, GREAT),
        "looking": ("80x24 readonly", "40x8 readonly"),
        "hostile": (USUAL, GREAT, SMALL, "80x24 C"),
        "dialogues": (USUAL, SMALL, "80x24 noserver"),
        "looks": (USUAL, "80x24 mono"),
        "commands-readonly": ("80x10 readonly",),
    },
    "large": {
        "large": (USUAL, GREAT),
    },
}
ZONE = {
    ("qq.com", "TXT"): ["v=spf1 include:spf.mail.qq.com -all"],
    ("pool.example", "TXT"): ["v=spf1 include:_spf.pool.example ~all"],
    ("_spf.pool.example", "TXT"): ["v=spf1 include:_a.pool.example include:_b.pool.example "
                                   "include:_c.pool.example mx -all"],
    ("_a.pool.example", "TXT"): ["v=spf1 " + " ".join(f"ip4:203.0.113.{n * 16}/28"
                                                      for n in range(1, 16, 2)) + " -all"],
    ("_b.pool.example", "TXT"): ["v=spf1 " + " ".join(f"ip4:198.18.{n}.0/24"
                                                      for n in range(8)) + " -all"],
    ("_c.pool.example", "TXT"): ["v=spf1 ip4:198.18.8.0/22 ip6:2001:db8:c::/48 a:out.pool.example "
                                 "exists:%{i}.pool.example -all"],
    ("out.pool.example", "A"): ["192.0.2.201", "192.0.2.202"],
    ("_spf.pool.example", "MX"): ["10 mx.pool.example"],
    ("mx.pool.example", "A"): ["192.0.2.211"],
    ("spf.mail.qq.com", "TXT"): ["v=spf1 include:biz-a.mail.qq.com include:qq-b.mail.qq.com -all"],
    ("biz-a.mail.qq.com", "TXT"): ["v=spf1 ip4:52.59.177.0/24 ip4:54.204.34.0/24 ip4:54.207.0.0/16 "
                                   "-all"],
    ("qq-b.mail.qq.com", "TXT"): ["v=spf1 ip4:43.155.65.0/24 ip4:162.62.57.0/24 -all"],
    ("university.example", "TXT"): ["v=spf1 ip6:2001:db8:77::/48 ptr exists:%{i}.example +all"],
    ("partner.example", "MX"): ["10 mail.partner.example"],
    ("mail.partner.example", "A"): ["203.0.113.5"],
    ("service.example", "TXT"): ["v=spf1 ip4:192.0.2.64/29 -all"],
    ("evil.example", "TXT"): ["v=spf1 include:\x1b[31m.example ip4:192.0.100.0/24 -all"],
    ("xn--r8jz45g.xn--zckzah", "TXT"): ["v=spf1 ip4:192.0.103.0/24 -all"],
}


# ---- one run ----

class Site:
    """A copy of a database in a folder whose name has the length of SHOWN."""

    SHOWN = "/var/lib/greygate"

    def __init__(self, folder, database, dns, variant):
        self.folder, self.dns, self.variant = folder, dns, variant.split()
        self.folder.mkdir()
        self.database = folder / "greygate.db"
        shutil.copyfile(database, self.database)
        self.database.chmod(0o640)
        self.config = folder / "config.yaml"
        self.config.write_text(f"""{{
            "database": "{self.database}", "listen": ["inet:127.0.0.1:10023"], "user": "root",
            "dns": {{"servers": ["{dns.servers[0]}"]}}, "spf": {{"mode": "ignore"}},
            "postfix": "none"}}""")

    def dump(self):
        """All rows of all tables."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.text_factory = bytes
            tables = [name.decode() for name, in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            return [(table, db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]

    def run(self, script):
        size, *words = self.variant
        argv = [BUILD / "demo/greygate", "-c", self.config, "console", "--script", script, "--size",
                size] + (["--readonly"] if "readonly" in words else [])
        env = {**os.environ, "LC_ALL": "C" if "C" in words else "C.UTF-8"}
        env.pop("NO_COLOR", None)
        if "mono" in words:
            env["NO_COLOR"] = "1"
        with open(f"{self.database}.lock", "w") as lock:
            if "noserver" not in words:  # as a server holds it
                fcntl.lockf(lock, fcntl.LOCK_EX)
            done = subprocess.run(argv, cwd=self.folder, stdin=subprocess.DEVNULL, env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                  preexec_fn=die_with_parent)
        text = done.stdout.decode(errors="surrogateescape")
        if done.returncode != 0 or done.stderr:
            text += f"FAILED, status {done.returncode}: {done.stderr.decode(errors='replace')}\n"
        return self.same_everywhere(text)

    def same_everywhere(self, text):
        """What the machine decides: the folder, the port of the name server and how fast it is, the
        process, the sizes of disk and file."""
        for pattern, instead in (
                (re.escape(str(self.folder)), self.SHOWN),
                (re.escape(self.dns.servers[0]), "127.0.0.1:53535"),
                (r"answers in (less than )?\d+ ms", "answers in 1 ms"),
                (rf"\b{os.getpid()}\b", "4711"),
                (r"disk: [0-9.]+ [MG]iB \(\d+%\)", "disk: 99.9 GiB (50%)"),
                (r"(greygate\.db|log)([,:]) [0-9.]+ MiB", r"\1\2 0.1 MiB")):
            text = re.sub(pattern, instead, text)
        return text


# ---- what must hold of every screen ----

def width(c):
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1


def by_cell(text):
    """The character that each cell shows; "" in the second cell of a wide one."""
    cells = []
    for c in text:
        cells += [c, ""][:width(c)]
    return cells


def rows_of(text):
    """The screens: number of the line, and their rows."""
    rows = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("+") and line.endswith("-+"):
            if rows:
                yield rows
            rows = None if rows else []
        elif line.startswith("|") and rows is not None:
            rows.append((number, line[1:]))


# Titles of columns whose cells begin below them.
TITLES = sorted({title for path in (ROOT / "tui").glob("view_*.c") for title in re.findall(
    r'\{ "[a-z-]+", "([A-Z# ]+)", COLUMN_TEXT', path.read_text())}, key=len, reverse=True)


def titles_of(row):
    """The cells where columns of text begin, if ROW has titles."""
    found, rest = [], row
    for title in TITLES:
        at = re.search(rf"(?<=\s){re.escape(title)}(?=[ ^v]|$)", rest)
        if at:
            found.append(at.start())
            rest = rest[:at.start()] + "." * len(title) + rest[at.end():]
    return found if len(found) > 1 and not re.search("[a-z]{2}", row) else []


def crooked(rows):
    """Columns of text that do not begin where their titles do."""
    heads = [i for i in (1, 2) if len(rows) > i and titles_of(rows[i][1])]
    if not heads or rows[heads[0] + 1][1] == "":  # there is no row, and a sentence says why
        return
    for number, row in rows[heads[0] + 1:-2]:
        if not re.match("[^a-zA-Z\"] ", row):  # a message covers it
            continue
        cells = by_cell(row)
        for at in titles_of(rows[heads[0]][1]):
            if len(cells) > at and cells[at - 1] != " ":
                yield f"{number}: no blank before the column at {at}: {row}"


def complaints(text, variant):
    """Of all output: nothing that a terminal obeys or that hides, and no row that is too long."""
    cols = int(variant.split("x")[0])
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("FAILED"):
            yield f"{number}: {line}"
        if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in line):
            yield f"{number}: acts on a terminal: {line!r}"
        if " C" in variant and not line.isascii():
            yield f"{number}: not ASCII: {line}"
        if line.startswith("|") and len(by_cell(line[1:])) > cols:
            yield f"{number}: {len(by_cell(line[1:]))} cells: {line}"
    for rows in rows_of(text):
        yield from crooked(rows)


# ---- the scripts ----

def saved_of(name):
    path = FOLDER / f"{name}.txt"
    return path.read_text() if path.exists() else ""


def head(variant):
    return f"######## {variant} ########\n"


def run_all(scene, kind, make):
    """Two at a time; compares them all and only then complains."""
    dns = scene.enter_context(DnsStub(ZONE))
    clock = data.Clock(scene.dir)
    database = make(scene, clock)
    # Paths are shown, so that their length is the same on every machine.
    base = pathlib.Path(tempfile.mkdtemp(prefix="g", dir="/tmp"))
    scene.callback(shutil.rmtree, base, ignore_errors=True)
    jobs = [(name, variant) for name, variants in SCRIPTS[kind].items() for variant in variants]

    def one(number):
        name, variant = jobs[number]
        site = Site(base / f"{number:02}", database, dns, variant)
        before = site.dump() if "readonly" in variant else None
        text = site.run(FOLDER / f"{name}.keys")
        if before is not None:
            equal(site.dump() == before, True, f"{name} {variant}: the database is as it was")
        shutil.rmtree(site.folder)
        return text
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(one, range(len(jobs))))
    judge(jobs, texts)


def judge(jobs, texts):
    """Without colour all is where it was: that is not saved again."""
    wrong, made = [], {}
    for (name, variant), text in zip(jobs, texts):
        wrong += [f"{name} {variant}:{complaint}" for complaint in complaints(text, variant)]
        if "mono" not in variant:
            made[name] = made.get(name, "") + head(variant) + text
        elif text not in made[name]:
            wrong.append(f"{name} {variant}: other marks than with colours")
    for name, text in made.items():
        if SAVE:
            (FOLDER / f"{name}.txt").write_text(text)
        wrong += [line.rstrip("\n") for line in difflib.unified_diff(
            saved_of(name).splitlines(True), text.splitlines(True), f"tests/screens/{name}.txt",
            "today")]
    assert not wrong, "GREYGATE_SAVE_SCREENS=1 saves them anew\n" + "\n".join(wrong)


# ---- every command ----

def commands():
    """Names, keys and whether they write, of the table."""
    table = (ROOT / "tui/commands.c").read_text()
    found = re.findall(r'^\t\{ "([a-z-]+)", "([^"]*)", GROUP_(.*)', table, re.M)
    assert len(found) > 40, "the table is not where it was"
    return [(name, keys.split(), "COMMAND_WRITES" in rest) for name, keys, rest in found]


@test
def every_command_is_in_the_scripts(scene):
    for script in ("commands-empty", "commands-readonly"):
        lines = (FOLDER / f"{script}.keys").read_text().split("\n")
        for name, keys, _ in commands():
            named = any(re.fullmatch(rf"type {name}( .*)?", line) for line in lines)
            by_key = any(f"key {key}" in lines for key in keys)
            # Only one of the ways to leave can be the last line.
            good = named or by_key if name == "quit" else named and (by_key or not keys)
            assert good, f"{script}.keys does not run {name} by name and key"


# ---- a real terminal ----

def typed(site, keys, locale):
    """All that greygate writes to a terminal while KEYS are typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({"LC_ALL": locale, "TERM": "xterm-256color"})
        os.execv(BUILD / "demo/greygate", ["greygate", "-c", str(site.config), "console"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    output = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        for key in [*keys, None]:
            while key is None or select.select([terminal], [], [], 0.15)[0]:
                output += os.read(terminal, 65536)
            os.write(terminal, key.encode())
    os.close(terminal)
    equal(os.waitpid(pid, 0)[1], 0, output[-500:])
    return output


SEQUENCE = re.compile(r"\x1b(\[[0-9;?>]*[A-Za-z]|[()][0AB]|[=>78MDEHc])")


@test
def nothing_raw_reaches_a_terminal(scene):
    dns = scene.enter_context(DnsStub(ZONE))
    clock = data.Clock(scene.dir)
    site = Site(scene.dir / "copy", data.small(scene, clock), dns, USUAL)
    keys = ["\x0c", "f", "evil\r", "\r", "\r", "w", "\x1b", "2", "c", "3", "G", "\r", "4", "5", "\r",
            "6", "7", "G", "C", "\r", "m", "Q"]
    for locale in ("C.UTF-8", "C"):
        output = typed(site, keys, locale)
        text = SEQUENCE.sub("", output.decode("utf-8" if locale != "C" else "ascii"))
        bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert "evil.example" in text, text
        equal(bad - set("\r\n\b\x0e\x0f\t"), set(), locale)


# ---- the tests ----

@test
def nothing_there(scene):
    run_all(scene, "empty", data.empty)


@test
def a_small_site_and_hostile_mail(scene):
    run_all(scene, "small", data.small)


@test
def a_large_site(scene):
    run_all(scene, "large", data.large)


# They go nowhere, or what they did is seen; the others have something to say.
QUIET = {"back", "up", "down", "page-up", "page-down", "half-up", "half-down", "first", "last",
         "next-view", "previous-view", "view", "close", "help", "clients", "changes", "messages",
         "reverse", "untag", "redraw", "pause"}


def last_lines(script):
    """The command of each screen, and its last line."""
    text = saved_of(script)
    assert "the console was not left" not in text
    titles = re.findall(r"^\+:?([a-z]+(?:-[a-z]+)*)( all)?[ a-zA-Z^?/:*0-9]*-+\+$", text, re.M)
    screens = list(rows_of(text))
    equal(len(titles), len(screens), script)
    return [(title, rest, rows[-1][1]) for (title, rest), rows in zip(titles, screens)]


@test
def commands_say_what_they_did_not_do(scene):
    writing = {name for name, _, writes in commands() if writes and name != "only"}
    for title, _, said in last_lines("commands-empty"):
        assert said or title in QUIET, f"nothing is said of {title}"
    for title, rest, said in last_lines("commands-readonly"):
        assert said, f"nothing is said of {title}"
        if title in writing and rest != " all":
            assert "read-only" in said, (title, said)


run()
