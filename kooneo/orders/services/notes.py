"""The journal's lines about orders."""

from kooneo.journal.services import Actor, record
from kooneo.orders.models import Order

KOONEO = Actor("kooneo", "Kooneo", "worker")


def note(event: str, order: Order, *, problem: str | None = None) -> None:
    """In the caller's transaction."""
    record(order.merchant_id, event, by=KOONEO, subject_id=order.id, problem=problem)
