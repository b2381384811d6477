"""The same databases as for the store, and the fake of Twilio."""

from tests.streams.fake_twilio.conftest import fake, the_fake
from tests.streams.store.conftest import engine, store_url

__all__ = ["engine", "fake", "store_url", "the_fake"]
