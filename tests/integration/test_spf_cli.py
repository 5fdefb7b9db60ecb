#!/usr/bin/env python3
# timeout: 120
"""greygate spf and greygate domain, with a real name server, without and beside a server."""
import ipaddress
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated, die_with_parent  # noqa: E402
from harness.dns_stub import DnsStub, referral, response  # noqa: E402
from harness.nsd import Nsd  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402

ZONES = pathlib.Path(__file__).resolve().parent.parent / "zones"
EXPECTED = json.loads((ZONES / "expected.json").read_text())
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b1m"


def operator(scene, dns, **settings):
    """greygate without a server and without a database."""
    return Greygated(scene, start=False, dns={"servers": dns, "timeout": "2s"}, **settings)


def with_database(scene, dns, **settings):
    """The database is made by a first start; then no server runs."""
    server = Greygated(scene, dns={"servers": dns, "timeout": "2s"}, **settings)
    equal(server.end(), 0)
    return server


def example(scene):
    return scene.enter_context(Nsd(scene, (ZONES / "example.zone").read_text()))


def check_lines(server, lines, status=0):
    output = server.cli("spf", "check", "-", "--json", status=status,
                        text="\n".join(lines).encode())
    return [json.loads(line) for line in output.splitlines()]


def question(ip, sender, helo="mx.example"):
    return json.dumps({"ip": ip, "sender": sender, "helo": helo})


def harmless(text):
    return not [c for c in text if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) < 0xa0 or
                c in "\u202e\u200b"]


@test
def every_domain_walks_as_expected(scene):
    server = operator(scene, example(scene).servers)
    for domain, want in EXPECTED.items():
        equal(server.json("spf", "walk", domain), want, domain)
        text = server.cli("spf", "walk", domain)
        assert text.startswith("Networks  Term\n") and domain in text, text
        for network in want["skipped"]:
            assert f"Skipped   {network[0]}: {network[1]} ({network[2]})" in text, text
        for error in want["errors"]:
            assert f"Error     {error}\n" in text, text


@test
def check_passes_exactly_what_the_walk_lists(scene):
    """First and last address of every network, and their neighbours outside."""
    server = operator(scene, example(scene).servers)
    questions, wanted = [], []
    for domain, want in EXPECTED.items():
        networks = [ipaddress.ip_network(text) for text in want["v4"] + want["v6"]]
        for network in networks:
            for number in (int(network[0]) - 1, int(network[0]), int(network[-1]),
                           int(network[-1]) + 1):
                address = type(network[0])(number)
                listed = any(address in other for other in networks
                             if other.version == network.version)
                questions.append(question(str(address), f"a@{domain}"))
                wanted.append((domain, str(address), listed, bool(want["skipped"]),
                               want["source"]))
    answers = check_lines(server, questions)
    equal(len(answers), len(wanted))
    for (domain, address, listed, skipped, source), answer in zip(wanted, answers):
        passes = answer["result"] == "pass"
        if source == "mx" or (skipped and not listed):
            continue  # no record to check, or a term that no network can stand for
        equal(passes, listed, f"{domain} {address}: {answer}")


@test
def the_tree_shows_where_networks_come_from(scene):
    server = operator(scene, example(scene).servers)
    text = server.cli("spf", "walk", "someone@BigMail.Example.")
    for line in ("       5  bigmail.example\n", "       3      include:pool-a.bigmail.example\n",
                 "       1        ip4:198.51.100.40\n",
                 "Networks  4 IPv4 (98 addresses) and 1 IPv6, from the SPF record\n",
                 "Lookups   3 of 10; smallest TTL 10m\n"):
        assert line in text, (line, text)
    assert "of the MX hosts" in server.cli("spf", "walk", "mxonly.example")


@test
def a_message_is_checked(scene):
    server = operator(scene, example(scene).servers)
    for ip, sender, helo, want in (
            ("198.51.100.31", "a@bigmail.example", "", "pass"),
            ("198.51.100.32", "a@bigmail.example", "", "fail"),
            ("::ffff:198.51.100.31", "a@bigmail.example", "", "pass"),
            ("2001:db8:aa::1", "a@brand.example", "", "pass"),
            ("2001:db8:ab::1", "a@brand.example", "", "fail"),
            ("192.0.2.127", "a@sloppy.example", "", "pass"),
            ("192.0.2.1", "a@typo.example", "", "permerror"),
            ("192.0.2.1", "a@nothing.example", "", "none"),
            ("198.51.100.1", "", "bigmail.example", "pass"),
            ("198.51.100.1", "<>", "bigmail.example", "pass"),
            ("198.51.100.1", "bigmail.example", "", "pass"),
            ("192.0.2.145", "a@signs.example", "", "neutral")):
        equal(server.json("spf", "check", ip, sender, helo),
              {"result": want, "explanation": None}, f"{ip} {sender}")
    text = server.cli("spf", "check", "198.51.100.31", "a@bigmail.example")
    for line in ("Result       pass", "Domain       bigmail.example",
                 "include:pool-a.bigmail.example > ip4:198.51.100.0/27", "2 of 10"):
        assert line in text, text
    assert "means nothing" in server.cli("spf", "check", "8.8.8.8", "a@open.example")


@test
def many_lines_are_answered_in_order(scene):
    server = operator(scene, example(scene).servers)
    lines, want = [], []
    for i in range(500):
        domain = ("bigmail", "brand", "alias", "signs", "nothing")[i % 5]
        lines.append(question(f"198.51.100.{i % 64}", f"u{i}@{domain}.example"))
        listed = i % 64 < 32 or i % 64 in (40, 41)
        want.append({"nothing": "none", "signs": "softfail" if listed else "fail"}.get(
            domain, "pass" if listed else "fail"))
    got = check_lines(server, lines)
    equal([answer["result"] for answer in got], want)
    equal(set(map(tuple, got)), {("result", "explanation")})


@test
def a_program_may_ask_line_by_line(scene):
    server = operator(scene, example(scene).servers)
    process = subprocess.Popen(
        [server.build / "greygate", "-c", server.config_file, "spf", "check", "-", "--json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
    for last in (1, 200, 40):
        line = question(f"198.51.100.{last}", "a@bigmail.example") + "\n"
        process.stdin.write(line.encode())
        process.stdin.flush()
        equal(json.loads(process.stdout.readline())["result"], "fail" if last == 200 else "pass")
    process.stdin.close()
    equal(process.wait(10), 0)


@test
def bad_lines_are_answered_in_their_place(scene):
    server = operator(scene, example(scene).servers)
    good = question("198.51.100.1", "a@bigmail.example")
    got = check_lines(server, [good, "{", '{"ip": "198.51.100.1"}', "", good, "[1, 2]",
                               question("198.51.100", "a@b.example"), '{"ip": 1, "sender": "a"}',
                               json.dumps({"ip": "x" * 70000}), good], status=65)
    equal([answer.get("result", answer.get("error", "")[:8]) for answer in got],
          ["pass", "line 2: ", "line 3: ", "pass", "line 6: ", "line 7: ", "line 8: ", "line 9: ",
           "pass"])
    nuls = ['{"ip": "198.51.100.1\\u0000junk", "sender": "a@bigmail.example"}',
            '{"ip": "198.51.100.1", "sender": "a@bigmail.example\\u0000.evil"}',
            '{"ip": "198.51.100.1", "sender": "a@bigmail.example", "helo": "a\\u0000b"}']
    equal([answer.get("error") for answer in check_lines(server, nuls, status=65)],
          [f"line {n}: \\u0000 in a text: nothing asked here holds it" for n in (1, 2, 3)])
    odd = [question("198.51.100.1", "\U0001f600\x7f\t@bigmail.example"),
           '{"helo": null, "more": [{"ip": 5}], "sender": "a@bigmail.example", '
           '"ip": "198.51.100.1"}']
    equal([answer["result"] for answer in check_lines(server, odd)], ["pass", "pass"])
    senders = [question("198.51.100.1", sender, "bigmail.example") + "\r"
               for sender in ("", "<>", "bigmail.example", "@bigmail.example")]
    equal([answer["result"] for answer in check_lines(server, [*senders, "\r"])], ["pass"] * 4,
          "as with arguments; lines that end with CRLF")
    equal(check_lines(server, []), [])
    server.cli("spf", "check", "-", status=64)


@test
def the_dns_may_fail(scene):
    dead = f"127.0.0.1:{free_port()}"
    server = operator(scene, [dead], spf={"timeout": "2s"})
    walk = server.json("spf", "walk", "bigmail.example", status=75)
    equal((walk["status"], walk["source"], walk["v4"], walk["min_ttl"]),
          ("temperror", "none", [], None))
    equal(server.json("spf", "check", "192.0.2.1", "a@bigmail.example", status=75)["result"],
          "temperror")
    assert "Error" in server.cli("spf", "check", "192.0.2.1", "a@bigmail.example", status=75)
    equal(check_lines(server, [question("192.0.2.1", "a@bigmail.example")])[0]["result"],
          "temperror")
    other = example(scene).servers[0]
    equal(server.json("spf", "walk", "bigmail.example", "--dns", other),
          EXPECTED["bigmail.example"], "--dns")
    equal(server.json("spf", "check", "198.51.100.1", "a@bigmail.example", "--dns", other),
          {"result": "pass", "explanation": None})
    for words, text in ((["spf", "walk", "a.example", "--dns", "ns.example"], "not a name"),
                        (["spf", "walk", "a..example"], "not a domain"),
                        (["spf", "check", "1.2.3", "a@b.example"], "not an address"),
                        (["spf", "check", "192.0.2.1"], "usage:")):
        server.cli(*words, status=64)
        assert text in server.cli_error, server.cli_error


@test
def a_truncated_answer_waits_for_no_other_server(scene):
    def over_tcp_only(stub, query, over_tcp):
        return [response(query, [("big.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")]) if over_tcp
                else response(query, truncated=True)]
    stub = scene.enter_context(DnsStub({
        ("big.example", "TXT"): over_tcp_only,
        ("never.example", "TXT"): lambda stub, query, over_tcp: [response(query, truncated=True)]}))
    dead = scene.enter_context(DnsStub())
    dead.dead = True
    for servers in ([*stub.servers, *dead.servers], [*stub.servers, "[::1]:9"]):
        server = operator(scene, servers)
        begun = time.monotonic()
        equal(server.json("spf", "walk", "big.example")["v4"], ["192.0.2.1/32"])
        assert time.monotonic() - begun < 1.5, servers
    equal(server.json("spf", "walk", "never.example", status=75)["status"], "temperror",
          "truncated over TCP, too")
    no_tcp = scene.enter_context(DnsStub({("big.example", "TXT"): lambda stub, query, over_tcp: (
        [] if over_tcp else [response(query, truncated=True)])}))
    server = operator(scene, [*no_tcp.servers, *stub.servers])
    equal(server.json("spf", "walk", "big.example")["v4"], ["192.0.2.1/32"], "TCP of the other")
    fails = scene.enter_context(DnsStub({("big.example", "TXT"): lambda stub, query, over_tcp: [
        response(query, rcode=2) if over_tcp else response(query, truncated=True)]}))
    server = operator(scene, [*fails.servers, *stub.servers])
    equal(server.json("spf", "walk", "big.example")["v4"], ["192.0.2.1/32"], "where one fails")


@test
def a_server_that_only_refers_to_others_has_failed(scene):
    refers = scene.enter_context(DnsStub(
        {("a.example", kind): lambda stub, query, over_tcp: [referral(query)]
         for kind in ("TXT", "MX")}))
    good = scene.enter_context(DnsStub({("a.example", "TXT"): ["v=spf1 ip4:192.0.2.1 -all"]}))
    server = operator(scene, refers.servers)
    walk = server.json("spf", "walk", "a.example", status=75)
    equal(walk["status"], "temperror", "no absence")
    assert "not recursive" in walk["errors"][0], walk["errors"]
    equal(server.json("spf", "check", "192.0.2.1", "x@a.example", status=75)["result"], "temperror")
    assert "not recursive" in server.cli("spf", "check", "192.0.2.1", "x@a.example", status=75)
    server.write_config(dns={"servers": refers.servers + good.servers, "timeout": "5s"})
    equal(server.json("spf", "check", "192.0.2.1", "x@a.example")["result"], "pass",
          "the next one is asked")
    assert refers.asked and good.asked


@test
def domains_without_a_server(scene):
    server = with_database(scene, example(scene).servers)
    text = server.cli("domain", "add", "bigmail.example", "Dynamic.example.", "x@typo.example",
                      "b\u00fccher.example", "--comment", "for the test") + server.cli_error
    for part in ("bigmail.example is whitelisted", "dynamic.example is whitelisted",
                 "note: x@typo.example is taken as typo.example", "xn--bcher-kva.example is",
                 "domain refresh --now"):
        assert part in text, text
    rows = server.json("domain", "list")
    equal([(row["name"], row["status"], row["networks"], row["source"]) for row in rows],
          [(name, "new", 0, "manual") for name in (
              "bigmail.example", "dynamic.example", "typo.example", "xn--bcher-kva.example")])
    equal(rows[0]["comment"], "for the test")

    text = server.cli("domain", "refresh", "--dry-run", "dynamic.example", "typo.example",
                      status=65)
    for part in ("dynamic.example: partial, 2 networks by spf, 0 now, 3 of 10 lookups",
                 "  + 192.0.2.78\n", "skipped: dynamic.example: ptr (ptr)",
                 "typo.example: permerror", "error: v4 permerror: syntax: ipv4:192.0.2.83"):
        assert part in text, (part, text)
    equal(server.sql("SELECT count(*) FROM network"), [(0,)])
    equal({row["status"] for row in server.json("domain", "list")}, {"new"})

    text = server.cli("domain", "refresh", "--now", status=65)
    equal([line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")],
          [row["name"] for row in rows], "in the order of names")
    assert "bigmail.example: ok, 5 networks (5 added, 0 removed); again in 1h" in text, text
    show = server.json("domain", "show", "bigmail.example")
    equal((show["status"], show["from"], show["networks"], show["lookups"], show["min_ttl_s"]),
          ("ok", "spf", 5, 3, 600))
    equal({"network": "203.0.113.64/26",
           "path": "bigmail.example > include:spf.bigmail.example > "
                   "include:pool-b.bigmail.example > ip4:203.0.113.64/26"} in show["listed"], True)
    equal([(c["before"], c["after"], len(c["added"]), c["removed"]) for c in show["changes"]],
          [(0, 5, 5, [])])
    equal(server.json("domain", "show", "dynamic.example")["skipped"],
          EXPECTED["dynamic.example"]["skipped"])
    text = server.cli("domain", "show", "dynamic.example")
    for part in ("Status     partial: ", "Skipped    dynamic.example: ptr (ptr): depends on",
                 "  192.0.2.78            dynamic.example > ip4:192.0.2.78", "+ 192.0.2.78",
                 "0 networks became 2 (partial)"):
        assert part in text, (part, text)
    assert "permerror: syntax" in server.cli("domain", "show", "typo.example")
    assert "Domains    4 whitelisted, 7 networks; 1 with trouble" in \
        server.cli("status", status=69)
    status = server.json("status", status=69)
    equal((status["domains"], status["domain_networks"], status["domains_troubled"]), (4, 7, 1))

    server.cli("domain", "refresh", "bigmail.example", status=69)
    assert "--now" in server.cli_error
    equal(server.json("domain", "show", "bigmail.example")["next_s"], 0)
    server.cli("domain", "remove", "bigmail.example")
    equal(server.sql("SELECT count(*) FROM network"), [(2,)])
    equal(server.sql("SELECT DISTINCT verb FROM change ORDER BY verb"),
          [("domain add",), ("domain refresh",), ("domain remove",)])


@test
def what_is_wrong_is_told_and_the_others_go_on(scene):
    server = with_database(scene, [f"127.0.0.1:{free_port()}"], spf={"timeout": "1s"})
    server.cli("domain", "add", "a.example", status=0)
    server.cli("domain", "add", "a.example", "b.example", status=65)
    assert "a.example is whitelisted already" in server.cli_error
    for name in ("com", "192.0.2.1", "*.qq.com", "a..b", "", "x" * 64 + ".example"):
        server.cli("domain", "add", name, "c.example", status=None)
        assert server.cli_error.startswith("greygate: "), (name, server.cli_error)
    server.cli("domain", "add", status=64)
    equal([row["name"] for row in server.json("domain", "list")],
          ["a.example", "b.example", "c.example"])
    equal(server.json("domain", "show", "someone@A.example.")["name"], "a.example")
    server.cli("domain", "show", "d.example", status=66)
    assert "spf walk d.example" in server.cli_error
    server.cli("domain", "remove", "d.example", "c.example", status=66)
    server.cli("domain", "refresh", "a.example", "--dns", "127.0.0.1:53", status=64)
    server.cli("domain", "refresh", "--now", status=75)
    server.cli("domain", "refresh", "--now", "d.example", "a.example", status=66)
    equal([row["status"] for row in server.json("domain", "list")], ["temperror", "temperror"])
    equal([row["failures"] for row in server.json("domain", "list")], [2, 1])


@test
def a_failed_refresh_would_keep_the_networks(scene):
    nsd = example(scene)
    server = with_database(scene, nsd.servers, spf={"timeout": "1s"})
    server.cli("domain", "add", "bigmail.example")
    server.cli("domain", "refresh", "--now")
    nsd.stop()
    text = server.cli("domain", "refresh", "--dry-run", status=75)
    assert "nothing would change" in text and "  - " not in text, text
    text = server.cli("domain", "refresh", "--now", status=75)
    assert "kept as they were" in text and "warning: " in text, text
    equal(server.json("domain", "list")[0]["networks"], 5)
    assert "without success (1 in a row)" in server.cli("domain", "show", "bigmail.example")


@test
def suggested_domains(scene):
    server = with_database(scene, [f"127.0.0.1:{free_port()}"])
    listed = server.json("domain", "list", "--suggested")
    assert len(listed) >= 40 and not any(row["whitelisted"] for row in listed)
    equal(sorted(listed[0]), ["date", "name", "reason", "whitelisted"])
    server.cli("domain", "add", "qq.com")
    text = server.cli("domain", "add", "--suggested")
    assert "163.com is whitelisted" in text and "qq.com is whitelisted" not in text, text
    assert "1 of the suggested domains were there already" in text, text
    rows = {row["name"]: row for row in server.json("domain", "list")}
    equal(len(rows), len(listed))
    equal((rows["qq.com"]["source"], rows["163.com"]["source"]), ("manual", "suggested"))
    assert "pool" in rows["163.com"]["comment"]
    server.cli("domain", "add", "--suggested")
    assert all(row["whitelisted"] for row in server.json("domain", "list", "--suggested"))
    assert "unique sender" in server.cli("domain", "list", "--suggested")


@test
def beside_a_server(scene):
    with Greygated(scene, dns={"servers": example(scene).servers}) as server:
        assert "within a second" in server.cli("domain", "add", "bigmail.example")
        started = time.monotonic()
        wait_until(lambda: server.json("domain", "list")[0]["status"] == "ok", "refresh", 5)
        assert time.monotonic() - started < 2.0
        before = server.sql("SELECT refreshed_s FROM domain")[0][0]
        time.sleep(1.1)
        assert "within a second" in server.cli("domain", "refresh", "bigmail.example")
        wait_until(lambda: server.sql("SELECT refreshed_s FROM domain")[0][0] > before,
                   "refresh by command", 5)
        equal(server.ask(client_address="198.51.100.1", sender="a@other.example"), "DUNNO")


@test
def the_explanation_of_a_domain(scene):
    zone = {("polite.example", "TXT"): ["v=spf1 -all exp=say.example"],
            ("say.example", "TXT"): ["%{i} is not one of our senders"]}
    with DnsStub(zone) as stub:
        server = operator(scene, stub.servers)
        equal(server.json("spf", "check", "192.0.2.7", "a@polite.example"),
              {"result": "fail", "explanation": "192.0.2.7 is not one of our senders"})
        assert "Explanation  192.0.2.7 is not" in \
            server.cli("spf", "check", "192.0.2.7", "a@polite.example")


@test
def hostile_texts_from_the_dns_stay_harmless(scene):
    zone = {("nasty.example", "TXT"): ["v=spf1 ip4:192.0.2.1 " + HOSTILE + " -all"],
            ("expl.example", "TXT"): ["v=spf1 -all exp=why.example"],
            ("why.example", "TXT"): ["go away " + HOSTILE],
            ("plain.example", "TXT"): ["v=spf1 include:%{l}.\\x1b[2J.example exists:a\\b -all"],
            ("mx.example", "MX"): ["10 \x1b[2J.example"], ("\x1b[2j.example", "A"): ["192.0.2.9"]}
    with DnsStub(zone) as stub:
        server = with_database(scene, stub.servers)
        names = ["nasty.example", "plain.example", "mx.example", "expl.example"]
        server.cli("domain", "add", *names)
        for words in (["domain", "refresh", "--dry-run"], ["domain", "refresh", "--now"],
                      ["domain", "list"], *(["domain", "show", name] for name in names),
                      *(["spf", "walk", name] for name in names),
                      *(["spf", "check", "192.0.2.7", f"{HOSTILE}@{name}"] for name in names)):
            text = server.cli(*words, status=None) + server.cli_error
            assert harmless(text) and text, (words, text)
            if words[0] == "spf" or words[1] == "show":
                output = server.cli(*words, "--json", status=None)
                assert harmless(output), (words, output)
                json.loads(output)


run()
