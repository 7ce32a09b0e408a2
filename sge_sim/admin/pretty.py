"""Messages as a person reads them: XML or JSON indented, or the text as it came."""

import json

from lxml import etree

MAX_SHOWN = 200_000
"""Characters of a message that a page shows; the REST journal gives it whole."""


def pretty(body: bytes | None) -> str:
    """Return a recorded message as text: indented when it is JSON, or sound XML without a
    DTD.

    Whatever a client sent: entities aren't expanded, nothing is fetched.
    """
    if not body:
        return ""
    text = _indented(body) or _indented_json(body) or body.decode("utf-8", "replace")
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]}\n… (coupé : {len(text)} caractères en tout)"


def _indented(body: bytes) -> str | None:
    parser = etree.XMLParser(
        remove_blank_text=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.doctype:
        return None
    text: str = etree.tostring(root, pretty_print=True, encoding="unicode")
    return text.rstrip()


def _indented_json(body: bytes) -> str | None:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None
