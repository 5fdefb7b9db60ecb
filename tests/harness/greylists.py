"""Files of other greylisters of any size, as streams: every row another one, each about 300 bytes,
and at the end one that cannot be taken."""
import itertools
import time

NOW = int(time.time())
LABEL = "l" * 60
BATCH = 2000


def address(i):
    return f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"


def sender(i):
    return f"{'s' * 40}{chr(97 + i % 26)}{i}x@{LABEL}.{LABEL}.example"


def lines(head, row, bad, tail=""):
    """A stream of HEAD, ROW(i) for each i, BAD and TAIL. Calling it with a number of rows gives the
    chunks and the number of the line on which BAD stands."""
    def stream(rows):
        def chunks():
            yield head
            for at in range(0, rows, BATCH):
                yield "".join(row(i) for i in range(at, min(at + BATCH, rows)))
            yield bad + tail
        return chunks(), head.count("\n") + rows * row(0).count("\n") + 1
    return stream


TRACKING = "INSERT INTO `greylisting_tracking` (`sender`, `recipient`, `client_address`, " \
    "`init_time`, `record_expired`, `blocked_count`, `passed`) VALUES\n"
COLUMNS = ["sender", "recipient", "client_address", "init_time", "record_expired",
           "blocked_count", "passed"]


def tracking(separator):
    return lambda i: separator.join([sender(i), "info@example.org", address(i), str(NOW - 900),
                                     str(NOW + 86400), "1", "0"]) + "\n"


def names(i):
    return f"({i + 1},'{sender(i)}'),\n"


def amavisd(rows):
    """Three tables that are joined by their numbers: the last pair has no names."""
    head = "INSERT INTO users (id, email) VALUES\n"
    middle = ";\nINSERT INTO mailaddr (id, email) VALUES\n"
    pairs = ";\nINSERT INTO wblist (rid, sid, wb) VALUES\n"

    def chunks():
        for begin, row in ((head, names), (middle, names),
                           (pairs, lambda i: f"({i + 1},{i + 1},'W'),\n")):
            yield begin
            for at in range(0, rows, BATCH):
                text = "".join(row(i) for i in range(at, min(at + BATCH, rows)))
                yield text if at + BATCH < rows or begin is pairs else text[:-2]
        yield "(0,0,'W');\n"
    # Two tables lose the break behind their last row to the one that follows.
    return chunks(), 3 + 3 * rows + 1


# name: source, name of the file ("-" for standard input), stream
STREAMS = {
    "postgrey": ("postgrey", "-", lines(
        "VERSION=3\nformat=print\nHEADER=END\n",
        lambda i: f" {address(i)[:-1]}0/{sender(i)}/{'r' * 100}@example.org\n {NOW - 900},{NOW}\n",
        " what\n 1,2\n", "DATA=END\n")),
    "postgrey_clients": ("postgrey", "-", lines(
        "VERSION=3\nformat=bytevalue\nHEADER=END\n",
        lambda i: f" {address(i).encode().hex()}\n {f'5,{NOW}'.encode().hex()}\n",
        " zz\n 00\n", "DATA=END\n")),
    "whitelist_clients": ("postgrey", "whitelist_clients", lines(
        "# hosts\n", lambda i: f"mx{i}.{LABEL}.{LABEL}.{LABEL}.example # {'x' * 100}\n",
        "two words\n")),
    "sqlgrey": ("sqlgrey", "-", lines(
        "INSERT INTO connect (sender_name, sender_domain, src, rcpt, first_seen) VALUES\n",
        lambda i: f"('{'s' * 40}{i}','{LABEL}.{LABEL}.example','{address(i)}',"
                  f"'{'r' * 60}@example.org',{NOW - 60}),\n",
        "('what','x.example','nowhere','a@b.example',1);\n")),
    "iredapd INSERT": ("iredapd", "-", lines(
        TRACKING, lambda i: "('" + "','".join([sender(i), "info@example.org", address(i)]) +
        f"',{NOW - 900},{NOW + 86400},1,0),\n", "('a@b.example');\n")),
    "iredapd COPY": ("iredapd", "-", lines(
        f"COPY public.greylisting_tracking ({', '.join(COLUMNS)}) FROM stdin;\n", tracking("\t"),
        "what\n", "\\.\n")),
    "iredapd tabs": ("iredapd", "-", lines("\t".join(COLUMNS) + "\n", tracking("\t"), "what\n")),
    "iredapd CSV": ("iredapd", "-", lines(",".join(COLUMNS) + "\n", tracking(","), "what\n")),
    "amavisd": ("iredapd", "-", amavisd),
    "milter-greylist": ("milter-greylist", "-", lines(
        "# version\n", lambda i: f"{address(i)}\t<{sender(i)}>\t<{'r' * 60}@example.org>\t"
                                 f"{NOW + 86400} AUTO # {'x' * 60}\n", "what\n")),
    "spamdb": ("spamdb", "-", lines(
        "", lambda i: f"GREY|{address(i)}|{LABEL}.example|<{sender(i)}>|<{'r' * 60}@example.org>|"
                      f"{NOW - 60}|{NOW + 900}|{NOW + 9000}|1|0\n", "what\n")),
    "cidr": ("cidr", "-", lines(
        "", lambda i: f"{address(i)}\tpermit # {'x' * 250}\n", "what permit\n")),
    "greygate": ("greygate", "-", lines(
        "", lambda i: f'{{"kind": "client", "address": "{address(i)}", "name": '
                      f'"{LABEL}.{LABEL}.{LABEL}.example", "first_s": {NOW - 60}, '
                      f'"last_s": {NOW}, "passes": 1}}\n', '{"kind": "what"}\n')),
}

# What never ends: a line, a string, a statement, a comment.
ENDLESS = {
    "a line": ("spamdb", "GREY|", "x" * 4096),
    "a line of a dump": ("postgrey", "VERSION=3\nformat=print\nHEADER=END\n ", "x" * 4096),
    "a string": ("iredapd", "INSERT INTO greylisting VALUES ('", "x\n" * 2048),
    "a value": ("iredapd", "INSERT INTO greylisting VALUES (1", "(" * 4096),
    "a row": ("sqlgrey", "INSERT INTO connect VALUES (1", ",2" * 2048),
    "a comment": ("sqlgrey", "/*", "x\n" * 2048),
    "a dollar": ("sqlgrey", "SELECT $tag$", "x\n" * 2048),
    "a field": ("iredapd", "account,sender,comment\n\"", "x\n" * 2048),
    "statements": ("sqlgrey", "", "CREATE TABLE t (a int);\n" * 170),
    "an object": ("greygate", '{"kind": "rule", "x": ', "[" * 4096),
}


def endless(name, size):
    source, head, more = ENDLESS[name]
    return source, itertools.chain([head], itertools.repeat(more, size // len(more)))
