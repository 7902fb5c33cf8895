"""What is found at PayPal, and what is said of the rest, before anything is written."""

import pytest
from support import paypal
from support.builders import a_merchant, a_subscription, client_id_of, has_keys, merchant_of
from support.running import fresh, in_app

from kooneo.clock import now
from kooneo.paypal import Environment
from kooneo.takeover import services
from kooneo.takeover.services.steps import work
from kooneo.takeover.states import ItemState, Problem, Reason, TakeoverState

from .acting import (
    a_document,
    begin,
    carried_on,
    confirm,
    items_of,
    lives_at_paypal,
    one_step,
    outcome,
    read,
    resume,
    rows_of,
    states,
    stop,
    taken_over,
)

pytestmark = pytest.mark.usefixtures("app")

EMPTY = dict.fromkeys(("products", "offers", "customers", "subscriptions", "payments", "offer_products"), 0)


def test_the_list_is_read_page_by_page_and_nothing_is_written() -> None:
    merchant = a_merchant()
    paypal.has(*(a_document(merchant) for _ in range(45)))
    takeover = read(merchant)
    assert (takeover.state, takeover.listed) == (TakeoverState.READY, 45)
    assert states(takeover) == {ItemState.FOUND: 45}
    assert rows_of(merchant) == EMPTY


def test_a_long_list_takes_several_steps() -> None:
    merchant = a_merchant()
    paypal.has(*(a_document(merchant, months=1) for _ in range(101)))
    takeover = begin(merchant)
    one_step(takeover)
    assert (fresh(takeover).next_page, len(items_of(takeover))) == (6, 100)
    one_step(takeover)
    assert (fresh(takeover).next_page, len(items_of(takeover))) == (None, 101)


def test_another_merchants_subscriptions_are_not_found() -> None:
    lives_at_paypal(a_merchant())
    assert states(read(a_merchant())) == {}


def test_one_bad_id_never_stops_the_others() -> None:
    merchant = a_merchant()
    good, foreign = lives_at_paypal(merchant), lives_at_paypal(a_merchant())
    forbidden, refused, orphan = (lives_at_paypal(merchant) for _ in range(3))
    paypal.fails(forbidden, "get", "403", times=0)
    paypal.fails(refused, "get", "422", times=0)
    paypal.change(orphan, email="")
    words = ["S-OLD", good, "n'importe", foreign, forbidden, refused, orphan, good, good.lower(), "P-PLAN"]
    takeover = read(merchant, words)
    assert outcome(takeover) == {
        "S-OLD": (ItemState.CANNOT, Reason.OLD_PROFILE),
        good: (ItemState.FOUND, None),
        "n'importe": (ItemState.CANNOT, Reason.MALFORMED),
        foreign: (ItemState.CANNOT, Reason.UNKNOWN_HERE),
        forbidden: (ItemState.CANNOT, Reason.PERMISSION),
        refused: (ItemState.CANNOT, Reason.REFUSED),
        orphan: (ItemState.TO_CHECK, Reason.NO_EMAIL),
        "P-PLAN": (ItemState.CANNOT, Reason.PLAN),
    }
    assert (takeover.state, takeover.doubles) == (TakeoverState.READY, 2)


def test_ids_that_are_none_need_no_answer_of_paypals() -> None:
    takeover = read(a_merchant(), ["S-OLD", "S-OLDER"])
    assert (takeover.state, states(takeover)) == (TakeoverState.READY, {ItemState.CANNOT: 2})


@pytest.mark.parametrize(
    ("on", "kind", "reason"),
    [("plan", "404", Reason.PLAN_UNREADABLE), ("plan", "403", Reason.PLAN_UNREADABLE), ("product", "404", None)],
)
def test_a_plan_that_cannot_be_read_is_said_and_a_product_not_missed(on: str, kind: str, reason: str | None) -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant)
    paypal.fails_for_keys(client_id_of(merchant), on, kind, times=0)
    assert outcome(read(merchant)) == {paypal_id: (ItemState.TO_CHECK if reason else ItemState.FOUND, reason)}


def test_what_kooneo_has_already_is_marked() -> None:
    record = a_subscription()
    takeover = read(merchant_of(record), [str(record.paypal_id)])
    assert [item.known for item in items_of(takeover)] == [True]


@pytest.mark.parametrize("kind", ["404", "403", "400"])
def test_without_paypals_list_it_stops_and_says_so(kind: str) -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    paypal.fails_for_keys(client_id_of(merchant), "list", kind, times=0)
    takeover = read(merchant)
    assert (takeover.state, takeover.problem) == (TakeoverState.STOPPED, Problem.LIST_UNAVAILABLE)


def test_keys_that_are_refused_midway_stop_it_and_new_ones_let_it_go_on() -> None:
    merchant = a_merchant()
    paypal.has(*(a_document(merchant, months=1) for _ in range(40)))
    takeover = begin(merchant)
    one_step(takeover)
    one_step(takeover)
    paypal.fails_for_keys(client_id_of(merchant), "get", "401", times=2)
    takeover = carried_on(takeover)
    assert (takeover.state, takeover.problem) == (TakeoverState.STOPPED, Problem.CREDENTIALS)
    assert states(takeover) == {ItemState.FOUND: 25, ItemState.WAITING: 15}
    resume(takeover)
    assert (carried_on(takeover).state, states(takeover)) == (TakeoverState.READY, {ItemState.FOUND: 40})


def test_with_the_keys_of_another_account_nothing_goes_on() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = begin(merchant)
    paypal.knows_keys("another-client", "another-secret")
    has_keys(merchant, "another-client", "another-secret")
    takeover = carried_on(takeover)
    assert (takeover.state, takeover.problem) == (TakeoverState.STOPPED, Problem.KEYS_CHANGED)
    with pytest.raises(services.ChangedMeanwhile):
        resume(takeover)


def test_with_a_new_secret_of_the_same_keys_it_goes_on() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = begin(merchant)
    paypal.knows_keys(client_id_of(merchant), "a-new-secret")
    has_keys(merchant, client_id_of(merchant), "a-new-secret", Environment.SANDBOX)
    assert carried_on(takeover).state == TakeoverState.READY


def test_paypals_limit_is_waited_for() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = begin(merchant, [lives_at_paypal(merchant)])
    paypal.fails_for_keys(client_id_of(merchant), "get", "429", seconds=90)
    before = now()
    one_step(takeover)
    takeover = fresh(takeover)
    assert takeover.problem == Problem.RATE_LIMITED
    assert 89 <= (takeover.next_attempt_at - before).total_seconds() <= 120
    assert [item.attempts for item in items_of(takeover)] == [0]
    assert carried_on(takeover).state == TakeoverState.READY


@pytest.mark.parametrize("kind", ["500", "503", "truncated", "html", "reset_before"])
def test_paypal_out_of_order_is_tried_again_later(kind: str) -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant)
    paypal.fails_for_keys(client_id_of(merchant), "get", kind, times=2)
    takeover = begin(merchant, [paypal_id])
    one_step(takeover)
    assert fresh(takeover).next_attempt_at > now()
    assert states(carried_on(takeover)) == {ItemState.FOUND: 1}


def test_one_that_paypal_never_answers_for_holds_nothing_up() -> None:
    merchant = a_merchant()
    broken = lives_at_paypal(merchant)
    others = [lives_at_paypal(merchant) for _ in range(12)]
    paypal.fails(broken, "get", "500", times=0)
    takeover = carried_on(begin(merchant, [broken, *others]))
    found = outcome(takeover)
    assert found.pop(broken) == (ItemState.TO_CHECK, Reason.NO_ANSWER)
    assert set(found.values()) == {(ItemState.FOUND, None)}


def test_a_paypal_that_stays_away_stops_it_in_the_end_and_it_can_go_on() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    paypal.fails_for_keys(client_id_of(merchant), "list", "503", times=0)
    takeover = carried_on(begin(merchant))
    assert (takeover.state, takeover.problem) == (TakeoverState.STOPPED, Problem.UNREACHABLE)
    paypal.heals()
    resume(takeover)
    assert carried_on(takeover).state == TakeoverState.READY


def test_a_member_stops_it_and_goes_on() -> None:
    merchant = a_merchant()
    paypal.has(*(a_document(merchant) for _ in range(40)))
    takeover = read(merchant)
    confirm(takeover)
    one_step(takeover)
    stop(takeover)
    assert states(takeover) == {ItemState.TAKEN: 25, ItemState.FOUND: 15}
    assert carried_on(takeover).problem == Problem.ASKED
    resume(takeover)
    assert carried_on(takeover).state == TakeoverState.DONE
    assert (states(takeover), rows_of(merchant)["subscriptions"]) == ({ItemState.TAKEN: 40}, 40)


def test_one_at_a_time() -> None:
    merchant = a_merchant()
    takeover = begin(merchant)
    with pytest.raises(services.AlreadyUnderWay):
        begin(merchant)
    begin(a_merchant())
    stop(takeover)
    again = begin(merchant)
    with pytest.raises(services.AlreadyUnderWay):
        resume(takeover)
    assert fresh(takeover).state == TakeoverState.STOPPED
    assert fresh(again).state == TakeoverState.READING


def test_without_keys_there_is_nothing_to_read() -> None:
    with pytest.raises(services.KeysMissing):
        begin(a_merchant(keys=False))


def test_nothing_found_is_nothing_to_confirm() -> None:
    takeover = read(a_merchant())
    with pytest.raises(services.ChangedMeanwhile):
        confirm(takeover)


def test_confirming_twice_is_once() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = taken_over(merchant)
    confirm(takeover)
    assert fresh(takeover).state == TakeoverState.DONE


def test_a_batch_of_an_earlier_step_is_dropped() -> None:
    """Two workers that were given the same step: one writes."""
    merchant = a_merchant()
    paypal.has(*(a_document(merchant) for _ in range(3)))
    takeover = begin(merchant)
    one_step(takeover)
    in_app(work)(f"{takeover.id} {takeover.step}")
    assert fresh(takeover).step == takeover.step + 1
    assert states(takeover) == {ItemState.WAITING: 3}
