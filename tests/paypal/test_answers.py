"""What PayPal's bodies become."""

import copy
import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from kooneo.clock import now
from kooneo.money import Money
from kooneo.paypal import (
    BadAnswer,
    Gateway,
    RemoteStatus,
    RemoteSubscription,
    RemoteTransaction,
    TransactionStatus,
)

from .builders import ID, a_billing_info, a_subscription, a_transaction
from .server import Answer, PayPalServer, json_answer

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 2, 1, tzinfo=UTC)


def read(paypal: PayPalServer, gateway: Gateway, body: Any) -> RemoteSubscription:
    paypal.answers(json_answer(body, headers={"Paypal-Debug-Id": "f42a1c"}))
    return gateway.get_subscription(ID)


def refused_field(paypal: PayPalServer, gateway: Gateway, body: Any) -> str | None:
    with pytest.raises(BadAnswer) as caught:
        read(paypal, gateway, body)
    assert caught.value.debug_id == "f42a1c"
    assert not caught.value.may_have_applied
    return caught.value.detail


def test_a_whole_subscription(paypal: PayPalServer, gateway: Gateway) -> None:
    before = now()
    found = read(paypal, gateway, a_subscription())
    assert before <= found.asked_at <= now()
    assert found == RemoteSubscription(
        paypal_id=ID,
        status=RemoteStatus.ACTIVE,
        status_updated_at=datetime(2026, 1, 10, 21, 20, 49, tzinfo=UTC),
        started_at=datetime(2025, 11, 1, tzinfo=UTC),
        plan_id="P-5ML4271244454362WXNWU5NQ",
        subscriber_email="camille@client.test",
        subscriber_given_name="Camille",
        subscriber_family_name="Roux",
        outstanding=Money(0, "EUR"),
        cycles_completed=3,
        total_cycles=12,
        last_payment=Money(4900, "EUR"),
        last_payment_at=datetime(2026, 1, 1, 10, tzinfo=UTC),
        next_billing_at=datetime(2026, 2, 1, 10, tzinfo=UTC),
        final_payment_at=datetime(2026, 10, 1, 10, tzinfo=UTC),
        failed_payments=0,
        last_failed_payment_at=None,
        debug_id="f42a1c",
        asked_at=found.asked_at,
        created_at=datetime(2025, 10, 31, 9, tzinfo=UTC),
        quantity="1",
        plan_overridden=False,
    )


@pytest.mark.parametrize("bare", [{"status": "CANCELLED"}, dict.fromkeys(a_subscription()) | {"status": "CANCELLED"}])
def test_only_the_status_must_be_there(paypal: PayPalServer, gateway: Gateway, bare: dict[str, Any]) -> None:
    subscription = read(paypal, gateway, bare)
    assert now() - subscription.asked_at < timedelta(minutes=1)
    known = {name: value for name, value in vars(subscription).items() if value is not None and name != "asked_at"}
    assert known == {
        "paypal_id": ID,
        "status": RemoteStatus.CANCELLED,
        "debug_id": "f42a1c",
    }


@pytest.mark.parametrize("status", list(RemoteStatus))
def test_every_word_of_paypals_is_known(paypal: PayPalServer, gateway: Gateway, status: RemoteStatus) -> None:
    assert read(paypal, gateway, a_subscription(status=str(status))).status is status


@pytest.mark.parametrize("status", ["active", "PAUSED", "", None, 1, ["ACTIVE"], {"status": "ACTIVE"}])
def test_an_unknown_status_is_an_error_never_a_guess(paypal: PayPalServer, gateway: Gateway, status: Any) -> None:
    assert refused_field(paypal, gateway, a_subscription(status=status)) == "status"


def test_payments_that_failed(paypal: PayPalServer, gateway: Gateway) -> None:
    billing = a_billing_info(
        outstanding_balance={"currency_code": "EUR", "value": "98.00"},
        failed_payments_count=2,
        last_failed_payment={"amount": {"currency_code": "EUR", "value": "49.00"}, "time": "2026-01-05T10:00:00Z"},
    )
    subscription = read(paypal, gateway, a_subscription(billing_info=billing))
    assert subscription.outstanding == Money(9800, "EUR")
    assert subscription.failed_payments == 2
    assert subscription.last_failed_payment_at == datetime(2026, 1, 5, 10, tzinfo=UTC)


def test_an_endless_subscription_has_no_total(paypal: PayPalServer, gateway: Gateway) -> None:
    cycles = [{"tenure_type": "REGULAR", "sequence": 1, "cycles_completed": 0, "total_cycles": 0}]
    subscription = read(paypal, gateway, a_subscription(billing_info=a_billing_info(cycle_executions=cycles)))
    assert (subscription.cycles_completed, subscription.total_cycles) == (0, None)


def test_cycles_of_a_trial_are_not_counted(paypal: PayPalServer, gateway: Gateway) -> None:
    cycles = [{"tenure_type": "TRIAL", "sequence": 1, "cycles_completed": 1, "total_cycles": 1}]
    subscription = read(paypal, gateway, a_subscription(billing_info=a_billing_info(cycle_executions=cycles)))
    assert (subscription.cycles_completed, subscription.total_cycles) == (None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01t12:00:00z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00.5Z", datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T12:00:00.123456789+02:00", datetime(2026, 3, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_every_time_of_the_schema_is_read_as_utc(
    paypal: PayPalServer, gateway: Gateway, written: str, meant: datetime
) -> None:
    started_at = read(paypal, gateway, a_subscription(start_time=written)).started_at
    assert (started_at, started_at and started_at.tzinfo) == (meant, UTC)


@pytest.mark.parametrize(
    "time",
    ["", "yesterday", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00+25:00",
     "0001-01-01T00:00:00+05:00", "0000-01-01T00:00:00Z", "2026-03-01T12:00:00Z\n", 1772366400, {}],
)  # fmt: skip
def test_a_time_that_is_none_is_a_bad_answer(paypal: PayPalServer, gateway: Gateway, time: Any) -> None:
    assert refused_field(paypal, gateway, a_subscription(start_time=time)) == "start_time"


@pytest.mark.parametrize(
    "money",
    [
        {"currency_code": "EUR", "value": 49.0},
        {"currency_code": "EUR", "value": "49,00"},
        {"currency_code": "EUR", "value": "0.005"},
        {"currency_code": "euro", "value": "49.00"},
        {"currency_code": 978, "value": "49.00"},
        {"value": "49.00"},
        {"currency_code": "JPY", "value": "49.50"},
        {},
    ],
)
def test_an_amount_that_is_none_is_a_bad_answer(paypal: PayPalServer, gateway: Gateway, money: Any) -> None:
    billing = a_billing_info(outstanding_balance=money)
    assert refused_field(paypal, gateway, a_subscription(billing_info=billing)) == "billing_info.outstanding_balance"


@pytest.mark.parametrize("count", ["2", 2.5, True, -1, 10_000, 10**30])
def test_a_count_that_is_none_is_a_bad_answer(paypal: PayPalServer, gateway: Gateway, count: Any) -> None:
    billing = a_billing_info(failed_payments_count=count)
    assert refused_field(paypal, gateway, a_subscription(billing_info=billing)) == "billing_info.failed_payments_count"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ("ACTIVE", "body"),
        (None, "body"),
        (a_subscription(subscriber="Camille"), "subscriber"),
        (a_subscription(subscriber={"email_address": "x" * 255}), "subscriber.email_address"),
        (a_subscription(billing_info=a_billing_info(cycle_executions={})), "billing_info.cycle_executions"),
        (a_subscription(billing_info=a_billing_info(cycle_executions=[1])), "billing_info.cycle_executions"),
    ],
)
def test_the_error_names_the_field(paypal: PayPalServer, gateway: Gateway, body: Any, field: str) -> None:
    assert refused_field(paypal, gateway, body) == field


def test_an_answer_about_another_subscription_is_refused(paypal: PayPalServer, gateway: Gateway) -> None:
    assert refused_field(paypal, gateway, a_subscription(id="I-SOMEBODYELSE")) == "id"


def test_characters_no_database_stores_are_left_out_of_names(paypal: PayPalServer, gateway: Gateway) -> None:
    name = {"given_name": "Ca\x00mil\ud800le\n", "surname": "\x00"}
    subscription = read(paypal, gateway, a_subscription(subscriber={"name": name}))
    assert (subscription.subscriber_given_name, subscription.subscriber_family_name) == ("Camille", None)


@pytest.mark.parametrize("key", ["api", "error", "header", "headers", "merge", "path", "to_dict", "answer", "__data__"])
def test_a_bodys_keys_do_not_reach_the_sdks_object(paypal: PayPalServer, gateway: Gateway, key: str) -> None:
    assert read(paypal, gateway, a_subscription(**{key: "hostile"})).status is RemoteStatus.ACTIVE


def test_plain_values_come_out(paypal: PayPalServer, gateway: Gateway) -> None:
    """The SDK's objects break copy and Jinja's escaping, and go on living."""
    subscription = read(paypal, gateway, a_subscription())
    assert is_dataclass(subscription)
    assert copy.deepcopy(subscription) == subscription
    values = [getattr(subscription, field.name) for field in fields(subscription)]
    assert {type(value) for value in values if not isinstance(value, Enum)} <= {
        str,
        int,
        bool,
        datetime,
        Money,
        type(None),
    }
    with pytest.raises(FrozenInstanceError):
        subscription.status = RemoteStatus.CANCELLED  # type: ignore[misc]


def test_a_transaction(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer({"transactions": [a_transaction()], "total_pages": 1}))
    assert gateway.list_transactions(ID, START, END) == [
        RemoteTransaction(
            transaction_id="TRFGHNJKOIIOJKL",
            status=TransactionStatus.COMPLETED,
            amount=Money(4900, "EUR"),
            at=datetime(2026, 1, 1, 10, 0, 0, 940_000, tzinfo=UTC),
            payer_email="camille@client.test",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "LOST"}, "status"),
        ({"status": None}, "status"),
        ({"id": None}, "id"),
        ({"time": None}, "time"),
        ({"amount_with_breakdown": None}, "amount_with_breakdown"),
        ({"amount_with_breakdown": {"gross_amount": {}}}, "amount_with_breakdown.gross_amount"),
    ],
)
def test_a_transaction_that_cannot_be_booked(
    paypal: PayPalServer, gateway: Gateway, changes: dict[str, Any], field: str
) -> None:
    paypal.answers(json_answer({"transactions": [a_transaction(), a_transaction(**changes)]}))
    with pytest.raises(BadAnswer) as caught:
        gateway.list_transactions(ID, START, END)
    assert caught.value.detail == f"transactions.{field}"


def test_what_does_not_fit_on_one_page_is_asked_for_in_halves(paypal: PayPalServer, gateway: Gateway) -> None:
    first, second = a_transaction(), a_transaction(id="SECOND")
    paypal.answers(
        json_answer({"transactions": [first], "total_pages": 2}),
        json_answer({"transactions": [first], "total_pages": 1}),
        json_answer({"transactions": [first, second], "total_pages": 1}),
    )
    found = gateway.list_transactions(ID, START, END)
    assert [one.transaction_id for one in found] == ["TRFGHNJKOIIOJKL", "SECOND"]
    assert len(paypal.asked) == 3


def test_a_list_that_never_gets_whole_is_refused(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.usual = json_answer({"transactions": [a_transaction()], "total_pages": 2})
    with pytest.raises(BadAnswer):
        gateway.list_transactions(ID, START, END)
    assert len(paypal.asked) <= 12


def test_json_that_repeats_a_key_does_not_confuse(paypal: PayPalServer, gateway: Gateway) -> None:
    body = json.dumps(a_subscription())[:-1] + ', "status": "CANCELLED"}'
    paypal.answers(Answer(200, body.encode()))
    assert gateway.get_subscription(ID).status is RemoteStatus.CANCELLED
