"""How many of what: the sums that the pages, the report and the command tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.takeover.states import LEFT_OUT, TAKEABLE, ItemState


@dataclass(frozen=True)
class Numbers:
    states: Mapping[ItemState, int]
    becoming: Mapping[SubscriptionStatus, int]
    """What those become that can be taken, or became; in the order of the statuses."""

    def of(self, *states: ItemState) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def all(self) -> int:
        return self.of(*ItemState)

    @property
    def to_read(self) -> int:
        return self.of(ItemState.WAITING)

    @property
    def read(self) -> int:
        return self.all - self.to_read

    @property
    def takeable(self) -> int:
        """Found, or taken already."""
        return self.of(*TAKEABLE)

    @property
    def taken(self) -> int:
        return self.takeable - self.of(ItemState.FOUND)

    def progress(self, *, confirmed: bool) -> tuple[int, int]:
        """How many are done, of how many: read before it is confirmed, taken afterwards. Never of none."""
        done, of = (self.taken, self.takeable) if confirmed else (self.read, self.all)
        return done, max(of, 1)

    @property
    def left_out(self) -> int:
        return self.of(*LEFT_OUT)
