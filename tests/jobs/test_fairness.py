"""One bad key or one slow answer never holds up the others. Told by the order of what PayPal was asked, not by a clock."""

import pytest
from flask import Flask
from support import paypal
from support.acting import ask
from support.builders import a_merchant, a_product, a_subscription, an_offer, client_id_of, has_keys
from support.running import fresh
from support.worker import running_worker, wait_until

from kooneo.subscriptions.models import ChangeState


def _calls_before(healthy: list[str], client_id: str) -> list[str]:
    """What was asked about the failing merchant's subscriptions before PayPal had heard of the last healthy one."""
    calls = paypal.calls_in_order()
    heard = [next(place for place, call in enumerate(calls) if call["id"] == paypal_id) for paypal_id in healthy]
    return [call["id"] for call in calls[: max(heard)] if call["client_id"] == client_id and call["id"]]


def test_bad_keys_and_a_rate_limit_leave_the_third_merchant_as_quick_as_before(app: Flask) -> None:
    """Each change of the two was tried once at the most before PayPal had heard of all that the third one wanted."""
    limited, refused = a_merchant("Limite"), a_merchant("Refus")
    has_keys(refused, client_id_of(refused), "not-the-secret-any-more")
    paypal.fails_for_keys(client_id_of(limited), "get", "429", times=0, seconds=60)
    asked_before = len(paypal.calls_in_order())
    for merchant in (limited, refused):
        offer = an_offer(a_product(merchant))
        for _ in range(20):
            ask(a_subscription(offer=offer), "cancel")
    healthy = [a_subscription() for _ in range(3)]
    changes = [ask(subscription, "cancel") for subscription in healthy]
    with running_worker(app):
        wait_until(lambda: all(fresh(change).state.settled for change in changes), "the healthy merchants' changes")
    assert [(fresh(change).state, fresh(change).attempts) for change in changes] == [(ChangeState.DONE, 1)] * 3
    calls = paypal.calls_in_order()[asked_before:]
    heard = max(
        next(place for place, call in enumerate(calls) if call["id"] == subscription.paypal_id)
        for subscription in healthy
    )
    refusals = [call for call in calls[:heard] if call["action"] == "token" and call["status"] == 401]
    limits = [call for call in calls[:heard] if call["status"] == 429]
    assert len(refusals) <= 20
    assert len(limits) <= 20


@pytest.mark.parametrize(
    ("kind", "options", "most_calls"),
    [
        ("503", {}, 20),
        ("429", {"seconds": 60}, 20),
        # Answers that take this long fill the merchant's own slots, and no others.
        ("slow", {"seconds": 6}, 6),
    ],
)
def test_a_merchant_whose_paypal_fails_delays_nobody_by_more_than_one_attempt(
    app: Flask, kind: str, options: dict[str, float], most_calls: int
) -> None:
    failing = a_merchant("Panne")
    offer = an_offer(a_product(failing))
    stuck = [ask(a_subscription(offer=offer), "cancel") for _ in range(20)]
    paypal.fails_for_keys(client_id_of(failing), "get", kind, times=0, **options)
    healthy = [a_subscription() for _ in range(3)]
    changes = [ask(subscription, "cancel") for subscription in healthy]
    with running_worker(app):
        wait_until(lambda: all(fresh(change).state.settled for change in changes), "the healthy merchants' changes")
        others = [fresh(change) for change in stuck]
    assert [(fresh(change).state, fresh(change).attempts) for change in changes] == [(ChangeState.DONE, 1)] * 3
    assert len([change for change in others if change.state == ChangeState.DONE]) <= most_calls
    before = _calls_before([subscription.paypal_id or "" for subscription in healthy], client_id_of(failing))
    assert len(before) <= most_calls
    assert len(before) == len(set(before)), "a second attempt of one came before the first of another"
