"""Conversions into SI units and UTC seconds, exact in decimals, so that the same figure never depends on binary rounding."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

M_PER_INCH = Decimal("0.0254")
MM_PER_INCH = Decimal("25.4")
M_PER_FOOT = Decimal("0.3048")
TENTH_MM = Decimal("0.0001")


def number(cell: object) -> Decimal | None:
    """Read a finite number from a cell or a JSON value, None if it is not one (true is not a number)."""
    if isinstance(cell, bool):
        return None
    try:
        value = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def metres(length: Decimal, m_per_unit: Decimal) -> float:
    """Convert to m, rounded to 0.1 mm (half to even): finer than any of the instruments, and stable in text."""
    return float((length * m_per_unit).quantize(TENTH_MM))


def utc_s(cell: str) -> int | None:
    """Whole seconds since 1970 of an ISO 8601 time, None if it is none; without a zone it is UTC, as both publishers write it."""
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def iso(time_s: int) -> str:
    """RFC 3339 in UTC, for example 2023-09-29T11:52:26Z."""
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
