"""CPython's email package: what Lib/test/test_email/test_email.py says of its mails."""
import pathlib
from collections.abc import Iterator

import expect
from case import Case

FOLDER = "mime-cpython"
AIMS: dict[str, float] = {}

BARRY = [("Barry", "barry@digicool.com")]
JOHN = [("John X. Doe", "bbb@ddd.com")]
PERSON = ["aperson@dom.ain"]
RFC822 = "message/rfc822"

TABLE = {
    "msg_01.txt": {"subject": "This is a test message", "from_": JOHN, "to": ["bbb@zzz.org"], "text": "Do you like this message?",
                   "date": "2001-05-04T14:05:44-04:00", "message_id": "15090.61304.110929.45684@aaa.zzz.org", "attachments": 0},
    "msg_02.txt": {"subject": "Ppp digest, Vol 1 #2 - 5 msgs", "from_": ["ppp-request@zzz.org"], "types": [RFC822] * 5,
                   "text": "Send Ppp mailing list submissions to"},
    "msg_03.txt": {"subject": "This is a test message", "from_": JOHN, "text": "Do you like this message?"},
    "msg_04.txt": {"subject": "a simple multipart", "names": ["msg.txt", "msg.txt"]},
    "msg_05.txt": {"subject": "bar", "types": [RFC822], "text": "Yadda yadda yadda"},
    "msg_06.txt": {"subject": "forwarded message from Barry A. Warsaw", "from_": [("Barry A. Warsaw", "barry@python.org")],
                   "types": [RFC822]},
    "msg_07.txt": {"subject": "Here is your dingus fish", "from_": BARRY,
                   "to": [("Dingus Lovers", "cravindogs@cravindogs.com")], "names": ["dingusfish.gif"],
                   "types": ["image/gif"], "text": "This is the dingus fish.", "date": "2001-04-20T19:35:02-04:00"},
    "msg_10.txt": {"subject": "Lyrics", "text": ["This is a 7bit encoded message.", "This is a Base64 encoded message."],
                   "html": "This is a Quoted Printable encoded message!", "attachments": 0},
    "msg_11.txt": {"subject": "The enclosing message", "types": [RFC822], "text": "Here is the body of the message."},
    "msg_13.txt": {"subject": "Here is your dingus fish", "names": ["dingusfish.gif"], "text": "This is the dingus fish."},
    "msg_14.txt": {"from_": JOHN, "text": "drainbread ISP"},
    "msg_15.txt": {"text": "Some removed test."},
    "msg_16.txt": {"subject": "Delivery Notification: Delivery has failed", "from_": [("Internet Mail Delivery", "postmaster@ucla.edu")],
                   "types": ["message/delivery-status", RFC822], "kinds": ["bounce"]},
    "msg_17.txt": {"text": "[Non-text (image/gif) part of message omitted, filename dingusfish.gif]"},
    "msg_20.txt": {"from_": JOHN, "cc": ["ccc@zzz.org", "ddd@zzz.org", "eee@zzz.org"]},
    "msg_21.txt": {"text": ["One", "Two"], "attachments": 0},
    "msg_22.txt": {"names": ["wibble.JPG", "wibble2.JPG"], "types": ["image/jpeg"] * 2, "text": "Text text text."},
    "msg_23.txt": {"text": "A message part", "attachments": 0},
    "msg_24.txt": {"subject": "A subject", "from_": ["bperson@dom.ain"], "attachments": 0},
    "msg_25.txt": {"from_": [("Mail Delivery Subsystem", "MAILER-DAEMON@zinfandel.lacita.com")], "kinds": ["bounce"],
                   "text": "The original message was received"},
    "msg_26.txt": {"subject": "IMAP file test", "from_": [("Father Time", "father.time@xcar.wooster.local")],
                   "names": ["clock.bmp"], "text": "Simple email with attachment."},
    "msg_27.txt": {"from_": [("Anne P. Erson", "aperson@dom.ain")], "to": [("Barney P. Erson", "bperson@dom.ain")], "text": "test"},
    "msg_28.txt": {"from_": PERSON, "types": [RFC822, RFC822]},
    "msg_30.txt": {"from_": PERSON, "types": [RFC822, RFC822]},
    "msg_31.txt": {"from_": PERSON, "text": ["message 1", "message 2"]},
    "msg_32.txt": {"from_": [("Anne Person", "aperson@example.com")], "text": "Some message."},
    "msg_34.txt": {"from_": PERSON, "types": [RFC822], "text": "counter to recommended practice"},
    "msg_35.txt": {"subject": "here's something interesting", "to": ["bperson@dom.ain"],
                   "text": "counter to RFC 2822, there's no separating newline here"},
    "msg_36.txt": {"subject": "I-D ACTION:draft-ietf-mboned-mix-00.txt", "types": ["message/external-body"] * 2},
    "msg_37.txt": {"types": ["text/x-one", "text/x-two", "text/x-two"]},
    "msg_40.txt": {"text": "961284236552522269"},
    "msg_42.txt": {"types": [RFC822]},
    "msg_43.txt": {"subject": "Banned file: auto__mail.python.bat in mail from you"},
    "msg_44.txt": {"names": ["msg.txt", "msg.txt"]},
    "msg_45.txt": {"subject": "test", "text": "This is the signed contents.", "types": ["application/pgp-signature"]},
    "msg_46.txt": {"subject": "GroupwiseForwardingTest", "types": [RFC822], "text": "Testing email forwarding with Groupwise 1.2.2010"},
    "msg_47.txt": {"from_": ["arthur@example.example"], "date": "2001-01-01T00:01:00+00:00"},
}


def cases(folder: pathlib.Path) -> Iterator[Case]:
    return expect.cases(folder, TABLE)
