"""The measurements, one function each: takes a Bench, returns rows (what, goal, measured)."""
import contextlib
import gzip
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time

from harness.greylists import STREAMS
from maillog import write_log
from recording import write_recording
from site_under_test import Process, answers


def row(what, goal, measured):
    return {"what": what, "goal": goal, "measured": measured}


def mib(size):
    return f"{size / 2**20:.0f} MiB"


def echo_limit(bench, **options):
    with bench.echo() as (process, path):
        return bench.measure(process, path, **options)


def throughput(bench):
    """Echo and server in turns on the same load, normal and full synchronous, at 10^6 triplets."""
    filled = 10**6 if bench.seconds > 2 else 10**5
    rows = []
    for synchronous, goal in (("normal", 0.5), ("full", 0.25)):
        limit = echo_limit(bench, f=filled, k=1000)
        database = bench.database(filled)
        with bench.server(database, synchronous=synchronous) as (process, path):
            got = bench.measure(process, path, f=filled, k=1000)
        name = f"synchronous {synchronous}, {filled:.0e} triplets"
        rows += [
            row(f"{name}: requests/s of echo's {limit['rate']:.0f}", f">= {goal} of echo",
                f"{got['rate']:.0f} = {got['rate'] / limit['rate']:.2f}"),
            row(f"{name}: CPU for a request, echo {limit['cpu_us']:.1f} us", "<= 2.5 of echo",
                f"{got['cpu_us']:.1f} us = {got['cpu_us'] / limit['cpu_us']:.2f}"),
            row(f"{name}: p99, echo {limit['p99_us']} us", "<= 4 of echo",
                f"{got['p99_us']} us = {got['p99_us'] / max(limit['p99_us'], 1):.2f}"),
        ]
    return rows


def size(bench):
    """Rate, memory and start at growing tables; the WAL under constant load."""
    sizes = (10**4, 10**6, 10**7) if bench.seconds > 2 else (10**4, 10**5)
    rows, rates = [], {}
    for filled in sizes:
        database = bench.database(filled)
        with bench.server(database) as (process, path):
            stop = threading.Event()
            peak = []
            watcher = threading.Thread(target=lambda: peak.append(bench.wal_peak(stop)))
            watcher.start()
            got = bench.measure(process, path, f=filled, k=1000)
            stop.set()
            watcher.join()
            rates[filled] = got["rate"]
            goal = {10**6: "<= 64 MiB", 10**7: "<= 450 MiB"}.get(filled, "")
            rows += [
                row(f"{filled:.0e} triplets: memory", goal, mib(process.memory())),
                row(f"{filled:.0e} triplets: start to first answer", "<= 1 s per 10^6",
                    f"{process.start_seconds:.2f} s"),
                row(f"{filled:.0e} triplets: greatest WAL", "<= 64 MiB", mib(peak[0])),
            ]
    for filled in sizes[1:]:
        rows.append(row(f"rate at {filled:.0e} triplets of that at 1e+04", ">= 0.8",
                        f"{rates[filled] / rates[sizes[0]]:.2f}"))
    return rows


def open_loop(bench):
    """2000 requests a second on a schedule: latency counts from when a request was due."""
    limit = echo_limit(bench, r=2000, f=10**5)
    with bench.server(bench.database(10**5)) as (process, path):
        got = bench.measure(process, path, r=2000, f=10**5)
    return [row(f"open loop, 2000/s: p99, echo {limit['p99_us']} us", "<= echo + 1.5 ms",
                f"{got['p99_us']} us (p50 {got['p50_us']}, max {got['max_us']})")]


def connections(bench):
    """1000 kept connections that only wait, beside the load."""
    with bench.server(bench.database(10**5)) as (process, path):
        alone = bench.measure(process, path, f=10**5)
        crowded = bench.measure(process, path, f=10**5, i=1000)
    return [row("1000 kept connections: rate of that without", "",
                f"{crowded['rate'] / alone['rate']:.2f}"),
            row(f"1000 kept connections: p99, without {alone['p99_us']} us", "",
                f"{crowded['p99_us']} us")]


def expiry(bench):
    """Dead rows swept away under load."""
    filled = 10**6 if bench.seconds > 2 else 10**5
    with bench.server(bench.database(10**5)) as (process, path):
        quiet = bench.measure(process, path, r=2000, f=10**5)
    database = bench.database(filled, age=40 * 86400)
    with bench.server(database) as (process, path):
        busy = bench.measure(process, path, r=2000)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        left = connection.execute("SELECT count(*) FROM triplet WHERE last_s < ?",
                                  (time.time() - 36 * 86400,)).fetchone()[0]
    return [row(f"expiry of {filled:.0e} rows, 2000/s: p99, without {quiet['p99_us']} us",
                "<= 1.5", f"{busy['p99_us']} us = {busy['p99_us'] / max(quiet['p99_us'], 1):.2f}"
                f", {filled - left} rows swept meanwhile")]


def add_domains(database, number, **columns):
    """NUMBER whitelisted domains of the slow resolver; due at once unless next_s says else."""
    values = {"created_s": 1, "next_s": 0, **columns}
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(
            f"INSERT INTO domain (name, {', '.join(values)}) VALUES (?, "
            f"{', '.join('?' * len(values))})",
            [(f"d{n}.bench.example", *values.values()) for n in range(number)])


def walk(bench):
    """1000 domains with three includes each, answers after 50 ms."""
    domains, parallel, delay_ms = (1000 if bench.seconds > 2 else 200), 32, 50
    with bench.slow_dns(delay_ms) as port:
        got = json.loads(subprocess.run(
            [bench.build / "bench/walk", str(port), str(domains), str(parallel)],
            stdout=subprocess.PIPE, check=True).stdout)
    limit = domains * 4 * delay_ms / parallel
    return [row(f"walk of {domains} domains, 4 rounds of {delay_ms} ms, {parallel} at once, "
                f"{got['failed']} failed", "<= 1.5 of 4 x 50 ms x domains / parallel",
                f"{got['ms']} ms = {got['ms'] / limit:.2f}")]


def refresh(bench):
    """Domains due at once, walked while mail is decided."""
    domains = 1000 if bench.seconds > 2 else 200
    with bench.slow_dns(50) as port:
        dns = {"servers": [f"127.0.0.1:{port}"]}
        with bench.server(bench.database(10**5), dns=dns) as (process, path):
            quiet = bench.measure(process, path, r=2000, f=10**5)
        database = bench.database(10**5)
        with bench.server(database, dns=dns) as (process, path):
            add_domains(database, domains)
            busy = bench.measure(process, path, r=2000, f=10**5)
        with contextlib.closing(sqlite3.connect(database)) as connection:
            done = connection.execute("SELECT count(*) FROM domain WHERE status = 'ok'"
                                      ).fetchone()[0]
    return [row(f"{domains} domains due at once, 2000/s: p99, without {quiet['p99_us']} us",
                "<= 1.2", f"{busy['p99_us']} us = {busy['p99_us'] / max(quiet['p99_us'], 1):.2f}, "
                f"{done} refreshed meanwhile")]


def swap(bench):
    """10^5 networks read again and swapped every second."""
    database = bench.database(10**5)
    with bench.server(database) as (process, path):
        quiet = bench.measure(process, path, r=2000, f=10**5)
    database = bench.database(10**5)
    with bench.server(database):
        pass  # brings the file to its version
    add_domains(database, 1000, next_s=2**40)
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
            "INSERT INTO network SELECT i % 1000 + (SELECT min(id) FROM domain), "
            "printf('%d.%d.%d.%d/28', 20 + i / 1048576, i / 4096 % 256, i / 16 % 256, "
            "i % 16 * 16), 'x' FROM n")
    stop = threading.Event()

    def change():
        while not stop.wait(1):
            with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection, connection:
                connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")

    with bench.server(database) as (process, path):
        changer = threading.Thread(target=change)
        changer.start()
        busy = bench.measure(process, path, r=2000, f=10**5)
        stop.set()
        changer.join()
    return [row(f"10^5 networks swapped each second: latest answer, without {quiet['max_us']} us",
                "<= 20 ms later", f"{busy['max_us']} us (p99 {busy['p99_us']}, without "
                f"{quiet['p99_us']})")]


def pools(bench):
    """The same load with SPF looked up for new triplets, at a resolver that answers at once."""
    with bench.server(bench.database(10**5)) as (process, path):
        without = bench.measure(process, path, f=10**5)
    with bench.slow_dns(0) as port:
        with bench.server(bench.database(10**5), dns={"servers": [f"127.0.0.1:{port}"]},
                          spf={"mode": "key"}) as (process, path):
            got = bench.measure(process, path, f=10**5)
    return [row("spf.mode key: rate of that with ignore", "",
                f"{got['rate'] / without['rate']:.2f} ({got['rate']:.0f}/s)")]


def networks(bench):
    """Parts alone: lookup among 10^5 networks."""
    got = json.loads(subprocess.run([bench.build / "bench/micro"], stdout=subprocess.PIPE,
                                    check=True).stdout)
    return [row("lookup among 10^5 networks", "<= 100 ns", f"{got['trie_find_ns']:.0f} ns"),
            row("10^5 networks: memory", "<= 8 MiB", f"{got['trie_bytes'] / 2**20:.1f} MiB")]


def log(bench):
    """greygate log over a mail log of 10^6 lines and more, plain and gzipped."""
    path = bench.scratch / "mail.log"
    write_log(path, 10**6)
    with open(path, "rb") as plain, gzip.open(f"{path}.gz", "wb", 6) as packed:
        shutil.copyfileobj(plain, packed)
    config = bench.scratch / "log.yaml"
    config.write_text("{}")
    size, rows = path.stat().st_size, []
    for name, goal in ((path, ">= 200 MB/s"), (f"{path}.gz", "")):
        times = []
        for _ in range(5):
            started = time.monotonic()
            subprocess.run([bench.build / "greygate", "-c", config, "log", name, "--json"],
                           stdout=subprocess.DEVNULL, check=True)
            times.append(time.monotonic() - started)
        rows.append(row(f"greygate log of {size / 1e6:.0f} MB{', gzipped' if goal == '' else ''}",
                        goal, f"{size / 1e6 / min(times):.0f} MB/s"))
    return rows


def replay(bench):
    """greygate replay of a recording of a month, by the clock and by the CPU."""
    lines = 10**6 if bench.seconds > 2 else 10**5
    path = bench.scratch / "mail.record"
    write_recording(path, lines)
    config = bench.scratch / "replay.yaml"
    config.write_text("{}")
    before, started = os.times(), time.monotonic()
    subprocess.run([bench.build / "greygate", "-c", config, "replay", path, "--empty", "--json"],
                   stdout=subprocess.DEVNULL, check=True)
    elapsed, after = time.monotonic() - started, os.times()
    used = (after.children_user + after.children_system - before.children_user -
            before.children_system)
    return [row(f"greygate replay of {lines:.0e} requests", "<= 60 s for 10^6",
                f"{elapsed:.0f} s, CPU {used:.0f} s")]


def import_of(bench, source, chunks, *options):
    """An import of a stream: its output and peak memory, and the seconds it took."""
    started = time.monotonic()
    child = subprocess.Popen([bench.build / "greygate", "-c", bench.scratch / "config.yaml", "import",
                              source, "-", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for chunk in chunks:
        child.stdin.write(chunk.encode())
    child.stdin.close()
    text = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return text, usage.ru_maxrss * 1024, time.monotonic() - started


def import_memory(bench):
    """Files of 1 GB, shown, and one of them taken over: every row another one."""
    size = 10**9 if bench.seconds > 2 else 10**7
    rows = []
    with bench.server(bench.database(0)):
        for name in ("postgrey", "sqlgrey", "iredapd INSERT", "milter-greylist", "spamdb", "cidr",
                     "greygate"):
            source, _, stream = STREAMS[name]
            number = size * 1000 // sum(map(len, stream(1000)[0]))
            text, memory, seconds = import_of(bench, source, stream(number)[0])
            assert int(text.split(" rows read")[0]) > number, text
            rows.append(row(f"import of {size / 1e6:.0f} MB of {name}, {number / 1e6:.1f} x 10^6 "
                            "rows: memory", "<= 96 MiB", f"{mib(memory)}, {seconds:.0f} s"))
    return rows


def import_beside(bench):
    """Rows taken over beside 2000 requests a second."""
    number = 10**6 if bench.seconds > 2 else 10**5
    source, _, stream = STREAMS["postgrey"]
    with bench.server(bench.database(10**5)) as (process, path):
        quiet = bench.measure(process, path, r=2000, f=10**5)
    with bench.server(bench.database(10**5)) as (process, path):
        stop, busy, peak = threading.Event(), {}, []
        watcher = threading.Thread(target=lambda: peak.append(bench.wal_peak(stop)))
        asker = threading.Thread(target=lambda: busy.update(
            bench.measure(process, path, seconds=number / 10**6 * 30, r=2000, f=10**5)))
        watcher.start()
        asker.start()
        text, memory, seconds = import_of(bench, source, stream(number)[0], "--apply")
        assert "Done: change" in text, text
        asker.join()
        stop.set()
        watcher.join()
    failed = busy["new"]["pass"] + busy["early"]["pass"]
    what = f"import --apply of {number:.0e} rows beside 2000/s"
    return [row(f"{what}: p99, without {quiet['p99_us']} us", "",
                f"{busy['p99_us']} us, latest {busy['max_us']} us"),
            row(f"{what}: answers by on_failure", "", f"{failed} of {busy['requests']}"),
            row(f"{what}: memory, greatest WAL, time", "", f"{mib(memory)}, {mib(peak[0])}, "
                f"{seconds:.0f} s")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def peers(bench):
    """postgrey and sqlgrey as Debian ships them, on the same load."""
    limit = echo_limit(bench)
    with bench.server(bench.database(0)) as (process, path):
        ours = bench.measure(process, path)
    rows = []
    for name, start, goal in (("postgrey", start_postgrey, 30), ("sqlgrey", start_sqlgrey, 100)):
        if shutil.which(name) is None:
            rows.append(row(f"beside {name}", f">= {goal} times", "not installed"))
            continue
        process, port = start(bench)
        try:
            got = bench.load(port, c=16 if name == "sqlgrey" else 64)
        finally:
            process.stop()
        rows.append(row(f"beside {name} ({got['rate']:.0f}/s, {got['rate'] / limit['rate']:.4f} "
                        "of echo)", f">= {goal} times", f"{ours['rate'] / got['rate']:.0f} times"))
    return rows


def start_postgrey(bench):
    port = free_port()
    directory = bench.scratch / "postgrey"
    directory.mkdir()
    shutil.chown(directory, "postgrey")
    process = Process(["postgrey", f"--inet=127.0.0.1:{port}", f"--dbdir={directory}",
                       "--whitelist-clients=/dev/null", "--whitelist-recipients=/dev/null"],
                      lambda: answers(("127.0.0.1", port)), stderr=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL)
    return process, port


def start_sqlgrey(bench):
    port = free_port()
    directory = bench.scratch / "sqlgrey"
    directory.mkdir()
    shutil.chown(directory, "sqlgrey")
    os.chmod(bench.scratch, 0o755)
    config = directory / "sqlgrey.conf"
    config.write_text(f"inet = 127.0.0.1:{port}\ndb_type = SQLite\ndb_name = {directory}/db\n"
                      f"pidfile = {directory}/pid\nuser = sqlgrey\ngroup = sqlgrey\n"
                      "loglevel = 0\nadmin_mail =\n")
    process = Process(["sqlgrey", f"--configfile={config}"],
                      lambda: answers(("127.0.0.1", port)), stderr=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL)
    return process, port


BENCHMARKS = (throughput, size, open_loop, connections, expiry, walk, refresh, swap, networks, pools,
              log, replay, import_memory, import_beside, peers)
