"""Writes a mail log of any length together with what a reader must find in it."""
import collections
import random
import time

TEXT = "Recipient address rejected: Intentional policy rejection, please try again later"
SECOND = 1795478400  # 2026-11-24 00:00 UTC


class Writer:
    """Lines in the order of time; each step of the log is one second."""

    def __init__(self, file):
        self.file = file
        self.lines = 0
        self.queue = 0x100000
        self.stamps = {}

    def stamp(self, second):
        if second not in self.stamps:
            self.stamps = {second: time.strftime("%b %e %H:%M:%S", time.gmtime(second))}
        return self.stamps[second]

    def put(self, second, program, text):
        self.file.write(f"{self.stamp(second)} mx {program}: {text}\n")
        self.lines += 1

    def refuse(self, second, mail, name, address):
        sender, recipient = mail
        self.put(second, "postfix/smtpd[1234]", f"connect from {name}[{address}]")
        self.put(second, "postfix/smtpd[1234]",
                 f"NOQUEUE: reject: RCPT from {name}[{address}]: 451 4.7.1 <{recipient}>: {TEXT}; "
                 f"from=<{sender}> to=<{recipient}> proto=ESMTP helo=<{name}>")
        self.put(second, "postfix/smtpd[1234]", f"disconnect from {name}[{address}] ehlo=1 mail=1 "
                 "rcpt=0/1 quit=1 commands=3/4")

    def accept(self, second, mail, name, address):
        sender, recipient = mail
        self.queue += 1
        queue = f"{self.queue:010X}"
        self.put(second, "postfix/smtpd[1234]", f"connect from {name}[{address}]")
        self.put(second, "postfix/smtpd[1234]", f"{queue}: client={name}[{address}]")
        self.put(second, "postfix/cleanup[1235]", f"{queue}: message-id=<{queue}@{name}>")
        self.put(second, "postfix/qmgr[99]",
                 f"{queue}: from=<{sender}>, size=31204, nrcpt=1 (queue active)")
        self.put(second, "postfix/smtpd[1234]", f"disconnect from {name}[{address}] ehlo=1 mail=1 "
                 "rcpt=1 data=1 quit=1 commands=5")
        self.put(second, "postfix/lmtp[1236]",
                 f"{queue}: to=<{recipient}>, relay=mail.example.org[private/dovecot-lmtp], "
                 "delay=0.4, delays=0.2/0.01/0.05/0.14, dsn=2.0.0, status=sent (250 2.0.0 "
                 f"<{recipient}> {queue} Saved)")
        self.put(second, "postfix/qmgr[99]", f"{queue}: removed")


class Counts:
    """What was written, counted without reading it."""

    def __init__(self):
        self.domains = collections.defaultdict(lambda: [0, 0, set(), 0, 0])
        self.days = collections.defaultdict(lambda: [0, 0, 0])
        self.first = {}

    def refused(self, second, mail, network):
        domain = self.domains[mail[0].split("@")[1]]
        day = self.days[time.strftime("%Y-%m-%d", time.gmtime(second))]
        domain[0] += mail not in self.first
        domain[1] += 1
        domain[2].add(network)
        day[0] += 1
        day[1] += mail not in self.first
        self.first.setdefault(mail, second)

    def passed(self, second, mail):
        domain = self.domains[mail[0].split("@")[1]]
        domain[3] += 1
        domain[4] = max(domain[4], second - self.first[mail])
        self.days[time.strftime("%Y-%m-%d", time.gmtime(second))][2] += 1

    def result(self, lines, suggestions):
        domains = {name: [m, t, len(n), p, l] for name, (m, t, n, p, l) in self.domains.items()}
        mails, tries, passed = (sum(d[i] for d in domains.values()) for i in (0, 1, 3))
        return {"lines": lines, "domains": domains, "days": dict(self.days),
                "suggestions": sorted(suggestions),
                "totals": {"mails": mails, "tries": tries, "passed": passed,
                           "once": mails - passed, "stuck": 0, "folded": 0}}


def write_log(path, lines, seed=1):
    """About LINES lines: pools that move, hosts that wait as they should, bots that come once,
    and three times as much mail that nobody refused. Returns the counts."""
    chance = random.Random(seed)
    counts = Counts()
    due = collections.defaultdict(list)  # second: (mail, tries left, domain)
    pools = [f"pool{n}.example" for n in range(5)]
    with open(path, "w", encoding="ascii") as file:
        out = Writer(file)
        second = SECOND
        while out.lines < lines:
            second += 1
            for mail, left, domain in due.pop(second, ()):
                again(out, counts, chance, due, second, mail, left, domain)
            number = out.lines
            for n in range(3):
                out.accept(second, (f"user{n}@known.example", "info@example.org"),
                           "mx.known.example", "192.0.2.1")
            if second % 3 == 0:
                bot = (f"b{number}@spam{number % 1000}.example", "info@example.org")
                out.refuse(second, bot, "unknown", f"100.64.{number % 256}.1")
                counts.refused(second, bot, f"100.64.{number % 256}")
            elif second % 3 == 1:
                domain = chance.choice(pools)
                again(out, counts, chance, due, second, (f"a{number}@{domain}", "b@example.org"), 3,
                      domain)
            else:
                again(out, counts, chance, due, second, (f"a{number}@host.example", "b@example.org"),
                      1, None)
        end = max(due, default=second)
        for second in range(second + 1, end + 1):
            for mail, left, domain in due.pop(second, ()):
                again(out, counts, chance, due, second, mail, left, domain)
        while due:  # retries of retries
            second += 1
            for mail, left, domain in due.pop(second, ()):
                again(out, counts, chance, due, second, mail, left, domain)
    moved = [d for d in pools if d in counts.domains]
    return counts.result(out.lines, moved)


def again(out, counts, chance, due, second, mail, left, domain):
    """One more try of MAIL, refused while tries are LEFT; a pool's comes from another network."""
    network = f"10.1.{chance.randrange(256)}" if domain else "192.0.3"
    name = f"m{chance.randrange(50)}.{domain}" if domain else "mx.host.example"
    if left == 0:
        out.accept(second, mail, name, network + ".7")
        counts.passed(second, mail)
        return
    out.refuse(second, mail, name, network + ".7")
    counts.refused(second, mail, network)
    due[second + (1800 if domain else 400)].append((mail, left - 1, domain))
