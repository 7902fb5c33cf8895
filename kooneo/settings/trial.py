"""Trying keys at PayPal, before anything is kept: a token, what it allows, and one question that changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kooneo.paypal import (
    Credentials,
    CredentialsRefused,
    Environment,
    Gateway,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Scope,
    Unreachable,
    trial_gateway,
)
from kooneo.settings.models import TrialResult

_NOBODYS_ID = "I-000000000000"
"""Asked for when no subscription is known: PayPal answers 404, and 403 to an app that may not ask."""


class Step(StrEnum):
    PAIR = "pair"
    PERMISSION = "permission"
    READING = "reading"


class Finding(StrEnum):
    ACCEPTED = "accepted"
    WRONG_PAIR = "wrong_pair"
    OTHER_ENVIRONMENT = "other_environment"
    """Right keys, where they are unknown."""
    PERMITTED = "permitted"
    NOT_PERMITTED = "not_permitted"
    READ = "read"
    READING_REFUSED = "reading_refused"
    OTHER_ACCOUNT = "other_account"
    """They work, but do not show what was sold so far."""
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    BAD_ANSWER = "bad_answer"
    BUSY = "busy"
    """Too many already wait for PayPal here: it was not asked."""
    NOT_TRIED = "not_tried"


WRONG = (Finding.WRONG_PAIR, Finding.OTHER_ENVIRONMENT, Finding.NOT_PERMITTED, Finding.READING_REFUSED)
UNDECIDED = (Finding.UNREACHABLE, Finding.RATE_LIMITED, Finding.BAD_ANSWER, Finding.BUSY)


@dataclass(frozen=True)
class Report:
    environment: Environment
    findings: tuple[Finding, ...]
    """One a step, in their order, up to the first that stops the trial."""

    @property
    def result(self) -> TrialResult:
        if any(finding in WRONG for finding in self.findings):
            return TrialResult.WRONG
        if any(finding in UNDECIDED for finding in self.findings):
            return TrialResult.UNDECIDED
        return TrialResult.RIGHT

    @property
    def steps(self) -> list[tuple[Step, Finding]]:
        missing = len(Step) - len(self.findings)
        return list(zip(Step, (*self.findings, *[Finding.NOT_TRIED] * missing), strict=True))


def busy(environment: Environment) -> Report:
    return Report(environment, (Finding.BUSY,))


def try_at_paypal(credentials: Credentials, *, known_id: str | None, url: str | None) -> Report:
    """`known_id` is a subscription that these keys should show. Waits for PayPal: some twelve seconds at the most."""
    with trial_gateway(credentials, url=url) as gateway:
        findings = _until_one_stops(gateway, credentials, known_id, url)
        return Report(credentials.environment, tuple(findings))


def _until_one_stops(
    gateway: Gateway, credentials: Credentials, known_id: str | None, url: str | None
) -> Iterator[Finding]:
    try:
        scopes = gateway.scopes()
    except CredentialsRefused:
        yield _elsewhere(credentials, url)
        return
    except PayPalError as error:
        yield _undecided(error)
        return
    yield Finding.ACCEPTED
    if Scope.SUBSCRIPTIONS not in scopes:
        yield Finding.NOT_PERMITTED
        return
    yield Finding.PERMITTED
    yield _reading(gateway, known_id)


def _elsewhere(credentials: Credentials, url: str | None) -> Finding:
    """Refused here: are they the other environment's? When that cannot be told, they are refused all the same."""
    with trial_gateway(replace(credentials, environment=credentials.environment.other), url=url) as gateway:
        try:
            gateway.scopes()
        except PayPalError:
            return Finding.WRONG_PAIR
    return Finding.OTHER_ENVIRONMENT


def _reading(gateway: Gateway, known_id: str | None) -> Finding:
    try:
        gateway.get_subscription(known_id or _NOBODYS_ID)
    except NotFound:
        return Finding.OTHER_ACCOUNT if known_id else Finding.READ
    except (PermissionMissing, CredentialsRefused):
        return Finding.READING_REFUSED
    except PayPalError as error:
        return _undecided(error)
    return Finding.READ


def _undecided(error: PayPalError) -> Finding:
    match error:
        case Unreachable():
            return Finding.UNREACHABLE
        case RateLimited():
            return Finding.RATE_LIMITED
        case _:
            return Finding.BAD_ANSWER
