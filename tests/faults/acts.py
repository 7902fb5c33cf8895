"""What happens in a run, one act after the other: what people want, what PayPal does, what goes wrong, what the worker does."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import OperationalError
from support import paypal, reconciling, refunds
from support.acting import NORA, ask, changes_of, rewrite
from support.agreement import FINAL
from support.builders import a_payment, client_id_of, has_keys
from support.running import fresh, in_app

from faults.notifications import the_courier_comes
from faults.perils import Died, Peril
from faults.worker import due_jobs, in_peril, is_over, planned, restart, run, sweep
from faults.world import Act, World, records, somebody_subscribes, watch_gateway
from kooneo.billing.services.request import NotRefundable, RefundInProgress
from kooneo.clock import now
from kooneo.journal.services import Actor
from kooneo.paypal_simulator.failures import KINDS, Failure
from kooneo.subscriptions.lifecycle import NotAllowed
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import ChangeInProgress, KeysMissing

_ALICE = Actor("customer", "Alice Martin", "portal", uuid.UUID(int=2))
_WISHES = {"cancel": 6, "complete": 3, "abandon": 3, "pause": 4, "reactivate": 4, "stop": 1}
_WORDS = {"cancel": 4, "get": 6, "suspend": 2, "activate": 2, "list": 2, "token": 2, "*": 3}
_OF_PAYMENTS = ("sale", "refund", "*")
_ISSUES = ("USER_ACCOUNT_CLOSED", "SUBSCRIPTION_CANNOT_BE_ACTIVATED", "SUBSCRIPTION_STATUS_INVALID", "SOMETHING_NEW")
_UNEXPECTED = (ChangeInProgress, NotAllowed, KeysMissing, RefundInProgress, NotRefundable)
_PERILS = tuple(Peril)
_OF_WISHES = (
    Peril.DIES_BEFORE_COMMIT,
    Peril.DIES_AFTER_COMMIT,
    Peril.LOCKED,
    Peril.COMMIT_FAILED,
    Peril.COMMIT_UNHEARD,
)


def somebody_wishes(world: World) -> None:
    subscription, action = _who_may_wish(world), world.fate.weighted(_WISHES)
    world.busy = [*world.busy[-2:], subscription]
    by, key = world.fate.one_of((NORA, _ALICE)), str(uuid.uuid4())
    world.tell(f"{by.name} wants to {action} {world.name(subscription.id)}")
    _asked(world, lambda: ask(subscription, action, by=by, key=key))


def _who_may_wish(world: World) -> Subscription:
    """Mostly somebody whose subscription is in force: of an end there is little to wish."""
    in_force = [row.id for row in records(world) if not row.status.ended]
    if not in_force or world.fate.happens(0.1):
        return world.any_subscription()
    chosen = world.fate.one_of(sorted(in_force))
    return next(subscription for subscription in world.subscriptions if subscription.id == chosen)


def somebody_wants_money_back(world: World) -> None:
    if len(world.payments) < 4:
        _a_payment_is_known(world)
    if not world.payments:
        return
    payment, minor, key = world.fate.one_of(world.payments), world.fate.number(1, 3) * 1000, str(uuid.uuid4())
    world.tell(f"{minor} of payment {world.payments.index(payment)} are to be given back")
    _asked(world, lambda: refunds.ask_refund(payment, minor, key=key))


def _a_payment_is_known(world: World) -> None:
    subscription = world.any_subscription()
    if subscription.status == "active" and subscription.id not in {one.subscription_id for one in world.payments}:
        payment = a_payment(subscription)
        taken = world.at_paypal.newest_payment(subscription.paypal_id or "")
        rewrite(payment, paypal_transaction_id=taken)
        world.payments.append(fresh(payment))


def _asked(world: World, request: Callable[[], object]) -> None:
    """Perhaps the web process dies, or cannot write. Who sees no answer sends the same form again, now and then twice."""
    if world.fate.happens(0.3):
        with in_peril(world, world.fate.one_of(_OF_WISHES), lambda: None):
            _sent(world, request)
    for _ in range(world.fate.number(1, 2)):
        _sent(world, request)


def _sent(world: World, request: Callable[[], object]) -> None:
    try:
        request()
    except _UNEXPECTED as answer:
        world.tell(f"  {type(answer).__name__}")
    except (Died, OperationalError):
        world.tell("  no answer")


def the_worker_works(world: World) -> None:
    for job in due_jobs():
        _works_at(world, job)


def _works_at(world: World, job: tuple[str, str, str]) -> None:
    world.tell(f"the worker takes {job[1]} {job[0]}")
    fate = world.fate
    if fate.happens(0.04):
        return world.at_paypal.injected.update(["job lost"]) or is_over(job)
    if fate.happens(0.04):
        return world.at_paypal.injected.update(["job late"])
    if fate.happens(0.7):
        peril = fate.one_of(_PERILS)
        with in_peril(world, peril, _meanwhile(world, peril, job)):
            run(world, job)
    else:
        run(world, job)
    if fate.happens(0.06):
        world.at_paypal.injected["job run twice"] += 1
        run(world, job)
    return None


def _meanwhile(world: World, peril: Peril, job: tuple[str, str, str]) -> Callable[[], object]:
    """Of a worker that is overtaken: its lease is over, and another one has done the job when it wakes."""

    def overtaken() -> None:
        restart()
        run(world, job)

    return overtaken if peril == Peril.OVERTAKEN else lambda: _somebody_changes_one(world)


def the_minute_comes_round(world: World) -> None:
    world.tell("the worker sweeps")
    if world.fate.happens(0.3):
        with in_peril(world, world.fate.one_of(_PERILS), lambda: None):
            sweep(world)
    sweep(world)


def a_reconciliation_begins(world: World) -> None:
    merchant = world.fate.one_of(world.merchants)
    world.tell(f"a reconciliation begins for merchant {world.merchants.index(merchant)}")
    reconciling.begin(merchant.id)


def paypal_will_fail(world: World) -> None:
    for _ in range(world.fate.number(2, 6)):
        _will_fail(world)


def _will_fail(world: World) -> None:
    kind = world.fate.one_of(KINDS)
    seconds = world.fate.one_of((0, 5, 300, 3600)) if kind == "429" else 0
    issue = world.fate.one_of(_ISSUES) if kind == "422" and world.fate.happens(0.7) else None
    times = world.fate.weighted({1: 3, 2: 3, 4: 2, 8: 2})
    if world.payments and world.fate.happens(0.15):
        payment = world.fate.one_of(world.payments)
        on, about = world.fate.one_of(_OF_PAYMENTS), payment.paypal_transaction_id or "*"
    else:
        on = world.fate.weighted(_WORDS)
        subscription = (
            world.fate.one_of(world.busy) if world.busy and world.fate.happens(0.8) else world.any_subscription()
        )
        about = "*" if on in ("list", "token") else subscription.paypal_id or "*"
    world.tell(f"PayPal will fail {times} times: {kind} on {on} of {about}")
    world.at_paypal.fails(Failure(on=on, kind=kind, id=about, times=times, seconds=float(seconds), issue=issue))


def paypal_heals(world: World) -> None:
    world.tell("PayPal is well again")
    world.at_paypal.heals()


def something_changes_at_paypal(world: World) -> None:
    world.at_paypal.injected["changed at PayPal by somebody else"] += _somebody_changes_one(world)


def _somebody_changes_one(world: World) -> bool:
    """On PayPal's own site, where no end is undone; or the customer agrees at last. Whether there was one to change."""
    subscription = world.any_subscription()
    was = paypal.status(subscription.paypal_id or "")
    if was in FINAL:
        return False
    waits = was == "APPROVAL_PENDING"
    status = "ACTIVE" if waits else world.fate.one_of(("ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED"))
    if waits and _ends(subscription):
        world.agreed_after_the_end.add(subscription.id)
    world.at_paypal.becomes(subscription.paypal_id or "", status)
    world.tell(f"at PayPal {world.name(subscription.id)} becomes {status}")
    return True


def _ends(subscription: Subscription) -> bool:
    return bool(fresh(subscription).status.ended) or any(
        not change.state.settled for change in changes_of(subscription)
    )


def time_passes(world: World) -> None:
    """Mostly until there is something to do."""
    due = [instant - now() for instant in planned() if instant > now()]
    duration = timedelta(seconds=world.fate.weighted({1: 6, 30: 3, 120: 3, 3600: 2, 40_000: 1}))
    if due and world.fate.happens(0.75):
        duration = min(due) + timedelta(seconds=1)
    world.tell(f"{duration} pass")
    world.fate.passes(duration)


def a_clock_jumps(world: World) -> None:
    """Ours; PayPal's goes on as it did."""
    hours = world.fate.one_of((-48, -2, -1, 1, 2, 48))
    world.tell(f"our clock jumps by {hours} h")
    world.fate.passes(timedelta(hours=hours))
    world.at_paypal.clock_differs(hours * 3600)
    world.at_paypal.injected["clock jumped"] += 1


def keys_are_replaced(world: World) -> None:
    """A new secret of the same app, as PayPal's developer pages make one."""
    merchant = world.fate.one_of(world.merchants)
    secret = f"secret-{uuid.uuid4()}"
    world.tell(f"merchant {world.merchants.index(merchant)} has a new secret")
    paypal.knows_keys(client_id_of(merchant), secret)
    has_keys(merchant, client_id_of(merchant), secret)
    watch_gateway(world, merchant)
    world.at_paypal.injected["keys replaced"] += 1


@in_app
def the_mail_server_goes_or_comes_back(world: World) -> None:
    settings = current_app.config["SETTINGS"]
    there = settings.mail_url == "mailbox:"
    world.tell(f"the mail server {'goes' if there else 'comes back'}")
    # Port 1 refuses at once.
    current_app.config["SETTINGS"] = replace(settings, mail_url="smtp://127.0.0.1:1" if there else "mailbox:")
    world.at_paypal.injected["mail server gone"] += there


def the_machine_restarts(world: World) -> None:
    world.tell("the worker is started anew")
    restart()


ACTS: dict[Act, int] = {
    somebody_wishes: 20,
    somebody_subscribes: 5,
    somebody_wants_money_back: 4,
    the_worker_works: 36,
    the_minute_comes_round: 6,
    a_reconciliation_begins: 3,
    paypal_will_fail: 24,
    paypal_heals: 1,
    something_changes_at_paypal: 4,
    time_passes: 20,
    the_courier_comes: 10,
    a_clock_jumps: 3,
    keys_are_replaced: 1,
    the_mail_server_goes_or_comes_back: 2,
    the_machine_restarts: 2,
}
