#!/usr/bin/env python3
"""Knowing or guessing a Message-ID catches nobody's mail."""

import unittest

import desk
import smtp

VICTIM, ATTACKER, COLLEAGUE = "vera@client.example", "mallory@evil.example", "cora@client.example"


def mail(author, message_id, body, cc=None, **ids):
    head = [f"From: <{author}>", f"To: {desk.SUPPORT}", "Subject: My order", f"Message-ID: <{message_id}>"]
    head += [f"Cc: {cc}"] if cc else []
    head += [f"{key.replace('_', '-')}: <{value}>" for key, value in ids.items()]
    return smtp.crlf(("\n".join(head) + f"\n\n{body}\n").encode())


class PlantedId(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())

    def send(self, author, *rest, **ids):
        with smtp.Client(self.desk.ports[0]) as client:
            code, text = client.deliver(author, [desk.SUPPORT], mail(author, *rest, **ids))
        self.assertEqual(code, 250, text)

    def tickets(self):
        """message id -> (its ticket's id, the interaction)"""
        return {each["message_id"]: (ticket["id"], each) for ticket in self.desk.tickets() for each in ticket["interactions"]}

    def assert_apart(self, one, other):
        tickets = self.tickets()
        self.assertNotEqual(tickets[one][0], tickets[other][0], tickets)

    def assert_together(self, one, other):
        tickets = self.tickets()
        self.assertEqual(tickets[one][0], tickets[other][0], tickets)

    def test_guessed_before_the_first_mail(self):
        """The attacker claims the id that the victim's mail will have, and would read the answer to it."""
        for number, (field, cc) in enumerate([("References", None), ("In_Reply_To", None), ("References", VICTIM)]):
            with self.subTest(field, cc=cc):
                trap, first = f"trap{number}@evil.example", f"first{number}@client.example"
                self.send(ATTACKER, trap, "a trap", cc, **{field: first})
                self.send(VICTIM, first, "my secret")
                self.assert_apart(first, trap)

    def test_id_taken_before_the_first_mail(self):
        """The attacker's mail bears the very id."""
        self.send(ATTACKER, "first@client.example", "a trap under the same id")
        self.send(VICTIM, "first@client.example", "my secret")
        tickets = self.desk.tickets()
        self.assertEqual([len(ticket["interactions"]) for ticket in tickets], [1, 1], tickets)

    def test_common_root_claimed_by_both(self):
        """Neither mail names the other; both name an id that nobody has seen."""
        self.send(ATTACKER, "trap@evil.example", "a trap", References="root@client.example")
        self.send(VICTIM, "first@client.example", "my secret", References="root@client.example")
        self.assert_apart("first@client.example", "trap@evil.example")

    def test_known_after_the_first_mail(self):
        """Who knows an id may speak up, but is shown as a newcomer, and the ticket stays the victim's."""
        self.send(VICTIM, "first@client.example", "my question")
        self.send(ATTACKER, "later@evil.example", "me too", In_Reply_To="first@client.example")
        tickets = self.tickets()
        if tickets["later@evil.example"][0] == tickets["first@client.example"][0]:
            self.assertIn("newcomer: join_marked", tickets["later@evil.example"][1]["reason"])
        first = next(ticket for ticket in self.desk.tickets() if ticket["id"] == tickets["first@client.example"][0])
        self.assertIn(VICTIM, str(first["person"]))

    def test_after_a_trap_the_victims_replies_stay_together(self):
        self.send(ATTACKER, "trap@evil.example", "a trap", References="first@client.example")
        self.send(VICTIM, "first@client.example", "my secret", cc=COLLEAGUE)
        self.send(VICTIM, "second@client.example", "and another thing", In_Reply_To="first@client.example")
        self.send(COLLEAGUE, "third@client.example", "I was asked too", References="first@client.example")
        self.assert_together("second@client.example", "first@client.example")
        self.assert_together("third@client.example", "first@client.example")
        self.assert_apart("first@client.example", "trap@evil.example")

    def test_id_copied_many_times_after_the_first_mail(self):
        """Newer mails under the victim's id do not hide hers."""
        self.send(VICTIM, "first@client.example", "my question")
        for number in range(20):
            self.send(ATTACKER, "first@client.example", f"copy {number}")
        self.send(VICTIM, "second@client.example", "my secret", In_Reply_To="first@client.example")
        ticket = next(ticket for ticket in self.desk.tickets()
                      if "second@client.example" in [each["message_id"] for each in ticket["interactions"]])
        self.assertEqual({each["from"]["address"] for each in ticket["interactions"]}, {VICTIM}, ticket)

    def test_reply_that_overtakes_what_it_replies_to(self):
        """The same claim, but plausible: the reply's author was written to."""
        self.send(COLLEAGUE, "reply@client.example", "see below", cc=VICTIM, References="first@client.example")
        self.send(VICTIM, "first@client.example", "my question", cc=COLLEAGUE)
        self.assert_together("first@client.example", "reply@client.example")


if __name__ == "__main__":
    unittest.main(verbosity=2)
