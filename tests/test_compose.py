"""The production file, as far as a machine without Docker can check it: valid, safe, and every command in it is one that parses."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import jsonschema
import msgspec
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import make_url

from streams.broker.names import TopicNames
from streams.broker.specs import topic_specs
from streams.city.load import load_city
from streams.city.model import Sender
from streams.cli.main import main
from streams.senders.dry_run import DryRun
from streams.senders.providers import ProvidersError
from streams.senders.service import SendOptions, open_channels

ROOT = Path(__file__).resolve().parents[1]
DOCKER = ROOT / "config" / "docker"
OURS = ("topics", "gateway", "worker", "projector", "sender", "receipts", "web", "desk", "signs", "watchdog")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}")


def interpolated(text: str, **given: str) -> str:
    """What Compose makes of `${NAME:-default}` and `${NAME:?message}`."""
    return VARIABLE.sub(lambda found: given.get(found["name"], found["default"] or ""), text)


@cache
def raw() -> str:
    return (ROOT / "docker-compose.yml").read_text("utf-8")


def composed(**given: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(interpolated(raw(), **{"LOWPOINT_CITY": "/srv/town", **given}))
    return loaded


def services(**given: str) -> dict[str, dict[str, Any]]:
    """Services by name; a command that is one text is taken apart as Compose does."""
    found: dict[str, dict[str, Any]] = composed(**given)["services"]
    for service in found.values():
        if isinstance(service.get("command"), str):
            service["command"] = shlex.split(service["command"])
    return found


def test_it_is_valid_by_the_schema_of_the_compose_specification() -> None:
    schema = next(Path("/usr/lib").glob("python3*/dist-packages/compose/config/compose_spec.json"), None)
    if schema is None:
        pytest.skip("no schema here: it comes with Debian 12's package docker-compose (apt-get install docker-compose)")
    jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8"))).validate(composed())


def test_every_variable_has_a_default_or_says_what_is_missing() -> None:
    assert "$" not in interpolated(raw().replace("$$", "")), "a variable that is written otherwise"
    assert {"LOWPOINT_CITY"} == {found["name"] for found in VARIABLE.finditer(raw()) if found["default"] is None}


def test_our_services_are_the_processes_of_the_design() -> None:
    assert set(OURS) == {name for name, service in services().items() if service["image"].startswith("lowpoint:")}
    assert 3 == services()["worker"]["deploy"]["replicas"]


# every command by hand


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """What a container would find at /city and /run/secrets."""
    (tmp_path / "secrets").mkdir()
    for secret in ("duty_officers", "gateway_keys", "mqtt_gateway_password", "officers_key", "postgres_password", "residents_key"):
        (tmp_path / "secrets" / secret).write_text("", "utf-8")
    (tmp_path / "signs.toml").write_text("", "utf-8")
    return tmp_path


def by_hand(arguments: list[str], mounted: Path) -> list[str]:
    city = ROOT / "config" / "cities" / "demo"
    places = {
        "/signs/signs.toml": mounted / "signs.toml",
        "/sending": mounted / "sending",
        "/run/secrets": mounted / "secrets",
        "/city": city,
    }
    for place, here in places.items():
        arguments = [argument.replace(place, str(here)) for argument in arguments]
    return arguments


def parsed(name: str, arguments: list[str]) -> dict[str, Any]:
    """What the command line makes of a service's command."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, f"there is no lowpoint {arguments[0]}"
        command, arguments = found, arguments[1:]
    made = command.make_context(name, arguments)  # refuses options, values and files that it does not know
    assert set(made.params) == {option.name for option in command.params if option.expose_value}
    return made.params


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_that_the_command_line_takes(name: str, mounted: Path) -> None:
    assert parsed(name, by_hand(services()[name]["command"], mounted))


def test_the_sender_is_the_dry_run_until_somebody_names_providers(mounted: Path) -> None:
    told = parsed("sender", by_hand(services()["sender"]["command"], mounted))
    assert (None, "", None) == (told["providers"], told["public_url"], told["loopback"])
    channels = open_channels(SendOptions(load_city(told["city"]), told["providers"], told["key"]))
    assert ([DryRun], []) == ([type(one) for one in channels.texts], channels.calls)


def test_a_city_that_has_a_provider_is_not_sent_dry(mounted: Path) -> None:
    told = parsed("sender", by_hand(services()["sender"]["command"], mounted))
    city = msgspec.structs.replace(load_city(told["city"]), sender=Sender(kind="twilio"))
    with pytest.raises(ProvidersError, match="--providers"):
        open_channels(SendOptions(city, told["providers"], told["key"]))


def test_what_the_guide_says_makes_the_sender_send(mounted: Path) -> None:
    guide = (ROOT / "docs" / "operators.md").read_text("utf-8")
    found = re.search(r"^ +LOWPOINT_SENDER_ARGS='(.+)'$", guide, re.M)
    assert found is not None
    told = parsed("sender", by_hand(services(LOWPOINT_SENDER_ARGS=found[1])["sender"]["command"], mounted))
    beside = parsed("receipts", by_hand(services(LOWPOINT_PUBLIC_URL=told["public_url"])["receipts"]["command"], mounted))
    assert mounted / "sending" / "providers.toml" == told["providers"]
    for name in ("city", "store", "providers", "key", "public_url"):
        assert told[name] == beside[name]
    assert f"LOWPOINT_PUBLIC_URL={told['public_url']}\n" in guide


def test_the_page_is_told_where_people_reach_it(mounted: Path) -> None:
    assert "" == parsed("web", by_hand(services()["web"]["command"], mounted))["public_url"]
    told = services(LOWPOINT_PUBLIC_URL="https://flood.example.org")
    assert "https://flood.example.org" == parsed("web", by_hand(told["web"]["command"], mounted))["public_url"]
    both = services(LOWPOINT_PUBLIC_URL="https://flood.example.org", LOWPOINT_WEB_ARGS="--public-url=https://page.example.org")
    assert "https://page.example.org" == parsed("web", by_hand(both["web"]["command"], mounted))["public_url"]


@pytest.mark.parametrize("name", OURS)
def test_files_that_a_command_names_are_mounted(name: str) -> None:
    service = services()[name]
    text = " ".join(service["command"])
    assert set(re.findall(r"/run/secrets/(\w+)", text)) <= set(service.get("secrets", ()))
    assert ("/sending" in text or name == "sender") == ("./.lowpoint/sending:/sending:ro" in service.get("volumes", ()))
    assert ("/city" in text) == ("/srv/town:/city:ro" in service.get("volumes", ()))
    assert ("--store" in text) == ("postgres_password" in service.get("secrets", ()))


def test_topics_have_as_many_partitions_as_workers_are_told() -> None:
    told = services(LOWPOINT_PARTITIONS="24")
    assert "24" in told["topics"]["command"]
    assert "--partitions=24" in told["worker"]["command"]


# health checks by hand


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    class Answer(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            self.send_response(self.status if self.path == "/health" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def checked(test: list[str]) -> int:
    kind, *command = test
    if kind == "CMD-SHELL":
        return subprocess.run(["sh", "-c", *command], check=False, capture_output=True).returncode
    return subprocess.run(
        [sys.executable if command[0] == "python" else command[0], *command[1:]], check=False, capture_output=True
    ).returncode


@pytest.mark.parametrize("name", ["gateway", "receipts", "web"])
def test_the_check_of_what_speaks_http_tells_well_from_ill(name: str, answering: HTTPServer) -> None:
    service = services()[name]
    own = next(argument.removeprefix("--port=") for argument in service["command"] if argument.startswith("--port="))
    assert f":{own}/health" in " ".join(service["healthcheck"]["test"])
    there = [word.replace(f":{own}/", f":{answering.server_port}/") for word in service["healthcheck"]["test"]]
    assert 0 == checked(there)
    assert 0 != checked([word.replace("/health", "/elsewhere") for word in there])


def test_the_check_of_a_worker_looks_at_the_file_that_it_is_told_to_write(tmp_path: Path) -> None:
    service = services()["worker"]
    status = next(argument.removeprefix("--status=") for argument in service["command"] if argument.startswith("--status="))
    here = [word.replace(status, str(tmp_path / "status.json")) for word in service["healthcheck"]["test"]]
    assert status in service["healthcheck"]["test"]
    assert 0 != checked(here)
    (tmp_path / "status.json").write_text('{"worker": "worker", "partitions": [0]}', "utf-8")
    assert 0 == checked(here)


@pytest.mark.parametrize("name", services())
def test_what_can_be_checked_is_checked(name: str) -> None:
    without = {"topics", "projector", "sender", "signs"}  # these end by themselves when they cannot go on
    service = services()[name]
    assert (name in without) == ("healthcheck" not in service)
    for key in ("interval", "timeout", "start_period"):
        assert name in without or re.fullmatch(r"\d+s", service["healthcheck"][key])


# safety


@pytest.mark.parametrize("name", services())
def test_a_service_is_started_again_bounded_and_given_time_to_stop(name: str) -> None:
    service = services()[name]
    assert ("on-failure" if name == "topics" else "unless-stopped") == service["restart"]
    assert {"cpus", "memory"} == set(service["deploy"]["resources"]["limits"])
    assert service["pids_limit"] <= 1024
    assert name == "topics" or int(service["stop_grace_period"].rstrip("s")) >= 20
    assert {"max-size": "10m", "max-file": "5"} == service["logging"]["options"]


@pytest.mark.parametrize("name", services())
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = services()[name]
    assert service.get("read_only", False) == (name != "kafka")
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert not {"privileged", "network_mode", "pid", "devices", "user"} & set(service)
    assert name not in OURS or "cap_add" not in service


def test_only_page_desk_gateway_receipts_and_mqtt_are_published_and_on_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert {"desk", "gateway", "receipts", "web", "mosquitto"} == set(published)
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert len(published) == len({port.rsplit(":", 1)[0] for ports in published.values() for port in ports})


def test_kafka_and_the_database_have_no_way_out() -> None:
    assert composed()["networks"]["inner"]["internal"]
    assert {"desk", "gateway", "receipts", "sender", "signs", "web", "mosquitto"} == {
        name for name, service in services().items() if "edge" in service["networks"]
    }
    assert all("inner" in service["networks"] for service in services().values())


def test_no_secret_is_in_clear() -> None:
    addresses = re.findall(r"--store=([^\s\"\]]+)", raw())
    assert addresses
    assert all(make_url(address).password is None for address in addresses)
    for service in services().values():
        words = {key: value for key, value in service.get("environment", {}).items() if re.search("PASSWORD|SECRET|TOKEN", key)}
        assert all(key.endswith("_FILE") for key in words)
    assert all(set(secret) == {"file"} for secret in composed()["secrets"].values())
    used = {secret if isinstance(secret, str) else secret["source"] for s in services().values() for secret in s.get("secrets", ())}
    assert used == set(composed()["secrets"])


def test_images_are_pinned_names_without_a_registry() -> None:
    for service in services().values():
        name, _, tag = service["image"].partition(":")
        assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)?", name)
        assert re.match(r"\d", tag)


def test_files_that_are_mounted_are_there() -> None:
    mounted = [volume.split(":")[0] for service in services().values() for volume in service.get("volumes", ()) if volume.startswith("./")]
    assert mounted
    own = [path for path in mounted if not path.startswith("./.lowpoint/")]  # what an installation puts there itself
    assert all((ROOT / path).is_file() for path in own)
    named = [volume.split(":")[0] for service in services().values() for volume in service.get("volumes", ()) if volume[0] not in "./"]
    assert set(composed()["volumes"]) == set(named)


def test_mosquitto_finds_its_files_where_its_settings_say() -> None:
    settings = (ROOT / "config" / "gateway" / "mosquitto.conf").read_text("utf-8")
    service = services()["mosquitto"]
    places = {volume.split(":")[1] for volume in service["volumes"]} | {secret["target"] for secret in service["secrets"]}
    for key in ("password_file", "acl_file", "persistence_location"):
        assert re.search(rf"^{key} (\S+?)/?$", settings, re.M)[1] in places  # type: ignore[index]


# order and agreement


def test_nothing_that_reads_a_topic_starts_before_the_topics_are_there() -> None:
    assert {"kafka": {"condition": "service_healthy"}} == services()["topics"]["depends_on"]
    for name, service in services().items():
        if any("kafka:9092" in word for word in service.get("command", ())) and name != "topics":
            assert {"condition": "service_completed_successfully"} == service["depends_on"]["topics"]
        # the watchdog must start, and tell, while the database is away
        if any("@postgres/" in word for word in service.get("command", ())) and name != "watchdog":
            assert {"condition": "service_healthy"} == service["depends_on"]["postgres"]


def test_kafka_is_the_version_that_the_tests_run_and_takes_our_largest_message() -> None:
    pom = (ROOT / "config" / "broker" / "pom.xml").read_text("utf-8")
    service = services()["kafka"]
    assert "apache/kafka:" + re.search(r"kafka_2\.13</artifactId>\s*<version>([^<]+)", pom)[1] == service["image"]  # type: ignore[index]
    largest = max(int(spec.config["max.message.bytes"]) for spec in topic_specs(TopicNames(), 1))
    assert service["environment"]["KAFKA_MESSAGE_MAX_BYTES"] >= largest
    assert "false" == service["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"]
    assert 22 == len(service["environment"]["CLUSTER_ID"])


# the image


def test_the_image_takes_locked_packages_and_does_not_run_as_root() -> None:
    text = (DOCKER / "Dockerfile").read_text("utf-8")
    assert text.splitlines()[2].startswith("FROM python:3.12-slim")
    assert "--require-hashes" in text
    assert [user for user in re.findall(r"^USER (\S+)", text, re.M) if user.split(":")[0] not in ("0", "root")]
    assert "../" not in text


def test_what_the_image_copies_is_there_and_let_through() -> None:
    copied = [
        source for line in re.findall(r"^COPY (.+)$", (DOCKER / "Dockerfile").read_text("utf-8"), re.M) for source in shlex.split(line)[:-1]
    ]
    let_through = (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert all((ROOT / source).exists() for source in copied)
    assert {f"!{source}" for source in copied} <= set(let_through)
    assert "*" in let_through


def test_the_image_has_every_folder_of_config_that_the_code_reads() -> None:
    # cities are mounted; the demo's is for those who have the repository
    read = {
        name
        for file in (ROOT / "streams").rglob("*.py")
        for name in re.findall(r'parents\[2\] / "config" / "(\w+)"', file.read_text("utf-8"))
        if name != "cities"
    }
    copied = set(re.findall(r"^COPY config/(\w+) /app/config/\1$", (DOCKER / "Dockerfile").read_text("utf-8"), re.M))
    assert {"texts", "words"} <= read
    assert set() == read - copied


def test_the_image_serves_the_scripts_that_it_installed_exactly_as_locked() -> None:
    text = (DOCKER / "Dockerfile").read_text("utf-8")
    assert "COPY config/console /app/scripts\n" in text
    assert re.search(r"npm ci --prefix /app/scripts .*--ignore-scripts", text)
    assert "LOWPOINT_SCRIPTS=/app/scripts/node_modules" in text


def test_what_the_image_takes_out_again_is_needed_by_nothing_that_runs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for_developers = {canonicalize_name(Requirement(line).name) for group in project["dependency-groups"].values() for line in group}
    needed: set[str] = set()
    left = [Requirement(line) for line in project["project"]["dependencies"]]
    while left:
        requirement = left.pop()
        if (str(requirement)) in needed:
            continue
        needed |= {str(requirement), canonicalize_name(requirement.name)}
        extras = ("", *requirement.extras)
        known = [Requirement(line) for line in importlib.metadata.requires(requirement.name) or ()]
        left += [one for one in known if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)]
    assert set() == for_developers & needed


@pytest.mark.parametrize("password", ["plain", r"co:lon and \ backslash"])
def test_the_password_reaches_libpq_in_a_file_that_nobody_else_can_read(password: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(password + "\n", "utf-8")
    env = {
        "LOWPOINT_POSTGRES_PASSWORD_FILE": str(tmp_path / "secret"),
        "LOWPOINT_PASSFILE": str(tmp_path / "pgpass"),
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        ["sh", DOCKER / "entry.sh", "sh", "-c", "echo $PGPASSFILE $1; umask", "-", "said"], env=env, check=True, capture_output=True
    )
    assert f"{tmp_path / 'pgpass'} said\n0022\n" == done.stdout.decode()
    assert 0o600 == (tmp_path / "pgpass").stat().st_mode & 0o777
    line = (tmp_path / "pgpass").read_text("utf-8")
    assert f"*:*:*:*:{password}\n" == re.sub(r"\\(.)", r"\1", line)
    assert 5 == len(re.split(r"(?<!\\):", line))


def test_without_a_password_the_command_simply_runs(tmp_path: Path) -> None:
    env = {"LOWPOINT_POSTGRES_PASSWORD_FILE": str(tmp_path / "none"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["sh", DOCKER / "entry.sh", "sh", "-c", "echo ${PGPASSFILE-unset}; exit 3"], env=env, check=False, capture_output=True
    )
    assert (3, b"unset\n") == (done.returncode, done.stdout)
