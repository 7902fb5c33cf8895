"""Having PayPal send its notifications here: when keys are kept, and whenever the address or the keys' app has changed.

Only the worker talks to PayPal. Asked twice it registers once: the address is looked up before it is added.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import and_, literal, or_, select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.paypal import EVENT_TYPES, Gateway, PayPalError, RemoteWebhook
from kooneo.settings.models import PayPalAccount
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.settings.services.keys import when_kept
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.outcomes import Outcome, judged
from kooneo.subscriptions.problems import Problem
from kooneo.webhooks import address
from kooneo.webhooks.models import HTTPS_ONLY, TO_REGISTER, EndpointState, WebhookEndpoint

REGISTER = "webhooks.register"

LEASE = timedelta(minutes=4)
"""Three questions, a renewed token before each."""
BACKOFF = tuple(timedelta(seconds=s) for s in (10, 30, 120, 600, 1800, 3600, 7200, 14400))
"""Before the second attempt, the third… some eight hours in all."""

_KOONEO = Actor("kooneo", "Kooneo", "worker")
_EVERY_EVENT = "*"

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while PayPal is asked."""

    endpoint_id: uuid.UUID
    lease: str
    gateway: Gateway
    account_version: int
    url: str


def request_registration(merchant_id: uuid.UUID) -> None:
    """Have the worker do it, or do it again."""
    with transaction():
        ask_to_register(merchant_id)


@when_kept
def ask_to_register(merchant_id: uuid.UUID) -> None:
    """In the caller's transaction."""
    endpoint = _locked(merchant_id)
    if not address.can_be_registered():
        endpoint.state, endpoint.problem, endpoint.next_attempt_at = EndpointState.FAILED, HTTPS_ONLY, None
        return
    endpoint.state, endpoint.problem = EndpointState.WAITING, None
    endpoint.attempts, endpoint.next_attempt_at = 0, now()
    endpoint.lease_holder = endpoint.lease_until = None  # whoever still asks with the old keys has lost the row
    db.session.flush()
    jobs.enqueue(REGISTER, str(endpoint.id), job_id=f"{endpoint.id}:{uuid.uuid4()}", partition=str(merchant_id))


def _locked(merchant_id: uuid.UUID) -> WebhookEndpoint:
    """The merchant's own address is made once."""
    db.session.get_one(Merchant, merchant_id, with_for_update=True)
    query = select(WebhookEndpoint).filter_by(merchant_id=merchant_id).with_for_update()
    endpoint = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if endpoint is None:
        endpoint = WebhookEndpoint(id=uuid.uuid4(), merchant_id=merchant_id, token=secrets.token_urlsafe(32))
        db.session.add(endpoint)
    return endpoint


@jobs.job(REGISTER)
def register(endpoint_id: str) -> None:
    """One attempt. Safe to repeat: without the lease, or once registered, it does nothing."""
    leased = _take(uuid.UUID(endpoint_id))
    if leased is None:
        return
    try:
        found = _at_paypal(leased.gateway, leased.url)
    except PayPalError as error:
        _put_off(leased, judged(error))
    except OperationalError:
        raise
    except Exception:
        log.exception("webhook.registration_failed", endpoint=endpoint_id)
        _put_off(leased, Outcome(ChangeState.UNKNOWN, problem=Problem.INTERRUPTED))
    else:
        _registered(leased, found)


def _take(endpoint_id: uuid.UUID) -> _Leased | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(WebhookEndpoint, endpoint_id, TO_REGISTER, worker=worker, lasting=LEASE)
        if not lease:
            return None
        endpoint = db.session.get_one(WebhookEndpoint, endpoint_id)
        account = paypal_account(endpoint.merchant_id)
        if account is None:
            _fail(endpoint, Problem.KEYS_CHANGED)
            return None
        gateway = gateway_for(account)
        if gateway is None:
            _try_again(endpoint, Outcome(ChangeState.UNKNOWN, problem=Problem.KEYS_UNREADABLE))
            return None
        return _Leased(endpoint_id, lease, gateway, account.version, address.base() + endpoint.token)


def _at_paypal(gateway: Gateway, url: str) -> RemoteWebhook:
    """By hand it may have been added already, and for other events."""
    found = next((webhook for webhook in gateway.list_webhooks() if webhook.url == url), None)
    if found is None:
        return gateway.create_webhook(url, EVENT_TYPES)
    if not found.event_types.issuperset(EVENT_TYPES) and _EVERY_EVENT not in found.event_types:
        gateway.subscribe_webhook(found.webhook_id, EVENT_TYPES)
    return found


def _registered(leased: _Leased, webhook: RemoteWebhook) -> None:
    with transaction():
        endpoint = _held(leased)
        if endpoint is None:
            return
        if endpoint.webhook_id != webhook.webhook_id:
            record(endpoint.merchant_id, "webhook.registered", by=_KOONEO, subject_id=endpoint.id)
        endpoint.state, endpoint.problem, endpoint.webhook_id = EndpointState.REGISTERED, None, webhook.webhook_id
        endpoint.account_version, endpoint.registered_url = leased.account_version, leased.url
        endpoint.registered_at = now()
        endpoint.next_attempt_at = endpoint.lease_holder = endpoint.lease_until = None


def _put_off(leased: _Leased, outcome: Outcome) -> None:
    with transaction():
        endpoint = _held(leased)
        if endpoint is not None:
            _try_again(endpoint, outcome)


def _held(leased: _Leased) -> WebhookEndpoint | None:
    """The row, locked; None when somebody asked anew meanwhile, or the lease has run out."""
    query = select(WebhookEndpoint).filter_by(id=leased.endpoint_id).with_for_update()
    endpoint = db.session.scalars(query.execution_options(populate_existing=True)).one()
    return endpoint if endpoint.lease_holder == leased.lease else None


def _try_again(endpoint: WebhookEndpoint, outcome: Outcome) -> None:
    if outcome.state != ChangeState.UNKNOWN or endpoint.attempts > len(BACKOFF):
        _fail(endpoint, outcome.problem)
        return
    endpoint.problem, endpoint.lease_holder, endpoint.lease_until = outcome.problem, None, None
    wait = max(BACKOFF[endpoint.attempts - 1], timedelta(seconds=outcome.retry_after or 0))
    endpoint.next_attempt_at = now() + wait
    jobs.enqueue(
        REGISTER,
        str(endpoint.id),
        job_id=f"{endpoint.id}:{uuid.uuid4()}",
        partition=str(endpoint.merchant_id),
        delay=wait.total_seconds(),
    )


def _fail(endpoint: WebhookEndpoint, problem: Problem | None) -> None:
    endpoint.state, endpoint.problem = EndpointState.FAILED, problem
    endpoint.next_attempt_at = endpoint.lease_holder = endpoint.lease_until = None
    log.warning("webhook.not_registered", merchant_id=str(endpoint.merchant_id), problem=problem)


@jobs.every_minute("take_up_registrations")
def take_up() -> None:
    """Keys without a registered address, an address that has changed, and attempts whose job was lost."""
    if address.can_be_registered():
        for merchant_id in _out_of_date():
            request_registration(merchant_id)
    for endpoint_id, merchant_id, _attempts in leases.due(WebhookEndpoint, TO_REGISTER):
        with transaction():
            job_id = f"{endpoint_id}:{uuid.uuid4()}"
            jobs.enqueue(REGISTER, str(endpoint_id), job_id=job_id, partition=str(merchant_id))


def _out_of_date() -> list[uuid.UUID]:
    registered_elsewhere = and_(
        WebhookEndpoint.state == EndpointState.REGISTERED,
        or_(
            WebhookEndpoint.account_version != PayPalAccount.version,
            WebhookEndpoint.registered_url != literal(address.base()) + WebhookEndpoint.token,
        ),
    )
    query = (
        select(PayPalAccount.merchant_id)
        .outerjoin(WebhookEndpoint, WebhookEndpoint.merchant_id == PayPalAccount.merchant_id)
        .where(PayPalAccount.encrypted_secret.is_not(None))
        .where(or_(WebhookEndpoint.id.is_(None), registered_elsewhere, WebhookEndpoint.problem == HTTPS_ONLY))
    )
    return list(db.session.scalars(query))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(WebhookEndpoint, TO_REGISTER, worker=current_app.config["SETTINGS"].worker_name)
