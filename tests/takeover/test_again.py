"""Whatever lives at PayPal, and wherever the work breaks off: taken over twice it is there once."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import paypal
from support.acting import NORA, ask, journal_findings, rewrite
from support.builders import a_merchant, a_subscription, merchant_of
from support.refunds import payments_of
from support.running import fresh, in_app
from support.worker import running_worker, wait_until

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.takeover import services
from kooneo.takeover.models import Takeover
from kooneo.takeover.services.steps import carry_on, take_up
from kooneo.takeover.states import ItemState, TakeoverState

from .acting import (
    a_document,
    begin,
    confirm,
    customers_of,
    lives_at_paypal,
    offers_of,
    one_step,
    products_of,
    record_of,
    rows_of,
    states,
    taken_over,
)

pytestmark = pytest.mark.usefixtures("app")


class PowerCut(BaseException):
    """The process is gone: nothing catches it."""


@in_app
def step_that_dies(takeover: Takeover) -> None:
    """After everything was asked and written, before it is committed."""

    def die(_takeover: Takeover, _delay: float) -> None:
        raise PowerCut

    try:
        carry_on(takeover.id, db.session.get_one(Takeover, takeover.id).step, then=die)
    except PowerCut:
        db.session.rollback()


_kinds = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["APPROVAL_PENDING", "ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED"]),
        "plan_id": st.sampled_from(["P-ONE", "P-TWO", "P-THREE"]),
        "email": st.sampled_from(["a@client.test", "A@Client.test", "b@client.test", "c@client.test", ""]),
        "months": st.integers(1, 4),
    }
)


def _document(merchant: Merchant, kind: dict[str, Any]) -> dict[str, Any]:
    product = "PROD-SHARED" if kind["plan_id"] != "P-THREE" else "PROD-ALONE"
    return a_document(merchant, product_id=product, **kind)


def _rows(merchant: Merchant, ids: list[str]) -> dict[str, Any]:
    """What there is, without the ids and instants of the rows themselves."""
    return {
        "numbers": rows_of(merchant),
        "customers": [customer.email for customer in customers_of(merchant)],
        "offers": sorted(str(offer.paypal_plan_id) for offer in offers_of(merchant)),
        "products": sorted(product.id for product in products_of(merchant)),
        "records": {
            one: (
                (record := record_of(one)).status,
                record.paid_until,
                record.open_at_end,
                [(payment.paypal_transaction_id, payment.state, payment.at) for payment in payments_of(record)],
            )
            for one in ids
        },
    }


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(kinds=st.lists(_kinds, min_size=1, max_size=14), deaths=st.sets(st.integers(0, 5), max_size=3))
def test_twice_with_power_cuts_is_once(app: Flask, kinds: list[dict[str, Any]], deaths: set[int]) -> None:
    assert app
    merchant = a_merchant()
    documents = [_document(merchant, kind) for kind in kinds]
    paypal.has(*documents)
    taken = [document["id"] for document in documents if document["email"]]
    takeover = begin(merchant)
    for number in range(40):
        state = fresh(takeover).state
        if state == TakeoverState.READY and taken:
            confirm(takeover)
        elif not state.moves:
            break
        elif number in deaths:
            step_that_dies(takeover)
        else:
            one_step(takeover)
    first = _rows(merchant, taken)
    assert first["numbers"]["subscriptions"] == len(taken)
    assert first["customers"] == sorted({document["email"].lower() for document in documents if document["email"]})

    if taken:
        assert states(taken_over(merchant))[ItemState.UNCHANGED] == len(taken)
    assert _rows(merchant, taken) == first
    assert journal_findings(merchant.id) == []


@in_app
def begin_by_job(merchant: Merchant, ids: Sequence[str] | None = None) -> Takeover:
    return services.start(merchant.id, ids, by=NORA, form_key=str(uuid.uuid4()))


@in_app
def confirm_by_job(takeover: Takeover) -> None:
    services.confirm(takeover, by=NORA)


def test_a_worker_killed_in_the_middle_of_five_hundred(app: Flask) -> None:
    merchant = a_merchant()
    paypal.has(*(a_document(merchant, months=1) for _ in range(500)))
    takeover = begin_by_job(merchant)

    def reaches(state: ItemState, number: int) -> None:
        wait_until(lambda: states(takeover).get(state, 0) >= number, f"{number} {state}", 240)

    with running_worker(app) as worker:
        reaches(ItemState.FOUND, 200)
        worker.dies()
    with running_worker(app) as worker:
        wait_until(lambda: fresh(takeover).state == TakeoverState.READY, "the preview", 240)
        assert rows_of(merchant)["subscriptions"] == 0
        confirm_by_job(takeover)
        reaches(ItemState.TAKEN, 200)
        worker.dies()
    assert fresh(takeover).state == TakeoverState.RUNNING
    with running_worker(app) as worker:
        wait_until(lambda: fresh(takeover).state == TakeoverState.DONE, "the end", 240)
        assert "Traceback" not in worker.output
    assert states(takeover) == {ItemState.TAKEN: 500}
    assert rows_of(merchant) == {
        "products": 1,
        "offers": 1,
        "offer_products": 1,
        "customers": 500,
        "subscriptions": 500,
        "payments": 500,
    }
    assert journal_findings(merchant.id) == []


def test_a_lost_job_is_taken_up(app: Flask) -> None:
    merchant = a_merchant()
    paypal.has(a_document(merchant))
    takeover = begin(merchant)
    rewrite(takeover, touched_at=now() - timedelta(minutes=5), next_attempt_at=now() - timedelta(minutes=5))
    in_app(take_up)()
    with running_worker(app):
        wait_until(lambda: fresh(takeover).state == TakeoverState.READY, "the preview")


def test_what_the_team_asks_meanwhile_does_not_wait_for_it(app: Flask) -> None:
    record = a_subscription()
    merchant = merchant_of(record)
    slow = lives_at_paypal(merchant)
    paypal.fails(slow, "get", "slow", seconds=6)
    takeover = begin_by_job(merchant, [slow])
    with running_worker(app):
        wait_until(lambda: bool(paypal.calls(slow, "get")), "PayPal to be asked")
        change = ask(record, "cancel")
        wait_until(lambda: fresh(change).state.settled, "the cancellation")
        assert states(takeover) == {ItemState.WAITING: 1}
        wait_until(lambda: fresh(takeover).state == TakeoverState.READY, "the preview")
