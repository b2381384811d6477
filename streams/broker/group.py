"""A member of a consumer group, mended where kafka-python 3.0.12 can leave it without partitions for good."""

from __future__ import annotations

from kafka import KafkaConsumer


def finish_rebalances(consumer: KafkaConsumer) -> None:
    """Make a consumer that subscribes end every rebalance that it began; call it before the first poll.

    Notes
    -----
    When partitions appear after a member joined (which is so at most starts: topics are asked for while it joins), it joins again. It
    takes "I must join" from a comparison with the partitions that it last shared out, and that comparison comes out even as soon as it
    has shared out the new ones, before the answer is back. If a poll ends in between, the next one sees nothing to do: the answer is never
    taken up, the heartbeat stays off, and the member reads nothing and says nothing until its process ends. With polls of 100 ms on a
    busy machine that was one start in thirty.
    """
    coordinator = consumer._coordinator
    must_join = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator.rejoining or must_join()
