"""Tells a user what is wrong in one line instead of a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


class WrongModel(click.ClickException):
    """An option that names no model that can be used."""

    exit_code = 2


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn the errors that a user can mend into a message and exit code 1; a model that cannot be used is a wrong option, so code 2."""
    from models.learn.package import PackageError
    from streams.broker.local import BrokerFailed
    from streams.city.model import CityError
    from streams.replay.recording import RecordingError
    from streams.replay.workers import WorkersError

    try:
        yield
    except (CityError, RecordingError, BrokerFailed, WorkersError, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    except PackageError as error:
        raise WrongModel(str(error)) from error
