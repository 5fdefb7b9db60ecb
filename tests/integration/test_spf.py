#!/usr/bin/env python3
# timeout: 240
"""Pools and whitelisted domains, with a real name server and a real Postfix, and with one that fails."""
import contextlib
import os
import pathlib
import select
import sqlite3
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.dns_stub import DnsStub, response  # noqa: E402
from harness.nsd import Nsd  # noqa: E402
from harness.policy import request  # noqa: E402
from harness.postfix import Postfix  # noqa: E402
from harness.smtp import Smtp  # noqa: E402
from harness.tap import equal, run, soon, test, wait_until  # noqa: E402

ZONE = pathlib.Path(__file__).resolve().parent.parent / "zones/example.zone"
DEFER = "451 4.7.1 Intentional policy rejection, please try again later"
POOL = {("big.example", "TXT"): ["v=spf1 include:pool.big.example -all"],
        ("pool.big.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"]}


def site(scene, dns, timeout="2s", **settings):
    return scene.enter_context(Greygated(scene, **{
        "greylist": {"delay": "2s"}, "auto_whitelist": {"passes": 0},
        "dns": {"servers": dns.servers, "timeout": timeout}, **settings}))


def from_big(server, address, **changes):
    return server.ask(client_address=address, client_name="unknown", sender="a@big.example",
                      **changes)


def known(server, triplet):
    """Waits for the result of SPF of a triplet."""
    return wait_until(lambda: server.sql(
        "SELECT spf FROM triplet WHERE id = ? AND spf IS NOT NULL", triplet), "SPF result")[0][0]


def add_domain(server, *names):
    for name in names:
        server.sql("INSERT INTO domain (name, created_s) VALUES (?, unixepoch())", name)


def networks(server, name):
    return [net for net, in server.sql(
        "SELECT net FROM network JOIN domain ON domain.id = domain_id WHERE name = ? "
        "ORDER BY net", name)]


def status(server, name):
    return server.sql("SELECT status FROM domain WHERE name = ?", name)[0][0]


def refreshed(server, name, want):
    wait_until(lambda: status(server, name) == want, f"{name} is {want}")


@test
def a_pool_passes_on_its_first_retry_from_another_network(scene):
    server = site(scene, scene.enter_context(DnsStub(POOL)))
    equal(from_big(server, "198.51.100.1"), DEFER)
    equal(known(server, 1), "pass")
    equal(from_big(server, "203.0.113.1"), DEFER, "the delay is not over")
    time.sleep(2.1)
    answer = from_big(server, "203.0.113.200", recipient="other@example.org")
    equal(answer, DEFER, "another recipient")
    assert from_big(server, "203.0.113.200").startswith("PREPEND X-Greylist: delayed ")
    equal(server.sql("SELECT count(*) FROM triplet WHERE passed_s IS NULL AND recipient_key = "
                     "'info@example.org'"), [(0,)], "nobody of the pool is left waiting")


@test
def who_is_not_in_the_pool_does_not_profit(scene):
    server = site(scene, scene.enter_context(DnsStub(POOL)))
    equal(from_big(server, "198.51.100.1"), DEFER)
    known(server, 1)
    time.sleep(2.1)
    equal(from_big(server, "192.0.2.1", helo_name="mx.big.example"), DEFER, "a forged HELO")
    equal(server.ask(client_address="192.0.2.2", client_name="mx.big.example.evil.example",
                     sender="a@big.example"), DEFER, "a look-alike name")
    equal(known(server, 2), "fail")
    assert from_big(server, "203.0.113.1").startswith("PREPEND"), "those inside do"


@test
def a_pool_survives_kill_9(scene):
    server = site(scene, scene.enter_context(DnsStub(POOL)))
    equal(from_big(server, "198.51.100.1"), DEFER)
    known(server, 1)
    server.kill9()
    server.start()
    time.sleep(2.1)
    assert from_big(server, "203.0.113.1").startswith("PREPEND"), "the index of pools is rebuilt"
    equal(from_big(server, "203.0.113.2"), "DUNNO", "known by now")


@test
def an_open_record_is_no_pool(scene):
    zone = {("spam.example", "TXT"): ["v=spf1 +all"],
            ("wide.example", "TXT"): ["v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"]}
    server = site(scene, scene.enter_context(DnsStub(zone)))
    for number, name in enumerate(("spam.example", "wide.example")):
        sender = f"a@{name}"
        equal(server.ask(client_address="198.51.100.1", sender=sender), DEFER)
        equal(known(server, 2 * number + 1), "open")
        time.sleep(2.1)
        equal(server.ask(client_address="203.0.113.1", sender=sender), DEFER)


@test
def bypass_and_ignore_by_policy(scene):
    server = site(scene, scene.enter_context(DnsStub(POOL)))
    server.cli("policy", "set", "vip@example.org", "--spf", "bypass")
    server.cli("policy", "set", "strict@example.org", "--spf", "ignore")
    server.wait_log("rules read again.*2 policies")
    equal(from_big(server, "198.51.100.1", recipient="vip@example.org"), "DUNNO")
    equal(from_big(server, "192.0.2.1", recipient="vip@example.org"), DEFER)
    equal(from_big(server, "198.51.100.1", recipient="strict@example.org"), DEFER)
    time.sleep(2.1)
    equal(from_big(server, "203.0.113.1", recipient="strict@example.org"), DEFER)


@test
def only_the_request_that_needs_spf_waits_for_it(scene):
    dns = scene.enter_context(DnsStub(POOL))
    server = site(scene, dns, greylist={"delay": "1h"}, spf={"wait": "2s"})
    equal(from_big(server, "198.51.100.1"), DEFER)
    known(server, 1)
    server.end()
    server.start()  # an empty cache
    dns.dead = True
    answers = []
    held = threading.Thread(target=lambda: answers.append(from_big(server, "203.0.113.1")))
    held.start()
    time.sleep(0.3)
    begun = time.monotonic()
    for number in range(50):
        equal(server.ask(client_address=f"192.0.2.{number}", sender="b@other.example"), DEFER)
    assert time.monotonic() - begun < 1.2 and not answers, "the others were held up"
    held.join()
    equal(answers, [DEFER], "decided without SPF")


@test
def one_triplet_takes_one_evaluation(scene):
    dns = scene.enter_context(DnsStub(POOL))
    dns.dead = True
    server = site(scene, dns, timeout="60s")
    with server.connect() as client:
        for _ in range(210):
            equal(client.ask(sender="a@slow.example"), DEFER)
        equal(client.ask(sender="a@big.example"), DEFER)
    wait_until(lambda: ("big.example", "TXT", False) in dns.asked, "others have their turn, too")


@test
def a_stop_answers_requests_that_wait(scene):
    dns = scene.enter_context(DnsStub(POOL))
    server = site(scene, dns, timeout="60s", greylist={"delay": "1h"}, spf={"wait": "30s"})
    equal(from_big(server, "198.51.100.1"), DEFER)
    known(server, 1)
    server.end()
    server.start()
    dns.dead = True
    answers = []
    held = threading.Thread(target=lambda: answers.append(from_big(server, "203.0.113.1")))
    held.start()
    time.sleep(0.3)
    equal(server.end(), 0)
    held.join()
    equal(answers, [DEFER])
    server.start()


@test
def no_more_wait_than_may(scene):
    dns = scene.enter_context(DnsStub(POOL))
    server = site(scene, dns, timeout="60s", greylist={"delay": "1h"}, spf={"wait": "30s", "waiting": 2})
    equal(from_big(server, "198.51.100.1"), DEFER)
    known(server, 1)
    server.end()
    server.start()
    dns.dead = True
    clients = [scene.enter_context(server.connect()) for _ in range(4)]
    for number, client in enumerate(clients):
        client.send(request(client_address=f"203.0.113.{number}", client_name="unknown",
                            sender="a@big.example"))
    answered = wait_until(lambda: (ready := select.select(clients, [], [], 1)[0]) and
                          len(ready) == 2 and ready, "two are answered at once")
    equal([client.reply() for client in answered], [DEFER] * 2)
    held = [client for client in clients if client not in answered]
    assert all(client.silent() for client in held)
    held[0].__exit__()  # a client that goes away while it waits
    held[1].send(request(sender="b@big.example"))  # and one that does not wait for its answer
    before = server.cpu_seconds()
    time.sleep(1)
    assert server.cpu_seconds() - before < 0.3, "spins"
    equal(server.ask(client_address="192.0.2.77"), DEFER)


@test
def every_request_gets_its_answer_when_they_are_read_late(scene):
    """The answers fill the socket, and behind the one that has no room there waits a request that
    needs SPF."""
    dns = scene.enter_context(DnsStub(POOL))
    server = site(scene, dns, greylist={"delay": "1h"}, spf={"mode": "bypass", "wait": "5s"})
    with server.connect() as client:
        sent = threading.Thread(target=lambda: client.send(b"".join(
            b"request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=192.0.2.1\n"
            b"sender=a@big.example\nrecipient=u%d@x.example\n\n" % number for number in range(600))))
        sent.start()
        time.sleep(2)
        equal([client.reply() for _ in range(600)], [DEFER] * 600)
        sent.join()
        assert client.silent()


@test
def the_example_zone_by_nsd(scene):
    nsd = scene.enter_context(Nsd(scene, ZONE.read_text()))
    server = site(scene, nsd, expected=["typo.example cannot be refreshed", "ring.example cannot"])
    add_domain(server, "bigmail.example", "large.example", "dynamic.example", "typo.example",
               "ring.example", "mxonly.example")
    refreshed(server, "large.example", "ok")
    refreshed(server, "bigmail.example", "ok")
    refreshed(server, "dynamic.example", "partial")
    refreshed(server, "typo.example", "permerror")
    refreshed(server, "ring.example", "permerror")
    refreshed(server, "mxonly.example", "none")
    equal(len(networks(server, "large.example")), 100)
    equal(networks(server, "bigmail.example"), [
        "198.51.100.0/27", "198.51.100.40", "198.51.100.41", "2001:db8:aa::/48",
        "203.0.113.64/26"])
    equal(networks(server, "mxonly.example"), ["192.0.2.99", "2001:db8:bb:2::1"])
    equal(networks(server, "ring.example"), ["192.0.2.86"])
    equal(server.sql("SELECT path FROM network WHERE net = '203.0.113.64/26'"), [
        ("bigmail.example > include:spf.bigmail.example > include:pool-b.bigmail.example > "
         "ip4:203.0.113.64/26",)])


@test
def a_whitelisted_network_frees_what_waits(scene):
    nsd = scene.enter_context(Nsd(scene, ZONE.read_text()))
    server = site(scene, nsd, greylist={"delay": "1h"})
    client = {"client_address": "198.51.100.7", "client_name": "unknown"}
    equal(server.ask(**client), DEFER)
    add_domain(server, "bigmail.example")
    server.wait_log("rules read again.*5 networks")
    equal(server.ask(**client), "DUNNO")
    soon(lambda: server.sql("SELECT reason FROM event ORDER BY id"), [("new",), ("domain-network",)])
    equal(server.json("deferred", "--list"), [], "it waits no more")
    equal(server.ask(client_address="192.0.2.64"), DEFER, "outside")


@test
def the_whole_story_over_smtp(scene):
    nsd = scene.enter_context(Nsd(scene, ZONE.read_text()))
    server = site(scene, nsd, socket_mode="0666", greylist={"delay": "2s"})
    postfix = scene.enter_context(Postfix(scene, "unix:" + server.socket_path))

    def attempt(address, name="[UNAVAILABLE]", helo="mail.example"):
        with Smtp(postfix.port) as smtp:
            smtp.hello(address=address, name=name, helo=helo)
            code, _ = smtp.envelope("user@bigmail.example", "info@example.org")[0]
            if code == 250:
                equal(smtp.data()[0], 250)
            return code
    equal(attempt("198.51.100.3"), 451)
    equal(known(server, 1), "pass")
    time.sleep(2.1)
    equal(attempt("192.0.2.9", helo="mx.bigmail.example"), 451)
    equal(attempt("192.0.2.10", name="mx.bigmail.example.evil.example"), 451)
    equal(attempt("203.0.113.100"), 250)
    mail = postfix.wait_messages(1)[0]
    equal(len(mail.get_all("X-Greylist")), 1)


@test
def dns_dies_in_the_middle_of_a_refresh(scene):
    zone = {("one.example", "TXT"): ["v=spf1 include:a.one.example include:b.one.example -all"],
            ("a.one.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 -all"],
            ("b.one.example", "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"]}
    dns = scene.enter_context(DnsStub(zone, ttl=0))
    server = site(scene, dns, timeout="1s",
                  expected=["one.example cannot be refreshed"])
    add_domain(server, "one.example")
    refreshed(server, "one.example", "ok")
    both = ["198.51.100.0/24", "203.0.113.0/24"]
    equal(networks(server, "one.example"), both)
    dns.zone[("b.one.example", "TXT")] = lambda stub, query, over_tcp: []
    server.sql("UPDATE domain SET next_s = 0")
    refreshed(server, "one.example", "temperror")
    equal(networks(server, "one.example"), both, "nothing is lost")
    server.wait_log("one.example cannot be refreshed")
    equal(server.count_log("one.example cannot be refreshed"), 1, "told once")
    failures, wait = server.sql("SELECT failures, next_s - unixepoch() FROM domain")[0]
    assert failures == 1 and 290 <= wait <= 300, (failures, wait)
    dns.zone[("b.one.example", "TXT")] = ["v=spf1 ip4:203.0.113.0/25 -all"]
    server.sql("UPDATE domain SET next_s = 0")
    refreshed(server, "one.example", "ok")
    equal(networks(server, "one.example"), ["198.51.100.0/24", "203.0.113.0/25"])
    equal(server.sql("SELECT before_n, after_n, added, removed FROM difference ORDER BY id DESC "
                     "LIMIT 1"), [(2, 2, '["203.0.113.0/25"]', '["203.0.113.0/24"]')])
    equal(server.sql("SELECT failures FROM domain"), [(0,)])


@test
def another_writer_does_not_make_refreshes_spin(scene):
    zone = {(f"d{n}.example", "TXT"): [f"v=spf1 ip4:198.51.100.{n} -all"] for n in range(20)}
    server = site(scene, scene.enter_context(DnsStub(zone)), expected=["could not be stored"])
    add_domain(server, *(name for name, _ in zone))
    wait_until(lambda: server.sql("SELECT count(*) FROM domain WHERE status = 'ok'") == [(20,)],
               "all are known")
    with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE domain SET next_s = 0, status = 'new'")
        writer.execute("COMMIT")
        writer.execute("BEGIN IMMEDIATE")
        server.wait_log("could not be stored.*locked")
        before = server.cpu_seconds()
        time.sleep(2)
        equal(server.count_log("could not be stored"), 1, "told once")
        assert server.cpu_seconds() - before < 0.5, "it spins"
    wait_until(lambda: server.sql("SELECT count(*) FROM domain WHERE status = 'ok'") == [(20,)],
               "all are stored when the lock is gone")


@test
def a_walk_is_for_its_domain_alone(scene):
    """While it goes on a restore may bring another domain under the same id."""
    asked, go_on = threading.Event(), threading.Event()

    def slow(stub, query, over_tcp):
        asked.set()
        go_on.wait(10)
        return [response(query, [("one.example", "TXT", "v=spf1 ip4:198.51.100.0/24 -all")])]
    dns = scene.enter_context(DnsStub({("one.example", "TXT"): slow,
                                       ("other.example", "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"]}))
    server = site(scene, dns, timeout="10s")
    add_domain(server, "one.example")
    assert asked.wait(10)
    server.sql("UPDATE domain SET name = 'other.example', next_s = unixepoch() + 3600")
    go_on.set()
    time.sleep(1)
    equal(networks(server, "other.example"), [])


@test
def a_broken_record_keeps_its_networks_for_a_while(scene):
    zone = {("typo.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 -all"],
            ("gone.example", "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"]}
    dns = scene.enter_context(DnsStub(zone, ttl=0))
    server = site(scene, dns, expected=["cannot be refreshed"])
    add_domain(server, "typo.example", "gone.example")
    refreshed(server, "typo.example", "ok")
    refreshed(server, "gone.example", "ok")
    dns.zone[("typo.example", "TXT")] = ["v=spf1 ipv4:198.51.100.0/24 -all"]
    del dns.zone[("gone.example", "TXT")]
    server.sql("UPDATE domain SET next_s = 0")
    refreshed(server, "typo.example", "permerror")
    refreshed(server, "gone.example", "none")
    equal(networks(server, "typo.example"), ["198.51.100.0/24"])
    equal(networks(server, "gone.example"), ["203.0.113.0/24"])
    server.sql("UPDATE domain SET next_s = 0, good_s = good_s - 8 * 86400")
    wait_until(lambda: not networks(server, "typo.example"), "the grace is over")
    wait_until(lambda: not networks(server, "gone.example"), "the grace is over")


@test
def a_shared_pool_stays_with_the_other_domain(scene):
    zone = {(name, "TXT"): ["v=spf1 ip4:198.51.100.0/24 -all"]
            for name in ("one.example", "two.example")}
    server = site(scene, scene.enter_context(DnsStub(zone)))
    add_domain(server, "one.example", "two.example")
    server.wait_log("rules read again.*2 networks of 2 domains")
    server.cli("domain", "remove", "one.example")
    server.wait_log("rules read again.*1 networks of 1 domains")
    equal(networks(server, "two.example"), ["198.51.100.0/24"])
    equal(server.ask(client_address="198.51.100.9"), "DUNNO")


@test
def spoofed_and_broken_answers(scene):
    def spoofed(stub, query, over_tcp):
        wrong = [response(query, [("spoof.example", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")],
                          ident=number) for number in range(100)
                 if number != query[0] << 8 | query[1]]
        other = bytearray(response(query, [("spoof.example", "TXT", "v=spf1 ip4:192.0.2.0/24")]))
        other[13:18] = b"other"
        right = response(query, [("spoof.example", "TXT", "v=spf1 ip4:198.51.100.0/24 -all")])
        return wrong + [bytes(other), right]

    def cut(stub, query, over_tcp):
        return [response(query, [("cut.example", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")])[:-9]]

    def looping(stub, query, over_tcp):
        packet = response(query, [("loop.example", "TXT", "x")])
        at = len(query[12:]) and 12 + len(b"\4loop\7example\0") + 4
        return [packet[:at] + b"\xc0" + bytes([at]) + packet[at + 14:]]
    zone = {("spoof.example", "TXT"): spoofed, ("cut.example", "TXT"): cut,
            ("loop.example", "TXT"): looping,
            ("many.example", "TXT"): [f"token-{n:04}" for n in range(500)] + [
                "v=spf1 ip4:203.0.113.0/24 -all"],
            ("ring1.example", "CNAME"): ["ring2.example"],
            ("ring2.example", "CNAME"): ["ring1.example"],
            ("fail.example", "TXT"): lambda stub, query, over_tcp: [response(query, rcode=2)],
            ("long.example", "TXT"): ["v=spf1 " + "ip4:198.51.100.0/24 " * 410 + "-all"],
            ("hang.example", "TXT"): lambda stub, query, over_tcp: (
                time.sleep(5) if over_tcp else None) or [response(query, truncated=True)][:1 - over_tcp]}
    dns = scene.enter_context(DnsStub(zone))
    server = site(scene, dns, expected=["(cut|loop|ring1|fail|hang).example cannot be refreshed"])
    add_domain(server, *sorted({name for name, _ in zone} - {"ring2.example"}))
    refreshed(server, "spoof.example", "ok")
    refreshed(server, "many.example", "ok")
    refreshed(server, "long.example", "ok")
    equal(networks(server, "spoof.example"), ["198.51.100.0/24"])
    equal(networks(server, "many.example"), ["203.0.113.0/24"])
    equal(networks(server, "long.example"), ["198.51.100.0/24"])
    for name in ("cut", "loop", "ring1", "fail", "hang"):
        refreshed(server, f"{name}.example", "temperror")
    equal(server.ask(), DEFER)


@test
def mail_is_decided_while_dns_is_dead(scene):
    dns = scene.enter_context(DnsStub(POOL))
    dns.dead = True
    server = site(scene, dns)
    for number in range(300):
        equal(server.ask(sender=f"u{number}@d{number}.example"), DEFER)
    time.sleep(2.1)
    equal(server.ask(sender="u1@d1.example").split()[0], "PREPEND")


run()
