#!/usr/bin/env python3
"""Agents write: replies, notes, transfers and opened tickets by command, and what customers answer to them."""

import email
import email.policy
import json
import re
import subprocess
import unittest

import desk
import smtp

ANN = "ann@client.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def mail(message_id, more="", body="Please help.", sender=f"Ann Lee <{ANN}>", subject="Help", to=desk.SUPPORT):
    return smtp.crlf(f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{message_id}>\n{more}\n{body}\n".encode())


class Replies(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.client = self.enterContext(smtp.Client(self.desk.ports[0]))
        self.folder = desk.work_folder()
        for name in ("Ben", "Eve"):
            self.desk.run("agent", "add", f"{name.lower()}@agents.example", "--name", name)
        self.send(mail("1@client.example"))
        self.ticket = self.desk.tickets()[0]["short_id"]

    def send(self, raw, sender=ANN, recipients=(desk.SUPPORT,)):
        code, text = self.client.deliver(sender, recipients, raw)
        self.assertEqual(code, 250, text)

    def command(self, *arguments, text="", status=0):
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), *arguments], capture_output=True,
                              input=text.encode(), timeout=60)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def reply(self, *arguments, text="Hello {{person.first_name|there}},\n\nall is well.\n"):
        """What the program says, and the mail as it is stored."""
        done = json.loads(self.command("ticket", "reply", self.ticket, "--as", "Ben", "--json", *arguments, text=text).stdout)
        return done, self.raw(done["interaction"])

    def raw(self, interaction):
        return email.message_from_bytes(self.command("interaction", "raw", interaction).stdout, policy=email.policy.default)

    def refused(self, *arguments, words, text="x"):
        done = self.command(*arguments, text=text, status=2)
        self.assertEqual(done.stdout, b"")
        self.assertIn(words, done.stderr.decode())

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def show(self, ticket=None):
        return json.loads(self.desk.run("ticket", "show", ticket or self.ticket, "--json"))

    @staticmethod
    def text(mail):
        return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def holds(self):
        self.desk.run("audit")

    def test_a_reply_is_queued_and_its_answer_joins(self):
        done, sent = self.reply()
        self.assertEqual(done["recipients"], [ANN])
        self.assertEqual(sent["Subject"], "Re: Help")
        self.assertEqual(sent["To"], f"Ann Lee <{ANN}>")
        self.assertEqual(sent["From"], f"Ben <{desk.SUPPORT}>")
        self.assertEqual(sent["In-Reply-To"], "<1@client.example>")
        self.assertEqual(self.text(sent), "Hello Ann,\n\nall is well.\n")
        references = re.findall("<(.*?)>", sent["References"])
        self.assertEqual(references[-1], "1@client.example")
        self.assertNotEqual(re.findall("<(.*?)>", sent["Reply-To"]), [desk.SUPPORT])
        ticket = self.show()
        self.assertEqual((ticket["status"], ticket["assignee"]["name"]), ("Pending", "Ben"))
        [delivery] = ticket["interactions"][1]["deliveries"]
        self.assertEqual(delivery["recipient"], ANN)
        # Its Message-ID, or where a relay changed that the ticket's own id, or the address that it came from.
        own = sent["Message-ID"].strip("<>")
        self.send(mail("2@client.example", f"In-Reply-To: <{own}>\n"))
        self.send(mail("3@client.example", f"In-Reply-To: <changed@relay.example>\nReferences: <{references[0]}>\n"))
        ticket = self.show()
        self.assertEqual(len(self.desk.tickets()), 1)
        self.assertEqual(len({each["thread"] for each in ticket["interactions"]}), 1)
        self.assertEqual(ticket["status"], "Open")
        self.holds()

    def test_what_ticket_show_tells(self):
        self.reply()
        self.command("ticket", "note", self.ticket, "--as", "Ben", "--colour", "yellow", text="she is\nin a hurry")
        self.command("ticket", "transfer", self.ticket, "--as", "Ben", "--to", "Eve", "--note", "yours")
        self.command("ticket", "describe", self.ticket, "a refund")
        self.sql("UPDATE deliveries SET state = 'failed', attempts = 1, code = 550, status = '5.1.1', finished_at = now(),"
                 " reply = '550 5.1.1 no such user'")
        text = self.desk.run("ticket", "show", self.ticket)
        for line in ("Written by Ben <ben@agents.example>", f"To {ANN}: failed, 1 attempt", "550 5.1.1 no such user",
                     "in a hurry", "(yellow)", "transferred: Ben gave it to Eve", "Description   a refund"):
            self.assertIn(line, text)
        shown = self.show()
        self.assertEqual([note["text"] for note in shown["notes"]], ["she is\nin a hurry", "yours"])
        self.assertEqual(shown["interactions"][1]["deliveries"][0]["reply"], "550 5.1.1 no such user")
        self.assertEqual((shown["description"], shown["assignee"]["name"]), ("a refund", "Eve"))
        note = shown["notes"][0]["id"]
        self.command("note", "edit", note, "--file", "-", text="calm")
        self.assertEqual(self.show()["notes"][0]["text"], "calm")
        self.command("note", "delete", note)
        self.refused("note", "delete", note, words="no note")
        self.desk.run("explain", "--interaction", shown["interactions"][1]["id"])

    def test_html_files_pictures_emoji_and_other_directions(self):
        page = self.file("a.html", "<p>Grüße <b>{{person.name}}</b> 😀</p><img src=\"cid:logo.png\"><script>x()</script>")
        _, sent = self.reply("--file", self.file("a.txt", "Grüße 😀 שלום\n"), "--html", page,
                             "--inline", self.file("logo.png", PNG), "--attach", self.file("Rechnung ü.pdf", b"%PDF-1.7\n\0"))
        html = sent.get_body(("html",)).get_content()
        self.assertIn("Ann Lee", html)
        self.assertIn("😀", html)
        self.assertNotIn("script", html)
        self.assertEqual(sent.get_body(("plain",)).get_content().strip(), "Grüße 😀 שלום")
        [attached] = list(sent.iter_attachments())
        self.assertEqual((attached.get_filename(), attached.get_content_type()), ("Rechnung ü.pdf", "application/pdf"))
        [picture] = [part for part in sent.walk() if part.get_content_type() == "image/png"]
        self.assertEqual(picture.get_content(), PNG)
        self.assertEqual(picture["Content-ID"], "<logo.png>")
        self.assertIn("cid:logo.png", html)
        raw = sent.as_bytes()
        self.assertTrue(all(len(line) <= 998 for line in raw.splitlines()))

    def test_the_quoted_mail_stands_below(self):
        _, sent = self.reply("--quote")
        text = sent.get_content()
        self.assertIn("> Please help.", text)
        self.assertLess(text.index("all is well"), text.index("> Please help."))

    def test_senders_aliases_and_templates(self):
        self.command("sender", "add", f"billing@{desk.DOMAIN}", "--workspace", "demo", "--name", "Billing")
        self.refused("sender", "add", "x@elsewhere.example", "--workspace", "demo", words="no domain")
        self.assertIn("billing@", self.desk.run("sender", "list"))
        self.command("alias", "add", "Benny", "--agent", "Ben", "--signature-name", "Benny B.", "--signature",
                     self.file("sig.txt", "{{workspace.name}} desk\n"), "--default")
        self.refused("alias", "set", "Benny", "--agent", "Ben", "--signature", self.file("bad.txt", "{{what}}"), words="{{what}}")
        self.command("template", "add", "hi", "--workspace", "demo", "--file", self.file("t.txt", "Dear {{person.name|friend}},\n"))
        self.refused("template", "add", "no", "--workspace", "demo", "--file", self.file("u.txt", "{{secret}}"), words="{{secret}}")
        self.assertIn("{{person.name}}", self.desk.run("template", "variables"))
        self.assertEqual(json.loads(self.desk.run("template", "show", "hi", "--workspace", "demo", "--json"))["text"],
                         "Dear {{person.name|friend}},\n")
        self.command("ticket", "sender", self.ticket, f"billing@{desk.DOMAIN}")
        self.refused("ticket", "sender", self.ticket, "x@elsewhere.example", words="no email sender")
        _, sent = self.reply("--template", "hi", text="")
        self.assertEqual(sent["From"], f"Benny <billing@{desk.DOMAIN}>")
        self.assertEqual(self.text(sent), "Dear Ann Lee,\n\n-- \nBenny B.\ndemo desk\n")
        self.assertEqual(self.show()["interactions"][1]["alias"], "Benny")
        self.command("alias", "remove", "Benny", "--agent", "Ben")
        self.assertEqual(self.show()["interactions"][1]["alias"], "Benny")
        self.assertEqual(json.loads(self.desk.run("alias", "list", "--json")), [])

    def test_a_ticket_is_opened_outward(self):
        done = json.loads(self.command("ticket", "open", "--workspace", "demo", "--to", "Carl <carl@client.example>", "--as", "Ben",
                                       "--subject", "Offer", "--sender", desk.SALES, "--json", text="Hello {{person.name}}").stdout)
        opened = done["ticket"]
        self.assertEqual((opened["subject"], opened["status"], opened["mailbox"], opened["opened_by"]["name"], opened["created_by"]),
                         ("Offer", "Pending", desk.SALES, "Ben", None))
        sent = self.raw(done["interaction"])
        self.assertEqual((sent["Subject"], sent["To"]), ("Offer", "Carl <carl@client.example>"))
        self.send(mail("c@client.example", f"References: {sent['Message-ID']}\n", sender="Carl <carl@client.example>",
                       subject="Re: Offer", to=desk.SALES), "carl@client.example", [desk.SALES])
        shown = self.show(opened["short_id"])
        self.assertEqual([each["direction"] for each in shown["interactions"]], ["outbound", "inbound"])
        self.assertEqual(len({each["thread"] for each in shown["interactions"]}), 1)
        self.assertEqual(shown["status"], "Open")
        self.assertEqual(len(self.desk.tickets()), 2)
        self.holds()

    def test_a_newcomer_gets_nothing_by_default(self):
        self.reply()
        self.send(mail("2@stranger.example", "References: <1@client.example>\n", sender="Zoe <zoe@stranger.example>"),
                  "zoe@stranger.example")
        self.assertEqual(len(self.desk.tickets()), 1)
        self.assertEqual(self.reply()[0]["recipients"], [ANN])
        self.assertEqual(self.reply("--to", "zoe@stranger.example")[0]["recipients"], ["zoe@stranger.example"])

    def test_a_bounced_address_is_asked_about(self):
        self.sql(f"INSERT INTO address_marks SELECT id, '{ANN}', now(), '5.1.1', '550 no such user' FROM workspaces")
        self.refused("ticket", "reply", self.ticket, "--as", "Ben", words="550 no such user")
        self.assertEqual(self.reply("--anyway")[0]["recipients"], [ANN])

    def test_where_answers_are_asked_for(self):
        self.send(mail("2@client.example", f"References: <1@client.example>\nReply-To: {ANN}, <x@evil.example>\n"))
        done = self.command("ticket", "reply", self.ticket, "--as", "Ben", "--json", text="x")
        # Nothing is verified on this desk: anybody may have written that field.
        self.assertIn("asked for answers to go to x@evil.example; nobody vouches for that", done.stderr.decode())
        self.assertEqual(json.loads(done.stdout)["recipients"], [ANN])

    def test_nothing_breaks_out_of_its_field(self):  # H19
        for words in ("a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example\nBcc: c@d.example", "a b", "a@", ""):
            for option in ("--to", "--cc"):
                self.refused("ticket", "reply", self.ticket, "--as", "Ben", option, words, words="no address")
        self.refused("ticket", "open", "--workspace", "demo", "--to", ANN, "--as", "Ben", "--sender", desk.SUPPORT, "--subject",
                     "x\r\nBcc: y@z.example", words="line end")
        self.refused("alias", "add", "Ben\r\nBcc: x@y.example", "--agent", "Ben", words="one line")
        self.refused("ticket", "reply", self.ticket, "--as", "Ben", "--to", desk.SALES, words="loop")
        # What the customer wrote is no better.
        self.send(mail("2@client.example", "References: <1@client.example>\nThread-Topic: =?utf-8?q?a=0D=0ABcc:_x@y.example?=\n",
                       subject="=?utf-8?q?x=0D=0ABcc:_y@z.example?=", sender=f"=?utf-8?q?Ann=0D=0ABcc:_z?= <{ANN}>"))
        _, sent = self.reply()
        self.assertIsNone(sent["Bcc"])
        self.assertEqual(self.sql("SELECT count(DISTINCT recipient_key) FROM deliveries"), "1")

    def test_a_dry_run_writes_nothing(self):
        done = self.command("ticket", "reply", self.ticket, "--as", "Ben", "--dry-run", text="Hello {{person.name}}")
        self.assertEqual(self.text(email.message_from_bytes(done.stdout, policy=email.policy.default)), "Hello Ann Lee\n")
        self.assertEqual(self.sql("SELECT count(*) FROM deliveries"), "0")
        self.assertEqual(self.show()["status"], "Open")

    def test_our_own_mail_that_comes_back_is_no_answer(self):
        done, sent = self.reply()
        raw = self.command("interaction", "raw", done["interaction"]).stdout
        self.send(raw)
        self.send(raw + b"footer of a list\r\n")
        self.assertEqual(len(self.desk.tickets()), 1)
        self.assertEqual(len(self.show()["interactions"]), 2)
        self.assertEqual(self.show()["status"], "Pending")
        self.holds()

    def test_other_commands_leave_it_alone(self):
        self.reply()
        self.desk.run("reprocess")
        self.assertEqual(self.show()["interactions"][1]["kind"], "human")
        self.desk.run("person", "erase", ANN, "--yes")
        self.holds()
        self.assertEqual(self.sql("SELECT count(*) FROM deliveries"), "0")
        self.assertEqual(self.desk.tickets(), [])
        self.assertEqual(self.sql("SELECT count(*) FROM reply_addresses"), "0")


if __name__ == "__main__":
    unittest.main()
