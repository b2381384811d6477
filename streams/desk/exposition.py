"""Figures in the text format that Prometheus reads (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]
"""Labels and a value."""


def gauge(name: str, about: str, samples: Sequence[Sample]) -> Iterator[str]:
    """Lines of one metric; none where it has no samples."""
    if not samples:
        return
    yield f"# HELP {name} {about}\n"
    yield f"# TYPE {name} gauge\n"
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inner}}} {value:.15g}\n" if inner else f"{name} {value:.15g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
