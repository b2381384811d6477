"""Wires the fake and serves it on this machine."""

from __future__ import annotations

from types import TracebackType

from aiohttp import web

from streams.fake_twilio.api import TwilioApi
from streams.fake_twilio.control_api import PREFIX, ControlApi
from streams.fake_twilio.exchange import Exchange
from streams.fake_twilio.options import FakeError, FakeOptions

BACKLOG = 1_024
REQUESTS_END_S = 0.5


class FakeServer:
    """A fake in the event loop that it is entered in: `async with FakeServer(options) as fake: fake.url`."""

    def __init__(self, options: FakeOptions | None = None):
        self._options = options or FakeOptions()
        self.exchange = Exchange(self._options)
        self._api = TwilioApi(self.exchange, self._options.token)
        self._control = ControlApi(self.exchange)
        # no routes and no middleware: thousands of requests a second come here
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=REQUESTS_END_S)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        """What stands in for Twilio's own address."""
        return f"http://{self._options.host}:{self.port}"

    async def __aenter__(self) -> FakeServer:
        self.exchange.callbacks.begin()
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._options.host, self._options.port, backlog=BACKLOG).start()
        except OSError as error:
            await self._close()
            raise FakeError(f"port {self._options.port} cannot be listened on ({error.strerror}): choose another --port") from None
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._close()

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self.exchange.callbacks.close()
        self.exchange.ledger.close()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        if path.startswith(PREFIX):
            return await self._control.answer(request, path, query)
        return await self._api.answer(request, path, query)
