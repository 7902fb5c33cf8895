"""What a running simulator holds."""

from dataclasses import dataclass, field
from threading import Event

from kooneo.paypal_simulator.courier import Courier
from kooneo.paypal_simulator.store import Store


@dataclass(frozen=True)
class Simulator:
    store: Store
    stopping: Event = field(default_factory=Event)
    courier: Courier = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "courier", Courier(self.store, self.stopping))

    def stop(self) -> None:
        """Wake every request that sleeps on purpose, so that the server can end."""
        self.stopping.set()
