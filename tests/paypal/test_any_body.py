"""Whatever PayPal sends: one of our errors, or a status we know (security R44)."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kooneo.paypal import Gateway, PayPalError, RemoteStatus, TransactionStatus

from .builders import ID, a_billing_info, a_subscription, a_transaction, the_keys
from .server import Answer, PayPalServer, json_answer

EXAMPLES = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FAILED = {"amount": {"currency_code": "EUR", "value": "49.00"}, "time": "2026-01-05T10:00:00Z"}
WHOLE = a_subscription(billing_info=a_billing_info(last_failed_payment=FAILED))

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from paths(value, (*above, key))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


def almost(body: Any) -> st.SearchStrategy[Any]:
    return st.builds(replaced, st.just(body), st.sampled_from(list(paths(body))), any_json)


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[PayPalServer, Gateway]]:
    with PayPalServer().running() as server:
        gateway = Gateway(the_keys(), server.url)
        yield server, gateway
        gateway.close()


def outcome(call: Callable[[], Any]) -> Any:
    """What came back, or the one kind of error that may."""
    try:
        return call()
    except PayPalError as error:
        return error


def left_nothing_open(outcome: Any) -> bool:
    return isinstance(outcome, PayPalError) and not outcome.may_have_applied


@EXAMPLES
@given(body=any_json | almost(WHOLE))
def test_any_body_is_a_known_status_or_our_error(world: tuple[PayPalServer, Gateway], body: Any) -> None:
    paypal, gateway = world
    paypal.usual = json_answer(body)
    read = outcome(lambda: gateway.get_subscription(ID))
    assert left_nothing_open(read) or (type(read.status) is RemoteStatus and read.status == body["status"])


@EXAMPLES
@given(body=any_json | almost({"transactions": [a_transaction()], "total_pages": 1}))
def test_any_list_is_of_known_transactions_or_our_error(world: tuple[PayPalServer, Gateway], body: Any) -> None:
    paypal, gateway = world
    paypal.usual = json_answer(body)
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    read = outcome(lambda: gateway.list_transactions(ID, instant, instant))
    assert left_nothing_open(read) or {type(transaction.status) for transaction in read} <= {TransactionStatus}


@EXAMPLES
@given(status=st.integers(200, 599), content=st.binary(max_size=200) | any_json.map(lambda j: json.dumps(j).encode()))
def test_any_answer_to_an_action_is_a_success_or_our_error(
    world: tuple[PayPalServer, Gateway], status: int, content: bytes
) -> None:
    paypal, gateway = world
    paypal.usual = Answer(status, b"" if status in {204, 304} else content)
    done = outcome(lambda: gateway.cancel(ID, "Asked by the merchant"))
    if isinstance(done, PayPalError):
        assert done.may_have_applied is not (400 <= status <= 499)
    else:
        assert 200 <= status <= 299


@EXAMPLES
@given(body=any_json | almost({"access_token": "A21AA", "expires_in": 9, "scope": "openid"}))
def test_any_token_answer_is_scopes_or_our_error(world: tuple[PayPalServer, Gateway], body: Any) -> None:
    paypal, gateway = world
    paypal.usual_token = lambda _: json_answer(body)
    read = outcome(gateway.scopes)
    assert left_nothing_open(read) or all(isinstance(scope, str) for scope in read)
