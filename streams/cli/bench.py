"""`lowpoint bench`: measured figures by committed commands."""

from __future__ import annotations

import statistics
from pathlib import Path

import click

from streams.cli.bench_callbacks import callbacks
from streams.cli.bench_camera import camera
from streams.cli.bench_citizens import citizens
from streams.cli.bench_console import COMMANDS as CONSOLE
from streams.cli.bench_eyes import COMMANDS as EYES
from streams.cli.bench_live import live
from streams.cli.bench_pictures import COMMANDS as PICTURES
from streams.cli.bench_readers import readers
from streams.cli.bench_reports import reports
from streams.cli.bench_sending import COMMANDS as SENDING
from streams.cli.replay import FILE, FOLDER


@click.group()
def bench() -> None:
    """Measure: throughput, where the time goes, and equality of outputs through crashes."""


@bench.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for city/ and observations.ndjson.gz")
@click.option("--stations", default=2000, show_default=True)
@click.option("--minutes", default=10, show_default=True)
def record(out: Path, stations: int, minutes: int) -> None:
    """Generate a recording: stations at 1 Hz over 51 points, made up."""
    from streams.bench.record import write_recording

    click.echo(f"{write_recording(out, stations, minutes)} readings in {out}")


@bench.command()
@click.option("--city", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--batch-size", default=10_000, show_default=True)
@click.option("--speed", default="max", show_default=True)
@click.option("--times", default=3, show_default=True, help="how often")
def throughput(city: Path, inputs: tuple[Path, ...], out: Path, workers: int, batch_size: int, speed: str, times: int) -> None:
    """Replay several times: readings per second from the first message produced to the last output, and latency."""
    from streams.replay.run import ReplayOptions, replay
    from streams.settings import Settings

    pace = None if speed == "max" else float(speed)
    rates = []
    settings = Settings()
    for turn in range(times):
        summary = replay(ReplayOptions(city, inputs, out, pace, workers, batch_size, broker=settings.broker), settings)
        rates.append(float(str(summary["readings_per_s"])))
        took = f"latency {summary['latency_ms']} ms, read {summary['read_s']} s"
        click.echo(f"{turn + 1}: {summary['readings']} readings, {rates[-1]:,.0f}/s, {took}")
    click.echo(f"n {times}, median {statistics.median(rates):,.0f}/s, from {min(rates):,.0f} to {max(rates):,.0f}; {machine()}")


@bench.command("profile")
@click.option("--city", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, required=True)
@click.option("--batch-size", default=10_000, show_default=True)
def show_profile(city: Path, inputs: tuple[Path, ...], batch_size: int) -> None:
    """Say where the time goes, stage by stage and by function."""
    from streams.bench.profile import profile

    found = profile(city, inputs, batch_size)
    for stage, seconds in found.seconds.items():
        click.echo(f"{stage:16} {seconds:7.3f} s  {found.readings / max(seconds, 1e-9):>12,.0f} readings/s")
    click.echo(found.functions)


@bench.command()
@click.option("--city", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, required=True)
@click.option("--residents", type=FILE, default=None)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--only", multiple=True, help="names of variants, or parts of them; all without it")
def equal(city: Path, inputs: tuple[Path, ...], residents: Path | None, out: Path, only: tuple[str, ...]) -> None:
    """Replay in many ways, with kill -9 and a stopped broker, and compare the files byte by byte."""
    from streams.bench.equal import VARIANTS, compare
    from streams.replay.run import ReplayOptions
    from streams.settings import Settings

    chosen = tuple(v for v in VARIANTS if not only or any(part in v.name for part in only))
    failed = False
    for found in compare(ReplayOptions(city, inputs, out, residents=residents), Settings(), chosen):
        failed |= bool(found.differing) or found.differing_doubles > 0
        verdict = f"DIFFERS in {', '.join(found.differing)}" if found.differing else "equal"
        recovered = ", ".join(f"{seconds:.1f}" for seconds in sorted(found.recovered_s))
        after = f"; seconds from hit to next message, by partition: {recovered}" if recovered else ""
        twice = f"{found.doubled} outputs twice, {found.differing_doubles} of them not alike"
        click.echo(f"{found.name}: {verdict}; {found.seconds:.0f} s, {twice}{after}")
    if failed:
        raise click.ClickException("outputs differ: law 4 is broken")


@bench.command()
@click.option("--acts", default=100_000, show_default=True)
@click.option("--seed", default=7, show_default=True)
def signatures(acts: int, seed: int) -> None:
    """Random acts of officers against a referee that knows the policy: nothing goes out that it forbids."""
    from streams.bench.signatures import random_acts

    found = random_acts(acts, seed)
    for line in found.lines():
        click.echo(line)
    if found.forbidden:
        raise click.ClickException("an order went out that its policy forbids: law 8 is broken")


@bench.command("order-latency")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder to work in")
@click.option("--times", default=60, show_default=True)
@click.option("--residents", default=1000, show_default=True, help="of each zone")
def order_latency(out: Path, times: int, residents: int) -> None:
    """Seconds from a reading to the order that stands for signature, and from the second signature to the texts handed over."""
    from streams.bench.order_latency import measure

    for line in measure(out, times, residents).lines():
        click.echo(line)
    click.echo(machine())


@bench.command()
@click.option("--incidents", default=10_000, show_default=True)
def cap(incidents: int) -> None:
    """Random incidents as CAP 1.2: by the official schema, by our rules, and ten and more mutations that the schema lets through."""
    from streams.bench.cap import check_incidents

    found = check_incidents(incidents)
    for line in found.lines():
        click.echo(line)
    click.echo(machine())
    if not found.holds:
        raise click.ClickException("a message is not sound, or a mutation was let through")


@bench.command()
@click.option("--times", default=20, show_default=True)
def area(times: int) -> None:
    """Time the danger area on four million cells, and who of a million stands in it."""
    from streams.bench.area import lines, measure

    for line in lines(measure(times)):
        click.echo(line)
    click.echo(machine())


@bench.command("table")
@click.option("--city", type=FOLDER, required=True)
@click.option("--times", default=3, show_default=True, help="how often the table; ten times as often what is quick")
def table(city: Path, times: int) -> None:
    """Time the table of rainfall amounts and the live what-if: seconds and memory."""
    from streams.bench.table import LIVE_TARGET_S, time_live, time_sites, time_table
    from streams.bench.times import held_against

    click.echo(str(time_sites(city, 10 * times)))
    live = time_live(city, 10 * times)
    click.echo(f"{live}; {held_against(live, LIVE_TARGET_S)}")
    click.echo(str(time_table(city, times)))
    click.echo(machine())


@bench.command("forecast")
@click.option("--model", type=FOLDER, default=None, help="a trained model; without it the one that is shipped")
@click.option(
    "--times", type=click.IntRange(1), default=5, show_default=True, help="calls of each load; twenty times as many of what is quick"
)
def time_forecast(model: Path | None, times: int) -> None:
    """Time one forecast call, every point under water: 51 points and 10,000, each in a process of its own."""
    from streams.bench.forecast import LOADS, BenchError, measure_apart
    from streams.replay.workers import worker_environment
    from streams.settings import Settings

    environment = worker_environment(Settings().inherited)
    for load in LOADS:
        try:
            found = measure_apart(load, model, times if load.points >= 1000 else 20 * times, environment)
        except BenchError as error:
            raise click.ClickException(str(error)) from error
        for line in found.lines():
            click.echo(line)
    click.echo(f"model {found.model}; {machine()}")


@bench.command("lead-time")
@click.option("--city", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, required=True)
@click.option("--model", type=FOLDER, default=None, help="a trained model; without it the one that is shipped")
def lead_time(city: Path, inputs: tuple[Path, ...], model: Path | None) -> None:
    """Say how long before levels 3 and 4 were crossed they were forecast, with the rain and with all rain switched off."""
    from streams.bench.lead_time import lead_times
    from streams.city.load import load_city
    from streams.cli.errors import told_plainly
    from streams.evaluate.offline import EvaluationError, chosen_model
    from streams.replay.recording import read_recording

    try:
        with told_plainly():
            chosen, loaded = chosen_model(model), load_city(city)
            for line in lead_times(loaded, read_recording(loaded, inputs), chosen, lambda text: click.echo(text, err=True)):
                click.echo(line)
    except EvaluationError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"model {chosen.name}; [..]: 90 % intervals; {machine()}")


@bench.command("dirty")
@click.option("--storms", type=FOLDER, required=True, help="NAME/city and NAME/observations.ndjson.gz for each storm")
@click.option("--storm", "names", multiple=True, metavar="NAME", help="only this one; may be given more than once")
@click.option("--model", type=FOLDER, default=None, help="a trained model; without it the one that is shipped")
@click.option("--leave-one-out", is_flag=True, help="judge each storm by a model fitted on all the others of --storms")
@click.option("--seed", type=int, default=20_210_720, show_default=True, help="of what goes wrong, and where")
def dirty(storms: Path, names: tuple[str, ...], model: Path | None, leave_one_out: bool, seed: int) -> None:
    """Soil recordings and say what it costs: readings lost, twice, late and wrong, sensors that stick, cars over sensors."""
    from streams.bench.dirty import soil_storms
    from streams.cli.errors import told_plainly
    from streams.evaluate.evaluation import ModelOf, find_sources
    from streams.evaluate.offline import EvaluationError, chosen_model

    def tell(text: str) -> None:
        click.echo(text, err=True)

    if leave_one_out and model is not None:
        raise click.UsageError("--leave-one-out goes without --model")
    try:
        with told_plainly():
            every = find_sources(storms)
            sources = [source for source in every if not names or source.storm in names]
            if not sources:
                raise click.ClickException(f"{storms} holds no storm of that name")
            if leave_one_out:
                from streams.train.leave_out import model_without
                from streams.train.train import collect_all

                rows, truths = collect_all(every, tell, 1)
                # each is fitted when it is asked for, and only then
                model_of: ModelOf = lambda source: model_without(rows, truths, every.index(source))  # noqa: E731
                name = "fitted on the other storms"
            else:
                chosen = chosen_model(model)
                model_of, name = lambda _: chosen, chosen.name
            found = soil_storms(sources, model_of, tell, seed)
    except EvaluationError as error:
        raise click.ClickException(str(error)) from error
    for line in found.lines():
        click.echo(line)
    click.echo(f"model {name}; {len(sources)} storms, seed {seed}; [..]: 90 % intervals; {machine()}")


@bench.command("swmm-table")
@click.option("--city", type=FOLDER, required=True, help="a city made by `lowpoint make-demo city`")
def swmm_table(city: Path) -> None:
    """Hold the table against EPA SWMM 5 on the demo city's drains, with catchments as recorded and as they really are there."""
    from streams.bench.agreement import lines

    for line in lines(city):
        click.echo(line)
    click.echo(machine())


def machine() -> str:
    """The machine in a few words, and how much else was running on it."""
    import os
    import platform

    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"


@bench.command("creek")
@click.option("--city", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, required=True)
def creek(city: Path, inputs: tuple[Path, ...]) -> None:
    """Hold the forecast of a gauged creek against persistence, linear ARX and boosted trees, folded by time."""
    from models.situation import LEAD_MIN
    from streams.bench.creek import compare

    found = compare(city, inputs)
    leads = ", ".join(f"{lead:g}" for lead in LEAD_MIN)
    click.echo(f"MAE in cm at {leads} min; {found.moments} moments of {found.storms} storms, 90 % intervals over storms")
    for score in found.scores:
        figures = "  ".join(f"{m:6.2f} [{a:.2f}, {b:.2f}]" for m, a, b in zip(score.mae_cm, score.low_cm, score.high_cm, strict=True))
        click.echo(f"{score.model:28}{figures}")
    click.echo(f"{'80 % intervals cover':28}{'  '.join(f'{share:.3f}' for share in found.coverage.tolist())}")
    click.echo(machine())


@bench.command("alarms")
@click.option("--storms", type=FOLDER, required=True, help="NAME/city and NAME/observations.ndjson.gz for each storm")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
def alarms(storms: Path, processes: int) -> None:
    """Count alarms five minutes ahead on storms left out, with neighbours and without, beside the trend rule and the first centimetre."""
    from streams.bench.alarms import compare
    from streams.evaluate.evaluation import find_sources
    from streams.train.train import collect_all

    rows, truths = collect_all(find_sources(storms), lambda text: click.echo(text, err=True), processes)
    for one in compare(rows, truths):
        share = f"{one.in_time} of {one.crossings} crossings of {one.threshold_m * 100:.0f} cm five minutes ahead"
        click.echo(f"{one.rule:34}{share}, {one.alarms} alarms, FAR {one.far:.2f}")
    click.echo(machine())


for _command in (callbacks, camera, citizens, live, readers, reports, *CONSOLE, *EYES, *PICTURES, *SENDING):
    bench.add_command(_command)
