"""XML as we write and look it up: every element in the namespace of its document."""

from __future__ import annotations

from lxml import etree


def root_of(namespace: str, name: str) -> etree._Element:
    """Begin a document whose namespace needs no prefix."""
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})  # type: ignore[dict-item]  # the stubs know no default namespace


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Append an element.

    Raises
    ------
    ValueError
        For a text that XML cannot carry, such as one with a control character.
    """
    element = etree.SubElement(parent, _tag(parent, name), attributes)
    element.text = text
    return element


def find_all(parent: etree._Element, name: str) -> list[etree._Element]:
    """Children of a name."""
    return parent.findall(_tag(parent, name))


def text_of(parent: etree._Element, name: str) -> str:
    """Text of the first child of a name, "" where there is none."""
    return parent.findtext(_tag(parent, name)) or ""


def written(root: etree._Element) -> bytes:
    """Write a document, indented for people; its elements must be its own, for they are indented in place."""
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _tag(parent: etree._Element, name: str) -> str:
    return f"{{{etree.QName(parent).namespace}}}{name}"
