"""dkimpy as an oracle: what it signs and seals verifies here, of changed mails both say the same, and what leaves the
desk verifies there.

dkimpy_test.py VERIFY_MAILS SIGN_MAILS: the programs made of verify_mails.cpp and sign_mails.cpp.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import dkim

PROGRAM, SIGNER = sys.argv[1:]
RANDOM = random.Random(20260303)
DOMAIN = b"client.example"
NAMES = {dkim.CV_Pass: "pass", dkim.CV_Fail: "fail", dkim.CV_None: "none"}


def make_keys(folder):
    def openssl(*arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=True).stdout
    import base64
    rsa = openssl("genrsa", "-traditional", "1024")
    public = base64.b64encode(openssl("rsa", "-pubout", "-outform", "DER", data=rsa)).decode()
    edwards = openssl("genpkey", "-algorithm", "ed25519", "-outform", "DER")[-32:]
    import nacl.signing
    seed = nacl.signing.SigningKey(edwards)
    keys = {
        "s1._domainkey.client.example": f"v=DKIM1; k=rsa; p={public}",
        "e1._domainkey.client.example": "v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(seed.verify_key)).decode(),
    }
    (folder / "keys.json").write_text(json.dumps(keys))
    return keys, rsa, base64.b64encode(edwards)


def words(most, between):
    return b"".join(bytes([RANDOM.randrange(33, 127)]) * RANDOM.randint(1, 12) + RANDOM.choice(between)
                    for _ in range(RANDOM.randint(0, most)))


def any_mail():
    fields = [b"From:" + RANDOM.choice([b" ", b"\t", b"\r\n "]) + b"Ann <ann@client.example>\r\n"]
    for _ in range(RANDOM.randint(0, 10)):
        name = RANDOM.choice([b"To", b"Subject", b"Date", b"Message-ID", b"Cc", b"X-One", b"mime-version"])
        fields.append(name + b":" + b" " * RANDOM.randint(0, 2) + b"x" +
                      words(8, [b" ", b"  ", b"\t", b" \t ", b"\r\n ", b"\r\n\t ", b" \r\n  ", b""]) + b"y\r\n")
    RANDOM.shuffle(fields)
    body = words(60, [b" ", b"  ", b"\t", b"\r\n", b" \r\n", b"\r\n\r\n", b"\r\n \t\r\n", b"\xc3\xa9", b"", b"\r\n."])
    # dkimpy leaves a blank behind the last word of a body, where no line end follows.
    return b"".join(fields) + b"\r\n" + body + b"\r\n" * RANDOM.randint(1, 3)


def changed(mail, start):
    at = RANDOM.randrange(start, len(mail))
    piece = RANDOM.choice([b" ", b"\t", b"  ", b"a", b"\r\n", b"\r\n ", b" \r\n", b":"])
    end = mail.find(b"\r\n", at)
    mail = RANDOM.choice([
        mail[:at] + piece + mail[at:], mail[:at] + mail[at + 1:], mail[:at] + piece + mail[at + 1:],
        mail[:end] + piece + mail[end:] if end >= 0 else mail + piece])
    if mail.endswith((b" ", b"\t")):
        mail += b"\r\n"  # see any_mail()
    return mail.replace(b"\r\n", b"\n").replace(b"\r", b"").replace(b"\n", b"\r\n")


def is_odd(mail):
    """To dkimpy `From :` is no From, and a line that begins with a colon does not end the header."""
    return re.search(rb"^[!-9;-~]*[ \t]+:|^:", mail, re.MULTILINE)


def what_we_sign():
    """Two signatures on each mail."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dkimpy-signed-"))
    files = [folder / f"{number:05}.eml" for number in range(400)]
    for number, file in enumerate(files):
        mail = any_mail()
        if number % 7 == 0:
            mail += b"x" * RANDOM.randint(900, 9000) + b"\t \r\n"
        if number % 11 == 0:
            mail = mail[:mail.index(b"\r\n\r\n") + 4]
        file.write_bytes(mail)
    subprocess.run([SIGNER, folder / "keys.json", *files], check=True)
    keys = json.loads((folder / "keys.json").read_text())

    def look_up(name, timeout=5):
        return keys.get(name.decode().rstrip("."), "").encode() or None

    for file in files:
        mail = file.read_bytes()
        for number, algorithm in enumerate(("rsa", "ed25519")):
            if not dkim.DKIM(mail).verify(idx=number, dnsfunc=look_up):
                sys.exit(f"{file}: dkimpy does not verify our {algorithm} signature\n{mail!r}")
        file.unlink()
    (folder / "keys.json").unlink()
    folder.rmdir()
    print(f"what leaves the desk: {2 * len(files)} of {2 * len(files)} signatures verify by dkimpy")


def main():
    what_we_sign()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dkimpy-"))
    keys, rsa, edwards = make_keys(folder)

    def look_up(name, timeout=5):
        return keys.get(name.decode().rstrip("."), "").encode() or None

    cases = []  # (mail, what is expected of DKIM or None, of ARC or None)
    algorithms = [(b"rsa-sha256", b"s1", rsa), (b"ed25519-sha256", b"e1", edwards)]
    ways = [(header, body) for header in (b"simple", b"relaxed") for body in (b"simple", b"relaxed")]
    for number in range(400):
        algorithm, selector, key = algorithms[number % 2]
        mail = any_mail()
        signed = dkim.sign(mail, selector, DOMAIN, key, canonicalize=ways[number // 2 % 4],
                           signature_algorithm=algorithm, length=number % 5 == 0) + mail
        cases.append((signed, True, None))
        for _ in range(3):
            other = changed(signed, signed.index(b"\r\nFrom") if b"\r\nFrom" in signed else 0)
            if is_odd(other):
                continue
            try:
                expected = dkim.verify(other, dnsfunc=look_up)
            except Exception:  # of mails that it can't read
                expected = None
            cases.append((other, expected, None))
    for number in range(100):
        mail = any_mail()
        for instance in range(1 + number % 4):
            results = b"Authentication-Results: mx.client.example; spf=pass smtp.mailfrom=ann@client.example" + \
                (b"; arc=pass" if instance else b"") + b"\r\n"
            mail = b"".join(dkim.arc_sign(results + mail, b"s1", DOMAIN, rsa, b"mx.client.example")) + mail
        assert dkim.arc_verify(mail, dnsfunc=look_up)[0] == dkim.CV_Pass
        cases.append((mail, None, "pass"))
        for _ in range(3):
            other = changed(mail, 0)
            if is_odd(other):
                continue
            try:
                expected = NAMES[dkim.arc_verify(other, dnsfunc=look_up)[0]]
            except Exception:
                expected = None
            cases.append((other, None, expected))

    files = []
    for number, (mail, _, _) in enumerate(cases):
        files.append(folder / f"{number:05}.eml")
        files[-1].write_bytes(mail)
    found = subprocess.run([PROGRAM, folder / "keys.json", *files], stdout=subprocess.PIPE, check=True,
                           text=True).stdout.splitlines()
    assert len(found) == len(cases)
    wrong, counts = 0, {}
    for (mail, signed, chain), line, file in zip(cases, found, files):
        results = dict(part.split("=") for part in line.split())
        if signed is not None:
            # What l= leaves unsigned is a policy's matter here.
            passes = results["dkim"].split(",")[0] in ("pass", "policy" if b"; l=" in mail else "pass")
            ours, theirs, kind = str(passes), str(signed), "DKIM"
        elif chain is not None:
            ours, theirs, kind = results["arc"], chain, "ARC"
        else:
            continue
        counts[kind, theirs, ours] = counts.get((kind, theirs, ours), 0) + 1
        if ours != theirs:
            wrong += 1
            print(f"{file}: here {line}, dkimpy {theirs}\n{mail!r}\n")
    for (kind, theirs, ours), count in sorted(counts.items()):
        print(f"{kind}: dkimpy {theirs}, here {ours}: {count}")
    if wrong:
        sys.exit(f"{wrong} differences")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


main()
