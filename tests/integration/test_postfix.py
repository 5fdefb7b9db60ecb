#!/usr/bin/env python3
# timeout: 240
"""A real Postfix asks the server; mail comes over SMTP, clients by XCLIENT."""
import concurrent.futures
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.postfix import Postfix  # noqa: E402
from harness.smtp import Smtp  # noqa: E402
from harness.tap import Skip, equal, run, soon, test, wait_until  # noqa: E402

REFUSAL = "Intentional policy rejection, please try again later"
SHORT = {"greylist": {"delay": "2s"}}


def site(scene, stage="recipient", **settings):
    settings = {**SHORT, "socket_mode": "0666", **settings}
    server = scene.enter_context(Greygated(scene, **settings))
    postfix = scene.enter_context(Postfix(scene, "unix:" + server.socket_path, stage))
    return server, postfix


def attempt(postfix, sender="anna@sender.example", to=("info@example.org",), options="", **client):
    """Answers to RCPT; the mail is sent when all were accepted."""
    with Smtp(postfix.port) as smtp:
        answers = smtp.hello(**client).envelope(sender, *to, options=options)
        if all(code == 250 for code, _ in answers):
            equal(smtp.data()[0], 250, "DATA")
        return answers


def refused(answer):
    code, text = answer
    return code == 451 and text.startswith("4.7.1") and REFUSAL in text


@test
def first_contact_early_retry_pass_and_one_header(scene):
    server, postfix = site(scene)
    assert refused(attempt(postfix)[0])
    assert refused(attempt(postfix)[0])
    wait_until(lambda: f"451 4.7.1 <info@example.org>: Recipient address rejected: {REFUSAL}" in
               postfix.log(), "the log line")
    time.sleep(2.1)
    equal(attempt(postfix)[0][0], 250)
    mail = postfix.wait_messages(1)[0]
    equal(len(mail.get_all("X-Greylist")), 1)
    assert mail["X-Greylist"].startswith("delayed "), mail["X-Greylist"]
    equal(attempt(postfix)[0][0], 250)
    second = [m for m in postfix.wait_messages(2) if "X-Greylist" not in m]
    equal(len(second), 1, "mail that did not wait has no header")


@test
def five_recipients_get_one_header_and_one_count(scene):
    server, postfix = site(scene, auto_whitelist={"passes": 0})
    to = [f"r{i}@example.org" for i in "abcde"]
    assert all(refused(a) for a in attempt(postfix, to=to))
    time.sleep(2.1)
    equal([code for code, _ in attempt(postfix, to=to)], [250] * 5)
    mails = postfix.wait_messages(5)
    equal([len(m.get_all("X-Greylist")) for m in mails], [1] * 5)
    soon(lambda: server.sql("SELECT reason, sum(count) FROM stat GROUP BY reason ORDER BY reason"),
         [("new", 1), ("triplet found", 1)])


@test
def null_sender_and_ipv6(scene):
    server, postfix = site(scene)
    client = {"address": "2001:db8:1:2::25", "name": "[UNAVAILABLE]"}
    assert refused(attempt(postfix, sender="", **client)[0])
    equal(server.sql("SELECT net, sender_key FROM triplet"), [("2001:db8:1:2::/64", "")])
    time.sleep(2.1)
    neighbour = {"address": "2001:db8:1:2::26", "name": "[UNAVAILABLE]"}
    equal(attempt(postfix, sender="", **neighbour)[0][0], 250)


@test
def authenticated_client_is_not_greylisted(scene):
    server, postfix = site(scene)
    equal(attempt(postfix, login="anna")[0][0], 250)
    soon(lambda: server.sql("SELECT reason FROM event"), [("authenticated",)])


@test
def fifty_connections_race_for_one_new_triplet(scene):
    server, postfix = site(scene, greylist={"delay": "1h"})
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: attempt(postfix)[0], range(50)))
    assert all(refused(a) for a in answers), answers
    equal(server.sql("SELECT count(*), sum(attempts) FROM triplet"), [(1, 50)])


@test
def hostile_envelope_bytes(scene):
    server, postfix = site(scene)
    senders = [b'"a\x1b[31m b"@x.example', b'"two @ signs"@x.example', b"\"o'hara;--\"@x.example",
               b'"<>"@x.example', b"prvs=0123456789=user@x.example"]
    for sender in senders:
        assert refused(attempt(postfix, sender=sender)[0]), sender
    override = "\u202egnp@\u4f8b\u3048.example".encode()
    assert refused(attempt(postfix, sender=override, options=" SMTPUTF8")[0])
    equal(server.sql("SELECT count(*) FROM triplet"), [(6,)])
    for line in server.lines:
        assert "\x1b" not in line and "\u202e" not in line, line
    assert "\x1b" not in server.cli("deferred", "--list")
    equal(len(server.json("deferred", "--list")), 6)


@test
def policy_at_data_never_defers(scene):
    server, postfix = site(scene, stage="data")
    equal(attempt(postfix)[0][0], 250)
    soon(lambda: server.sql("SELECT DISTINCT reason FROM event"), [("not-rcpt",)])


@test
def server_killed_and_restarted_between_contact_and_retry(scene):
    server, postfix = site(scene)
    assert refused(attempt(postfix)[0])
    first = server.sql("SELECT first_s FROM triplet")
    server.kill9()
    server.start()
    equal(server.sql("SELECT first_s FROM triplet"), first)
    time.sleep(2.1)
    equal(attempt(postfix)[0][0], 250)
    equal(len(postfix.wait_messages(1)[0].get_all("X-Greylist")), 1)


@test
def a_server_that_is_gone_does_not_stop_mail(scene):
    server, postfix = site(scene)
    server.end()
    equal(attempt(postfix)[0][0], 250)
    server.start()
    assert refused(attempt(postfix, sender="other@sender.example")[0])


@test
def a_stopped_process_that_goes_on_gives_no_stale_answer(scene):  # F30
    server, postfix = site(scene)
    server.signal(signal.SIGSTOP)
    started = time.monotonic()
    equal(attempt(postfix)[0][0], 250, "open as default_action says")
    assert time.monotonic() - started < 60
    server.signal(signal.SIGCONT)
    wait_until(lambda: refused(attempt(postfix, sender="b@sender.example")[0]), "greylisting again")
    equal(attempt(postfix, login="anna")[0][0], 250)


@test
def chrooted_smtpd_and_tcp(scene):
    with Greygated(scene, **SHORT, start=False) as server:
        postfix_dir = scene.dir / "spool"
        postfix_dir.mkdir()
        port = free_port()
        server.write_config(listen=[f"inet:127.0.0.1:{port}", f"inet:[::1]:{port}"])
        server.start()
        for address in (f"inet:127.0.0.1:{port}", f"inet:[::1]:{port}"):
            with Postfix(scene, address) as postfix:
                assert refused(attempt(postfix, sender=f"v{len(address)}@s.example")[0])
        with Postfix(scene, "unix:private/greygate", chroot=True) as postfix:
            server.end()
            path = postfix.queue / "private/greygate"
            server.write_config(listen=[f"unix:{path}"], socket_mode="0666")
            server.start()
            assert refused(attempt(postfix, sender="c@s.example")[0])


def matched(log, mode):
    """Lines that fail2ban would ban a client for."""
    if not shutil.which("fail2ban-regex"):
        raise Skip("needs the package fail2ban")
    result = subprocess.run(["fail2ban-regex", str(log),
                             f"/etc/fail2ban/filter.d/postfix.conf[mode={mode}]"],
                            capture_output=True, text=True, timeout=60)
    return int(re.search(r"^Lines: .* (\d+) matched", result.stdout, re.M).group(1))


@test
def fail2ban_bans_nobody_for_waiting(scene):
    _, postfix = site(scene)
    client = {"address": "203.0.113.77", "name": "mail.sender.example"}
    assert refused(attempt(postfix, **client)[0])
    wait_until(lambda: REFUSAL in postfix.log(), "the log line")
    log = scene.dir / "mail.log"
    lines = [line for line in postfix.log().splitlines(True) if REFUSAL in line]
    log.write_text("".join(lines))
    modes = ("normal", "more", "extra", "aggressive")
    equal([matched(log, mode) for mode in modes], [0] * 4, log.read_text())
    log.write_text(lines[0].replace(
        "451 4.7.1 <info@example.org>: Recipient address rejected: " + REFUSAL,
        "554 5.7.1 <mail.sender.example[203.0.113.77]>: Client host rejected: Access denied"))
    equal(matched(log, "more"), 1, "what it does ban for, so that the rest means something")


run()
