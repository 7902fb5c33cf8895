"""One run: a history of acts from one seed, then calm, then the verdict."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from flask import Flask
from sqlalchemy import select
from support import reconciling
from support.acting import ask
from support.running import fresh, in_app

from faults.acts import ACTS
from faults.at_paypal import AtPayPal
from faults.fate import fate
from faults.perils import Perils
from faults.verdict import Verdict, broken_promises, divergent, judge, unsettled, waiting_messages
from faults.worker import due_jobs, forget_everything, planned, restart, run, sweep
from faults.world import World, people
from kooneo.billing.refunds import RefundRequest
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.mail.models import OutboxMessage
from kooneo.paypal_simulator.store import Store
from kooneo.subscriptions.lifecycle import NotAllowed
from kooneo.subscriptions.models import StatusChange
from kooneo.subscriptions.reconciliations import Reconciliation
from kooneo.subscriptions.services.request import ChangeInProgress
from kooneo.webhooks.models import WebhookEvent

ACTS_IN_A_RUN = 200
_PATIENCE = timedelta(days=10)
_PATIENCE_WITH_AN_ABLATION = timedelta(days=2)
_NIGHTLY = time(2, 47)


@dataclass(frozen=True)
class Ablation:
    """What is switched off, to see that a run can fail."""

    reconciliation: bool = False
    retries: bool = False


@dataclass
class Result:
    seed: int
    verdict: Verdict
    injected: Counter[str]
    converged_after: timedelta
    """From the last fault until every request had its answer and both sides agreed."""
    mail_after: timedelta
    """And until the last message had left."""
    history: list[str] = field(default_factory=list)


def play(app: Flask, simulator: Store, perils: Perils, seed: int, *, without: Ablation | None = None) -> Result:
    """One seed, one run."""
    without = without or Ablation()
    with fate(seed) as chosen:
        world = World(app, chosen, perils, AtPayPal(simulator))
        people(world)
        promises = []
        for number in range(ACTS_IN_A_RUN):
            chosen.passes(timedelta(milliseconds=10))
            chosen.weighted(ACTS)(world)
            world.at_paypal.look_at_calls()
            promises += [f"after act {number}: {found}" for found in broken_promises(world)]
        converged, mailed = _calm(world, without)
        world.at_paypal.look_at_calls()
        verdict = replace(judge(world), broken_promises=promises)
        forget_everything()
    return Result(seed, verdict, world.at_paypal.injected, converged, mailed, world.history)


def _calm(world: World, without: Ablation) -> tuple[timedelta, timedelta]:
    """Nothing fails any more; time passes from one due thing to the next, and nights come."""
    world.at_paypal.heals()
    world.app.config["SETTINGS"] = replace(world.app.config["SETTINGS"], mail_url="mailbox:")
    restart()
    begun, converged = now(), None
    patience = _PATIENCE if without == Ablation() else _PATIENCE_WITH_AN_ABLATION
    while now() - begun < patience:
        _minute(world, without)
        if converged is None and not unsettled(world) and not divergent(world):
            converged = now()
        if converged is not None and not waiting_messages(world):
            break
        _next(world, without)
    return (converged or now()) - begun, now() - begun


def _minute(world: World, without: Ablation) -> None:
    if not without.retries:
        sweep(world, but=["catch_up_reconciliations"] if without.reconciliation else [])
    while jobs := [job for job in due_jobs() if not (without.retries and ":" in job[0])]:
        for job in jobs:
            run(world, job)
    _what_waits_for_a_person(world)


def _what_waits_for_a_person(world: World) -> None:
    """The merchant reads À traiter, and stops at PayPal what charges after its end."""
    for subscription in world.subscriptions:
        if fresh(subscription).charging:
            try:
                ask(subscription, "stop")
            except (ChangeInProgress, NotAllowed):
                continue


def _next(world: World, without: Ablation) -> None:
    night = datetime.combine(now().date(), _NIGHTLY, now().tzinfo)
    night += timedelta(days=1) if night <= now() else timedelta()
    due = [] if without.retries else [*planned(), *_attempts(world)]
    world.fate.passes(_until_the_next_of([*due, night]))
    if now() >= night and not without.reconciliation:
        for merchant in world.merchants:
            reconciling.begin(merchant.id)


@in_app
def _attempts(world: World) -> list[datetime]:
    """When the rows themselves say that they go on."""
    found = []
    for model in (StatusChange, RefundRequest, OutboxMessage, Reconciliation, WebhookEvent):
        query = select(model.next_attempt_at, model.lease_until).where(model.next_attempt_at.is_not(None))
        ours = query.where(model.merchant_id.in_(world.merchant_ids))
        found += [max(filter(None, row)) for row in db.session.execute(ours)]
    return found


def _until_the_next_of(instants: list[datetime]) -> timedelta:
    """What is due already has lost its job, and is looked for again every five minutes."""
    if any(instant <= now() for instant in instants):
        return timedelta(minutes=5)
    return min(instants) - now() + timedelta(seconds=1)
