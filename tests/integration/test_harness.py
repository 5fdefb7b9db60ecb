#!/usr/bin/python3
# timeout: 60
"""The harness itself: a real Postfix asks a stub policy server, and what each of them sees."""
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True

from harness.policy import ATTRIBUTES, Client  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.postfix import Postfix  # noqa: E402
from harness.smtp import Smtp  # noqa: E402
from harness.stub import StubPolicyServer  # noqa: E402
from harness.tap import equal, run, test  # noqa: E402

DEFERRAL = "451 4.7.1 Greylisted for the test"
RECIPIENTS = [f"r{letter}@example.org" for letter in "abcde"]


def stub(scene, callback=lambda attributes: "DUNNO", name="stub.sock"):
    return scene.enter_context(StubPolicyServer(str(scene.dir / name), callback))


def start_postfix(scene, policy, **options):
    return scene.enter_context(Postfix(scene, policy, **options))


def has(recorded, **attributes):
    """Fails unless the RECORDED request has these values."""
    equal({name: recorded.get(name) for name in attributes}, attributes)


def once_for_a_message(action):
    """A callback: ACTION for the first recipient of a message, DUNNO for the others."""
    seen = set()

    def answer(attributes):
        first = attributes["instance"] not in seen
        seen.add(attributes["instance"])
        return action if first else "DUNNO"
    return answer


@test
def a_deferral_reaches_the_client_and_xclient_the_policy_server(scene):
    server = stub(scene, lambda attributes: DEFERRAL)
    postfix = start_postfix(scene, server.policy)
    with Smtp(postfix.port) as smtp:
        smtp.hello("192.0.2.7", "mx.sender.example", "helo.sender.example")
        code, text = smtp.envelope("anna@sender.example", "info@example.org")[0]
    equal(code, 451)
    assert text.startswith("4.7.1 ") and text.endswith("Greylisted for the test"), text
    equal(len(server.requests), 1)
    has(server.requests[0], request="smtpd_access_policy", protocol_state="RCPT",
        protocol_name="ESMTP", client_address="192.0.2.7", client_name="mx.sender.example",
        reverse_client_name="mx.sender.example", helo_name="helo.sender.example",
        sender="anna@sender.example", recipient="info@example.org", recipient_count="0",
        queue_id="", sasl_username="")
    equal(list(server.requests[0]), list(ATTRIBUTES), "the policy client asks as Postfix does")
    equal(postfix.messages(), [])


@test
def a_header_for_the_first_of_five_recipients_is_in_each_mail_once(scene):
    server = stub(scene, once_for_a_message("PREPEND X-Greylist: delayed 7 seconds"))
    postfix = start_postfix(scene, server.policy)
    with Smtp(postfix.port) as smtp:
        answers = smtp.hello().envelope("anna@sender.example", *RECIPIENTS)
        equal([code for code, _ in answers], [250] * 5)
        equal(smtp.data("five")[0], 250)
    mails = postfix.wait_messages(5)
    equal(sorted(mail["Delivered-To"] for mail in mails), RECIPIENTS)
    equal([mail.get_all("X-Greylist") for mail in mails], [["delayed 7 seconds"]] * 5)
    equal({mail["Subject"] for mail in mails}, {"five"})
    equal(len({request["instance"] for request in server.requests}), 1)
    equal([bool(request["queue_id"]) for request in server.requests], [False] + [True] * 4)


@test
def policy_at_data_sees_the_whole_envelope(scene):
    server = stub(scene, lambda attributes: DEFERRAL)
    postfix = start_postfix(scene, server.policy, stage="data")
    with Smtp(postfix.port) as smtp:
        answers = smtp.hello().envelope("anna@sender.example", *RECIPIENTS[:2])
        equal([code for code, _ in answers], [250, 250])
        equal(smtp.data()[0], 451)
    has(server.requests[0], protocol_state="DATA", recipient_count="2", recipient="")


@test
def a_chrooted_smtpd_finds_the_socket_below_its_root(scene):
    postfix = start_postfix(scene, "unix:private/greygate", chroot=True)
    path = str(postfix.queue / "private/greygate")
    server = scene.enter_context(StubPolicyServer(path, lambda attributes: DEFERRAL))
    with Smtp(postfix.port) as smtp:
        equal(smtp.hello().envelope("anna@sender.example", "info@example.org")[0][0], 451)
        assert str(postfix.queue) in smtpd_roots(postfix), smtpd_roots(postfix)
    equal(len(server.requests), 1)


def smtpd_roots(postfix):
    """Root folders of the smtpd processes of POSTFIX; one that only just starts still has /."""
    master = (postfix.queue / "pid/master.pid").read_text().strip()
    children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
    processes = [pathlib.Path("/proc", pid) for pid in children]
    return {str((process / "root").readlink()) for process in processes
            if (process / "comm").read_text().strip() == "smtpd"}


@test
def two_instances_run_at_once_and_each_asks_its_own_server(scene):
    sides = []
    for name in ("first", "second"):
        server = stub(scene, lambda attributes, name=name: f"451 4.7.1 {name}", name + ".sock")
        sides.append((name, server, start_postfix(scene, server.policy)))
    for name, server, postfix in sides:
        with Smtp(postfix.port) as smtp:
            text = smtp.hello().envelope(f"{name}@sender.example", "info@example.org")[0][1]
        assert text.endswith(name), text
        equal([request["sender"] for request in server.requests], [f"{name}@sender.example"])


@test
def an_ipv6_client_and_an_authenticated_one_over_tcp(scene):
    for host in ("127.0.0.1", "::1"):
        server = scene.enter_context(StubPolicyServer((host, 0)))
        postfix = start_postfix(scene, server.policy)
        with Smtp(postfix.port) as smtp:
            smtp.hello("2001:DB8:0:0:1::25", "[UNAVAILABLE]")
            equal(smtp.envelope("", "info@example.org")[0][0], 250)
        has(server.requests[-1], client_address="2001:db8::1:0:0:25", client_name="unknown",
            sender="")
        with Smtp(postfix.port) as smtp:
            smtp.hello(login="anna")
            equal(smtp.envelope("anna@sender.example", "info@example.org")[0][0], 250)
        has(server.requests[-1], sasl_username="anna")


@test
def hostile_bytes_of_an_envelope_arrive_as_they_were_sent(scene):
    server = stub(scene, lambda attributes: DEFERRAL)
    postfix = start_postfix(scene, server.policy)
    override = "\u202egnp@\u4f8b\u3048.example"
    cases = [(b'"a\x1b[31m b"@x.example', "", "a\x1b[31m b@x.example"),
             (b'"two @ signs"@x.example', "", "two @ signs@x.example"),
             (b'"a=b;\'"@x.example', "", "a=b;'@x.example"),
             (override.encode(), " SMTPUTF8", override)]
    for sender, options, want in cases:
        with Smtp(postfix.port) as smtp:
            answers = smtp.hello().envelope(sender, "info@example.org", options=options)
        equal([code for code, _ in answers], [451], repr(sender))
        equal(server.requests[-1]["sender"], want)


@test
def a_policy_server_that_is_not_there_leaves_mail_to_the_default_action(scene):
    postfix = start_postfix(scene, f"inet:127.0.0.1:{free_port()}")
    with Smtp(postfix.port) as smtp:
        equal(smtp.hello().envelope("anna@sender.example", "info@example.org")[0][0], 250)
    assert "Connection refused" in postfix.log()


@test
def the_policy_client_and_the_stub_understand_each_other(scene):
    def echo(attributes):
        return {"close": None, "raw": b"action=RAW\n\n"}.get(
            attributes["sender"], attributes["recipient"])

    addresses = [str(scene.dir / "echo.sock"), ("127.0.0.1", free_port()),
                 ("::1", free_port(socket.AF_INET6))]
    for address in addresses:
        with StubPolicyServer(address, echo) as server, Client(address) as client:
            equal(client.ask(recipient="one"), "one")
            equal(client.ask(sender="raw"), "RAW")
            client.ask(size=None)
            equal([("size" in request) for request in server.requests], [True, True, False])
            try:
                client.ask(sender="close")
                raise AssertionError("an answer where none was sent")
            except EOFError:
                pass


run()
