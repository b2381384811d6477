"""What a district remembers between batches: columns over its stations and points, and a few small tables."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from streams.rules.limits import MEMORY
from streams.rules.outputs import Order
from streams.rules.plan import DistrictPlan

NEVER_US = -(2**60)
LATER_US = 2**62
HISTORY = 96


class Held(msgspec.Struct, frozen=True):
    """A suspect reading that waits for the next one of its station (law 2)."""

    value: float
    observed_us: int
    due_us: int
    reading: str


class Watch(msgspec.Struct, frozen=True):
    """A jump that was believed and that nothing has confirmed yet: it may be a parked car."""

    value: float
    since_us: int
    boxed: bool = False
    """It was found to be one."""


class Photo(msgspec.Struct, frozen=True):
    """The depth that an accepted photograph shows, and which picture it is."""

    observed_us: int
    depth_m: float
    picture: str


class Reported(msgspec.Struct, frozen=True):
    """An accepted report of a depth: when its water was seen, how well its writer knows it, and the reading's identity."""

    observed_us: int
    depth_m: float
    sd_m: float
    reading: str


class Coming(msgspec.Struct, frozen=True):
    """What a bureau expects: periods (start, end in microseconds, amount in mm) of its newest forecast."""

    issued_us: int
    periods: tuple[tuple[int, int, float], ...]


class Incident(msgspec.Struct, frozen=True):
    """One flood of one zone: the thread of its orders.

    Attributes
    ----------
    level
        Of its last version.
    texted_level, released_level
        The highest level that was texted, and that was released.
    point, by_zone
        The low point that carries it; whether an officer raised the zone as a whole.
    order
        Its last version as last told, with its state and signatures.
    due_us
        When the policy's written rule releases that version; far away where none does.
    off_act, off_by
        What the end by hand is to be, "call_off" or "correct", and who has signed that.
    answered
        Whether an officer has edited that version: no rule releases it any more.
    """

    name: str
    version: int
    level: int
    identifier: str
    expires_us: int
    texted_level: int
    released_level: int
    point: int
    order: Order | None = None
    due_us: int = LATER_US
    by_zone: bool = False
    off_act: str = ""
    off_by: tuple[str, ...] = ()
    answered: bool = False


class ByHand(msgspec.Struct, frozen=True):
    """What an officer did by hand, until when: a level at least, or (`level` 0) that nothing but measurements counts; or a silence, up to
    `level`."""

    level: int
    until_us: int
    officer: str
    reason: str


class Asked(msgspec.Struct, frozen=True):
    """Something by hand that would call off what was released: who asked for it, when, and of which orders; another one must too."""

    officer: str
    at_us: int
    orders: tuple[str, ...] = ()


class CalledOff(msgspec.Struct, frozen=True):
    """At which level officers ended an incident, and what that rested on."""

    level: int
    basis: str


class Trial(msgspec.Struct, frozen=True):
    """A new model on trial: the name of the one before ("" for the default), since when, and how both did.

    Attributes
    ----------
    wet_min
        Minutes with water in the district since then.
    cases, loss, loss_before
        Judged forecasts, and the summed losses of the new model and of the one before, m.
    """

    before: str
    since_us: int
    wet_min: int = 0
    cases: int = 0
    loss: float = 0.0
    loss_before: float = 0.0


Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass
class DistrictState:
    """The state of one district; see `DistrictPlan` for the order of stations (S) and points (P).

    Attributes
    ----------
    heard_until_us
        Arrival of the last reading, or the last tick: the log time reached.
    newest_us, raw_m, trusted_us, trusted_m
        Time and value of a station's newest reading, and of the newest one that was trusted; shape (S,).
    believed_us
        When a station last gave a trusted reading (arrival), for its silence; shape (S,).
    run_us
        Since when a station gives the very same value; shape (S,).
    memory_us, memory_m, memory_at
        The last readings of each station in a ring, shape (S, 128), and how many were written.
    high_us
        When a trusted reading last stood above each level less 3 cm, shape (P, 4).
    wet_us, known_us, watched_us
        When a point was last wet; last known; and since when it is known without a gap; shape (P,).
    rung
        How many of `rungs.RUNGS_M` the water has climbed past, as far as it was looked at, shape (P,).
    climbed
        Points that climbed past a rung since the district was last looked at, shape (P,).
    look_us, looked_us
        When the district is to be looked at between two whole minutes, and when it last was.
    median_m
        Highest median forecast of the next 30 min, shape (P,).
    history_us, history_m
        The last depths of each point, at most one a minute, oldest first, shape (P, 96).
    pump_on
        1 where the pump last said that it runs, 0 where not, nan where it never spoke, shape (P,).
    memory
        What the model keeps from one forecast to the next, shape (P, whatever it needs).
    report_sd_m
        Standard error of the report that stands at each point, shape (P,).
    photos
        By point: the newest photographs of accepted reports.
    reports
        By point: the reports of which one stands or may come to stand (`reported`), oldest first; five at most.
    against
        By sensor that two cameras deny: which, in words.
    rain, stage
        By station: amount in mm, or stage in m, by minute since 1970.
    coming
        By station: what the bureau last said will fall.
    road_stage_m
        By point: stage at which the river reaches the road, as its own sensor has shown.
    ahead_point, ahead_us
        The point whose level 4 is forecast to come within a zone's walking time, where that is longer than the lead at which points are
        raised, -1 where none is, and since when, shape (zones,).
    called_off
        By zone: where officers ended its incident. It answers again above that level, to measured water where none was measured then,
        once it has been at 0, or when an officer raises it.
    points_by_hand, zones_by_hand
        Levels that officers hold.
    aside
        Stations that officers have set aside.
    silences
        By zone.
    acts
        Acts heard lately, by id, with their moment.
    named
        By zone: the second that its last incident is named by.
    asked
        By act and subject: what waits for a second officer.
    signal
        Name of the rainfall signal that stands, "" for none.
    model
        Name of the model that forecasts; "" for the one that does where nobody has said otherwise.
    trial
        Set while the model before still goes on in the shadow of a new one.
    shadow
        What the model before keeps from one forecast to the next, like `memory`; empty without a trial.
    aside_us, aside_m
        When forecasts of both were last put aside to be judged, shape (slots,), and their quantiles .1 .5 .9, nan where none was, shape
        (slots, P, 2 models, 3); empty without a trial.
    """

    offset: int
    heard_until_us: int
    next_minute_us: int
    newest_us: Ints
    raw_m: Floats
    trusted_us: Ints
    trusted_m: Floats
    believed_us: Ints
    silent: Bools
    run_us: Ints
    memory_us: Ints
    memory_m: Floats
    memory_at: Ints
    measured: Ints
    high_us: Ints
    wet_us: Ints
    known_us: Ints
    watched_us: Ints
    pump_on: Floats
    memory: Floats
    unknown: Bools
    unconfirmed: Bools
    waiting: Bools
    forecast: Ints
    forecast_us: Ints
    reported: Ints
    reported_us: Ints
    report_m: Floats
    report_sd_m: Floats
    median_m: Floats
    rung: Ints
    climbed: Bools
    shown: Ints
    shown_basis: Ints
    history_us: Ints
    history_m: Floats
    decided_m: Floats
    raised_by: Ints
    ahead_point: Ints
    ahead_us: Ints
    decided: dict[int, str] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)
    watched: dict[int, Watch] = field(default_factory=dict)
    photos: dict[int, tuple[Photo, ...]] = field(default_factory=dict)
    reports: dict[int, tuple[Reported, ...]] = field(default_factory=dict)
    against: dict[int, str] = field(default_factory=dict)
    ids: dict[int, dict[str, float]] = field(default_factory=dict)
    rain: dict[int, dict[int, float]] = field(default_factory=dict)
    coming: dict[int, Coming] = field(default_factory=dict)
    stage: dict[int, dict[int, float]] = field(default_factory=dict)
    road_stage_m: dict[int, float] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)
    called_off: dict[int, CalledOff] = field(default_factory=dict)
    points_by_hand: dict[int, ByHand] = field(default_factory=dict)
    zones_by_hand: dict[int, ByHand] = field(default_factory=dict)
    aside: dict[int, ByHand] = field(default_factory=dict)
    silences: dict[int, ByHand] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    named: dict[int, int] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    signal: str = ""
    look_us: int = LATER_US
    looked_us: int = NEVER_US
    instant_us: int = NEVER_US
    instant_count: int = 0
    model: str = ""
    trial: Trial | None = None
    shadow: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    aside_us: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    aside_m: Floats = field(default_factory=lambda: np.zeros((0, 0, 0, 0)))

    def copy(self) -> DistrictState:
        """A copy that shares nothing that changes; structs inside are frozen."""
        values = {}
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                value = value.copy()
            elif isinstance(value, dict):
                value = {key: dict(inner) if isinstance(inner, dict) else inner for key, inner in value.items()}
            values[column.name] = value
        return DistrictState(**values)


def empty_state(plan: DistrictPlan) -> DistrictState:
    """The state of a district that nobody has heard of yet."""
    stations, points = len(plan.stations), len(plan.points)

    def times(*shape: int) -> Ints:
        return np.full(shape, NEVER_US, np.int64)

    return DistrictState(
        offset=-1,
        heard_until_us=NEVER_US,
        next_minute_us=NEVER_US,
        newest_us=times(stations),
        raw_m=np.zeros(stations),
        trusted_us=times(stations),
        trusted_m=np.zeros(stations),
        believed_us=times(stations),
        silent=np.zeros(stations, bool),
        run_us=times(stations),
        memory_us=times(stations, MEMORY),
        memory_m=np.zeros((stations, MEMORY)),
        memory_at=np.zeros(stations, np.int64),
        measured=np.zeros(points, np.int64),
        high_us=times(points, 4),
        wet_us=times(points),
        known_us=times(points),
        watched_us=times(points),
        pump_on=np.full(points, np.nan),
        memory=np.zeros((points, 0)),
        unknown=np.zeros(points, bool),
        unconfirmed=np.zeros(points, bool),
        waiting=np.zeros(points, bool),
        forecast=np.zeros(points, np.int64),
        forecast_us=times(points),
        reported=np.zeros(points, np.int64),
        reported_us=times(points),
        report_m=np.zeros(points),
        report_sd_m=np.full(points, 0.1),
        median_m=np.zeros(points),
        rung=np.zeros(points, np.int64),
        climbed=np.zeros(points, bool),
        shown=np.zeros(points, np.int64),
        shown_basis=np.zeros(points, np.int64),
        history_us=times(points, HISTORY),
        history_m=np.zeros((points, HISTORY)),
        decided_m=np.zeros(points),
        raised_by=np.full(points, -1, np.int64),
        ahead_point=np.full(len(plan.zones), -1, np.int64),
        ahead_us=times(len(plan.zones)),
    )


class _Snapshot(msgspec.Struct):
    """A state on the wire: columns as (dtype, shape, bytes)."""

    layout: str
    columns: dict[str, tuple[str, tuple[int, ...], bytes]]
    plain: dict[str, int]
    decided: dict[int, str]
    held: dict[int, Held]
    watched: dict[int, Watch]
    ids: dict[int, dict[str, float]]
    rain: dict[int, dict[int, float]]
    coming: dict[int, Coming]
    stage: dict[int, dict[int, float]]
    road_stage_m: dict[int, float]
    incidents: dict[int, Incident]
    model: str = ""
    trial: Trial | None = None
    called_off: dict[int, CalledOff] = {}
    points_by_hand: dict[int, ByHand] = {}
    zones_by_hand: dict[int, ByHand] = {}
    aside: dict[int, ByHand] = {}
    silences: dict[int, ByHand] = {}
    acts: dict[str, int] = {}
    named: dict[int, int] = {}
    asked: dict[str, Asked] = {}
    signal: str = ""
    photos: dict[int, tuple[Photo, ...]] = {}
    reports: dict[int, tuple[Reported, ...]] = {}
    against: dict[int, str] = {}


_TABLES = (
    *("decided", "held", "watched", "ids", "rain", "coming", "stage", "road_stage_m", "incidents", "model", "trial"),
    *("called_off", "points_by_hand", "zones_by_hand", "aside", "silences", "acts", "named", "asked", "signal"),
    *("photos", "reports", "against"),
)
_DECODER = msgspec.msgpack.Decoder(_Snapshot, strict=False)


def layout_of(plan: DistrictPlan) -> str:
    """What a snapshot must agree with to be read back: the ids of stations, points and zones in their order."""
    names = [station.station_id for station in plan.stations], [point.low_point_id for point in plan.points]
    return repr((*names, [zone.zone_id for zone in plan.zones]))


def encode_state(state: DistrictState, plan: DistrictPlan) -> bytes:
    """The snapshot of a state; equal states give equal bytes."""
    columns, plain, tables = {}, {}, {}
    for column in fields(state):
        value: Any = getattr(state, column.name)
        if isinstance(value, np.ndarray):
            columns[column.name] = (value.dtype.str, value.shape, value.tobytes())
        elif isinstance(value, int):
            plain[column.name] = value
        else:
            tables[column.name] = value
    return msgspec.msgpack.encode(_Snapshot(layout=layout_of(plan), columns=columns, plain=plain, **tables))


def decode_state(data: bytes, plan: DistrictPlan) -> DistrictState | None:
    """The state of a snapshot; None where the city has changed since, so that its columns mean something else."""
    snapshot = _DECODER.decode(data)
    if snapshot.layout != layout_of(plan):
        return None
    read = {name: np.frombuffer(raw, np.dtype(kind)).reshape(shape).copy() for name, (kind, shape, raw) in snapshot.columns.items()}
    # a snapshot from before a column was thought of knows nothing of it
    fresh = {name: value for name, value in vars(empty_state(plan)).items() if isinstance(value, np.ndarray)}
    columns = {**fresh, **read}
    tables: dict[str, Any] = {name: getattr(snapshot, name) for name in _TABLES}
    plain: dict[str, Any] = dict(snapshot.plain)
    state = DistrictState(**{**columns, **plain, **tables})
    # nor one from before reports were remembered by themselves of any but the one that stands
    for point in np.flatnonzero(state.reported_us > NEVER_US).tolist():
        known = float(state.report_m[point]), float(state.report_sd_m[point]), state.decided.get(-1 - point, "")
        state.reports.setdefault(point, (Reported(int(state.reported_us[point]), *known),))
    return state
