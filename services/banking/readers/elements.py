"""An XML document opened without any trust in it, and steps through its elements by their local names."""

from __future__ import annotations

import re

from lxml import etree

from services.banking.model import Unreadable

MOST_DETAILS = 50_000

_NAMESPACE = re.compile(rb"""(\s)xmlns=(?:"[^"<>]*"|'[^'<>]*')""")
_PREFIXED = re.compile(rb"<[A-Za-z_][\w.-]*:")
_MOST_TAGS = 2_500_000


def root_of(content: bytes) -> etree._Element:
    """The root of the one document in the file, its elements by their local names: every version reads alike.

    No document type, no entities, no network, no more elements than a bank's file has; raises `Unreadable`.
    """
    content, encoding = content.lstrip(b" \t\r\n"), None
    if b"encoding" not in content[:200] or re.search(rb"encoding=.utf-8", content[:200], re.IGNORECASE):
        content, encoding = _as_utf8(content)
    if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
        raise Unreadable("The file declares a document type, which no bank statement does; it was not opened.")
    if content.count(b"<?xml") > 1:
        raise Unreadable("The file holds more than one document; split it and import each.")
    details = content.count(b"TxDtls>") // 2
    if details > MOST_DETAILS or content.count(b"<") > _MOST_TAGS or content.count(b"=") > _MOST_TAGS // 2:
        raise Unreadable("The file has more elements than any bank's; ask the bank for a shorter period.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        encoding=encoding,
        remove_comments=True,
        remove_pis=True,
    )
    plain = _is_plain(content)
    content = _NAMESPACE.sub(rb"\1", content, count=1) if plain else content
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        row = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        if "Extra content" in str(error):
            raise Unreadable("The file holds more than one document; split it and import each.", row) from error
        raise Unreadable("The file is not whole XML; download it from the bank again.", row) from error
    if not plain or "}" in str(root.tag):
        for element in root.iter(etree.Element):
            element.tag = str(element.tag).rpartition("}")[2]
    return root


def _is_plain(content: bytes) -> bool:
    """Whether no more than one namespace is declared, at the beginning, and no element has a prefix."""
    said = content.count(b"xmlns=")
    return said <= 1 and said == content.count(b"xmlns=", 0, 2_000) and not _PREFIXED.search(content)


def _as_utf8(content: bytes) -> tuple[bytes, str | None]:
    """Banks call their Windows letters UTF-8; everything else is the parser's to find out."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        return content, None
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").encode(), "utf-8"
    return content, None


def at(element: etree._Element | None, path: str) -> etree._Element | None:
    """The element at the end of a path of names, or None; many times faster than `find` on a path."""
    for name in path.split("/"):
        if element is None:
            return None
        element = next(element.iterchildren(name), None)
    return element


def text_at(element: etree._Element | None, path: str) -> str:
    """Its text without white space at its ends and breaks; nothing where there is none."""
    found = at(element, path)
    return " ".join(found.text.split()) if found is not None and found.text else ""


def row_of(element: etree._Element) -> int | None:
    """The line of the file it begins on."""
    row = element.sourceline
    return row if isinstance(row, int) else None
