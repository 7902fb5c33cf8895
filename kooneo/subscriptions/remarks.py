"""What other parts have to say on a subscription's card. They register themselves: the domain does not know them."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kooneo.subscriptions.models import Subscription


@dataclass(frozen=True)
class Remark:
    """A line among the card's facts, for the team."""

    label: str
    text: str
    tone: str = ""
    stops_proposals: bool = False
    """Then the label stands beside the status too, and no proposal is offered."""


Source = Callable[[Sequence[Subscription]], Mapping[uuid.UUID, Remark]]
"""Given the cards' subscriptions, all of one customer; those without a remark are left out."""

_sources: dict[str, Source] = {}


def remarks_from(name: str) -> Callable[[Source], Source]:
    def register(function: Source) -> Source:
        _sources[name] = function
        return function

    return register


def remarks_on(subscriptions: Sequence[Subscription]) -> Mapping[uuid.UUID, Sequence[Remark]]:
    found: dict[uuid.UUID, list[Remark]] = defaultdict(list)
    for source in _sources.values():
        for subscription_id, remark in source(subscriptions).items():
            found[subscription_id].append(remark)
    return found
