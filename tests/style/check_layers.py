#!/usr/bin/env python3
"""Fails, naming file and line, when a file includes what is above it or not its business.

usage: check_layers.py [ROOT]
"""
import pathlib
import re
import sys

# What each folder may include besides itself.
BASE = {"common/base"}
NET = BASE | {"common/net"}
LASTING = NET | {"common/config", "common/store"}
CORE = LASTING | {"common/spf", "common/dns", "common/greylist"}
USES = CORE | {"common/import", "common/doctor", "common/maillog", "common/replay"}
ALLOWED = {
    "common/base": BASE,
    "common/net": NET,
    "common/config": NET | {"common/config"},
    "common/store": NET | {"common/store"},
    "common/dns": NET | {"common/config", "common/dns"},
    "common/spf": NET | {"common/dns", "common/spf"},
    "common/greylist": CORE,
    "common/import": USES,
    "common/doctor": USES,
    "common/maillog": USES,
    "common/replay": USES,
    "server": USES | {"server"},
    "tui": USES | {"tui"},
    "cli": USES | {"cli"},
    "data/tools": NET | {"common/config"},
    "data/demo": BASE,
}

# Libraries, and the folders that know them. Tests know all.
LIBRARIES = {
    "sqlite3.h": {"common/store"},
    "yaml.h": {"common/config"},
    "ev.h": {"server", "common/dns", "common/spf", "tui", "cli"},
    "udns.h": {"common/dns"},
    "curses.h": {"tui"},
    "ncurses.h": {"tui"},
    "idn2.h": {"common/net"},
    "sodium.h": {"common/greylist", "common/dns", "common/maillog"},
    "zlib.h": {"common/base"},
}

# The console is opened through one door.
EXCEPTIONS = {("cli", "tui/console.h")}

# Pure files: no sockets, no files, no loop.
PURE = {"common/greylist/decide.c", "common/greylist/transition.c", "server/policy.c"}
IMPURE = re.compile(r"sys/socket\.h|unistd\.h|fcntl\.h|ev\.h|stdio\.h")


def folder_of(path):
    parts = pathlib.PurePath(path).parts
    return "/".join(parts[:2]) if parts[0] in ("common", "data") else parts[0]


def complaints(root):
    for path in sorted(root.glob("**/*.[ch]")):
        name = path.relative_to(root).as_posix()
        folder = folder_of(name)
        if folder not in ALLOWED:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'#\s*include\s+(["<])([^">]+)[">]', line)
            if not found:
                continue
            quoted, header = found.group(1) == '"', found.group(2)
            place = f"{name}:{number}: {header}"
            if quoted and "/" in header and folder_of(header) not in ALLOWED[folder] and \
                    (folder, header) not in EXCEPTIONS:
                yield f"{place}: {folder} may not include {folder_of(header)}"
            if header in LIBRARIES and folder not in LIBRARIES[header]:
                yield f"{place}: only {', '.join(sorted(LIBRARIES[header]))} may"
            if name in PURE and IMPURE.search(header):
                yield f"{place}: this file is pure"


if __name__ == "__main__":
    found = list(complaints(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print("\n".join(found))
    sys.exit(bool(found))
