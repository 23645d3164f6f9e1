"""Nodemailer's mailparser: what its test/mail-parser-test.js says of its fixtures."""
import pathlib
from collections.abc import Iterator

import expect
from case import Case

FOLDER = "mime-nodemailer-mailparser"
AIMS: dict[str, float] = {}

TABLE = {
    "base64encodedroot.eml": {"from_": ["test@example.com"], "names": ["screenshot.png"], "types": ["image/png"]},
    "decoderended.eml": {"subject": "Fwd: fotos", "types": ["message/rfc822"], "text": "Note: forwarded message attached."},
    "delivery-status.eml": {"subject": "Delivery Status Notification (Failure)", "from_": ["MAILER-DAEMON@amazonses.com"],
                            "text": "An error occurred while trying to deliver the mail", "kinds": ["bounce"]},
    "htmllargecallstack.eml": {"subject": "Kill the HTML parser", "from_": ["test@example.com"]},
    "large_text.eml": {"subject": "[Bug 381598] Re: ubiquity crashes in ubuntu 9.04 installation",
                       "from_": [("Brian Murray", "brian@ubuntu.com")], "text": "Exception during installation:"},
    "mixed.eml": {"text": ["This e-mail message has been scanned for Viruses and Content and cleared", "Good Morning;"],
                  "attachments": 0},
    "nested.eml": {"text": ["Dear Sir,", "Good evening.", "The footer"]},
    "nodemailer.eml": {"subject": "Nodemailer is unicode friendly ✔ (1476358788189)", "from_": [("Andris Kreata", "andris@kreata.ee")],
                       "to": [("Andris Reinman", "andris+123@kreata.ee"), ("", "andris.reinman@gmail.com")],
                       "text": "Hello to myself!", "date": "2016-10-13T11:39:48+00:00",
                       "message_id": "012d606e-3550-2d94-b566-6cd996de88e3@kreata.ee"},
    "outofmemory.eml": {"subject": "Cause out of memory error in the mailparser"},
    "spam.eml": {"subject": "123.042 Euro pro Jahr GRARANTIERT von einer Bank! KOSTENLOS",
                 "from_": [("Matilda Klein", "noreply@guide-des-vins-de-bourgogne.fr")]},
}


def cases(folder: pathlib.Path) -> Iterator[Case]:
    return expect.cases(folder, TABLE)
