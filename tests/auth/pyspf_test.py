"""pyspf as an oracle: both say the same of senders, over zones and records that are made up here.

pyspf_test.py VERIFY_SPF: the program made of verify_spf.cpp.

Where the two differ by a judgement, the case is counted under it (JUDGED says why); any other difference fails the test.
"""
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import spf

PROGRAM = sys.argv[1]
RANDOM = random.Random(20260307)
ZONES, SENDERS = 1500, 8
RECEIVER = "mx.receiver.example"

JUDGED = {
    "void look-ups": "RFC 7208 4.6.4 counts terms; pyspf every query that finds nothing, the record's own and each exchanger's",
    "self include": "pyspf refuses a record that includes its own domain as it reads it; here it is followed, to the limit",
    "pointer trouble": "RFC 7208 5.5: trouble with DNS is no match of ptr; pyspf makes it a temperror",
    "exchanger trouble": "pyspf asks for every exchanger before it compares, and fails for one that isn't needed",
    "once each": "RFC 7208 6: redirect and exp stand at most once; pyspf says so of unknown modifiers too",
    "macro": "RFC 7208 7.1: digits but 0, r and delimiters are what follows a macro's letter; pyspf minds nothing else there, and "
             "no missing brace",
    "explanation": "RFC 7208 6.2: malformed ones, and those with control characters, are left out; pyspf also shortens long ones "
                   "as if they were names",
}


# ---- the oracle, with our zones for its DNS ----

zone = {}
trouble = set()  # what DNS failed to tell in this check: pointers, exchangers


def look_up(name, kind, strict=True, timeout=20):
    name = name.lower().rstrip(".")
    for _ in range(9):
        records = zone.get(name)
        if records is None:
            return []
        aliases = [r["CNAME"] for r in records if r != "TIMEOUT" and "CNAME" in r]
        if not aliases:
            break
        name = aliases[0].lower()
    else:
        raise spf.TempError("CNAME loop")
    found = [record[kind] for record in records if record != "TIMEOUT" and kind in record]
    if not found and "TIMEOUT" in records:
        raise spf.TempError("DNS timeout")
    if kind == "TXT":
        found = [tuple(s.encode() for s in ([text] if isinstance(text, str) else text)) for text in found]
    if kind == "MX":
        found = [tuple(pair) for pair in found]
    return found


def driver(name, kind, strict=True, timeout=20):
    return [((name, kind), value) for value in look_up(name, kind)]


def host_name_of_the_domain_now(query, original=spf.query.getp):
    query.p = None  # it would keep the one that it chose for another domain
    return original(query)


def noting(name, method):
    def wrapped(*arguments):
        try:
            return method(*arguments)
        except (spf.TempError, spf.PermError):
            trouble.add(name)
            raise
    return wrapped


spf.DNSLookup = driver
# RFC 7208 7.3: R is r, and what was split anywhere is joined by dots. It knows neither of most letters.
spf.RE_ARGS = re.compile(spf.RE_ARGS.pattern, re.IGNORECASE)
spf.JOINERS = dict.fromkeys("slodiphcrtv", ".")
spf.query.getp = host_name_of_the_domain_now
spf.query.validated_ptrs = noting("pointers", spf.query.validated_ptrs)
spf.query.dns_mx = noting("exchangers", spf.query.dns_mx)


# ---- zones ----

DOMAINS = ["one.example", "mail.one.example", "two.example", "three.example", "a.b.two.example", "x-y.three.example"]
HOSTS = ["h1.one.example", "h2.one.example", "h3.two.example", "h4.three.example", "h5.other.example"]
ADDRESSES = ["192.0.2.1", "192.0.2.2", "192.0.2.130", "198.51.100.7", "2001:db8::1", "2001:db8::2", "2001:db8:1::1"]
LOCALS = ["ann", "bob.smith", "a-b-c", "strong+tag", "%7E", "o'hara"]


def reverse_name(address):
    import ipaddress
    return ipaddress.ip_address(address).reverse_pointer


def macro():
    letter = RANDOM.choice("slodiphv" * 4 + "SLODH")
    digits = RANDOM.choice(["", "", "", "1", "2", "3", "9", "20"])
    turned = RANDOM.choice(["", "", "r", "R" if RANDOM.random() < .2 else "r"])
    return "%{" + letter + digits + turned + RANDOM.choice(["", "", "", "-", ".", "+", ".-", "_=", "/,"]) + "}"


def broken_macro():
    return RANDOM.choice(["%", "%{", "%{}", "%{x}", "%{d", "%(d)", "%{c}", "%{r}", "%{t}", "%{d0}", "%a", "%{dr-", "{d}", "%{d-r}"])


def domain_spec():
    choice = RANDOM.random()
    if choice < .45:
        return RANDOM.choice(DOMAINS + HOSTS)
    if choice < .65:
        return macro() + "." + RANDOM.choice(["m.example", "one.example", "two.example.", "%{d}", "%{o2}"])
    if choice < .75:
        return "%{d}"
    if choice < .82:
        return RANDOM.choice(["%{ir}.%{v}.list.example", "%{l}.users.example", "%{l1r-}.%{o}", "%%x.one.example",
                              "a%_b.one.example", "%-.one.example", "%{i}._spf.%{d2}", "%{p}", "%{p2}"])
    if choice < .90:
        return RANDOM.choice(["nowhere.example", "loop.example", "alias.example", "slow.example", "alias.nowhere.example"])
    return RANDOM.choice(["example", "", ".example", "one..example", "one.example.", "-a.example-", "1.2.3.4", "one.123",
                          "x" * 70 + ".example", "a.b-", ".".join(["abcdefghi"] * 30) + ".one.example", "ONE.Example",
                          "one.example:25", "one.example/", broken_macro() + ".example", "a." + broken_macro()])


def lengths():
    return RANDOM.choice(["", "", "", "", "/24", "/32", "/0", "//64", "/24//48", "//128", "/31//127", "//0",
                          RANDOM.choice(["/33", "//129", "/024", "/", "//", "/24//", "/x", "/24/48", "///64", "/-1", "/+1"])])


def term():
    sign = RANDOM.choice(["", "", "", "", "+", "-", "~", "?"])
    name = RANDOM.choice(["a", "a", "mx", "mx", "ptr", "ip4", "ip4", "ip6", "exists", "include", "include", "include", "all"])
    if RANDOM.random() < .1:
        name = name.upper()
    kind = name.lower()
    if kind in ("a", "mx"):
        body = name + RANDOM.choice(["", ":" + domain_spec()]) + lengths()
    elif kind == "ptr":
        body = name + RANDOM.choice(["", ":" + domain_spec()])
    elif kind == "ip4":
        body = name + ":" + RANDOM.choice(ADDRESSES[:4]) + RANDOM.choice(["", "", "/24", "/25", "/8", "/0"])
    elif kind == "ip6":
        body = name + ":" + RANDOM.choice(ADDRESSES[4:]) + RANDOM.choice(["", "", "/64", "/48", "/0", "/128"])
    elif kind == "all":
        body = name if RANDOM.random() < .4 else "ip4:203.0.113.9"
    else:
        body = name + ":" + domain_spec()
    return sign + body


def odd_term():
    return RANDOM.choice([
        "ip4:1.2.3", "ip4:1.2.3.4/33", "ip4:01.2.3.4", "ip4:256.1.1.1", "ip4", "ip4:", "ip6:::1/129", "ip6:1.2.3.4", "ip6:::",
        "ip6:2001:db8:::1", "ip6:2001:db8::1%eth0", "ip6:::ffff:192.0.2.1", "ip4:192.0.2.1/24//64", "all:", "all/8", "all.",
        "foo", "foo:bar.example", "=a", "++a", "exists", "exists/24:a.example", "include", "include:", "ptr/24", "ptr:", "a:",
        "mx:", "a/24/", "1a=b", "a.b=c", "moo=", "moo=%{d}", "moo=%{x}", "moo=%", "op=x", "a=b", "v=spf1", "-", "+", "a:one.example,",
        "\tall", "a\u00e9", "ip4:192.0.2.1/", "ip4: 192.0.2.1", "ip4:192.0.2.0/024", "redirect", "exp"])


def record():
    version = RANDOM.choice(["v=spf1"] * 24 + ["V=SPF1", "v=spf1."])
    terms = [term() for _ in range(RANDOM.choice([0, 1, 1, 2, 2, 3, 4, 6]))]
    if RANDOM.random() < .06:
        terms.insert(RANDOM.randint(0, len(terms)), odd_term())
    if RANDOM.random() < .5:
        terms.append(RANDOM.choice(["-all", "-all", "~all", "?all", "all"]))
    if RANDOM.random() < .25:
        terms.insert(RANDOM.randint(0, len(terms)), "redirect=" + domain_spec())
    if RANDOM.random() < .3:
        terms.insert(RANDOM.randint(0, len(terms)), "exp=" + RANDOM.choice(["why.example", "why.example", "%{d}", "odd.example",
                                                                             domain_spec()]))
    if RANDOM.random() < .1:
        terms.insert(RANDOM.randint(0, len(terms)), "unknown=" + RANDOM.choice(["", "yes", macro(), "a:b/c"]))
    if RANDOM.random() < .01:
        terms.append(terms[-1] if terms else "redirect=one.example")
    return RANDOM.choice([" ", " ", " ", "  "]).join([version, *terms]) + RANDOM.choice(["", "", "", " "])


def pieces(text):
    """As DNS has it: strings of at most 255 octets, cut anywhere."""
    if len(text) < 255 and RANDOM.random() < .8:
        return text
    at = RANDOM.randint(0, min(len(text), 255))
    return [text[:at], *(text[i:i + 255] for i in range(at, len(text), 255))]


def any_zone():
    names = collections.defaultdict(list)
    for domain in DOMAINS:
        records = names[domain]
        if RANDOM.random() < .95:
            records.append({"TXT": pieces(record())})
        if RANDOM.random() < .03:
            records.append({"TXT": pieces(record())})
        if RANDOM.random() < .3:
            records.insert(0, {"TXT": "site-verification=abc v=spf1 -all"})
        for _ in range(RANDOM.choice([1, 1, 2, 3] + ([11] if RANDOM.random() < .05 else [0]))):
            records.append({"MX": [RANDOM.randint(0, 20), RANDOM.choice(HOSTS + DOMAINS)]})
        if RANDOM.random() < .03:
            records.append("TIMEOUT")
    for name in HOSTS + DOMAINS:
        for address in RANDOM.sample(ADDRESSES, RANDOM.choice([1, 2, 2, 4])):
            names[name].append({"AAAA" if ":" in address else "A": address})
    for address in ADDRESSES:
        for name in RANDOM.sample(HOSTS + DOMAINS, RANDOM.choice([0, 1, 1, 2, 4])):
            names[reverse_name(address)].append({"PTR": name})
        if RANDOM.random() < .03:
            names[reverse_name(address)].append("TIMEOUT")
    for name in ("ann.users.example", "1.2.0.192.in-addr.list.example", "smith.one.example", "192.0.2.1._spf.one.example"):
        names[name].append({"A": "127.0.0.2"})
    names["why.example"].append({"TXT": RANDOM.choice([
        "Not from %{i}, says %{d}", "%{s} may not: see http://why.example/%{S}?ip=%{c}", "%{h} %{l} %{o} %{p} %{v}", "%%%_%-",
        "to %{r}", "%{dr} %{d1} %{l1r-} %{L} %{ir}"])})
    names["odd.example"].append({"TXT": RANDOM.choice(["caf\u00e9", "%{x}", "%", "a\tb", "%{d"])})
    names["slow.example"].append("TIMEOUT")
    names["alias.example"].append({"CNAME": RANDOM.choice(DOMAINS + HOSTS)})
    names["alias.nowhere.example"].append({"CNAME": "nowhere.example"})
    names["loop.example"].append({"CNAME": "loop.example"})
    return dict(names)


def any_sender():
    domain = RANDOM.choice(DOMAINS * 4 + ["nowhere.example", "alias.example", "slow.example", "localhost", "ONE.EXAMPLE"])
    sender = "" if RANDOM.random() < .1 else RANDOM.choice(LOCALS) + "@" + domain
    client = RANDOM.choice(ADDRESSES + ["203.0.113.5", "2001:db8:ffff::1", "::ffff:192.0.2.1"])
    return [client, RANDOM.choice(HOSTS + DOMAINS + ["[192.0.2.1]", "localhost", "h1.one.example."]), sender]


# ---- comparing ----

def by_oracle(client, helo, sender):
    trouble.clear()
    # It compares domains in their case.
    query = spf.query(i=client, s=sender.lower(), h=helo, receiver=RECEIVER, querytime=0)
    query.set_default_explanation("")
    result, _, words = query.check()
    return result, words if result == "fail" else "", words


MACRO = re.compile(r"%(?:[%_-]|\{[slodiphcrtv](?:[1-9][0-9]*)?r?[-.+,/_=]*\})", re.IGNORECASE)


def has_odd_macro(texts):
    return any("%" in MACRO.sub("", text) for text in texts)


def texts_of(domain):
    for one in zone.get(domain, []):
        if "CNAME" in one and one["CNAME"] != domain:
            yield from texts_of(one["CNAME"])
        if "TXT" in one:
            yield one["TXT"] if isinstance(one["TXT"], str) else "".join(one["TXT"])


def judgement(ours, explanation, why, theirs, their_explanation, words):
    """The name of what is known of such a difference, or None."""
    if ours == theirs == "fail":
        if not explanation:
            odd = re.search(r"[\x00-\x1f]", their_explanation) or any(has_odd_macro(texts_of(name)) for name in zone)
            return "explanation" if odd else None
        if not their_explanation and "pointers" in trouble:
            return "pointer trouble"
        if explanation.lower().endswith(their_explanation.lower()) and len(explanation) > 253:
            return "explanation"
        return None
    if "Void lookup limit" in words:
        return "void look-ups"
    if "trivial recursion" in words:
        return "self include"
    if "MUST appear at most once" in words and not re.search("(redirect|exp)=", words):
        return "once each"
    if theirs == "temperror" and "pointers" in trouble:
        return "pointer trouble"
    if theirs == "temperror" and "exchangers" in trouble and ours != "permerror":
        return "exchanger trouble"
    malformed = re.fullmatch("(.*): malformed SPF record", why)
    if malformed and has_odd_macro(texts_of(malformed.group(1))):
        return "macro"
    return None


def main():
    global zone
    scenarios = [{"zone": any_zone(), "cases": [any_sender() for _ in range(SENDERS)]} for _ in range(ZONES)]
    with tempfile.TemporaryDirectory(prefix="pyspf-") as folder:
        file = pathlib.Path(folder) / "zones.json"
        file.write_text(json.dumps(scenarios))
        lines = subprocess.run([PROGRAM, file], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    assert len(lines) == ZONES * SENDERS
    lines = iter(lines)
    same, judged, wrong = collections.Counter(), collections.Counter(), 0
    for scenario in scenarios:
        zone = scenario["zone"]
        for case in scenario["cases"]:
            ours, explanation, why = next(lines).split("\t")
            theirs, their_explanation, words = by_oracle(*case)
            if ours == theirs and explanation.lower() == their_explanation.lower():
                same[ours] += 1
                continue
            name = judgement(ours, explanation, why, theirs, their_explanation, words)
            if name:
                judged[name] += 1
                continue
            wrong += 1
            if wrong < 20:
                print(f"{case}: here {ours} {explanation!r} ({why}), pyspf {theirs} ({words})")
                for domain in DOMAINS:
                    print("   ", domain, zone[domain])
    print(f"{sum(same.values())} alike:", dict(same))
    for name, count in judged.items():
        print(f"{count}: {name}: {JUDGED[name]}")
    if wrong:
        sys.exit(f"{wrong} differences")


main()
