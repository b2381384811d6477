"""`lowpoint reports`: what citizens' reports say of the city itself."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.opened import STORE, opened
from streams.cli.replay import FOLDER


@click.group()
def reports() -> None:
    """Citizens' reports, looked at as a whole."""


@reports.command()
@click.option("--city", type=FOLDER, required=True)
@STORE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file for the proposals as GeoJSON")
def coverage(city: Path, store: str, out: Path | None) -> None:
    """Propose low points where citizens report water and the city has none, the best founded first."""
    import msgspec

    from streams import clock
    from streams.city.load import load_city
    from streams.cli.errors import told_plainly
    from streams.reports.audit import coverage_of
    from streams.reports.coverage import DAYS, collection
    from streams.reports.ground import Ground
    from streams.store.queries import districts_heard
    from streams.web.freshness import freshness

    with told_plainly(), opened(store, existing=True) as engine:
        known = load_city(city)
        now_us = freshness(known, {row.district: row for row in districts_heard(engine)}, clock.now_us()).now_us
        found = coverage_of(known, engine, now_us, Ground(known.folder))
        for one in found:
            near = f", {one.nearest[1]:.0f} m from {one.nearest[0]}" if one.nearest else ""
            depth = f", {one.depth_m:.2f} m" if one.depth_m is not None else ""
            click.echo(
                f"{one.lat:.5f} {one.lon:.5f}: {one.reports} reports of {one.sources} sources in {one.storms} storms, "
                f"{one.accepted} accepted, worth {one.score:.2f}{depth}{near}"
            )
        if not found:
            click.echo(f"no place without a low point is reported often enough in {DAYS} days: nothing is proposed")
        if out is not None:
            out.write_bytes(msgspec.json.format(msgspec.json.encode(collection(known, found)), indent=1) + b"\n")
            click.echo(f"written to {out}: give each a name and a class, and add its features to low_points.geojson")
