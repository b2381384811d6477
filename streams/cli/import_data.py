"""`lowpoint import`: makes city folders and recordings out of measured data."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from streams.importers.report import ImportReport

_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_out = click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write into.")
_issuer = click.option("--cap-issuer", default="lowpoint-import", show_default=True, help="Opens the identifier of every order.")
_automatic = click.option("--automatic-release", is_flag=True, help="Orders need no officer: for replays only, marked in city.toml.")


class _Utc(click.ParamType):
    """An ISO 8601 time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no time: write it as 2023-09-29 or 2023-09-29T10:00:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.group("import")
def import_data() -> None:
    """Make city folders and recordings out of measured data."""


@import_data.command("floodnet")
@click.argument("events", type=_file)
@click.argument("sensors", type=_file)
@_out
@click.option("--from", "from_time", type=_Utc(), help="Only storms whose first water came at this time or later (UTC).")
@click.option("--to", "to_time", type=_Utc(), help="Only storms whose first water came before this time (UTC).")
@click.option(
    "--storm", "storms", multiple=True, metavar="YYYY-MM-DD", help="Only storms whose first water came on this UTC date; repeatable."
)
@click.option("--tidal", type=click.Choice(["no", "yes", "all"]), default="no", show_default=True, help="Sensors under the tide.")
@click.option("--zero-cadence-s", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds between zeros of a dry sensor.")
@_issuer
@_automatic
def floodnet(
    events: Path,
    sensors: Path,
    out: Path,
    from_time: datetime | None,
    to_time: datetime | None,
    storms: tuple[str, ...],
    tidal: str,
    zero_cadence_s: int,
    cap_issuer: str,
    automatic_release: bool,
) -> None:
    """Import FloodNet's street floods: EVENTS and SENSORS, a folder for each storm."""
    from streams.importers.city_folder import Release
    from streams.importers.floodnet import import_floodnet
    from streams.importers.problem import ImportProblem

    if storms and (from_time or to_time):
        raise click.UsageError("give either --storm or --from and --to")
    try:
        report = import_floodnet(
            events,
            sensors,
            out,
            from_time=from_time,
            to_time=to_time,
            storm_dates=storms,
            tidal=tidal,  # type: ignore[arg-type]  # one of the choices above
            zero_cadence_s=zero_cadence_s,
            release=Release(cap_issuer, automatic_release),
        )
    except ImportProblem as problem:
        raise click.ClickException(str(problem)) from problem
    _show(report)


@import_data.command("usgs")
@click.argument("files", type=_file, nargs=-1, required=True)
@_out
@click.option("--low-point-file", metavar="NAME", help="The stage file that becomes the low point; needed where there are several.")
@click.option("--road-stage-m", type=float, help="Stage at which water reaches the road; left out, the 0.95 quantile of the record.")
@click.option("--place", nargs=2, type=float, metavar="LON LAT", help="Where the low point lies.")
@click.option("--kind", "kinds", multiple=True, metavar="SITE=KIND", help="What a site measures: rain, stage or discharge; repeatable.")
@click.option("--time-zone", default="America/New_York", show_default=True, help="Local time of the city.")
@_issuer
@_automatic
def usgs(
    files: tuple[Path, ...],
    out: Path,
    low_point_file: str | None,
    road_stage_m: float | None,
    place: tuple[float, float] | None,
    kinds: tuple[str, ...],
    time_zone: str,
    cap_issuer: str,
    automatic_release: bool,
) -> None:
    """Import USGS gauges of one creek: FILES of rain, stage and discharge, one riverside low point."""
    from streams.importers.city_folder import Release
    from streams.importers.problem import ImportProblem
    from streams.importers.usgs import PLACE, import_usgs

    if any("=" not in kind for kind in kinds):
        raise click.UsageError("--kind is written SITE=KIND, as 0208735460=stage")
    try:
        report = import_usgs(
            files,
            out,
            low_point_file=low_point_file,
            road_stage_m=road_stage_m,
            place=place or PLACE,
            kinds=dict(kind.split("=", 1) for kind in kinds),
            release=Release(cap_issuer, automatic_release),
            time_zone=time_zone,
        )
    except ImportProblem as problem:
        raise click.ClickException(str(problem)) from problem
    _show(report)


def _show(report: "ImportReport") -> None:
    for made in report.recordings:
        floods = "" if made.floods is None else f"{made.floods} floods, "
        click.echo(f"{made.name}: {made.low_points} low points, {floods}{made.readings} readings ({made.water_readings} of water)")
        for low_point, reason in made.low_points_left_out.items():
            click.echo(f"  left out {low_point}: {reason}")
    click.echo(f"{report.kept} of {report.rows_read} rows kept")
    counts = {"left out": report.left_out, "remark": report.remarks, "dropped": report.readings_dropped, "sensor": report.sensors_left_out}
    for title, reasons in counts.items():
        for reason, count in reasons.items():
            click.echo(f"  {title}: {reason} {count}")
