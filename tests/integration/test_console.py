#!/usr/bin/env python3
# timeout: 240
"""The console in a terminal (tmux), beside a real server, a real name server and a real Postfix."""
import os
import pathlib
import re
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.nsd import Nsd  # noqa: E402
from harness.postfix import Postfix  # noqa: E402
from harness.smtp import Smtp  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402
from harness.tmux import Terminal  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ZONE = ROOT / "data/demo/names.zone"
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b1m"


def site(scene, **settings):
    return scene.enter_context(Greygated(scene, **{
        "greylist": {"delay": "1h"}, "auto_whitelist": {"passes": 0}, **settings}))


def console(scene, server, *words, **options):
    """A terminal in which greygate shows its first view."""
    terminal = scene.enter_context(Terminal(scene, **options))
    terminal.run(server.build / "greygate", "-c", server.config_file, *words)
    terminal.wait("1 Deferred")
    return terminal


def mail(server, sender, address="192.0.2.7", recipient="info@example.org", **changes):
    return server.ask(client_address=address, client_name="unknown", sender=sender,
                      recipient=recipient, **changes)


@test
def the_story_of_qq_from_the_first_451_to_the_mail(scene):
    nsd = scene.enter_context(Nsd(scene, ZONE.read_text()))
    server = site(scene, socket_mode="0666", dns={"servers": nsd.servers}, spf={"mode": "ignore"})
    postfix = scene.enter_context(Postfix(scene, "unix:" + server.socket_path))

    def attempt(address):
        with Smtp(postfix.port) as smtp:
            smtp.hello(address=address, name="[UNAVAILABLE]", helo="smtpbg.qq.com")
            code, _ = smtp.envelope("2850017349@qq.com", "info@example.org")[0]
            if code == 250:
                equal(smtp.data()[0], 250)
            return code
    equal(attempt("203.205.221.139"), 451)
    terminal = console(scene, server)
    terminal.wait("qq.com")
    equal(attempt("43.155.65.45"), 451, "another address of the pool")
    terminal.wait("2 triplets of 1 domain wait")
    terminal.keys("w")
    terminal.wait("sender's domain by SPF")
    terminal.keys("Enter")
    screen = terminal.wait("Would let pass 22 networks", timeout=20)
    assert "it would free 2 triplets of 1 domain" in screen, screen
    terminal.keys("Enter")
    terminal.wait("is whitelisted")
    server.wait_log("domain qq.com: ok, 22 networks")
    server.wait_log("rules read again.*22 networks")
    terminal.wait("listed")
    equal(attempt("54.206.16.201"), 250)
    postfix.wait_messages(1)
    equal(attempt("198.51.100.1"), 451, "a forged HELO gets nothing out of it")
    equal(server.sql("SELECT verb, object FROM change"), [("domain add", "domain")])


@test
def released_and_taken_back_by_keys(scene):
    server = site(scene)
    mail(server, "anna@sender.example")
    terminal = console(scene, server)
    terminal.wait("sender.example")
    terminal.keys("a")
    terminal.wait("1 released")
    wait_until(lambda: server.sql("SELECT released_s FROM triplet")[0][0], "the release")
    terminal.keys("u")
    terminal.wait("[y/N]")
    terminal.keys("y")
    terminal.wait("taken back")
    equal(server.sql("SELECT released_s FROM triplet"), [(None,)])
    terminal.keys("Enter")
    terminal.wait("RECIPIENT")
    terminal.keys("a")
    terminal.wait("1 released")
    assert mail(server, "anna@sender.example").startswith("PREPEND")
    terminal.wait("Nothing waits from this domain")


@test
def a_long_release_is_stopped_by_ctrl_c_and_loses_no_key(scene):
    server = site(scene)
    mail(server, "anna@sender.example")
    number = 100000
    server.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO triplet (net, sender_key, recipient_key, client_address, first_s, last_s, "
        "attempts) SELECT '192.0.2.0/24', 'a' || i || '@many.example', 'b@example.org', "
        "'192.0.2.7', first_s, last_s, 1 FROM n, triplet", number)
    terminal = console(scene, server)
    terminal.wait(f"{number + 1} triplets of 2 domains")
    terminal.type("a")
    terminal.wait(f"Release {number} waiting triplets")
    terminal.type(str(number))
    terminal.keys("Enter")
    terminal.wait("released: ")
    terminal.type("j")
    terminal.keys("C-c")
    wait_until(lambda: "released: " not in terminal.screen(), "the end")
    terminal.wait("2 of 2")
    released = server.sql("SELECT count(*) FROM triplet WHERE released_s > 0")[0][0]
    assert 0 < released < number, released
    terminal.keys("m")
    terminal.wait(f"given up: {released} of {number} released")
    terminal.keys("C-c")
    terminal.wait("ready$")


@test
def rows_change_under_two_consoles_and_a_command(scene):
    server = site(scene)
    one = console(scene, server)
    one.keys("4")
    one.wait("4 Rules")
    server.cli("rule", "add", "allow", "@one.example", "--comment", "by command")
    one.wait("@one.example")
    two = console(scene, server)
    two.keys("4")
    two.wait("@one.example")
    server.cli("rule", "add", "block", "@two.example")
    two.wait("@two.example")
    two.type("/one.example")
    two.keys("Enter", "d")
    two.wait("[y/N]")
    two.keys("y")
    two.gone("by command")
    screen = one.gone("by command")
    assert "@two.example" in screen, screen
    one.keys("C")
    one.wait("rule remove")


@test
def the_selection_stays_with_its_row(scene):
    server = site(scene)
    for name in "abc":
        mail(server, f"x@{name}{name}.example")
    terminal = console(scene, server)
    terminal.wait("3 triplets of 3 domains")
    terminal.type("/bb.example")
    terminal.keys("Enter")
    for number in range(5):
        mail(server, f"y{number}@dd.example", address=f"192.0.{number}.1",
             recipient=f"r{number}@example.org")
    terminal.wait("8 triplets of 4 domains")
    terminal.keys("Enter")
    terminal.wait("Deferred > bb.example")


def modes(terminal):
    """What stty says of the terminal."""
    terminal.run("clear")
    terminal.wait("ready$")
    terminal.run("stty", "-a")
    screen = terminal.wait("extproc")
    return screen[screen.index("speed"):screen.index("extproc")].split()


@test
def the_terminal_is_given_back_whatever_ends_it(scene):
    server = site(scene)
    mail(server, "a@sender.example")
    terminal = scene.enter_context(Terminal(scene))
    for number in ("HUP", "TERM", "INT", "QUIT", "ABRT", "SEGV", "BUS"):
        before = modes(terminal)
        terminal.run(server.build / "greygate", "-c", server.config_file)
        terminal.wait("sender.example")
        equal(terminal.pane("alternate_on"), "1")
        os.kill(terminal.child(), getattr(signal, "SIG" + number))
        wait_until(lambda: terminal.pane("alternate_on") == "0", f"{number}: the screen is back")
        equal(terminal.pane("cursor_flag"), "1", number)
        equal(modes(terminal), before, number)


@test
def stopped_and_continued(scene):
    server = site(scene)
    mail(server, "a@sender.example")
    terminal = console(scene, server)
    terminal.wait("sender.example")
    terminal.keys("C-z")
    wait_until(lambda: terminal.pane("alternate_on") == "0", "the shell is back")
    mail(server, "b@other.example")
    terminal.resize(100, 30)
    terminal.run("fg")
    terminal.wait("other.example")
    screen = terminal.wait("2 triplets of 2 domains")
    equal(len(screen.rstrip("\n").split("\n")), 30)


@test
def a_storm_of_sizes(scene):
    server = site(scene)
    for number in range(40):
        mail(server, f"a@sender{number:02}.example", address=f"192.0.{number}.7")
    terminal = console(scene, server)
    terminal.wait("40 triplets")
    for step in range(40):
        terminal.resize(20 + step * 37 % 140, 4 + step * 11 % 50)
    terminal.resize(132, 43)
    terminal.wait("7 Health")
    wait_until(lambda: len(terminal.screen().rstrip("\n").split("\n")) == 43, "all 43 rows")
    terminal.resize(40, 8)
    screen = terminal.wait("MAY PASS")
    assert "sender" in screen, screen
    terminal.resize(39, 8)
    terminal.wait("needs 40x8")
    terminal.resize(80, 24)
    terminal.wait("7 Health")


@test
def many_kinds_of_terminals(scene):
    server = site(scene)
    mail(server, "a@sender.example")
    for options in ({"term": "vt100"}, {"term": "screen"}, {"term": "xterm-256color"},
                    {"env": {"NO_COLOR": "1"}}, {"env": {"LINES": "10", "COLUMNS": "30"}},
                    {"env": {"LC_ALL": "C"}}):
        terminal = console(scene, server, **options)
        screen = terminal.wait("sender.example")
        assert "7 Health" in screen, (options, screen)
        equal(len(screen.rstrip("\n").split("\n")), 24, options)
        colours = re.findall(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7])[0-9;]*m", terminal.screen(True))
        equal(bool(colours), options.get("term") != "vt100" and "NO_COLOR" not in
              options.get("env", {}), options)
        terminal.keys("Q")
        terminal.wait("ready$")
    terminal = scene.enter_context(Terminal(scene))
    terminal.run("env", "TERM=dumb", server.build / "greygate", "-c", server.config_file)
    assert "dumb" in terminal.wait("greygate:"), terminal.screen()


@test
def a_server_that_dies_and_comes_back(scene):
    server = site(scene)
    mail(server, "a@sender.example")
    terminal = console(scene, server)
    terminal.wait("server ok")
    server.kill9()
    screen = terminal.wait("NO SERVER")
    assert "sender.example" in screen, screen
    terminal.keys("w")
    terminal.wait("PATTERN")
    terminal.keys("j", "j", "Enter")
    terminal.wait("in force when greygated runs")
    server.start()
    terminal.wait("server ok")


@test
def hostile_text_stays_on_its_line(scene):
    server = site(scene)
    mail(server, HOSTILE + "@evil.example", helo_name=HOSTILE, recipient=HOSTILE + "@example.org")
    mail(server, "漢字" * 30 + "@evil.example", recipient="b@example.org", address="192.0.3.1")
    mail(server, "x" * 300 + "@evil.example", recipient="c@example.org", address="192.0.4.1")
    for locale in ("C.UTF-8", "C"):
        terminal = console(scene, server, env={"LC_ALL": locale})
        terminal.wait("evil.example")
        terminal.keys("Enter")
        screens = [terminal.wait("1 of 3")]
        for _ in range(3):
            terminal.keys("Enter")
            terminal.wait("If it were tried now")
            screens.append(terminal.screen())
            terminal.keys("Escape")
            terminal.wait("RECIPIENT")
            terminal.keys("j")
        for screen in screens:
            assert "7 Health" in screen, screen
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", screen), screen
            if locale == "C":
                assert screen.isascii(), screen
        # Columns begin where their titles do.
        at = screens[0].split("\n")[2].index("RECIPIENT")
        if locale == "C":
            for line in screens[0].split("\n")[3:6]:
                equal(line[at - 1], " ", line)
                assert line[at] != " ", line
        terminal.keys("Q")
        time.sleep(0.2)


@test
def who_may_not_write_may_look(scene):
    server = site(scene)
    mail(server, "a@sender.example")
    terminal = console(scene, server, "console", "--readonly")
    screen = terminal.wait("sender.example")
    assert "read-only" in screen, screen
    for key, word in (("a", "release"), ("b", "block"), ("u", "undo"), ("A", "add")):
        terminal.keys(key)
        terminal.wait(f"{word}: the console is read-only (--readonly)")
    terminal.keys("w")
    terminal.wait("sender's domain by SPF")
    terminal.keys("Enter")
    terminal.wait("> Whitelist sender.example", timeout=30)
    terminal.keys("Enter")
    terminal.wait("nothing is changed: the console is read-only (--readonly)")
    terminal.keys("?")
    terminal.wait("What whitelisting a domain by SPF would do")
    equal(server.sql("SELECT count(*) FROM change"), [(0,)])


run()
