"""What we compose, others read as we meant it.

    composed_mails_test.py COMPOSE_MAILS email                     Python's own package, policy.default
    composed_mails_test.py COMPOSE_MAILS mailparser NODE_MODULES   nodemailer's; exits 77 where it isn't installed
"""

import base64
import email
import email.policy
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # as tests/mail/CMakeLists.txt has it
COUNT = 500
HERE = pathlib.Path(__file__).resolve().parent


def bare(message_id):
    return str(message_id or "").strip().removeprefix("<").removesuffix(">")


def people(field):
    return [[one.display_name, one.addr_spec] for one in field.addresses] if field else []


def read_by_python(file):
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    found = {"subject": str(mail["subject"]), "text": "", "html": "", "files": [], "message_id": bare(mail["message-id"]),
             "in_reply_to": [bare(mail["in-reply-to"])] if mail["in-reply-to"] else []}
    for field in ("from", "to", "cc", "reply_to"):
        found[field] = people(mail[field.replace("_", "-")])
    for part in mail.walk():
        assert not part.defects, part.defects
        for name, value in part.items():
            # The words in `name`, for programs that know nothing newer, are what RFC 2047 forbids.
            assert all(name == "Content-Type" and "encoded" in str(one) for one in value.defects), (value, value.defects)
        if part.is_multipart():
            continue
        if part.get_content_disposition() is None:
            found["html" if part.get_content_subtype() == "html" else "text"] = part.get_content()
        else:
            found["files"].append({
                "name": part.get_filename() or "", "type": part.get_content_type(), "id": bare(part["content-id"]),
                "inline": part.get_content_disposition() == "inline",
                "content": base64.b64encode(part.get_payload(decode=True)).decode()})
    return found


def read_by_mailparser(files, node_modules):
    if not shutil.which("node") or not (node_modules / "mailparser").is_dir():
        print(f"SKIPPED: mailparser is not in {node_modules}; ./dev test installs it where npm reaches a registry")
        sys.exit(SKIPPED)
    lines = subprocess.run(["node", HERE / "mailparser.js", node_modules, *files], stdout=subprocess.PIPE, check=True,
                           encoding="utf-8").stdout.split("\n")
    return [json.loads(line) for line in lines if line]


def in_terms_of(reader, key, value):
    """The value without what the reader is known to get wrong, or to leave open."""
    if key in ("text", "html"):
        return value.replace("\r\n", "\n").rstrip("\n")
    if reader == "email" and key in ("from", "to", "cc", "reply_to"):
        # It keeps the blank between two encoded-words of a name (not of a subject), until 3.13.
        return [[name.replace(" ", ""), address] for name, address in value]
    if reader == "mailparser" and key == "files":
        # It decodes words in names that RFC 2231 has said already.
        return [{**one, "name": one["name"].replace("=?utf-8?Q?x?=", "x")} for one in value]
    return value


def main():
    program, reader = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="composed-") as folder:
        folder = pathlib.Path(folder)
        subprocess.run([program, folder, str(COUNT)], check=True)
        expected = json.loads((folder / "mails.json").read_text(encoding="utf-8"))
        files = sorted(folder.glob("*.eml"))
        if reader == "email":
            found = [read_by_python(file) for file in files]
        else:
            found = read_by_mailparser(files, pathlib.Path(sys.argv[3]))
        assert len(expected) == len(found) == COUNT
        wrong = 0
        for file, ours, theirs in zip(files, expected, found):
            for key, value in ours.items():
                value, other = (in_terms_of(reader, key, one) for one in (value, theirs[key]))
                if value != other:
                    wrong += 1
                    if wrong <= 20:
                        print(f"{file.name} {key}:\n  composed {value!r:.700}\n  read     {other!r:.700}")
        print(f"{COUNT} mails, {sum(len(one['files']) for one in expected)} files, {wrong} differences to {reader}")
        sys.exit(1 if wrong else 0)


main()
