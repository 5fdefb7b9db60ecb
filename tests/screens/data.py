"""The databases that the saved screens show: the same rows and times on every machine.

A server of the demo, which lives by the clock of the test, makes each of them; mail of `small` comes
to it over the policy protocol and its operators use greygate. What takes days, a DNS of many kinds or
many rows goes into the database by SQL when that server has ended.
"""
import contextlib
import json
import mmap
import os
import pathlib
import sqlite3
import struct

from harness.daemon import BUILD, Greygated
from harness.tap import equal, wait_until

NOW = 1795608000  # 2026-11-25 12:00:00 UTC, a Wednesday
MINUTE, HOUR, DAY = 60, 3600, 86400
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b1m"
# Nothing here asks whether the socket is there; ports of loopback are not looked at.
SETTINGS = {"listen": ["inet:127.0.0.1:10023"], "user": "root"}


class Clock:
    """The clock of the demo programs; see data/demo/clock.c."""

    def __init__(self, folder):
        self.path = folder / "clock"
        self.path.write_bytes(struct.pack("=q", NOW))
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 8)
        os.environ["GREYGATE_DEMO_CLOCK"] = str(self.path)

    def set(self, ago):
        self.map[:] = struct.pack("=q", NOW - ago)


class Maker:
    """A server that makes a database, and the way into it."""

    def __init__(self, scene, clock):
        self.clock = clock
        clock.set(30 * DAY)
        self.server = Greygated(scene, build=BUILD / "demo", spf={"mode": "ignore"})
        self.mails = 0

    def mail(self, ago, address, sender, recipient="info@wode.com", name="unknown", helo=None,
             **changes):
        """A try, AGO seconds before the screens; the next one comes later."""
        self.clock.set(ago)
        self.mails += 1
        return self.server.ask(client_address=address, client_name=name, sender=sender,
                               recipient=recipient, helo_name=helo or name,
                               instance=f"a.{self.mails}", **changes)

    def greygate(self, ago, *words):
        self.clock.set(ago)
        self.server.cli(*words)

    def rules_are_read(self, n, policies):
        self.server.wait_log(f"rules read again.* {n} rules.* {policies} polic")

    def end(self):
        """The path of the database, which nobody has open."""
        equal(self.server.end(), 0)
        self.server.check_log()
        return self.server.database


@contextlib.contextmanager
def opened(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        with connection:
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def server_runs(db):
    """For three days; the test holds its lock."""
    db.execute("UPDATE meta SET value = 42 WHERE name = 'generation'")
    db.execute("INSERT OR REPLACE INTO heartbeat VALUES (1, 4711, ?, ?, '0.0', 'ok, 3 connections')",
               (NOW - 3 * DAY, NOW))


def insert(db, table, rows):
    """ROWS are dicts of the same columns."""
    rows = list(rows)
    names = list(rows[0])
    db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES "
                   f"({', '.join('?' * len(names))})", [tuple(row.values()) for row in rows])


def empty(scene, clock):
    database = Maker(scene, clock).end()
    clock.set(0)
    with opened(database) as db:
        server_runs(db)
    return database


# ---- small, and hostile ----

def mails_of_a_day(site):
    """In the order of time. Two pools wait, one of them is whitelisted; a bank that passed; own
    users; a nuisance."""
    bank = "out1.bank.example"
    site.mail(26 * HOUR, "192.0.2.21", "notice+77120@bank.example", name=bank)
    site.mail(26 * HOUR - 11 * MINUTE, "192.0.2.21", "notice+77120@bank.example", name=bank)
    site.mail(20 * HOUR, "203.205.251.164", "order@qq.com", name="smtpbgbr2.qq.com")
    site.mail(18 * HOUR, "43.155.65.45", "order@qq.com", name="smtpbgjp3.qq.com")
    site.mail(15 * HOUR, "54.204.34.114", "order@qq.com", name="smtpbguseast2.qq.com")
    site.mail(15 * HOUR - 40, "54.204.34.114", "order@qq.com", name="smtpbguseast2.qq.com")
    site.mail(9 * HOUR, "203.0.113.129", "lin.wei@pool.example", "sales@wode.com",
              "out-a1.pool.example")
    site.mail(8 * HOUR, "2001:db8:77:1::1b", "dean@university.example", "anna@example.org",
              "mx6.university.example")
    site.mail(7 * HOUR, "198.51.100.150", "offers@nuisance.example", name="mail.nuisance.example")
    site.mail(6 * HOUR, "198.18.4.56", "lin.wei@pool.example", "sales@wode.com",
              "out-b7.pool.example")
    site.mail(5 * HOUR, "192.168.7.9", "anna@example.org", "bob@partner.example",
              sasl_username="anna")
    site.mail(3 * HOUR, "203.0.113.5", "anna.berg@partner.example", name="mail.partner.example")
    site.mail(2 * HOUR, "203.0.113.5", "carl@partner.example", name="mail.partner.example")
    site.mail(2 * HOUR, "198.51.100.7", "", "info@wode.com", "mx.other.example")


def mails_of_now(site):
    site.mail(90, "192.0.2.66", "ticket-4711@service.example", "help@wode.com",
              "mta-17.eu-west.outbound.service.example")
    site.mail(40, "198.18.9.3", "lin.wei@pool.example", "sales@wode.com", "out-c2.pool.example")
    site.mail(20, "203.0.113.5", "carl@partner.example", name="mail.partner.example")


LONG = "bounce-" + "x" * 300
HOSTILE_MAILS = (
    # sender, recipient, client name, HELO
    (HOSTILE + "@evil.example", HOSTILE + "@example.org", HOSTILE, HOSTILE),
    ("漢字" * 30 + "@evil.example", "b@example.org", "漢字.evil.example", "漢字"),
    ("用户@例え.テスト", "info@wode.com", "mx.例え.テスト", "mx"),
    ("info@xn--r8jz45g.xn--zckzah", "info@wode.com", "unknown", "xn--r8jz45g.xn--zckzah"),
    (LONG + "@evil.example", LONG + "@example.org", "unknown", LONG),
    ("a\u0301\u0302\u0303b\u200d\u2060\ufeffc@evil.example", "c@example.org", "unknown", "d"),
    ("שלום@evil.example", "מרחבא@example.org", "unknown", "\u2066\u2067x\u2069"),
    ("👩\u200d👩\u200d👧@evil.example", "e@example.org", "unknown", "👩"),
    (b"\xff\xfe\xc3@evil.example", b"\x80\x81@example.org", b"\xc0\xaf", b"\xed\xa0\x80"),
    ("tab\there@evil.example", "new\rline@example.org", "unknown", "\x7f\x01"),
)


def hostile_mails(site):
    """All of them twice, the second time too early; the last of them are let pass."""
    for number, (sender, recipient, name, helo) in enumerate(HOSTILE_MAILS):
        site.mail(70 * MINUTE - number, f"192.0.{100 + number}.7", sender, recipient, name, helo)
    for number, (sender, recipient, name, helo) in enumerate(HOSTILE_MAILS):
        site.mail(69 * MINUTE - number, f"192.0.{100 + number}.7", sender, recipient, name, helo)
    for number, (sender, recipient, name, helo) in enumerate(HOSTILE_MAILS[:6]):
        site.mail(60 * MINUTE - number, f"192.0.{100 + number}.7", sender, "2" + recipient, name,
                  helo)
    for number, (sender, recipient, name, helo) in enumerate(HOSTILE_MAILS[:6]):
        site.mail(50 * MINUTE - number, f"192.0.{100 + number}.7", sender, "2" + recipient, name,
                  helo)


def entries_of_operators(site):
    """Rules and policies with something to remark, and what was done and undone."""
    when = 29 * DAY
    for words in (("rule", "add", "block", "@nuisance.example", "--comment", "unwanted offers"),
                  ("rule", "add", "allow", "monitoring.example", "--to", "office@example.org"),
                  ("rule", "add", "allow", "@partner.example", "--to", "info@wode.com",
                   "--expires", "40d", "--comment", "ticket 12: their orders"),
                  ("rule", "add", "allow", "127.0.0.1"),
                  ("rule", "add", "block", "198.51.100.0/24", "--expires", "2d"),
                  ("rule", "add", "expect", "@service.example", "--to", "help@wode.com",
                   "--expires", "30d"),
                  ("policy", "set", "@wode.com", "--delay", "10m", "--spf", "ignore"),
                  ("policy", "set", "open@wode.com", "--greylist", "off", "--comment",
                   "they insist"),
                  ("policy", "set", "a@wode.com", "--greylist", "off", "--delay", "5m"),
                  ("rule", "add", "allow", "@mistake.example"), ("undo", "--yes"),
                  ("rule", "remove", "2"), ("undo", "--yes")):
        site.greygate(when, *words)
        when -= HOUR


def domains_of_operators(site):
    """When no server runs, which would read their records."""
    site.greygate(20 * DAY, "domain", "add", "qq.com", "--comment", "ticket 4711: where is my mail")
    site.greygate(4 * DAY, "domain", "add", "bank.example")
    site.greygate(3 * DAY, "domain", "remove", "bank.example")
    site.greygate(2 * DAY, "undo", "--yes")
    site.clock.set(0)


NETWORKS = {
    "bank.example": [("192.0.2.16/28", "bank.example > ip4:192.0.2.16/28")],
    "big.example": [(f"198.51.100.{n}/32",
                     f"big.example > include:_spf.big.example > a:mx{n}.out.big.example")
                    for n in range(1, 12)] +
                   [("2001:db8:beef::/48", "big.example > ip6:2001:db8:beef::/48")],
    "qq.com": [(f"{net}/{bits}", f"qq.com > include:spf.mail.qq.com > include:{part}.mail.qq.com > "
                                 f"ip4:{net}/{bits}")
               for part, nets in (
                   ("biz-a", "52.59.177.0/24 54.92.39.0/24 54.204.34.0/24 54.206.16.0/24 "
                             "54.206.34.0/24 54.207.0.0/16 54.243.244.0/24 54.254.200.0/24"),
                   ("qq-a", "106.55.200.0/24 109.244.180.0/24 114.132.62.0/24 119.147.193.0/24 "
                            "183.57.48.0/24 203.205.221.128/25 203.205.251.0/24"),
                   ("qq-b", "13.245.218.0/24 15.184.224.0/24 18.169.211.0/24 43.154.54.0/24 "
                            "43.155.65.0/24 162.62.57.0/24 162.62.58.0/24"))
               for net, bits in (text.split("/") for text in nets.split())],
    "school.example": [("192.0.2.130/32", "school.example > mx:smtp.school.example")],
    "old.example": [("203.0.113.64/26", "old.example > ip4:203.0.113.64/26")],
    "xn--r8jz45g.xn--zckzah": [("192.0.103.0/24", "xn--r8jz45g.xn--zckzah > ip4:192.0.103.0/24")],
}
SKIPPED = [["big.example", "+all", "all"], ["_spf.big.example", "ip4:11.0.0.0/8", "too-broad"],
           ["_spf.big.example", "exists:%{i}._spf.\x1b[31mbig.example", "exists"]]


def domain(name, status="ok", read=HOUR, good=HOUR, **changes):
    """READ and GOOD: seconds ago; None: never."""
    return {"name": name, "author": "anna", "created_s": NOW - 20 * DAY, "status": status,
            "origin": "spf" if NETWORKS.get(name) else "none", "comment": "", "error": "",
            "skipped": "[]", "refreshed_s": None if read is None else NOW - read,
            "good_s": None if good is None else NOW - good, "next_s": NOW + 3 * HOUR,
            "failures": 0, "lookups": 4, "min_ttl_s": 600,
            "networks": len(NETWORKS.get(name, ())), **changes}


DOMAINS = (
    domain("qq.com", comment="ticket 4711: where is my mail", lookups=5),
    domain("bank.example", lookups=1),
    domain("big.example", "partial", skipped=json.dumps(SKIPPED), lookups=9, source="suggested"),
    domain("gone.example", "none", read=2 * HOUR, good=None, failures=3,
           error="gone.example has neither SPF nor MX records"),
    domain("school.example", "none", origin="mx"),
    domain("old.example", "permerror", good=2 * DAY, failures=9,
           error="old.example has two SPF records"),
    domain("broken.example", "permerror", good=None, failures=2,
           error="include:loop.example: more than 10 lookups"),
    domain("slow.example", "temperror", read=20 * MINUTE, good=None, failures=4, next_s=NOW + 900,
           error=HOSTILE + ": no server answered"),
    domain("fresh.example", "new", read=None, good=None, next_s=0, lookups=0, min_ttl_s=None),
    domain("nothing.example", "ok", comment="v=spf1 -all", lookups=0),
    domain("xn--r8jz45g.xn--zckzah", comment="例え.テスト " + HOSTILE),
)
DIFFERENCES = (("qq.com", 20 * DAY, 0, 21, 21, 0), ("qq.com", 6 * DAY, 21, 22, 3, 2),
               ("qq.com", 2 * DAY, 22, 22, 1, 1), ("bank.example", 20 * DAY, 0, 1, 1, 0),
               ("old.example", 20 * DAY, 0, 1, 1, 0))


def put_domains(db):
    """In every state; none is due while a console looks."""
    db.execute("DELETE FROM domain")
    insert(db, "domain", ({"id": number, "source": "manual", **row}
                          for number, row in enumerate(DOMAINS, 1)))
    ids = dict(db.execute("SELECT name, id FROM domain"))
    insert(db, "network", ({"domain_id": ids[name], "net": net.removesuffix("/32"), "path": path}
                           for name, nets in NETWORKS.items() for net, path in nets))
    insert(db, "difference", (
        {"domain_id": ids[name], "time_s": NOW - ago, "status": "ok", "before_n": before,
         "after_n": after,
         "added": json.dumps([f"192.0.{n}.0/24" for n in range(added)]),
         "removed": json.dumps([f"198.51.{n}.0/24" for n in range(removed)])}
        for name, ago, before, after, added, removed in DIFFERENCES))


def put_spf_results(db):
    db.execute("UPDATE triplet SET spf = NULL, spf_domain = NULL")
    db.execute("UPDATE triplet SET spf = 'pass', spf_domain = 'pool.example' "
               "WHERE sender_key LIKE '%pool.example'")
    db.execute("UPDATE triplet SET spf = 'fail', spf_domain = 'evil.example' "
               "WHERE sender_key LIKE '%漢字%'")
    db.execute("UPDATE triplet SET spf = 'none', spf_domain = 'university.example' "
               "WHERE sender_key LIKE 'dean%'")


def put_statistics(db):
    """What was counted before the first mail: busy days, quiet nights and week-ends."""
    rows = []
    for hour in range(30, 30 * 24):
        at = (NOW - hour * HOUR) // HOUR * HOUR
        of_day, weekend = at // HOUR % 24, (at // DAY + 4) % 7 in (0, 6)
        busy = (2 if of_day < 7 or of_day > 20 else 9) // (3 if weekend else 1)
        for reason, n, delay in (("new", busy * 3, 0), ("early-retry", busy, 0),
                                 ("triplet found", busy, busy * 540), ("authenticated", busy, 0),
                                 ("client AWL", busy * 2, 0), ("triplet known", busy, 0),
                                 ("rule-block", busy // 4, 0), ("domain-network", busy // 3, 0)):
            if n > 0:
                rows.append((at + 5 * MINUTE, reason, n, delay))
    db.executemany("INSERT INTO stat VALUES (?, ?, ?, ?)", rows)


def put_clients(db):
    insert(db, "client", ({"address": address, "name": name, "first_s": NOW - 20 * DAY,
                           "last_s": NOW - ago, "passes": passes} for address, name, ago, passes in
                          (("198.51.100.10", "mta1.news.shop.example", 5 * HOUR, 12),
                           ("2001:db8:77:1::1b", "mx6.university.example", 3 * DAY, 1),
                           ("192.0.2.99", None, 40 * DAY, 3),
                           ("192.0.2.98", HOSTILE, HOUR, 1), ("192.0.2.97", "漢字" * 9, DAY, 2))))


def put_hostile_entries(db):
    insert(db, "rule", [{"scope": "@.", "pattern": "@blocked.example", "action": "block",
                         "comment": HOSTILE + " 漢字 comment", "author": HOSTILE,
                         "created_s": NOW - DAY, "hits": 3, "last_hit_s": NOW - HOUR}])
    image = json.loads(db.execute("SELECT after FROM change WHERE object = 'rule'").fetchone()[0])
    image.update(id=8, pattern="@blocked.example", comment=HOSTILE, author=HOSTILE)
    insert(db, "change", [{"time_s": NOW - DAY, "author": HOSTILE, "verb": "rule add",
                           "object": "rule", "object_id": 8, "before": None,
                           "after": json.dumps(image)}])


def small(scene, clock):
    site = Maker(scene, clock)
    entries_of_operators(site)
    site.rules_are_read(6, 3)
    mails_of_a_day(site)
    hostile_mails(site)
    mails_of_now(site)
    database = site.end()
    domains_of_operators(site)
    with opened(database) as db:
        put_domains(db)
        put_spf_results(db)
        put_statistics(db)
        put_clients(db)
        put_hostile_entries(db)
        server_runs(db)
    return database


# ---- large ----

def large_triplets(waiting, passed):
    """Of 3000 domains, spread over the two days that a retry counts, or over a month."""
    for n in range(waiting + passed):
        waits = n >= passed
        first = NOW - (2 * DAY - 60) + (n - passed) * 8 if waits else NOW - 30 * DAY + n * 400
        net = f"{11 + n % 180}.{n // 180 % 250}.{n % 250}"
        yield {"net": net + ".0/24", "sender_key": f"u{n % 7}@d{n * 7 % 3000:04}.example",
               "recipient_key": f"r{n % 50}@wode.com", "client_address": net + ".7",
               "client_name": f"mx{n % 9}.d{n * 7 % 3000:04}.example", "helo": "mx",
               "first_s": first, "last_s": first + (0 if waits else 600), "attempts": 1 + n % 3,
               "passes": 0 if waits else 1, "passed_s": None if waits else first + 600,
               "spf": ("pass", "fail", None)[n % 3]}


def large_domains(db):
    insert(db, "domain", ({**domain(f"w{n:03}.example"), "source": "import",
                           "networks": 10000 if n == 0 else 10} for n in range(300)))
    insert(db, "network", (
        {"domain_id": number, "net": f"{20 + number % 90}.{n // 250}.{n % 250}.0/24",
         "path": f"w{number - 1:03}.example > include:_{n // 1000}.w{number - 1:03}.example > "
                 f"ip4:{20 + number % 90}.{n // 250}.{n % 250}.0/24"}
        for number in range(1, 301) for n in range(10000 if number == 1 else 10)))


def large_rules(db):
    insert(db, "rule", ({"scope": f"r{n % 50}@wode.com", "pattern": f"@s{n:04}.example",
                         "action": "block" if n % 10 == 0 else "allow", "author": "import",
                         "comment": f"list {n // 100}", "created_s": NOW - 90 * DAY,
                         "hits": n * 13 % 1000, "last_hit_s": NOW - n * 60} for n in range(2000)))


def large_events(db):
    insert(db, "event", ({"time_s": NOW - 20000 + 4 * n, "action": "greylist" if n % 3 else "pass",
                          "reason": "new" if n % 3 else "triplet found",
                          "delay_s": 0 if n % 3 else 500 + n % 100,
                          "client_address": f"192.0.2.{n % 250}", "client_name": "unknown",
                          "helo": "mx", "sender": f"u{n % 7}@d{n * 7 % 3000:04}.example",
                          "recipient": f"r{n % 50}@wode.com"} for n in range(5000)))
    insert(db, "change", ({"time_s": NOW - 100 * HOUR + n * 60, "author": "anna", "verb": "rule add",
                           "object": "rule", "object_id": n + 1,
                           "after": json.dumps({"id": n + 1, "pattern": f"@s{n:04}.example",
                                                "scope": "@.", "action": "allow"})} for n in range(600)))
    insert(db, "client", ({"address": f"198.51.{n // 250}.{n % 250}", "name": f"mx{n}.example",
                           "first_s": NOW - 30 * DAY, "last_s": NOW - n * MINUTE,
                           "passes": 1 + n % 40} for n in range(3000)))


def large(scene, clock):
    database = Maker(scene, clock).end()
    clock.set(0)
    with opened(database) as db:
        insert(db, "triplet", large_triplets(20000, 5000))
        large_domains(db)
        large_rules(db)
        large_events(db)
        put_statistics(db)
        server_runs(db)
    return database
