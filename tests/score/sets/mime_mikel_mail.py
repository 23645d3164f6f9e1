"""Ruby's mail: what spec/mail/message_spec.rb, example_emails_spec.rb and the specs of fields say of the fixtures."""
import pathlib
from collections.abc import Iterator

import expect
from case import Case

FOLDER = "mime-mikel-mail"
AIMS: dict[str, float] = {}

DOE = [("John Doe", "jdoe@machine.example")]
MARY = [("Mary Smith", "mary@example.net")]
HELLO = {"subject": "Saying Hello", "from_": DOE, "to": MARY, "text": "This is a message just to say hello.",
         "message_id": "1234@local.machine.example", "date": "1997-11-21T09:55:06-06:00"}
SIGNED = {"subject": "Fwd: Signed email causes file attachments", "text": "We should not include these files or vcards"}
PDF = {"subject": "Another PDF with 🎉 Unicode chars in it 🍿", "names": ["broken.pdf"], "types": ["application/pdf"]}
FOO = {"subject": "testing", "from_": ["foo@example.com"], "text": "This is the first part."}
KOREAN = {"subject": "NOTE: 한국말로 하는 것", "text": "대부분의 마찬가지로, 우리는 하나님을 믿습니다."}
JAPANESE = {"subject": "まみむめも", "from_": [("Mikel Lindsaar", "raasdnil@gmail.com")], "to": [("みける", "raasdnil@gmail.com")]}
BOUNCE = {"kinds": ["bounce"]}
PLAIN = {"subject": "Testing 123", "from_": [("Mikel Lindsaar", "test@lindsaar.net")], "text": "Hope it works well!",
         "message_id": "6B7EC235-5B17-4CA8-B2B8-39290DEB43A3@test.lindsaar.net"}

TABLE = {
    "attachment_emails/attachment_content_disposition.eml": {**FOO, "names": ["api.rb"]},
    "attachment_emails/attachment_content_location.eml": {**FOO, "types": ["image/jpeg"]},
    "attachment_emails/attachment_message_rfc822.eml": {**FOO, "names": ["ForwardedMessage.eml"]},
    "attachment_emails/attachment_nonascii_filename.eml": {**FOO, "names": ["ciële.txt"]},
    "attachment_emails/attachment_only_email.eml": {"names": ["blah.gz"], "types": ["application/x-gzip"]},
    "attachment_emails/attachment_pdf.eml": PDF,
    "attachment_emails/attachment_pdf_lf.eml": PDF,
    "attachment_emails/attachment_pdf_non_ascii.eml": PDF,
    "attachment_emails/attachment_with_base64_encoded_name.eml": {**SIGNED, "names": ["This is a test.pdf"]},
    "attachment_emails/attachment_with_encoded_name.eml": {**SIGNED, "names": ["01 Quien Te DijŠat. Pitbull.mp3"]},
    "attachment_emails/attachment_with_quoted_filename.eml": {"subject": "Eelanalüüsi päring", "names": ["Eelanalüüsi päring.jpg"]},
    "attachment_emails/attachment_with_unquoted_name.eml": {**FOO, "names": ["This is a test.txt"]},
    "error_emails/bad_encoded_subject.eml": {"subject": "TEST"},
    "error_emails/bad_subject.eml": {"subject": "MySurvey.com:  You have a survey waiting!  91123105",
                                     "from_": [("MySurvey.com & Carol Adams", "carol@mysurvey.com")]},
    "error_emails/cant_parse_from.eml": {"from_": [("Apple", "News@insideapple.apple.com")]},
    "error_emails/empty_group_lists.eml": {"from_": [("Cecil Edwards", "ceciledwards@sbcglobal.net")], "to": []},
    "error_emails/header_fields_with_empty_values.eml": {"from_": [("Jørn Støylen", "jorn@prikkprikkprikk.no")], "cc": []},
    "error_emails/invalid_subject_characters.eml": {
        "subject": "Formação FrenetikPolis: Mega Campanha Final Verão | Cursos de Setembro",
        "to": ["martin@internet.ao", "iris@internet.ao", "support@maxnet.ao"]},
    "error_emails/multiple_content_types.eml": {"text": "foo"},
    "error_emails/new_line_in_to_header.eml": {"to": [
        "leads@sg.dc.com", "sag@leads.gs.ry.com", "sn@example-hotmail.com", "e-s-a-g-8718@app.ar.com",
        "jp@t-exmaple.com", "cc@c-l-example.com"]},
    "error_emails/weird_to_header.eml": {"to": ["user-example@aol.com", "e-s-a-s-2200@app.ar.com"]},
    "mime_emails/raw_email2.eml": {**SIGNED, "names": ["smime.p7s"]},
    "mime_emails/raw_email7.eml": {**FOO, "names": ["test.rb", "test.pdf", "smime.p7s"]},
    "mime_emails/raw_email11.eml": {"from_": [("xxxxx@xxxxx", "xxxxx@xxxxx")]},
    "mime_emails/raw_email12.eml": {**FOO, "types": ["image/jpeg"]},
    "mime_emails/raw_email_encoded_stack_level_too_deep.eml": {"from_": [("Gmail Team", "gmail-noreply@google.com")],
                                                              "to": [("Nicolas Fouché", "a.b@gmail.com")]},
    "mime_emails/raw_email_with_nested_attachment.eml": {"names": ["truncated.png", "smime.p7s"],
                                                        "text": "Here is a test of an attachment via email."},
    "mime_emails/raw_email_with_illegal_boundary.eml": {"text": "This is an outlook test", "attachments": 0},
    "mime_emails/raw_email_with_quoted_illegal_boundary.eml": {"text": "This is an outlook test", "attachments": 0},
    "mime_emails/raw_email_with_multipart_mixed_quoted_boundary.eml": {"names": ["broken.pdf"]},
    "mime_emails/raw_email_with_mimepart_without_content_type.eml": {"types": ["message/delivery-status", "message/rfc822"], **BOUNCE},
    "mime_emails/sig_only_email.eml": {"from_": [("Test", "test@test.lindsaar.net")], "names": ["signature.asc"]},
    "mime_emails/two_from_in_message.eml": {"from_": [("Tester 1", "tester1@test.com")], "text": "When sending email:"},
    "multi_charset/japanese.eml": {**JAPANESE, "text": "かきくえこ"},
    "multi_charset/japanese_attachment.eml": {"names": ["てすと.txt"]},
    "multi_charset/japanese_attachment_long_name.eml": {"subject": "まみむめも" * 10, "names": ["かきくけこ" * 5 + ".txt"]},
    "multi_charset/japanese_iso_2022.eml": {**JAPANESE, "text": "すみません。"},
    "multi_charset/japanese_shift_jis.eml": {"text": ["あいうえお", "このメールはテスト用のメールです。"]},
    "multi_charset/ks_c_5601-1987.eml": {"text": "스티해"},
    "multipart_report_emails/multi_address_bounce1.eml": BOUNCE,
    "multipart_report_emails/multi_address_bounce2.eml": BOUNCE,
    "multipart_report_emails/multipart_report_multiple_status.eml": BOUNCE,
    "multipart_report_emails/report_422.eml": BOUNCE,
    "multipart_report_emails/report_530.eml": BOUNCE,
    "plain_emails/basic_email.eml": PLAIN,
    "plain_emails/basic_email_lf.eml": PLAIN,
    "plain_emails/mix_caps_content_type.eml": {"text": "foo bar"},
    "plain_emails/raw_email.eml": {**KOREAN, "from_": [("Jamis Buck", "jamis@37signals.com")]},
    "plain_emails/raw_email8.eml": {**SIGNED, "names": ["01 Quien Te DijŠat. Pitbull.mp3"]},
    "plain_emails/raw_email_double_at_in_header.eml": KOREAN,
    "plain_emails/raw_email_incorrect_header.eml": {"from_": [("xxx xxx", "xxx@xxx.xxx")]},
    "plain_emails/raw_email_multiple_from.eml": {"from_": ["tim@powerupdev.com", "concierge@powerupdev.com"]},
    "plain_emails/raw_email_reply.eml": {"subject": "Re: Test reply email", "text": "Message body"},
    "plain_emails/raw_email_simple.eml": {"from_": [("Mikel Lindsaar", "mikel@nowhere.com")], "text": "Hello Mikel"},
    "plain_emails/raw_email_string_in_date_field.eml": {**KOREAN, "from_": ["mikel@me.com"], "to": ["bob@bob.com"]},
    "plain_emails/raw_email_with_at_display_name.eml": {"to": [("", "smith@gmail.com"), ("Mikel@Lindsaar", "raasdnil@gmail.com"),
                                                              ("", "tom@gmail.com")]},
    "plain_emails/raw_email_with_bad_date.eml": {"date": None},
    "plain_emails/raw_email_with_partially_quoted_subject.eml": {"subject": 'Re: Test: "漢字" mid "漢字" tail'},
    "rfc2822/example01.eml": HELLO,
    "rfc2822/example02.eml": HELLO,
    "rfc2822/example03.eml": {"from_": [("Joe Q. Public", "john.q.public@example.com")],
                              "to": [("Mary Smith", "mary@x.test"), ("", "jdoe@example.org"), ("Who?", "one@y.test")],
                              "cc": [("", "boss@nil.test"), ('Giant; "Big" Box', "sysservices@example.net")],
                              "message_id": "5678.21-Nov-1997@example.com"},
    "rfc2822/example04.eml": {"from_": [("Pete", "pete@silly.example")],
                              "to": [("Chris Jones", "c@a.test"), ("", "joe@where.test"), ("John", "jdoe@one.test")],
                              "cc": [], "date": "1969-02-13T23:32:54-03:30"},
    "rfc2822/example05.eml": HELLO,
    "rfc2822/example06.eml": {"subject": "Re: Saying Hello", "from_": MARY, "to": DOE, "message_id": "3456@example.net"},
    "rfc2822/example07.eml": {"to": [("Mary Smith: Personal Account", "smith@home.example")],
                              "message_id": "abcd.1234@local.machine.tld"},
    "rfc2822/example08.eml": HELLO,
    "rfc2822/example09.eml": HELLO,
    "rfc2822/example10.eml": {"from_": [("Pete", "pete@silly.test")], "cc": [], "message_id": "testabcd.1234@silly.test",
                              "to": [("Chris Jones", "c@public.example"), ("", "joe@example.org"), ("John", "jdoe@one.test")],
                              "date": "1969-02-13T23:32:00-03:30"},
    "rfc2822/example11.eml": {"to": [("Mary Smith", "mary@example.net"), ("", "jdoe@test.example")]},
    "rfc2822/example12.eml": {**HELLO, "date": "1997-11-21T09:55:06+00:00"},
    "rfc2822/example13.eml": {key: HELLO[key] for key in ("subject", "from_", "text", "message_id", "date")},
    "rfc2822/example14.eml": {"subject": "Re: TEST テストテスト", "from_": [("Atsushi Yoshida", "atsushi@example.com")]},
    "rfc6532/utf8_headers.eml": {"subject": "Säying Hello", "from_": [("Jöhn Doe", "jdöe@mächine.example")],
                                 "to": [("Märy Smith", "märy@exämple.net")]},
}


def cases(folder: pathlib.Path) -> Iterator[Case]:
    return expect.cases(folder, {f"emails/{name}": row for name, row in TABLE.items()})
