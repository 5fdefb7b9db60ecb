"""Writes a recording of any length, as greygated --record would: a month of a site."""
import random

SECOND = 1795478400  # 2026-11-24 00:00 UTC
MONTH = 30 * 86400


def write_recording(path, lines, seed=1):
    """Four in ten requests are of 20 000 correspondents who write again and again, two in ten of new
    mails that come again; the rest are bots. Times are spread over a month."""
    chance = random.Random(seed)
    waiting = []
    with open(path, "w") as file:
        for number in range(lines):
            now = SECOND + number * MONTH // lines
            if waiting and waiting[0][0] <= now:
                _, who, net = waiting.pop(0)
                answer = "pass\treason=triplet found"
            else:
                kind, answer = chance.random(), "greylist\treason=new"
                net = chance.randrange(50000)
                if kind < 0.4:
                    who = f"known{chance.randrange(20000)}"
                    net, answer = int(who[5:]) % 5000, "pass\treason=known"
                else:
                    who = f"{'new' if kind < 0.8 else 'bot'}{number}"
                    if kind < 0.6:
                        waiting.append((now + 300, who, net))
            file.write(f"time={now}\tclient_address=192.{net // 250 % 250}.{net % 250}.1\t"
                       f"client_name=mx{net}.example\thelo_name=mx{net}.example\t"
                       f"sender={who}@d{net % 3000}.example\trecipient=user{net % 500}@example.org\t"
                       f"instance={number:x}.1\taction={answer}\n")
