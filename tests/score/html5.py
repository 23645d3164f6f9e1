"""What an HTML5 parser makes of sanitised HTML, and what is dangerous in it."""
import re
import sys

try:
    import html5lib
except ImportError:
    html5lib = None
    print("score: python3-html5lib is not there (./dev score installs it): HTML is not parsed again", file=sys.stderr)

HTML = "http://www.w3.org/1999/xhtml"
ACTIVE_ELEMENTS = {"script", "style", "svg", "math", "template", "iframe", "frame", "frameset", "object", "embed",
                   "applet", "form", "input", "textarea", "select", "button", "meta", "link", "base", "noscript",
                   "title", "video", "audio", "source", "portal", "xmp", "plaintext", "isindex", "keygen", "marquee"}
URL_ATTRIBUTES = {"href", "src", "action", "formaction", "background", "poster", "cite", "longdesc", "dynsrc", "lowsrc",
                  "srcset", "data", "xlink:href", "ping", "code", "codebase", "archive", "manifest", "profile"}
LINKS = re.compile(r"(https?://|mailto:|tel:)\S*\Z")
IMAGES = re.compile(r"(cid:\S+|data:image/(png|jpe?g|pjpeg|gif|webp);base64,[A-Za-z0-9+/=]+)\Z")


def tree(text: str):
    return html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=True)


def shape(element) -> tuple:
    """The tree as values that can be compared."""
    return (element.tag, tuple(sorted(element.attrib.items())), element.text or "",
            tuple((shape(child), child.tail or "") for child in element))


def serialized(parsed) -> str:
    return html5lib.serialize(parsed, tree="etree", omit_optional_tags=False, quote_attr_values="always",
                              alphabetical_attributes=False)


def dangers(text: str) -> list[str]:
    """Everything in it that could act or be fetched; empty without html5lib."""
    if html5lib is None:
        return []
    found = []
    first = tree(text)
    if shape(first) != shape(tree(serialized(first))):
        found.append("another tree when parsed a second time")
    for element in first.iter():
        if not isinstance(element.tag, str):
            found.append("comment")
            continue
        namespace, _, name = element.tag.rpartition("}")
        if namespace != "{" + HTML:
            found.append(f"foreign element {element.tag}")
        if name in ACTIVE_ELEMENTS:
            found.append(f"element {name}")
        for attribute, value in element.attrib.items():
            found += attribute_dangers(name, str(attribute), value)
    return found


def attribute_dangers(element: str, attribute: str, value: str) -> list[str]:
    if attribute.startswith("on") or attribute in {"srcdoc", "id", "name", "class", "is", "slot"}:
        return [f"attribute {attribute}"]
    if attribute == "style" and re.search(r"url|expression|import|behavio|binding|position|\\|/\*|<", value, re.IGNORECASE):
        return [f"style {value}"]
    if attribute in URL_ATTRIBUTES:
        allowed = {("a", "href"): LINKS, ("img", "src"): IMAGES}.get((element, attribute))
        if allowed is None or not allowed.match(value):
            return [f"{attribute}={value}"]
    if attribute == "data-outside-src" and not re.match(r"https?://\S+\Z", value):
        return [f"{attribute}={value}"]
    return []


def attributes(text: str, element: str, attribute: str) -> list[str]:
    return [found.attrib[attribute] for found in tree(text).iter("{" + HTML + "}" + element)
            if attribute in found.attrib]


def visible_text(text: str) -> str:
    """What a browser shows, each piece of text on a line."""
    pieces = []

    def walk(element):
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
        if name not in {"style", "script", "title", "head", "comment"}:
            pieces.append(element.text or "")
            for child in element:
                walk(child)
                pieces.append(child.tail or "")

    walk(tree(text).find("{" + HTML + "}body"))
    return "\n".join(pieces)
