"""An HTTP status other than 2xx -> one of our errors."""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from kooneo import clock
from kooneo.paypal.errors import (
    BadAnswer,
    CredentialsRefused,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Refused,
    Unreachable,
)
from kooneo.paypal.transport import Reply

_BY_STATUS: dict[int, type[PayPalError]] = {
    401: CredentialsRefused,
    403: PermissionMissing,
    404: NotFound,
    408: Unreachable,
    429: RateLimited,
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_DELAY = 24 * 3600.0


def refusal(reply: Reply, body: object, *, acts: bool) -> PayPalError:
    """`body` is PayPal's JSON, or None when there was none to read: the status alone decides the class."""
    name = _identifier(body, "name") or _identifier(body, "error")  # the token endpoint calls it `error`
    error = _class_of(reply.status, name)(
        http_status=reply.status,
        name=name,
        issue=_issue(body),
        debug_id=debug_id(reply.headers, body),
        may_have_applied=acts and not 400 <= reply.status <= 499,
    )
    if isinstance(error, RateLimited):
        error.retry_after = _retry_after(reply.headers.get("Retry-After", ""))
    return error


def debug_id(headers: Mapping[str, str], body: object) -> str | None:
    """What PayPal's support asks for."""
    return _identifier(body, "debug_id") or _identifier(headers, "Paypal-Debug-Id")


def _class_of(status: int, name: str | None) -> type[PayPalError]:
    if status in (403, 404) and name is None:
        return BadAnswer  # a firewall's page, not PayPal's word: nobody's request may end on it
    if 400 <= status <= 499:
        return _BY_STATUS.get(status, Refused)
    return Unreachable if status >= 500 else BadAnswer


def _issue(body: object) -> str | None:
    details = body.get("details") if isinstance(body, dict) else None
    found = (_identifier(detail, "issue") for detail in details) if isinstance(details, list) else iter(())
    return next(filter(None, found), None)


def _identifier(source: object, key: str) -> str | None:
    """These end up in logs and on screen: nothing passes that is not a short plain word."""
    value = source.get(key) if isinstance(source, Mapping) else None
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else None


def _retry_after(value: str) -> float | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3), at most a day."""
    try:
        seconds = float(value) if re.fullmatch(r"[0-9]{1,20}", value) else _seconds_until(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_DELAY)


def _seconds_until(http_date: str) -> float:
    instant = parsedate_to_datetime(http_date)
    return math.ceil((instant.replace(tzinfo=instant.tzinfo or UTC) - clock.now()).total_seconds())
