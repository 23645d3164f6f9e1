"""php-mime-mail-parser: the data provider of its tests/ParserTest.php, as far as it is about what a reader sees."""
import pathlib
from collections.abc import Iterator

import expect
from case import Case

FOLDER = "mime-php-mime-mail-parser"
AIMS: dict[str, float] = {}

NAME = [("Name", "name@company.com")]
CID = {"subject": "Testing MIME E-mail composing with cid", "from_": NAME, "to": [("Name", "name@company2.com")],
       "text": "Please use an HTML capable mail program to read", "names": ["logo.jpg", "background.jpg", "attachment.txt"]}
HARE = {"names": ["HasenundFrösche.txt"]}
FORWARDED = {"types": ["message/rfc822"]}


def one_file(subject: str, *names: str) -> dict:
    return {"subject": subject, "from_": NAME, "to": ["name@company2.com"], "names": list(names)}


TABLE = {
    "m0001": one_file("Mail avec fichier attaché de 1ko", "attach01"),
    "m0002": one_file("Mail avec fichier attaché de 3ko", "attach02"),
    "m0003": one_file("Mail de 14 Ko", "attach03"),
    "m0004": one_file("Mail de 800ko", "attach04"),
    "m0005": one_file("Mail de 1500 Ko", "attach05"),
    "m0007": one_file("Mail avec fichier attaché de 3ko", "attach02"),
    "m0008": CID,
    "m0009": {"subject": "Ogone NIEUWE order Maurits PAYID: 951597484 / orderID: 456123 / status: 5", "attachments": 0,
              "from_": [("Ogone", "noreply@ogone.com")], "to": ["info@testsite.com"], "text": "951597484"},
    "m0010": {"subject": "Mail de 800ko without filename", "attachments": 1},
    "m0011": {"subject": "Hello World !", "from_": NAME, "text": "This is a text body", "names": ["file.txt"]},
    "m0012": {"subject": "Hello World !", "from_": NAME, "text": "This is a text body", "attachments": 1},
    "m0013": {"subject": "50032266 CAR 11_MNPA00A01_9PTX_H00 ATT N° 1467829. pdf", "text": "Superviseur de voitures",
              "from_": [("NAME Firstname", "firstname.name@groupe-company.com")],
              "names": ["50032266 CAR 11_MNPA00A01_9PTX_H00 ATT N° 1467829.pdf"]},
    "m0014": {"subject": "Test message from Netscape Communicator 4.7", "from_": [("Doug Sauder", "dwsauder@example.com")],
              "to": [("Joe Blow", "blow@example.com")], **HARE},
    "m0015": {"subject": "Up to $30 Off Multivitamins!", "from_": [("Vitamart.ca", "service@vitamart.ca")],
              "to": ["me@somewhere.com"], "text": "Hi,", "attachments": 0},
    "m0016": {"subject": "Test message with multiple From headers", **HARE},
    "m0018": {"subject": "[Korea] Name", "from_": ["name@company.com"], "text": "My traveling companions!",
              "names": ["사진.JPG", "ATT00001.txt"]},
    "m0019": {"subject": "Re: Maya Ethnobotanicals - Emails", "from_": [("sendeär", "sender@test.com")],
              "to": [("test", "test@asdasd.com")], "text": "captured correctly", "attachments": 0},
    "m0020": {"subject": "1", "from_": [("Finntack Newsletter", "newsletter@finntack.com")], "text": "1",
              "to": [("Clement Wong", "clement.wong@finntack.com")], "types": ["text/calendar"]},
    "m0021": {"subject": "occurs when divided into an array, and the last e of the array! Путін хуйло!!!!!!",
              "from_": ["mail@exemple.com"], "to": ["mail@exemple.com", "mail2@exemple3.com", "mail3@exemple2.com"],
              "text": "mini plain body", "attachments": 0},
    "m0022": {"subject": "[PRJ-OTH] asdf  árvíztűrő tükörfúrógép", "from_": [("sendeär", "sender@test.com")], "attachments": 0},
    "m0023": {"subject": "If you can read this you understand the example.", "from_": [("Keith Moore", "moore@cs.utk.edu")],
              "to": [("Keld Jørn Simonsen", "keld@dkuug.dk")], "attachments": 0},
    "m0024": {"subject": "Persil, abeilles ...", "from_": [("John DOE", "blablafakeemail@provider.fr")],
              "to": [("list-name", "list-name@list-domain.org")], "names": ["Biodiversité de semaine en semaine.doc"]},
    "m0025": CID,
    "m0026": {"subject": "[Korea] Name", "text": "My traveling companions!", "names": ["ATT00001.txt", "ATT00001.txt"]},
    "m0027": {"subject": "1234 / 1234", "to": ["name@company.com"], "names": ["1234.txt"]},
    "m0028": {"from_": [("Company Name", "test@test.com")], "text": "This is the plain text content of the email", "attachments": 10},
    "m0124": {"from_": [('ФГУП "СибНИА им.С.А.Чаплыгина""', "user@domain.ru")], "names": ["1234.txt"]},
    "m0129": {"subject": "Image", "text": "Inline", "types": ["image/png"]},
    "issue84": {"subject": "Re: [PHP-DEV] [RFC] Remove PHP 4 Constructors", "from_": [("Ferenc Kovacs", "tyra3l@gmail.com")],
                "to": [("Levi Morrison", "levim@php.net")], "text": "Levi Morrison"},
    "issue115": {**CID, "to": [("Name", "name@company2.com")]},
    "issue116": {"subject": "ЖД№41 от 28.09.2016"},
    "issue126": {"subject": "It's Maria,", "from_": [("Maria", "gtssr942@ybb.ne.jp")], "text": "I'm very ripe person"},
    "issue133": {"subject": "Mail avec fichier attaché de 1ko", "attachments": 1},
    "issue149": one_file("מענה 'אני לא נמצא': Invoice 02722027", "attach01"),
    "issue158a": {"subject": "Fwd: Test 5", "text": "An RFC 822 forward with a HTML body", **FORWARDED},
    "issue158b": {"subject": "Fwd: Test 5", "text": "A text/plain response", **FORWARDED},
    "issue158c": {"subject": "Fwd: Test 5", "text": "An RFC822 forward of a PLAIN TEXT message", **FORWARDED},
    "issue158d": {"subject": "Fwd: Test 6", "text": "This is the forward email", **FORWARDED},
    "issue163": {"subject": "Multiple text blocks", "text": ["First we have a text block", "Then we have more text",
                                                            "sent from my phone"], "names": ["image1.jpeg"]},
    "issue182": one_file("Mail avec fichier attaché de 3ko", "attach02"),
    "issue212": {"subject": "Automatyczna odpowiedź: Piotrze, test z 6 miesięcy nauki ciągle na Ciebie czeka"},
    "issue250": {"subject": "1234 / 1234", "names": ["Kontoutskrift for 1506.14.90466 Bedriftskonto.pdf"]},
    "issue274.eml": {"subject": "test-localhost", "text": ["ligne 1", "ligne 3"], "names": [
        "Hello from SwiftMailer.docx", "Hello from SwiftMailer.pdf", "Hello from SwiftMailer.odt",
        "Cours-Tutoriels-Serge-Tahé-1568x268.png", "test-localhost.eml"]},
    "issue408.eml": {"subject": "test mail with more than 300 attachments", "attachments": 328},
}


def cases(folder: pathlib.Path) -> Iterator[Case]:
    return expect.cases(folder, TABLE)
