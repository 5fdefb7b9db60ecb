#!/usr/bin/env python3
# timeout: 240
"""The console's views of rules, decisions and changes, and adding and editing, by scripts."""
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.daemon import Greygated  # noqa: E402
from harness.script import SIZES, Dialogue, check_screens, console, row_with, screen  # noqa: E402
from harness.tap import equal, run, test, wait_until  # noqa: E402


def events(server):
    return server.sql("SELECT count(*) FROM event")[0][0]


def ask_until_logged(server, n, **changes):
    server.ask(**changes)
    wait_until(lambda: events(server) >= n, f"{n} events")


def fill(server):
    server.cli("rule", "add", "allow", "@partner.example", "--to", "info@wode.com",
               "--expires", "7d", "--comment", "ticket 12")
    server.cli("rule", "add", "block", "198.51.100.0/24")
    server.cli("rule", "add", "allow", "127.0.0.1")
    server.cli("policy", "set", "@wode.com", "--delay", "10m", "--spf", "bypass")
    server.cli("policy", "set", "open@wode.com", "--greylist", "off", "--comment", "they insist")
    server.cli("policy", "set", "a@wode.com", "--greylist", "off", "--delay", "5m")


@test
def empty_views_say_what_to_do(scene):
    with Greygated(scene) as server:
        for size in SIZES:
            rules = " ".join(screen(server, "key 4", size=size))
            assert "No rules and no policies" in rules, rules
            assert "No decision yet" in " ".join(screen(server, "key 5", size=size))
            assert "Nobody has changed" in " ".join(screen(server, "key C", size=size))
        assert "A adds the first, for example: allow @partner.example" in " ".join(
            " ".join(row.split()) for row in screen(server, "key 4"))


@test
def rules_and_policies_in_one_table(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4")
        assert "3 rules, 3 policies; 1 can never match (!); 1 worth a look (~)" in rows[1], rows[1]
        allow = row_with(rows, "@partner.example")
        for part in ("  allow", "info@wode", "ticket 12", " 0 "):
            assert part in allow, allow
        assert "6d 23h" in allow or " 7d " in allow, allow
        policy = row_with(rows, "policy @.                   @wode.com")
        assert "delay 10m, spf" in policy and "never" in policy, policy
        assert row_with(rows, "127.0.0.1").startswith("! allow")
        assert row_with(rows, "a@wode.com").startswith("~ policy")
        assert "greylist off #" in row_with(rows, "open@wode")
        wide = screen(server, "key 4", size="132x43")
        assert "delay 10m, spf bypass" in row_with(wide, "delay 10m")
        assert "SOURCE" in wide[2] and "manual" in row_with(wide, "@partner.example")
        narrow = screen(server, "key 4", size="40x8")
        assert row_with(narrow, "127.0.0.1").startswith("! allow"), narrow


@test
def lint_is_explained_and_found(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4 j j")
        assert rows[1].startswith("! 127.0.0.0/8 is in trusted_networks"), rows[1]
        marks = console(server, "key 4", "marks").split("\n")
        at = next(i for i, line in enumerate(marks) if line.startswith("|! allow"))
        assert "x" in marks[at + 1], marks[at + 1]
        page = screen(server, "key 4 j j Enter")
        text = "\n".join(page)
        assert "Rules > rule 3: allow 127.0.0.1 to @." in page[1], page[1]
        assert "! It can never match" in text and "is in trusted_networks" in text, text
        assert "127.0.0.1: the client of that address" in text
        assert "rule add: allow 127.0.0.1 to @." in text
        equal(len([row for row in screen(server, "key 4 f", "type lint:trusted", "key Enter")
                   if "allow" in row]), 1)
        assert "! It can never match" in "\n".join(
            screen(server, "key 4 j j Enter j j j j j j j j j j j j", size="40x8"))


@test
def filters_and_sorting_of_rules(scene):
    with Greygated(scene) as server:
        fill(server)
        for words, n in (("what:policy", 3), ("from:partner", 1), ("to:open@", 1),
                         ("expires:<8d", 1), ("expires:never", 5), ("terms:spf", 1),
                         ("comment:ticket", 1), ("-what:policy", 3), ("source:manual", 6)):
            rows = screen(server, "key 4", "key f", f"type {words}", "key Enter")
            equal(len([row for row in rows[3:-2] if row.strip()]), n, words)
        rows = screen(server, "key 4", "key :", "type sort what", "key Enter")
        equal([row[2:8].strip() for row in rows[3:9]], ["allow"] * 2 + ["block"] + ["policy"] * 3)


@test
def many_rules(scene):
    with Greygated(scene) as server:
        now = int(time.time())
        for i in range(0, 5000, 500):
            values = ",".join(f"('@.', '@d{j}.example', 'allow', '', 'x', 'manual', {now})"
                              for j in range(i, i + 500))
            server.sql("INSERT INTO rule (scope, pattern, action, comment, author, source, "
                       f"created_s) VALUES {values}")
        rows = screen(server, "key 4 G")
        assert "5000 rules, 0 policies" in rows[1], rows[1]
        assert "@d4999.example" in rows[-3], rows[-3]
        equal(rows[-1], "5000 of 5000")


@test
def a_rule_is_typed(scene):
    with Greygated(scene) as server:
        rows = screen(server, "key 4 A", "type @new.example to info@wode.com for 7d # ticket 9",
                      "key Enter")
        equal(rows[-1], "rule 1 added: allow @new.example to info@wode.com; u takes it back")
        assert "ticket 9" in row_with(rows, "@new.example")
        rule = server.json("rule", "list")[0]
        equal((rule["action"], rule["pattern"], rule["scope"], rule["comment"], rule["source"]),
              ("allow", "@new.example", "info@wode.com", "ticket 9", "manual"))
        assert 604800 - 60 < rule["expires_s"] - time.time() <= 604800
        rows = screen(server, "key 4", "key :", "type add block 192.0.2.77/24", "key Enter")
        text = " ".join(rows[-2:])
        assert "rule 2 added: block 192.0.2.0/24 to @." in text and "taken as" in text, text
        rows = screen(server, "key 4 G", "key A ^U", "type policy open@wode.com greylist off",
                      "key Enter")
        assert rows[-1].startswith("policy 1 added: open@wode.com from @.: greylist off"), rows[-1]
        marks = console(server, "key 4 A ^U", "type expect @shop.example", "key Enter", "marks")
        lines = marks.split("\n")
        at = next(i for i, line in enumerate(lines) if "@shop.example" in line and "|" == line[0]
                  and "expect" in line)
        assert lines[at + 1].startswith(" ccc"), lines[at + 1]  # the new row is selected
        equal([c[0] for c in server.sql("SELECT verb FROM change ORDER BY id")],
              ["rule add", "rule add", "policy set", "rule add"])


@test
def domains_are_typed(scene):
    with Greygated(scene) as server:
        rows = screen(server, "key 3 A", "type qq.com 163.com # they wait", "key Enter")
        text = " ".join(rows[-3:])
        assert "qq.com, 163.com are whitelisted" in text, text
        equal([(d["name"], d["comment"]) for d in server.json("domain", "list")],
              [("163.com", "they wait"), ("qq.com", "they wait")])
        rows = screen(server, "key 3 A", "type qq.com bank.example", "key Enter")
        text = " ".join(rows[-3:])
        assert "bank.example is whitelisted" in text and "qq.com is whitelisted already" in text
        rows = screen(server, "key 3 A", "type qq.com", "key Enter")
        equal(rows[-1], "add: domain qq.com")
        assert "qq.com is whitelisted already (domain 1)" in rows[-2], rows[-2]


@test
def a_line_with_an_error_comes_back(scene):
    with Greygated(scene) as server:
        fill(server)
        for line, error in (
                ("allow @new.example too info@wode.com", "did you mean to?"),
                ("alow @new.example", "did you mean allow?"),
                ("allow foo", "possible here:"),
                ("allow @new.example for soon", "expected a duration such as 5m, 2h or 7d"),
                ("policy @.", "a policy sets something"),
                ("policy @. delay 3d", "the delay must be shorter"),
                ("policy @wode.com delay 5m",
                 "policy 1 is for these recipients and senders already; e edits it"),
                ("allow @partner.example to info@wode.com",
                 "rule 1 (allow) has this pattern for this scope already"),
                ("domain 192.0.2.1", "is an address; allow 192.0.2.1 lets it pass")):
            rows = screen(server, "key 4 A ^U", f"type {line}", "key Enter")
            equal(rows[-1], "add: " + line)
            assert error in " ".join(row.strip() for row in rows[-6:-1]), (line, rows[-6:])
        equal(len(server.json("rule", "list")), 3)
        equal(screen(server, "key 4 A", "type x", "key Enter Esc")[-1], "nothing was added")
        # Corrected in place.
        rows = screen(server, "key 4 A", "type @new.example too b@wode.com", "key Enter ^U",
                      "type allow @new.example to b@wode.com", "key Enter")
        assert rows[-1].startswith("rule 4 added"), rows[-1]
        narrow = screen(server, "key 4 A ^U", "type alow @x.example", "key Enter", size="40x8")
        equal(narrow[-1], "add: alow @x.example")
        assert "did you mean" in " ".join(narrow), narrow


@test
def words_are_completed(scene):
    with Greygated(scene) as server:
        for typed, want in (("ex", "add: expect"), ("policy @. gre", "add: policy @. greylist"),
                            ("policy @. spf by", "add: policy @. spf bypass")):
            rows = screen(server, "key 4 A ^U", f"type {typed}", "key Tab")
            equal(rows[-1].strip(), want)
        rows = screen(server, "key 4", "key :", "type add policy @. tr", "key Tab")
        equal(rows[-1].strip(), ":add policy @. training")


@test
def editing_asks_one_after_the_other(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4 e")
        equal(rows[-1], "comment: ticket 12")
        rows = screen(server, "key 4 e Enter")
        equal(rows[-1], "to: info@wode.com")
        rows = screen(server, "key 4 e Enter Enter")
        assert rows[-1].startswith(("until (never, or from now: 7d): 6d23h",
                                    "until (never, or from now: 7d): 7d")), rows[-1]
        before = server.json("rule", "list")[0]
        equal(screen(server, "key 4 e Enter Enter Enter")[-1], "nothing was changed")
        equal(screen(server, "key 4 e", "type x", "key Enter Esc")[-1], "nothing was changed")
        equal(server.json("rule", "list")[0], before)
        rows = screen(server, "key 4 e", "type  and 13", "key Enter ^U", "type @wode.com",
                      "key Enter ^U", "type never", "key Enter")
        equal(rows[-1], "changed: allow @partner.example to @wode.com; u takes it back")
        after = server.json("rule", "list")[0]
        equal((after["comment"], after["scope"], after["expires_s"], after["author"]),
              ("ticket 12 and 13", "@wode.com", 0, before["author"]))
        rows = screen(server, "key 4 e Enter ^U", "type 192.0.2.1", "key Enter")
        equal(rows[-1], "to: 192.0.2.1")
        assert "not a recipient" in " ".join(rows[-5:-1]), rows[-5:]
        rows = screen(server, "key 4 e Enter Enter ^U", "type tomorrow", "key Enter")
        assert rows[-1].endswith("tomorrow") and "expected never" in rows[-2], rows[-2:]
        # A rule that has the pair already.
        server.cli("rule", "add", "block", "@partner.example", "--to", "x@wode.com")
        rows = screen(server, "key 4 e Enter ^U", "type x@wode.com", "key Enter Enter")
        assert "has this pattern for this scope already" in rows[-1], rows[-1]


@test
def editing_a_policy(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4 j j j e Enter Enter Enter")
        equal(rows[-1], "terms: delay 10m spf bypass")
        rows = screen(server, "key 4 j j j e Enter Enter Enter", "type  delay 1m", "key Enter")
        equal((rows[-2], rows[-1]), ("delay: once is enough", "terms: delay 10m spf bypass delay 1m"))
        rows = screen(server, "key 4 j j j e Enter Enter Enter ^U", "type delay 3d", "key Enter")
        assert "delay 3d, window 2d: the delay must be shorter" in rows[-2], rows[-2]
        rows = screen(server, "key 4 j j j e Enter Enter Enter ^U", "type delay 1m", "key Enter")
        assert rows[-1].startswith("changed: delay 1m to mail from @. to @wode.com"), rows[-1]
        policy = server.json("policy", "list")[0]
        equal((policy["delay_s"], policy["spf"]), (60, None))
        rows = screen(server, "key 4 j j j Enter e Enter Enter Enter")
        equal(rows[-1], "terms: delay 1m")


@test
def editing_a_domain(scene):
    with Greygated(scene) as server:
        server.cli("domain", "add", "qq.com", "--comment", "old")
        rows = screen(server, "key 3 e")
        equal(rows[-1], "comment: old")
        rows = screen(server, "key 3 e ^U", "type new", "key Enter")
        equal(rows[-1], "changed: qq.com; u takes it back")
        equal(server.json("domain", "list")[0]["comment"], "new")
        # The one that was added is selected.
        rows = screen(server, "key 3 A", "type aa.example", "key Enter e ^U", "type first",
                      "key Enter")
        equal(rows[-1], "changed: aa.example; u takes it back")


@test
def an_edit_keeps_what_others_changed_meanwhile(scene):
    with Greygated(scene) as server:
        fill(server)
        with Dialogue(server) as dialogue:
            rows = dialogue.do("key 4 e ^U", "type mine", "key Enter")
            equal(rows[-1], "to: info@wode.com")
            console(server, "key 4 e Enter ^U", "type sales@wode.com", "key Enter Enter")
            dialogue.do("key Enter Enter")
            rule = server.json("rule", "list")[0]
            equal((rule["comment"], rule["scope"]), ("mine", "sales@wode.com"))
            # What both answered is as the last one says, and the rest stays.
            dialogue.do("key e Enter ^U", "type @wode.com", "key Enter")
            console(server, "key 4 e ^U", "type theirs", "key Enter ^U", "type boss@wode.com",
                    "key Enter Enter")
            dialogue.do("key Enter")
            rule = server.json("rule", "list")[0]
            equal((rule["comment"], rule["scope"]), ("theirs", "@wode.com"))
            # It is gone when the last question is answered.
            dialogue.do("key e ^U", "type late", "key Enter Enter")
            server.cli("rule", "remove", "1")
            rows = dialogue.do("key Enter")
            assert "there is no rule 1" in rows[-1], rows[-1]


@test
def what_cannot_be_read_changes_no_number(scene):
    with Greygated(scene) as server:
        fill(server)
        console(server, "key 4 G d y")
        server.end()
        with Dialogue(server) as dialogue:
            said = dialogue.do("key 4")[1]
            assert said.startswith("3 rules, 2 policies"), said
            server.sql("ALTER TABLE policy RENAME TO lost")
            dialogue.do("wait no such table")
            equal(dialogue.do("key k")[1], said)
            assert "no such table" in " ".join(dialogue.do("key u")), rows


@test
def times_that_no_calendar_has(scene):
    """As a damaged row may have them."""
    with Greygated(scene) as server:
        ask_until_logged(server, 1)
        fill(server)
        server.cli("domain", "add", "qq.com")
        server.end()
        for time_s in (4 * 10 ** 17, -4 * 10 ** 17):
            server.sql("UPDATE event SET time_s = ?", time_s)
            server.sql("UPDATE triplet SET first_s = ?, last_s = ?", time_s, time_s)
            server.sql("UPDATE rule SET created_s = ?, last_hit_s = ?, hits = 1", time_s, time_s)
            server.sql("UPDATE domain SET created_s = ?, good_s = ?, refreshed_s = ?", time_s,
                       time_s, time_s)
            server.sql("UPDATE change SET time_s = ?", time_s)
            for keys in ("1 Enter Enter", "2", "3 Enter", "4 Enter", "5 Enter", "C Enter"):
                console(server, f"key {keys}", "screen", "key G", "screen")
                console(server, f"key {keys}", f"key : ", f"type export {scene.dir}/x.csv",
                        "key Enter", "screen", size="132x43")
                (scene.dir / "x.csv").unlink(missing_ok=True)


@test
def editing_several(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4 Space Space e")
        equal(rows[-1].strip(), "comment of all 2, empty leaves each:")
        rows = screen(server, "key 4 Space Space e Enter", "type 1d", "key Enter")
        equal(rows[-1], "2 changed; u takes them back")
        rules = server.json("rule", "list")
        equal([rule["comment"] for rule in rules], ["ticket 12", "", ""])
        equal([rule["expires_s"] > 0 for rule in rules], [True, True, False])
        rows = screen(server, "key 4 * e", "type all of them", "key Enter Enter")
        equal(rows[-1], "6 changed; u takes them back")
        equal({rule["comment"] for rule in server.json("rule", "list")}, {"all of them"})
        equal({policy["comment"] for policy in server.json("policy", "list")}, {"all of them"})


@test
def deleting_and_taking_back(scene):
    with Greygated(scene) as server:
        fill(server)
        rows = screen(server, "key 4 d")
        assert "@partner.example" in rows[-1] and "[y/N]" in rows[-1], rows[-1]
        console(server, "key 4 d y")
        equal(len(server.json("rule", "list")), 2)
        console(server, "key 4 u y")
        equal(server.json("rule", "list")[0]["pattern"], "@partner.example")
        rows = screen(server, "key C")
        assert "undo" in rows[3] and "rule remove" in rows[4] and "undone" in rows[4], rows[3:5]
        page = "\n".join(screen(server, "key C j Enter"))
        assert "It was removed. It had been" in page and "taken back already" in page, page


@test
def changes_show_before_and_after(scene):
    with Greygated(scene) as server:
        fill(server)
        console(server, "key 4 e", "type  and 13", "key Enter Enter Enter")
        rows = screen(server, "key C")
        assert "rule change" in rows[3] and "allow @partner.example to info" in rows[3], rows[3]
        assert "policy set" in rows[4] and "a@wode.com from @." in rows[4], rows[4]
        page = screen(server, "key C Enter", size="132x43")
        at = next(i for i, row in enumerate(page) if row.startswith(" * comment"))
        assert page[at].split(None, 2)[2] == "ticket 12", page[at]
        assert page[at + 1].split()[-1] == "13" and page[at + 1].startswith(" *"), page[at + 1]
        equal(len([row for row in page if row.startswith(" *")]), 2)
        equal(len([row for row in screen(server, "key C f", "type verb:policy", "key Enter")
                   if "policy set" in row]), 3)
        for size in SIZES:
            console(server, "key C", "screen", "key Enter", "screen", "key G", "screen", size=size)


@test
def one_key_takes_back_one_command(scene):
    with Greygated(scene) as server:
        server.cli("domain", "add", "a.example", "b.example", "c.example")
        # At the same second, with the same verb: still another command.
        console(server, "key 3 A", "type d.example e.example", "key Enter", "key A",
                "type f.example", "key Enter")
        rows = screen(server, "key C f", "type command:1", "key Enter")
        equal(sum("domain add" in row for row in rows), 3)
        page = " ".join(" ".join(screen(server, "key C G Enter")).split())
        assert "made with 2 others; f command:1 in the changes shows all" in page, page
        assert "possible with the others: greygate undo 1" in page, page
        rows = screen(server, "key u")
        assert "domain add: f.example?" in rows[-1], rows[-1]
        console(server, "key u y")
        rows = screen(server, "key u")
        assert "domain add: d.example and 1 more?" in rows[-1], rows[-1]
        rows = screen(server, "key u y")
        equal(rows[-1], "2 taken back")
        server.cli("domain", "remove", "b.example")
        console(server, "key u y")
        rows = screen(server, "key u y")
        equal(rows[-1], "3 taken back")
        equal(server.json("domain", "list"), [])


@test
def many_changes_are_paged(scene):
    with Greygated(scene) as server:
        image = '{"id":1,"scope":"@.","pattern":"@a.example","action":"allow","comment":"c"}'
        for i in range(0, 4000, 500):
            server.sql("INSERT INTO change (time_s, author, verb, object, object_id, before, after)"
                       f" VALUES {','.join(['(?,?,?,?,?,?,?)'] * 500)}",
                       *sum(((1700000000 + i + j, "anna", "rule add", "rule", i + j, None, image)
                             for j in range(500)), ()))
        rows = screen(server, "key C G")
        assert "11-14" in rows[-3], rows[-3]
        first = screen(server, "key C G g")
        equal(first[3], screen(server, "key C")[3])


@test
def decisions_as_they_come(scene):
    with Greygated(scene) as server:
        fill(server)
        time.sleep(1)  # rules are read within a second
        ask_until_logged(server, 1, sender="a@partner.example", recipient="info@wode.com")
        ask_until_logged(server, 2, sender="b@other.example", client_address="198.51.100.9")
        ask_until_logged(server, 3, sender="")
        for size in ("80x24", "132x43"):
            rows = screen(server, "key 5", size=size)
            assert "Last minute: 3 decisions, 1 deferred" in rows[1], rows[1]
            assert "shown: 1 pass, 1 defer, 1 reject" in rows[1], rows[1]
            assert " defer " in rows[3] and " <> " in rows[3] and " new" in rows[3], rows[3]
            assert " reject " in rows[4] and "rule-block" in rows[4], rows[4]
            assert " pass " in rows[5] and "rule-allow" in rows[5], rows[5]
        assert "a rule blocks it" in row_with(screen(server, "key 5", size="160x43"), " reject ")
        rows = screen(server, "key 5", size="40x8")
        assert "defer  <>" in rows[2] and "reject" in rows[3], rows
        rows = screen(server, "key 5 f", "type action:reject", "key Enter")
        equal(len([row for row in rows[3:-2] if row.strip()]), 1)
        for words, n in (("from:<>", 1), ("domain:other.example", 1), ("to:wode", 1),
                         ("helo:mx.sender", 3), ("address:198.51.100.9", 1), ("since:1h", 3),
                         ("state:pass", 1), ("reason:rule", 2), ("triplet:0", 2)):
            rows = screen(server, "key 5 f", f"type {words}", "key Enter")
            equal(len([row for row in rows[3:-2] if row.strip()]), n, words)
        page = screen(server, "key 5 Enter")
        assert "Live > <>: to info@example.org" in page[1], page[1]
        page = screen(server, "key 5 j Enter")  # without a triplet: known by its event
        assert "a rule blocks it" in "\n".join(page), page


@test
def the_first_row_follows_others_stay(scene):
    with Greygated(scene) as server:
        for i in range(5):
            ask_until_logged(server, i + 1, sender=f"s{i}@sender.example")
        sender = threading.Timer(
            1, lambda: [server.ask(sender=f"late{i}@sender.example") for i in range(3)])
        sender.start()
        out = console(server, "key 5", "wait late2@", "marks")
        lines = out.split("\n")
        at = next(i for i, line in enumerate(lines) if "late2@" in line)
        assert lines[at + 1].startswith(" ccc"), lines[at + 1]
        sender.join()
        sender = threading.Timer(
            1, lambda: [server.ask(sender=f"more{i}@sender.example") for i in range(3)])
        sender.start()
        lines = console(server, "key 5 j", "wait more2@", "marks").split("\n")
        at = next(i for i, line in enumerate(lines) if line[:4] == " ccc")
        assert "late1@" in lines[at - 1], lines[at - 1]
        sender.join()


@test
def a_pause_holds_it_still(scene):
    with Greygated(scene) as server:
        ask_until_logged(server, 1, sender="first@sender.example")
        done = threading.Event()

        def send():
            for i in range(4):
                server.ask(sender=f"late{i}@sender.example")
            done.set()
        sender = threading.Timer(1, send)
        sender.start()
        out = console(server, "key 5 p", "wait 4 new since", "screen PAUSE", "key g G k f",
                      "type sender", "key Enter", "screen FILTER", "key Esc A Esc p",
                      "wait late3@", "screen ON")
        sender.join()
        assert done.is_set()
        paused, filtered, on = out.split("+PAUSE")[1], out.split("+FILTER")[1], out.split("+ON")[1]
        paused, filtered = paused.split("+FILTER")[0], filtered.split("+ON")[0]
        assert "Paused; 4 new since; p goes on" in paused and "PAUSED" in paused, paused
        for text in (paused, filtered):
            assert "first@" in text and "late" not in text, text
        assert "late3@" in on and "first@" in on and "Paused" not in on, on


@test
def a_filter_looks_through_many_decisions(scene):
    with Greygated(scene) as server:
        ask_until_logged(server, 1)
        now = int(time.time())
        server.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) "
                   "INSERT INTO event (time_s, action, reason, delay_s, client_address, "
                   "client_name, helo, sender, recipient) SELECT ?, 'greylist', 'new', 0, "
                   "'192.0.2.1', '', 'h', CASE WHEN i % 40000 = 7 THEN 'needle' ELSE 'hay' END || i"
                   " || '@sender.example', 'info@wode.com' FROM n", now - 7200)
        rows = screen(server, "key 5 f", "type from:needle", "key Enter")
        assert rows[-1].startswith("1 of 3 "), rows[-1]
        equal(len([row for row in rows[3:-2] if "needle" in row]), 3)
        assert "unknown[192.0." in row_with(rows, "needle"), row_with(rows, "needle")
        rows = screen(server, "key 5 G")
        assert "anna@sender" in rows[-3], rows[-3]


@test
def hostile_texts_stay_in_their_columns(scene):
    evil = ["\x1b[2J\x1b]52;c;YQ==\x07@x.example", "\u202eevil\u200b@x.example",
            "\u4e2d\u6587\u90ae\u4ef6" * 5 + "@x.example", "e\u0301\u0301\u0301\u0301@x.example",
            "l" * 60 + "@" + ("m" * 60 + ".") * 3 + "x.example", "back\\slash@x.example"]
    with Greygated(scene) as server:
        for i, sender in enumerate(evil):
            ask_until_logged(server, i + 1, sender=sender, helo_name="\x1b[31m")
        now = int(time.time())
        server.sql("INSERT INTO event (time_s, action, reason, delay_s, client_address, "
                   "client_name, helo, sender, recipient) VALUES (?, '\x1bact', '\x1brea', 0, "
                   "'\x1bad', '\u202e', '', ?, '')", now, "x" * 300)
        for i, sender in enumerate(evil):
            server.sql("INSERT INTO rule (scope, pattern, action, comment, author, source, "
                       "created_s) VALUES (?, ?, 'allow', ?, ?, ?, ?)", sender, sender, sender,
                       sender, sender, now)
            server.sql("INSERT INTO change (time_s, author, verb, object, object_id, before, after)"
                       " VALUES (?, ?, ?, ?, 1, ?, ?)", now, sender, sender, sender,
                       '{"comment":"\\u001b[2J\\u202e"}', '{"\\u001b":"\\u001b[2J", "b": [')
        server.sql("INSERT INTO policy (scope, sender, delay_s, comment, author, source, created_s)"
                   " VALUES (?, ?, 60, ?, ?, ?, ?)", evil[0], evil[1], evil[2], evil[0], evil[1],
                   now)
        for size in SIZES:
            for keys in ("4", "5", "C"):
                out = console(server, f"key {keys}", *["screen", "key Enter", "screen", "key G",
                                                       "screen", "key Esc j"] * 7, size=size)
                assert "\\x1b[2J" in out or size == "40x8", out
        rows = screen(server, "key 5", size="132x43")
        starts = {row.find(" defer ") for row in rows if " defer " in row}
        equal(len(starts), 1)
        # Editing what is there already shows it cleaned, and leaves it alone.
        before = server.sql("SELECT comment FROM rule ORDER BY id")
        for keys in ("", "j ", "j j ", "j j j j "):
            rows = screen(server, f"key 4 {keys}e Enter Enter Enter")
            assert "nothing was changed" in rows[-1], rows[-3:]
        equal(server.sql("SELECT comment FROM rule ORDER BY id"), before)


@test
def read_only(scene):
    with Greygated(scene) as server:
        fill(server)
        out = console(server, "key 4", "screen ALL", "key A", "screen ADD", "key e", "screen EDIT",
                      "key :", "type add allow @new.example", "key Enter", "screen LINE",
                      "key C Enter", "screen CHANGE", options=["--readonly"])
        assert "@partner.example" in out.split("+ADD")[0], out
        for part, word in (("+ADD", "add"), ("+EDIT", "edit"), ("+LINE", "add")):
            row = [line for line in out.split(part)[1].split("\n") if line.startswith("|")][23]
            equal(row, f"|{word}: the console is read-only (--readonly)")
        assert "It was added as" in out.split("+CHANGE")[1], out
        equal(len(server.json("rule", "list")), 3)


@test
def a_page_that_is_of_another_mail_by_now(scene):
    """The newest id is given again when its row is gone."""
    def replace():
        server.sql("DELETE FROM triplet WHERE id = ?", triplet)
        server.sql(f"INSERT INTO triplet SELECT {', '.join(values)} FROM kept")
    with Greygated(scene, greylist={"delay": "1h"}) as server:
        ask_until_logged(server, 1)
        server.end()
        triplet = server.sql("SELECT max(id) FROM triplet")[0][0]
        columns = [row[1] for row in server.sql("PRAGMA table_info(triplet)")]
        values = [{"first_s": "first_s - 60", "sender": "'other@evil.example'"}.get(name, name)
                  for name in columns]
        server.sql("CREATE TABLE kept AS SELECT * FROM triplet")
        with Dialogue(server) as dialogue:
            dialogue.do("key Enter Enter p")
            replace()
            assert "is another mail by now" in " ".join(dialogue.do("second", "key a"))
            rows = dialogue.do("key p")
            assert "This mail is gone" in " ".join(rows), rows
            assert "This mail is gone" in " ".join(dialogue.do("second")), rows
        equal(server.sql("SELECT released_s FROM triplet"), [(None,)])


@test
def what_is_gone_is_told(scene):
    with Greygated(scene) as server:
        fill(server)
        out = console(server, "key 4 Enter d y", "screen GONE", "key Esc e", "screen NEXT")
        assert "It is gone: somebody deleted it" in " ".join(out.split()), out


if __name__ == "__main__":
    run()
