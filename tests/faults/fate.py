"""One seed, one run: what is random comes from it, and time stands still unless the run moves it on."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from unittest.mock import patch

import time_machine

Choice = TypeVar("Choice")

_BEGINNING = datetime(2027, 3, 1, 9, tzinfo=UTC)


class Fate:
    def __init__(self, seed: int, clock: time_machine.Traveller) -> None:
        self._random, self._clock = Random(seed), clock

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return self._random.choice(choices)

    def weighted(self, choices: dict[Choice, int]) -> Choice:
        return self._random.choices(list(choices), list(choices.values()))[0]

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def number(self, first: int, last: int) -> int:
        return self._random.randint(first, last)

    def passes(self, duration: timedelta) -> None:
        """Time goes by, or a clock is put back."""
        self._clock.shift(duration)

    def goes_to(self, instant: datetime) -> None:
        self._clock.move_to(instant, tick=False)


@contextmanager
def fate(seed: int) -> Iterator[Fate]:
    """Identifiers come from the seed too: rows are sorted by them. Only the run's own: other threads, as those of a PayPal
    that delivers what was put off, come when they like."""
    identifiers, run, by_chance = Random(f"identifiers of {seed}"), threading.get_ident(), uuid.uuid4

    def identifier() -> uuid.UUID:
        ours = threading.get_ident() == run
        return uuid.UUID(int=identifiers.getrandbits(128), version=4) if ours else by_chance()

    with (
        time_machine.travel(_BEGINNING + timedelta(minutes=seed % 500_000), tick=False) as clock,
        patch("uuid.uuid4", identifier),
    ):
        yield Fate(seed, clock)
