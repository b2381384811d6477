"""CAP's words for the warning levels (DESIGN 8): severity travels by name, never as a bare integer."""

from __future__ import annotations

from typing import Literal

Severity = Literal["Minor", "Moderate", "Severe", "Extreme"]
Response = Literal["Monitor", "Avoid", "Prepare", "Evacuate", "AllClear"]

SEVERITIES: dict[int, Severity] = {1: "Minor", 2: "Moderate", 3: "Severe", 4: "Extreme"}
RESPONSES: dict[int, Response] = {1: "Monitor", 2: "Avoid", 3: "Prepare", 4: "Evacuate"}
NAMES: dict[int | None, str] = {None: "unknown", 0: "none", 1: "blue", 2: "yellow", 3: "orange", 4: "red"}
