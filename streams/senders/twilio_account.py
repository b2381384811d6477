"""An account at Twilio: its client, and what its errors and answers mean to us."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from streams.delivery.lattice import STATE_OF_STATUS
from streams.senders.channel import Found, Posted
from streams.senders.connections import Away, Connections, Unclear
from streams.senders.door import Door
from streams.senders.twilio_http import TooFast, TwilioHttp

API = "https://api.twilio.com"
log = logging.getLogger(__name__)

T = TypeVar("T")


class TwilioAccount:
    """Talks to Twilio for one channel; `door` says where Twilio is."""

    def __init__(self, door: Door, at_once: int):
        self._connections = Connections(at_once)
        credentials = door.credentials
        # a mapping of its own: the client would else look into the environment
        self.client = Client(credentials.account, credentials.token, http_client=TwilioHttp(self._connections), environment={"TWILIO": ""})
        self.client.api.base_url = door.address(API)

    async def create(self, call: Awaitable[Any]) -> Posted:
        """Post something, and say how it ended."""
        try:
            made = await call
        except Away:
            return Posted("away", code="away")
        except TooFast as error:
            return Posted("refused", code="429", retry_after_s=error.retry_after_s)
        except Unclear as error:
            return Posted("unknown", code=error.code)
        except TwilioException as error:
            return refused(error)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return Posted("unknown", code=f"answer_{type(error).__name__}")  # an answer that is no message: who knows
        return Posted("accepted", provider_id=str(made.sid)) if made.sid else Posted("unknown", code="answer_without_id")

    async def ask(self, call: Awaitable[T]) -> T | None:
        """Ask for something; None where there is no answer to build on."""
        try:
            return await call
        except (Away, TooFast, Unclear, TwilioException, KeyError, ValueError, TypeError, AttributeError) as error:
            log.info("Twilio did not say (%s)", type(error).__name__)
            return None

    async def close(self) -> None:
        """End its connections."""
        await self._connections.close()


def refused(error: TwilioException) -> Posted:
    """What a refusal means: Twilio's code where it is Twilio's; anything else in between has passed nothing on."""
    code = getattr(error, "code", None)
    status = getattr(error, "status", None)
    if code and code != status:  # its client gives the status for a code where the answer has none
        return Posted("refused", code=str(code))
    if status == 401:
        return Posted("refused", code="20003")
    if status is None:
        return Posted("unknown", code="answer_unreadable")
    return Posted("away", code=f"http_{status}")


def found(resource: Any) -> Found:
    """A message or a call as the lattice knows it."""
    failed = str(resource.error_code) if getattr(resource, "error_code", None) else ""
    status = str(getattr(resource.status, "value", resource.status))
    state = STATE_OF_STATUS.get(status, "accepted")
    return Found(str(resource.sid), state, (failed or status) if state == "failed" else "")


def not_before(resource: Any, moment_us: int) -> bool:
    """Whether something was created at a moment or later; one that does not say when counts as later."""
    created = resource.date_created
    return not isinstance(created, datetime) or created.timestamp() * 1_000_000 >= moment_us
