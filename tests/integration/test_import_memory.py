#!/usr/bin/env python3
# timeout: 300
"""The memory of an import does not grow with its input, whichever source, and a bad row near the end is
named by its line. With the programs as they are installed: sanitizers keep what is freed."""
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import BUILD, Greygated  # noqa: E402
from harness.greylists import ENDLESS, STREAMS, endless  # noqa: E402
from harness.tap import Skip, equal, run, test  # noqa: E402

PLAIN = BUILD.parent if (BUILD.parent / "greygate").exists() else BUILD
FEW, MANY = 1000, 300000  # rows: 0.3 and some 80 MB
CACHE_KIB = 64 << 10      # of pages, for each of the two files
MARGIN_KIB = 16 << 10
ENDLESS_BYTES = 64 << 20


def peak(server, source, name, chunks, *options):
    """Status, output and the greatest resident set in KiB of an import of a stream. The set is never
    less than that of this process, from which it was started: some 20 MiB."""
    path = server.dir / name
    if name != "-":
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    child = subprocess.Popen([server.build / "greygate", "-c", server.config_file, "import", source,
                              name if name == "-" else path, *options], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def write():
        try:
            with child.stdin if name == "-" else open(path, "wb") as pipe:
                for chunk in chunks:
                    pipe.write(chunk.encode())
        except BrokenPipeError:
            pass  # it said why it reads no more
    writer = threading.Thread(target=write)
    writer.start()
    text = child.stdout.read().decode()
    writer.join()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, text, usage.ru_maxrss


def site(scene):
    return scene.enter_context(Greygated(scene, ["database does not answer"], build=PLAIN))


@test
def of_every_source(scene):
    server = site(scene)
    for what, (source, name, stream) in STREAMS.items():
        measured = []
        for rows in (FEW, MANY):
            chunks, bad_line = stream(rows)
            status, text, kib = peak(server, source, name, chunks)
            equal(status, 65, f"{what}: {text}")
            place = f"{'standard input' if name == '-' else server.dir / name}:{bad_line}: "
            assert place in text, f"{what}: {place} is not in {text}"
            assert int(text.split(" rows read")[0]) > rows, f"{what}: {text}"
            measured.append(kib)
        assert measured[1] < measured[0] + CACHE_KIB + MARGIN_KIB, f"{what}: {measured} KiB"


@test
def of_what_never_ends(scene):
    server = site(scene)
    for what in ENDLESS:
        small, big = (peak(server, *stream[:1], "-", stream[1])
                      for stream in (endless(what, 1 << 16), endless(what, ENDLESS_BYTES)))
        equal(big[0], 65, f"{what}: {big[1]}")
        assert big[2] < small[2] + (4 << 10), f"{what}: {small[2]} and {big[2]} KiB"


@test
def no_room_for_what_is_read(scene):
    folder = scene.dir / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder],
                      stderr=subprocess.DEVNULL).returncode:
        raise Skip("no mount here")
    scene.callback(subprocess.run, ["umount", "-l", folder])
    server = site(scene)
    os.environ["SQLITE_TMPDIR"] = str(folder)
    scene.callback(os.environ.pop, "SQLITE_TMPDIR")
    source, name, stream = STREAMS["spamdb"]
    status, text, _ = peak(server, source, name, stream(MANY)[0], "--apply")
    equal(status, 74, text)
    assert "no room for the scratch file of what is read, in $SQLITE_TMPDIR" in text, text
    equal(server.sql("SELECT count(*) FROM change"), [(0,)])


@test
def of_writing_and_taking_back(scene):
    server = site(scene)
    source, name, stream = STREAMS["postgrey"]
    few = peak(server, source, name, stream(FEW)[0])[2]
    status, text, kib = peak(server, source, name, stream(MANY)[0], "--apply")
    equal(status, 65, text)
    equal(server.sql("SELECT count(*) FROM triplet"), [(MANY,)])
    assert kib < few + 2 * CACHE_KIB + MARGIN_KIB, (few, kib)
    # Once more, all rows merged.
    status, text, kib = peak(server, source, name, stream(MANY)[0], "--apply")
    assert "all of it is here already" in text, text
    assert kib < few + 2 * CACHE_KIB + MARGIN_KIB, (few, kib)
    server.cli("undo", "--yes")
    equal(server.sql("SELECT count(*) FROM triplet"), [(0,)])
    server.quick_check()


run()
