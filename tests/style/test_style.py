#!/usr/bin/env python3
# timeout: 240
"""How the sources look: format, static checks, layers, manual pages, generated files."""
import os
import pathlib
import py_compile
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness.tap import Skip, equal, run, test  # noqa: E402
from style.check_layers import complaints  # noqa: E402

FOLDERS = ("server", "tui", "cli", "common", "data", "tests")
C_FILES = sorted(str(p.relative_to(ROOT)) for f in FOLDERS for p in (ROOT / f).glob("**/*.[ch]"))
BUILD = pathlib.Path(os.environ.get("GREYGATE_BUILD", ROOT / "build"))


def tool(name):
    if not shutil.which(name):
        raise Skip(f"{name} is not installed")


def command(*argv):
    result = subprocess.run([str(a) for a in argv], cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    equal((result.returncode, result.stdout.decode()[-3000:]), (0, ""), str(argv[0]))


def sources():
    for folder in (*FOLDERS, "doc", "packaging", "."):
        for path in sorted((ROOT / folder).glob("**/*" if folder != "." else "*")):
            if path.is_file() and "corpus" not in path.parts and "__pycache__" not in path.parts:
                yield path


@test
def clang_format(scene):
    tool("clang-format")
    command("clang-format", "--dry-run", "-Werror", *C_FILES)


@test
def cppcheck(scene):
    tool("cppcheck")
    command("cppcheck", "-q", "--enable=warning,performance,portability", "--std=c11",
            "--inline-suppr", "--error-exitcode=1", "-I.", "--suppress=missingInclude",
            "-j2", "server", "cli", "tui", "common", "data")


@test
def layers(scene):
    equal(list(complaints(ROOT)), [])


@test
def a_broken_layer_is_found(scene):
    for name, line in (("common/net/a.c", '#include "common/store/store.h"'),
                       ("cli/b.c", '#include "server/server.h"'),
                       ("server/c.c", "#include <sqlite3.h>"),
                       ("common/greylist/decide.c", "#include <unistd.h>")):
        path = scene.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"\n{line}\n")
    found = list(complaints(scene.dir))
    equal(len(found), 4, "\n".join(found))
    assert found[0].startswith("cli/b.c:2: server/server.h"), found


@test
def manual_pages(scene):
    tool("mandoc")
    pages = sorted((ROOT / "doc").glob("*.[158]"))
    equal(len(pages), 3)
    command("mandoc", "-T", "lint", "-W", "warning", *pages)


@test
def units_of_systemd(scene):
    tool("systemd-analyze")
    service = (ROOT / "packaging/greygate.service.in").read_text()
    (scene.dir / "greygate.service").write_text(service.replace("@sbindir@/greygated", "/bin/true"))
    shutil.copy(ROOT / "packaging/greygate.socket", scene.dir)
    # What it does not know it tells and still ends with 0.
    command("env", f"SYSTEMD_UNIT_PATH={scene.dir}:", "systemd-analyze", "verify", "--man=no",
            scene.dir / "greygate.service", scene.dir / "greygate.socket")


@test
def generated_files_are_current(scene):
    for argument, file in (("yaml", "config.yaml.example"), ("mdoc", "doc/greygate.conf.5")):
        made = subprocess.run([BUILD / "config_doc", argument], stdout=subprocess.PIPE, check=True)
        equal(made.stdout.decode() == (ROOT / file).read_text(), True, f"{file}: run make docs")
    section = subprocess.run([BUILD / "greygate", "help", "--mdoc"], stdout=subprocess.PIPE,
                             check=True).stdout.decode()
    equal(section in (ROOT / "doc/greygate.1").read_text(), True,
          "doc/greygate.1 holds the commands as `greygate help --mdoc` prints them")


@test
def shell_and_python_parse(scene):
    for path in sources():
        first = path.read_bytes()[:40].split(b"\n")[0]
        if first.startswith(b"#!/bin/sh"):
            command("sh", "-n", path)
        elif path.suffix == ".py" or b"python3" in first:
            py_compile.compile(str(path), cfile=str(scene.dir / "compiled"), doraise=True)


@test
def no_trailing_blanks(scene):
    bad = [f"{path.relative_to(ROOT)}:{number}"
           for path in sources() if path.suffix not in (".png",)
           for number, line in enumerate(path.read_text().split("\n"), 1)
           if line != line.rstrip() and path.name != "escape.c"]
    equal(bad, [])


run()
