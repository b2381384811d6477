"""`lowpoint plates`: plates for the low points, each with a code that opens the form of a report."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--url", required=True, help="where people reach the public page, such as https://flood.example.org")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for plates.html and the codes as SVG")
def plates(city: Path, url: str, out: Path) -> None:
    """Write a page to print with a plate for each low point: names, code to scan, and code to type."""
    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.web.plates import PAGE, write_plates

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise click.UsageError(f"--url {url}: write https://HOST as people reach the page")
    try:
        count = write_plates(load_city(city), url.rstrip("/"), out)
    except CityError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the plates cannot be written: {error}") from error
    click.echo(f"{count} plates in {out / PAGE}: print it from a browser")
