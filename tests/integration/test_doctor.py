#!/usr/bin/env python3
# timeout: 180
"""greygate doctor: domains with one thing wrong each, in the zones of a real name server, and one
with nothing wrong; a silent DNS; greygate's own site beside a Postfix that is only told of."""
import base64
import json
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.dns_stub import DnsStub  # noqa: E402
from harness.nsd import Nsd  # noqa: E402
from harness.ports import free_port  # noqa: E402
from harness.tap import equal, run, test  # noqa: E402

HOST = ["--host", "mail.lab.example"]
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b1m"


def der(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def rsa_key(bits):
    """p= of a key with a modulus of so many bits."""
    modulus = (1 << (bits - 1) | 0x1234567 | 1).to_bytes(bits // 8 + 1, "big")
    key = der(0x30, der(2, modulus) + der(2, b"\1\0\1"))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return base64.b64encode(der(0x30, algorithm + der(3, b"\0" + key))).decode()


def txt(*strings):
    """Each string is split where it must be."""
    parts = [s[i:i + 255] for s in strings for i in range(0, len(s), 255)]
    return "TXT " + " ".join(f'"{part}"' for part in parts)


KEY = "v=DKIM1; k=rsa; p=" + rsa_key(2048)
GOOD = {
    "": ["MX 10 mail.lab.example.", txt("v=spf1 mx -all")],
    "mail._domainkey": [txt(KEY)],
    "_dmarc": [txt("v=DMARC1; p=reject; rua=mailto:d@lab.example")],
    "_smtp._tls": [txt("v=TLSRPTv1; rua=mailto:t@lab.example")],
    "_mta-sts": [txt("v=STSv1; id=20261124")],
}
COMMON = """\
mail.lab.example. A 192.0.2.25
mail.lab.example. AAAA 2001:db8::25
25.2.0.192.in-addr.arpa. PTR mail.lab.example.
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.lab.example.
alias.lab.example. CNAME mail.lab.example.
other.lab.example. A 192.0.2.26
26.2.0.192.in-addr.arpa. PTR elsewhere.lab.example.
elsewhere.lab.example. A 192.0.2.99
27.2.0.192.in-addr.arpa. PTR named.lab.example.
named.lab.example. A 192.0.2.27
"""
LOOKUPS = " ".join(f"a:a{i}.lab.example" for i in range(9))
COMMON += "".join(f"a{i}.lab.example. A 192.0.2.{100 + i}\na{i}.lab.example. AAAA 2001:db8::{i}\n"
                  for i in range(9))

# Domain, what differs from a good one (None: no record), what is found: status, check, a part of the
# text and a part of the record.
CASES = [
    ("no-mx", {"": [txt("v=spf1 a:mail.lab.example -all")]},
     "error", "mx", "neither an MX record nor an address", "MX 10 mail.lab.example."),
    ("own-a", {"": ["A 192.0.2.25", txt("v=spf1 a -all"), "AAAA 2001:db8::25"]},
     "warning", "mx", "its mail goes to its own address, 192.0.2.25", "MX 10 mail.lab.example."),
    ("mx-ip", {"": ["MX 10 mail.lab.example.", "MX 20 192.0.2.25.", txt("v=spf1 mx -all")]},
     "error", "mx", "MX 192.0.2.25 is an address", None),
    ("mx-alias", {"": ["MX 10 alias.lab.example.", txt("v=spf1 mx -all")]},
     "error", "mx", "MX alias.lab.example is an alias", None),
    ("mx-void", {"": ["MX 10 mail.lab.example.", "MX 20 gone.lab.example.",
                      txt("v=spf1 a:mail.lab.example -all")]},
     "error", "mx", "MX gone.lab.example has no address", None),
    ("mx-null", {"": ["MX 0 .", txt("v=spf1 a:mail.lab.example -all")]},
     "warning", "mx", "takes no mail (null MX)", None),
    ("spf-none", {"": ["MX 10 mail.lab.example.", txt("unrelated")]},
     "error", "spf", "has no SPF record", '"v=spf1 mx ip4:192.0.2.25 ip6:2001:db8::25 ~all"'),
    ("spf-meant", {"": ["MX 10 mail.lab.example.", txt("v=spf1;mx -all")]},
     "error", "spf", "is no SPF record", "v=spf1 mx"),
    ("spf-two", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx -all"), txt("v=spf1 a -all")]},
     "error", "spf", "has 2 SPF records", None),
    ("spf-broken", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx ipv4:192.0.2.1 -all")]},
     "error", "spf", "ipv4:192.0.2.1 (unknown mechanism)", None),
    ("spf-gone", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx include:gone.lab.example -all")]},
     "error", "spf", "include of gone.lab.example", None),
    ("spf-v4", {"": ["MX 10 mail.lab.example.", txt("v=spf1 ip4:192.0.2.25 ~all")]},
     "error", "spf", "2001:db8::25 gets softfail",
     '"v=spf1 ip6:2001:db8::25 ip4:192.0.2.25 ~all"'),
    ("spf-plus", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx +all")]},
     "warning", "spf", "+all lets everybody", '"v=spf1 mx ~all"'),
    ("spf-neutral", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx ?all")]},
     "warning", "spf", "?all says nothing", '"v=spf1 mx ~all"'),
    ("spf-open", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx")]},
     "warning", "spf", "no all at its end", '"v=spf1 mx ~all"'),
    ("spf-ptr", {"": ["MX 10 mail.lab.example.", txt("v=spf1 mx ptr -all")]},
     "warning", "spf", "ptr is slow", None),
    ("spf-many", {"": ["MX 10 mail.lab.example.", txt(f"v=spf1 mx {LOOKUPS} -all")]},
     "warning", "spf", "10 of the 10 lookups", None),
    ("spf-long", {"": ["MX 10 mail.lab.example.",
                       txt("v=spf1 mx " + "ip4:198.51.100.200 " * 25 + "-all")]},
     "warning", "spf", "over 450", None),
    ("dkim-none", {"mail._domainkey": None}, "warning", "dkim", "no key at the selectors", None),
    ("dkim-no-p", {"mail._domainkey": [txt("v=DKIM1; k=rsa")]}, "error", "dkim", "no p=", None),
    ("dkim-base64", {"mail._domainkey": [txt("v=DKIM1; p=MIG!")]},
     "error", "dkim", "no base64", None),
    ("dkim-512", {"mail._domainkey": [txt("v=DKIM1; p=" + rsa_key(512))]},
     "error", "dkim", "RSA key of 512 bits", None),
    ("dkim-1024", {"mail._domainkey": [txt("v=DKIM1; p=" + rsa_key(1024))]},
     "warning", "dkim", "RSA key of 1024 bits is weak", None),
    ("dkim-test", {"mail._domainkey": [txt("v=DKIM1; t=y:s; p=" + rsa_key(2048))]},
     "warning", "dkim", "being tested", None),
    ("dkim-revoked", {"mail._domainkey": [txt("v=DKIM1; p=")]},
     "warning", "dkim", "revoked", None),
    ("dkim-glued", {"mail._domainkey": [txt("v=DKIM1; k=rsa", "p=" + rsa_key(2048))]},
     "error", "dkim", "the tag k runs into the next one", None),
    ("dkim-two", {"mail._domainkey": [txt(KEY), txt("v=DKIM1; p=" + rsa_key(3072))]},
     "error", "dkim", "has 2 records", None),
    ("dmarc-none", {"_dmarc": None}, "warning", "dmarc", "has no DMARC record",
     'TXT "v=DMARC1; p=none; rua=mailto:postmaster@dmarc-none.test"'),
    ("dmarc-two", {"_dmarc": [txt("v=DMARC1; p=none"), txt("v=DMARC1; p=reject")]},
     "error", "dmarc", "2 DMARC1 records", None),
    ("dmarc-bad", {"_dmarc": [txt("v=DMARC1; p=refuse; rua=mailto:d@lab.example")]},
     "error", "dmarc", "p=refuse is no policy", None),
    ("dmarc-weak", {"_dmarc": [txt("v=DMARC1; p=none; rua=mailto:d@lab.example")]},
     "warning", "dmarc", "p=none asks", None),
    ("dmarc-mute", {"_dmarc": [txt("v=DMARC1; p=reject;")]}, "warning", "dmarc", "no rua=",
     '"v=DMARC1; p=reject; rua=mailto:postmaster@dmarc-mute.test"'),
    ("dmarc-pct", {"_dmarc": [txt("v=DMARC1; p=reject; pct=20; rua=mailto:d@lab.example")]},
     "warning", "dmarc", "pct=20", None),
    ("dmarc-sp", {"_dmarc": [txt("v=DMARC1; p=reject; sp=none; rua=mailto:d@lab.example")]},
     "warning", "dmarc", "sp=none is weaker", None),
    ("tls-none", {"_smtp._tls": None}, "info", "tls-rpt", "no TLS-RPT record", "v=TLSRPTv1; rua="),
    ("tls-bad", {"_smtp._tls": [txt("v=TLSRPTv1; rua=d@lab.example")]},
     "error", "tls-rpt", "no address for reports", None),
    ("sts-none", {"_mta-sts": None}, "info", "mta-sts", "no MTA-STS record", "v=STSv1; id=20"),
    ("sts-bad", {"_mta-sts": [txt("v=STSv1; id=2026-11-24")]},
     "error", "mta-sts", "id= must be", None),
    ("ttl-short", {"": ["60 MX 10 mail.lab.example.", txt("v=spf1 mx -all")]},
     "warning", "ttl", "MX of ttl-short.test is kept for 1m only", None),
    ("ttl-long", {"_dmarc": ["2000000 " + txt("v=DMARC1; p=reject; rua=mailto:d@lab.example")]},
     "warning", "ttl", "kept for 23d", None),
]


def zone():
    lines = [COMMON]
    for name, changes in [("clean", {}), *(case[:2] for case in CASES)]:
        for owner, records in {**GOOD, **changes}.items():
            lines += [f"{owner}{'.' if owner else ''}{name}.test. {record}"
                      for record in records or ()]
    return "\n".join(lines) + "\n"


def operator(scene, dns, **settings):
    return Greygated(scene, start=False, dns={"servers": dns, "timeout": "1s"}, postfix="",
                     **settings)


def findings(report):
    """(status, check, text, record) of the only subject."""
    subject, = report["subjects"]
    return [(f["status"], f["check"], f["text"], f["record"]) for f in subject["findings"]]


def named(server, *args, status=0):
    return findings(server.json("doctor", *args, status=status))


def harmless(text):
    return not [c for c in text if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) < 0xa0 or
                c in "\u202e\u200b"]


def paste_back(scene, record):
    """A record to paste is one: a name server takes it."""
    nsd = Nsd(scene, records=record + "\n")
    nsd.stop()


@test
def a_clean_domain_has_no_finding(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    server = operator(scene, nsd.servers)
    equal(server.cli("doctor", "clean.test", *HOST, "--quiet"), "")
    text = server.cli("doctor", "clean.test", *HOST)
    assert text.startswith("clean.test, sent by mail.lab.example from 192.0.2.25, 2001:db8::25\n")
    assert "RSA key of 2048 bits" in text and "others cannot be known" in text, text
    report = server.json("doctor", "Clean.TEST.", *HOST, "--selector", "mail")
    equal(report["status"], "ok")
    equal({f[0] for f in findings(report)}, {"ok"})
    equal({f[1] for f in findings(report)},
          {"host", "helo", "ptr", "mx", "spf", "dkim", "dmarc", "tls-rpt", "mta-sts", "ttl"})


@test
def each_fault_is_found_and_nothing_else(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    server = operator(scene, nsd.servers)
    proposed = []
    for name, _, status, check, text, record in CASES:
        exit_status = 65 if status == "error" else 0
        found = [f for f in named(server, f"{name}.test", *HOST, status=exit_status)
                 if f[0] != "ok" and "were the selectors" not in f[2]]
        hits = [f for f in found if f[:2] == (status, check) and text in f[2]]
        assert hits, (name, found)
        equal({f[1] for f in found}, {check}, (name, found))
        if record is None:
            equal([f[3] for f in found], [None] * len(found), name)
        else:
            assert record in hits[0][3], (name, hits)
            assert hits[0][3].startswith(("_", name)) and ". 3600 IN " in hits[0][3], hits
            proposed.append(hits[0][3])
            lines = server.cli("doctor", f"{name}.test", *HOST, status=None).split("\n")
            pasted = re.sub(r"id=\d+", "id=N", hits[0][3])  # the time
            assert pasted in [re.sub(r"id=\d+", "id=N", line) for line in lines], (name, lines)
    paste_back(scene, "\n".join(proposed))


@test
def many_domains_at_once(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    server = operator(scene, nsd.servers)
    names = [f"{case[0]}.test" for case in CASES]
    report = server.json("doctor", *names, *HOST, status=65)
    equal([subject["domain"] for subject in report["subjects"]], names)
    equal(report["status"], "error")
    text = server.cli("doctor", "clean.test", "mx-ip.test", "dmarc-weak.test", *HOST, "--quiet",
                      status=65)
    equal([line for line in text.split("\n") if ", sent by" in line],
          [f"{name}, sent by mail.lab.example from 192.0.2.25, 2001:db8::25"
           for name in ("mx-ip.test", "dmarc-weak.test")])


@test
def our_own_server(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    server = operator(scene, nsd.servers)
    found = named(server, "clean.test", "--host", "other.lab.example", status=65)
    assert ("error", "ptr", "192.0.2.26 is called elsewhere.lab.example, which does not have that "
            "address, so the name counts for nothing",
            "26.2.0.192.in-addr.arpa. 3600 IN PTR other.lab.example.") in found, found
    assert any(f[:2] == ("error", "spf") and "192.0.2.26 gets fail" in f[2] for f in found), found
    found = named(server, "clean.test", "--host", "gone.lab.example", "--address",
                  "192.0.2.27,2001:db8::9", "--address", "192.0.2.25", status=65)
    assert any(f[0] == "error" and f[1] == "host" and
               f[3] == "gone.lab.example. 3600 IN A 192.0.2.27" for f in found), found
    equal([f[2].split(" ")[0] for f in found if f[1] == "ptr"],
          ["192.0.2.27", "2001:db8::9", "192.0.2.25"])
    equal([f[0] for f in found if f[1] == "ptr"], ["info", "error", "info"])
    for host, part in (("mail", "no full name"), ("mail.localdomain", "no full name"),
                       ("192.0.2.25", "no name"), ("a b", "no name")):
        found = named(server, "clean.test", "--host", host, "--address", "192.0.2.25", status=65)
        assert any(f[:2] == ("error", "helo") and part in f[2] for f in found), (host, found)


@test
def selectors(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    server = operator(scene, nsd.servers)
    found = named(server, "clean.test", *HOST, "--selector", "mail,gone", "--selector", "x",
                  status=65)
    equal([(f[0], f[2].split(":")[0]) for f in found if f[1] == "dkim"],
          [("ok", "selector mail"), ("error", "selector gone has no key"),
           ("error", "selector x has no key")])


@test
def what_is_asked_for_wrongly(scene):
    server = operator(scene, ["127.0.0.1:9"])
    for words in (["a..b"], ["clean.test", "--address", "300.1.1.1"], ["clean.test", "--selector", ""],
                  ["clean.test", "--dns", "nowhere"], ["clean.test", "--quiet=1"],
                  ["--address", "192.0.2.1"], ["--selector", "mail"]):
        server.cli("doctor", *words, status=64)
        assert server.cli_error.startswith("greygate: "), (words, server.cli_error)


@test
def a_silent_dns_is_never_a_missing_record(scene):
    with DnsStub() as stub:
        stub.dead = True
        server = operator(scene, stub.servers)
        found = named(server, "clean.test", *HOST, status=75)
        equal({f[0] for f in found}, {"not checkable"})
        equal({f[1] for f in found},
              {"host", "ptr", "mx", "spf", "dkim", "dmarc", "tls-rpt", "mta-sts"})
        for status, check, text, record in found:
            assert stub.servers[0] in text or "--address" in text, text
            equal(record, None)


@test
def one_silent_question_spoils_only_its_check(scene):
    zone = {("half.test", "MX"): ["10 mail.lab.example"], ("mail.lab.example", "A"): ["192.0.2.25"],
            ("25.2.0.192.in-addr.arpa", "PTR"): ["mail.lab.example"],
            ("half.test", "TXT"): lambda stub, query, over_tcp: []}
    with DnsStub(zone) as stub:
        server = operator(scene, stub.servers)
        found = {f[1]: f for f in named(server, "half.test", *HOST, status=75)}
        equal(found["spf"][0], "not checkable")
        assert "TXT of half.test: no answer" in found["spf"][2], found["spf"]
        equal((found["mx"][0], found["ptr"][0], found["dmarc"][0]), ("ok", "ok", "warning"))


@test
def hostile_texts_stay_harmless(scene):
    zone = {("nasty.test", "MX"): ["10 \x1b[2J.example"], ("nasty.test", "TXT"): [
                "v=spf1 " + HOSTILE + " -all"],
            ("odd.test", "TXT"): ["v=spf1 ip4:192.0.2.1 x=\"\\\x01\u202e"],
            ("mail.lab.example", "A"): ["192.0.2.25"],
            ("25.2.0.192.in-addr.arpa", "PTR"): ["\x1b[2J.example"],
            ("mail._domainkey.nasty.test", "TXT"): ["v=DKIM1; k=" + HOSTILE + "; p=AAAA"],
            ("dkim._domainkey.nasty.test", "TXT"): ["v=DKIM1; " + HOSTILE],
            ("_dmarc.nasty.test", "TXT"): ["v=DMARC1; p=" + HOSTILE],
            ("_smtp._tls.nasty.test", "TXT"): ["v=TLSRPTv1;" + HOSTILE + "=1"],
            ("_mta-sts.nasty.test", "TXT"): ["v=STSv1; id=" + HOSTILE]}
    with DnsStub(zone) as stub:
        server = operator(scene, stub.servers)
        for name in ("nasty.test", "odd.test"):
            for extra in ((), ("--json",)):
                output = server.cli("doctor", name, *HOST, *extra, status=65)
                assert harmless(output) and output, (name, output)


POSTCONF = """\
#!/bin/sh
case "$*" in
"-h myhostname") echo mail.lab.example;;
-x) cat "{dir}/settings";;
-M) cat "{dir}/services";;
-Px) cat "{dir}/overrides";;
*) exit 1;;
esac
"""
SERVICES = "smtp inet n - {chroot} - - smtpd\nsubmission inet n - n - - smtpd\n"
POLICY = "check_policy_service {{ unix:{path}, timeout=10s, default_action=DUNNO }}"


def with_postfix(scene, server, restrictions, chroot="n", overrides=""):
    """A postconf of the test's own comes first in PATH."""
    (scene.dir / "postconf").write_text(POSTCONF.format(dir=scene.dir))
    (scene.dir / "postconf").chmod(0o755)
    (scene.dir / "settings").write_text(
        "compatibility_level = 3.6\nqueue_directory = /var/spool/postfix\n"
        "smtpd_policy_service_timeout = 100s\n"
        "smtpd_policy_service_default_action = 451 4.3.5 Server configuration problem\n"
        "smtpd_relay_before_recipient_restrictions = yes\n"
        "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"
        f"smtpd_recipient_restrictions = {restrictions}\n")
    (scene.dir / "services").write_text(SERVICES.format(chroot=chroot))
    (scene.dir / "overrides").write_text(overrides)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{scene.dir}:{path}"
    scene.callback(os.environ.__setitem__, "PATH", path)


@test
def own_site(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone()))
    with Greygated(scene, dns={"servers": nsd.servers}, socket_group="root", postfix="") as server:
        policy = POLICY.format(path=server.socket_path)
        with_postfix(scene, server, policy, overrides="submission/inet/smtpd_recipient_restrictions"
                     " = permit_sasl_authenticated,reject\n")
        text = server.cli("doctor", status=None)
        lines = [line for line in text.split("\n")
                 if re.match(r"(error|not checkable)", line) and "disk" not in line]
        equal(lines, [], text)
        for part in ("server: process", "service smtp asks unix:" + server.socket_path,
                     "does not ask greygate about own users", "resolver 127.0.0.1:",
                     "domains: none depends on the message"):
            assert part in text, (part, text)
        server.cli("doctor", "clean.test")  # its host is myhostname of that Postfix

        with_postfix(scene, server, "reject_unauth_destination, permit")
        text = server.cli("doctor", "--quiet", status=65)
        line = f"smtpd_recipient_restrictions = reject_unauth_destination, {policy}, permit"
        assert "service smtp does not ask greygate" in text and line in text.split("\n"), text
        equal(json.loads(server.cli("doctor", "--json", status=65))["subjects"][0]["domain"], None)

        with_postfix(scene, server, policy, chroot="y")
        assert "runs in a chroot" in server.cli("doctor", status=65)


@test
def a_domain_that_depends_on_the_message(scene):
    nsd = scene.enter_context(Nsd(scene, records=zone() + 'dyn.test. TXT "v=spf1 mx exists:%{i}.x.test -all"\n'
                                  "dyn.test. MX 10 mail.lab.example.\n"))
    server = Greygated(scene, dns={"servers": nsd.servers})
    equal(server.end(), 0)
    server.cli("domain", "add", "dyn.test")
    server.cli("domain", "refresh", "--now")
    text = server.cli("doctor", status=None)
    assert "dyn.test: exists:%{i}.x.test depends on the message" in text, text
    server.write_config(spf={"mode": "ignore"})
    text = server.cli("doctor", "--quiet", status=None)
    assert "spf.mode: ignore leaves it at that" in text, text


@test
def what_cannot_be_looked_at(scene):
    server = operator(scene, [f"127.0.0.1:{free_port()}"])
    (scene.dir / "postconf").write_text("#!/bin/sh\nexit 1\n")
    (scene.dir / "postconf").chmod(0o755)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{scene.dir}:{path}"
    scene.callback(os.environ.__setitem__, "PATH", path)
    found = findings(server.json("doctor", status=65))
    assert any(f[0] == "not checkable" and f[1] == "postfix" and "postconf failed" in f[2]
               for f in found), found
    assert any(f[0] == "error" and f[1] == "resolver" for f in found), found


run()
