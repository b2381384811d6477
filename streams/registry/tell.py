"""Tells the districts of a running installation to forecast by another model: a message to each, in the log that they read (law 4)."""

from __future__ import annotations

from streams.broker.errors import BrokerFailed
from streams.broker.names import TopicNames
from streams.broker.probe import administrator
from streams.city.model import City
from streams.gateway.packer import Packed
from streams.gateway.producer import KafkaLog
from streams.observation.batch import encode_swap

PATIENCE_S = 5.0
DELIVERY_S = 30.0


def tell_districts(city: City, broker: str, names: TopicNames, model: str) -> None:
    """Ask every district for a model, and return when the log has it.

    It holds no tick, so it may be written beside the gateway: its place in the log is wherever it lands.

    Raises
    ------
    BrokerFailed
        Where there is no Kafka, or no such installation.
    LogFailed
        Where Kafka did not take some of them. Asking again is harmless.
    """
    with administrator(broker, PATIENCE_S) as admin:
        if names.batches not in admin.list_topics():
            raise BrokerFailed(f"there is no topic {names.batches} at {broker}: check --prefix and --broker")
    log = KafkaLog(broker, names, city.districts, DELIVERY_S)
    try:
        log.send([Packed(district, 0, encode_swap(district, model)) for district in city.districts])
    finally:
        log.close()
