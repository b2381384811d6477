"""What is missing for a broker is installed where we may, and named in one line where we may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.setup import apt, stamp
from streams.setup.failure import SetupFailed
from streams.setup.java import java_version
from streams.setup.kafka import kafka_ready, make_kafka
from streams.setup.machine import Machine
from streams.setup.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path, tmp_path / ".lowpoint")
    places.pom.parent.mkdir(parents=True)
    places.pom.write_text("<project/>")
    return places


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    return Machine({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}, root=False)


def program(machine: Machine, name: str, script: str) -> None:
    file = Path(machine.env["PATH"]) / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


JAVA_17 = "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2"
MAVEN = 'for word; do case "$word" in -DoutputDirectory=*) /bin/mkdir -p "${word#*=}"; : >"${word#*=}/kafka_2.13.jar";; esac; done'


def test_without_root_the_line_names_all_that_is_missing(places: Places, machine: Machine) -> None:
    with pytest.raises(SetupFailed, match="as root: apt-get install default-jre-headless maven ") as failed:
        make_kafka(places, machine)
    assert 2 == failed.value.code
    assert "\n" not in str(failed.value)


def test_what_is_there_is_not_asked_for(places: Places, machine: Machine) -> None:
    program(machine, "java", JAVA_17)
    with pytest.raises(SetupFailed, match="apt-get install maven "):
        make_kafka(places, machine)


def test_root_installs_what_is_missing_and_goes_on(places: Places, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, "apt-get", "exit 0")
    asked: list[str] = []

    def install(packages: list[str], *_: object) -> None:
        asked.extend(packages)
        program(machine, "java", JAVA_17)
        program(machine, "mvn", MAVEN)

    monkeypatch.setattr(apt, "install", install)
    root = Machine(machine.env, root=True)
    make_kafka(places, root)
    assert ["default-jre-headless", "maven"] == asked
    assert kafka_ready(places, root)


def test_root_without_apt_is_told_what_to_install(places: Places, machine: Machine) -> None:
    with pytest.raises(SetupFailed, match="install, as root"):
        make_kafka(places, Machine(machine.env, root=True))


def test_jars_are_fetched_once_and_again_for_another_pom(places: Places, machine: Machine) -> None:
    program(machine, "java", JAVA_17)
    program(machine, "mvn", MAVEN + '; echo run >>"$HOME/runs"')
    make_kafka(places, machine)
    assert kafka_ready(places, machine)
    make_kafka(places, machine)
    places.pom.write_text("<project>2</project>")
    assert not kafka_ready(places, machine)
    make_kafka(places, machine)
    assert ["run", "run"] == (Path(machine.env["HOME"]) / "runs").read_text().split()
    assert {"kafka_2.13.jar", "pom.stamp"} == {file.name for file in places.jars.iterdir()}


def test_a_failed_fetch_leaves_nothing_and_tells_the_end_of_the_log(places: Places, machine: Machine) -> None:
    program(machine, "java", JAVA_17)
    program(machine, "mvn", "echo no way to the repository; exit 3")
    with pytest.raises(SetupFailed, match=r"failed with code 3: mvn .*\n    no way to the repository\n"):
        make_kafka(places, machine)
    assert not kafka_ready(places, machine)
    assert [] == list(places.home.glob("kafka*"))


def test_an_old_java_is_refused_with_what_to_do(places: Places, machine: Machine) -> None:
    program(machine, "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    program(machine, "mvn", MAVEN)
    with pytest.raises(SetupFailed, match="is Java 11, and Kafka needs 17: install openjdk-17-jre-headless or newer") as failed:
        make_kafka(places, machine)
    assert 2 == failed.value.code


@pytest.mark.parametrize(
    ("said", "version"),
    [('openjdk version "21" 2023-09-19', 21), ('java version "1.8.0_292"', 8), ('openjdk version "17.0.15"', 17), ("what?", 0)],
)
def test_versions_are_read(machine: Machine, said: str, version: int) -> None:
    program(machine, "java", f"echo '{said}' >&2")
    assert version == java_version(str(Path(machine.env["PATH"]) / "java"), machine)


def test_a_stamp_of_another_java_does_not_count(places: Places, machine: Machine) -> None:
    program(machine, "java", JAVA_17)
    stamp.write(places.jars / "pom.stamp", stamp.digest(places.pom))
    stamp.write(places.home / "java.stamp", "/opt/other/java")
    assert not kafka_ready(places, machine)
    make_kafka(places, machine)
    assert kafka_ready(places, machine)
