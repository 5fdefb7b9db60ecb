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
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
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
        "commands-empty": ("80x10",),
    },
    "small": {
        "views": (USUAL, GREAT, SMALL, "80x24 C"),
        "mail": (USUAL, GREAT, SMALL),
        "entries": (USUAL, GREAT, SMALL),
        "hostile": (USUAL, GREAT, SMALL, "80x24 C"),
        "commands-readonly": ("80x10 readonly",),
    },
    "large": {
        "large": (USUAL,),
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
        self.config = folder / "config.yaml"
        self.config.write_text(f"""{{
            "database": "{self.database}", "listen": ["inet:127.0.0.1:10023"], "user": "root",
            "dns": {{"servers": ["{dns.servers[0]}"]}}, "spf": {{"mode": "ignore"}}}}""")

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

def cells(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in text)


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
        if line.startswith("|") and cells(line[1:]) > cols:
            yield f"{number}: {cells(line[1:])} cells: {line}"


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
    wrong, made = [], {}
    for (name, variant), text in zip(jobs, texts):
        wrong += [f"{name} {variant}:{complaint}" for complaint in complaints(text, variant)]
        made[name] = made.get(name, "") + head(variant) + text
    for name, text in made.items():
        if SAVE:
            (FOLDER / f"{name}.txt").write_text(text)
        wrong += [line.rstrip("\n") for line in difflib.unified_diff(
            saved_of(name).splitlines(True), text.splitlines(True), f"tests/screens/{name}.txt",
            "today")]
    assert not wrong, "GREYGATE_SAVE_SCREENS=1 saves them anew\n" + "\n".join(wrong)


@test
def nothing_there(scene):
    run_all(scene, "empty", data.empty)


@test
def a_small_site_and_hostile_mail(scene):
    run_all(scene, "small", data.small)


@test
def a_large_site(scene):
    run_all(scene, "large", data.large)


run()
