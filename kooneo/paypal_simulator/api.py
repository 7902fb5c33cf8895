"""PayPal's routes. Each call is received in one transaction: billed, noted, failed if told to, answered."""

import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request

from kooneo import clock
from kooneo.paypal_simulator import accounts, answers, bodies, calls, failures, instants, sales, selling, store
from kooneo.paypal_simulator.accounts import Account
from kooneo.paypal_simulator.answers import Answer, Refusal, detail, refusal
from kooneo.paypal_simulator.billing import Transaction
from kooneo.paypal_simulator.connection import hang_up
from kooneo.paypal_simulator.failures import Failure
from kooneo.paypal_simulator.simulator import Simulator
from kooneo.paypal_simulator.subscription import STATUSES, SubscriptionRow

routes = Blueprint("paypal", __name__)

_MAX_PAGE_SIZE = 20
_EARLIEST = "0001-01-01T00:00:00Z"
_LATEST = "9999-12-31T23:59:59Z"
_ALLOWED_FROM = {
    "cancel": ("ACTIVE", "SUSPENDED"),
    "suspend": ("ACTIVE",),
    "activate": ("SUSPENDED",),
}
_BECOMES = {"cancel": "CANCELLED", "suspend": "SUSPENDED", "activate": "ACTIVE"}


@dataclass(frozen=True)
class Caller:
    """One call being answered: its transaction, and whose keys it came with (None: unknown or expired)."""

    db: sqlite3.Connection
    account: Account | None

    @property
    def client_id(self) -> str | None:
        return self.account.client_id if self.account else None

    def authorized(self, scope: str = store.SUBSCRIPTIONS_SCOPE) -> Account:
        if self.account is None:
            raise Refusal(refusal(401))
        if request.get_data() and request.mimetype != "application/json":
            raise Refusal(refusal(415))
        if request.get_data() and request.method == "GET":
            raise Refusal(refusal(415))
        if scope not in self.account.scopes:
            raise Refusal(refusal(403, detail("PERMISSION_DENIED")))
        return self.account

    def subscription(self, subscription_id: str) -> SubscriptionRow:
        account = self.authorized()
        row = store.subscription(self.db, subscription_id)
        if row is None or row.client_id != account.client_id:
            raise Refusal(answers.not_found(subscription_id))
        return row

    def sale(self, sale_id: str) -> Transaction:
        self.authorized()
        found = store.transaction(self.db, sale_id)
        if found is None:
            raise Refusal(answers.not_found(sale_id))
        self.subscription(found.subscription_id)  # of the same account
        return found


Work = Callable[..., Answer]


def paypal_call(action: str) -> Callable[[Work], Callable[..., Response]]:
    """The function is PayPal's part; around it, what every call goes through."""

    def decorate(work: Work) -> Callable[..., Response]:
        @wraps(work)
        def view(**ids: str) -> Response:
            return _receive(action, next(iter(ids.values()), None), lambda caller: work(caller, **ids))

        return view

    return decorate


def _receive(action: str, subscription_id: str | None, work: Callable[[Caller], Answer]) -> Response:
    simulator: Simulator = current_app.extensions["paypal_simulator"]
    with simulator.store.transaction() as db:
        store.bill_since_last_call(db)
        caller = Caller(db, _account(db, action))
        failure = failures.take(db, action, subscription_id, caller.client_id)
        answer = _answer(failure, caller, action, subscription_id, work)
        calls.record(db, _noted(caller, action, subscription_id, answer, failure))
    return _send(answer, failure, simulator)


def _answer(
    failure: Failure | None, caller: Caller, action: str, subscription_id: str | None, work: Callable[[Caller], Answer]
) -> Answer:
    if failure and not failure.applied:
        return failure.instead(action, subscription_id or "")
    true_answer = _true_answer(work, caller)
    return refusal(500) if failure and failure.kind == "500_applied" else true_answer


def _true_answer(work: Callable[[Caller], Answer], caller: Caller) -> Answer:
    try:
        return work(caller)
    except Refusal as refused:
        return refused.answer


def _noted(
    caller: Caller, action: str, subscription_id: str | None, answer: Answer, failure: Failure | None
) -> calls.Call:
    return calls.Call(
        at=store.now(caller.db),
        method=request.method,
        path=request.path,
        action=action,
        id=subscription_id,
        client_id=caller.client_id,
        status=answer.status if failure is None or failure.answered else None,
        failure=failure.kind if failure else None,
        body=request.get_json(silent=True),
    )


def _account(db: sqlite3.Connection, action: str) -> Account | None:
    """Keys buy a token and nothing else; a token opens everything else."""
    given = request.authorization
    account: Account | None = None
    if given and given.type == "basic" and action == "token":
        account = accounts.with_keys(db, given.username or "", given.password or "")
    if given and given.type == "bearer" and action != "token":
        account = accounts.with_token(db, given.token or "", clock.now())
    return account if account and account.environment in _environments_meant() else None


def _environments_meant() -> tuple[str, ...]:
    """PayPal has an address for each environment, and knows the other one's keys at neither. Here there is one address:
    a caller may say which of PayPal's it stands in for (`Forwarded: host=…`, RFC 7239)."""
    forwarded = request.headers.get("Forwarded", "").lower()
    meant = accounts.ENVIRONMENT_BY_HOST.get(forwarded.removeprefix("host="))
    return (meant,) if meant else accounts.ENVIRONMENTS


def _send(answer: Answer, failure: Failure | None, simulator: Simulator) -> Response:
    response = _response(answer)
    if failure is None:
        return response
    simulator.stopping.wait(failure.sleep)
    if not failure.answered:
        hang_up(request.environ, reset=failure.resets)
    return _truncated(response, request.environ) if failure.truncates else response


def _response(answer: Answer) -> Response:
    debug_id = secrets.token_hex(7)[:13]
    headers = {"Paypal-Debug-Id": debug_id, **answer.headers}
    if answer.body is None:
        return Response(status=answer.status, headers=headers)
    if isinstance(answer.body, str):
        return Response(answer.body, status=answer.status, headers=headers)
    body = answer.body | {"debug_id": debug_id} if "name" in answer.body and answer.status >= 400 else answer.body
    return Response(json.dumps(body), status=answer.status, headers=headers, mimetype="application/json")


def _truncated(response: Response, environ: dict[str, Any]) -> Response:
    """Half of the answer. A 204 has no body to cut: it becomes a 200 that announces one."""
    whole = response.get_data() or b'{"status": "ACCEPTED"}'

    def half_then_gone() -> Iterator[bytes]:
        yield whole[: len(whole) // 2]
        hang_up(environ, reset=False)

    status = 200 if response.status_code == 204 else response.status_code
    headers = {"Paypal-Debug-Id": response.headers["Paypal-Debug-Id"], "Content-Length": str(len(whole))}
    return Response(half_then_gone(), status=status, headers=headers, mimetype="application/json")


# --- the token


@routes.post("/v1/oauth2/token")
@paypal_call("token")
def give_token(caller: Caller) -> Answer:
    account = caller.account
    if account is None:
        return answers.invalid_client()
    if request.form.get("grant_type") != "client_credentials":
        return Answer(400, {"error": "unsupported_grant_type", "error_description": "unsupported grant_type"})
    at = clock.now()  # a token ages in real time: advancing the simulator's clock does not log anybody out
    return Answer(
        200,
        {
            "scope": " ".join(account.scopes),
            "access_token": accounts.new_token(caller.db, account, at),
            "token_type": "Bearer",
            "app_id": account.app_id,
            "expires_in": int(accounts.TOKEN_LIFETIME.total_seconds()),
            "nonce": f"{at.isoformat(timespec='milliseconds')}{secrets.token_urlsafe(32)}",
        },
    )


# --- subscriptions


@routes.get("/v1/billing/subscriptions/<subscription_id>")
@paypal_call("get")
def show_subscription(caller: Caller, subscription_id: str) -> Answer:
    row = caller.subscription(subscription_id)
    with_plan = "plan" in request.args.get("fields", "").split(",")
    return Answer(200, bodies.subscription(row, root(), with_plan=with_plan))


@routes.post("/v1/billing/subscriptions/<subscription_id>/cancel")
@paypal_call("cancel")
def cancel_subscription(caller: Caller, subscription_id: str) -> Answer:
    return _change_status(caller, subscription_id, "cancel", reason_required=True)


@routes.post("/v1/billing/subscriptions/<subscription_id>/suspend")
@paypal_call("suspend")
def suspend_subscription(caller: Caller, subscription_id: str) -> Answer:
    return _change_status(caller, subscription_id, "suspend", reason_required=True)


@routes.post("/v1/billing/subscriptions/<subscription_id>/activate")
@paypal_call("activate")
def activate_subscription(caller: Caller, subscription_id: str) -> Answer:
    return _change_status(caller, subscription_id, "activate", reason_required=False)


def _change_status(caller: Caller, subscription_id: str, action: str, *, reason_required: bool) -> Answer:
    row = caller.subscription(subscription_id)
    reason = _reason(required=reason_required)
    if row.status not in _ALLOWED_FROM[action]:
        return answers.status_invalid(action)
    store.change_status(caller.db, row, _BECOMES[action], reason)
    return Answer(204)


def _reason(*, required: bool) -> str:
    if not request.get_data():
        body: Any = {}
    elif not isinstance(body := request.get_json(silent=True), dict):
        raise Refusal(refusal(400))
    reason = body.get("reason", None if required else "-")
    if not isinstance(reason, str) or not 1 <= len(reason) <= 128:
        raise Refusal(refusal(400, _wrong_reason(reason)))
    return reason if "reason" in body else ""


def _wrong_reason(reason: Any) -> dict[str, str]:
    """The file requires 1 to 128 characters, and has this one issue for any other `reason`, missing ones included."""
    value = reason if isinstance(reason, str) else ""
    return detail("INVALID_STRING_MAX_LENGTH", field="/reason", value=value, location="body")


@routes.get("/v1/billing/subscriptions/<subscription_id>/transactions")
@paypal_call("transactions")
def list_transactions(caller: Caller, subscription_id: str) -> Answer:
    row = caller.subscription(subscription_id)
    start, end = _required_instant("start_time"), _required_instant("end_time")
    if start > end:
        raise Refusal(_bad_parameter("start_time", "INVALID_PARAMETER_VALUE"))
    found = store.transactions_of(caller.db, row.id, start, end)
    return Answer(200, bodies.transactions(row, found, request.url))


@routes.get("/v1/billing/subscriptions")
@paypal_call("list")
def list_subscriptions(caller: Caller) -> Answer:
    account = caller.authorized()
    number, size = _number("page", 1, 10_000_000), _number("page_size", 10, _MAX_PAGE_SIZE)
    rows, count = store.subscriptions_of(caller.db, account.client_id, _filters(), page=number, size=size)
    pages = -(-count // size)
    body = bodies.page(rows, root(), _page_address, number=number, pages=pages)
    return Answer(200, body | {"total_items": count, "total_pages": pages})


def _filters() -> store.Filters:
    statuses = _listed("statuses")
    if not set(statuses) <= set(STATUSES):
        raise Refusal(_bad_parameter("statuses", "INVALID_PARAMETER_VALUE"))
    return store.Filters(
        plan_ids=_listed("plan_ids"),
        statuses=statuses,
        created=(_bound("created_after", _EARLIEST), _bound("created_before", _LATEST)),
        status_updated=(_bound("status_updated_after", _EARLIEST), _bound("status_updated_before", _LATEST)),
    )


@routes.get("/v1/payments/sale/<sale_id>")
@paypal_call("sale")
def show_sale(caller: Caller, sale_id: str) -> Answer:
    return sales.show(caller.sale(sale_id), root())


@routes.post("/v1/payments/sale/<sale_id>/refund")
@paypal_call("refund")
def refund_sale(caller: Caller, sale_id: str) -> Answer:
    sale = caller.sale(sale_id)
    return sales.refund(caller.db, sale, request.get_json(silent=True), request.headers.get("PayPal-Request-Id", ""))


@routes.get("/v1/payments/refund/<refund_id>")
@paypal_call("given_back")
def show_refund(caller: Caller, refund_id: str) -> Answer:
    return sales.show_refund(caller.db, caller.sale(sales.sale_of(caller.db, refund_id)), refund_id)


@routes.get("/v1/billing/plans/<plan_id>")
@paypal_call("plan")
def show_plan(caller: Caller, plan_id: str) -> Answer:
    found = selling.plan(caller.db, caller.authorized().client_id, plan_id, root())
    return Answer(200, found) if found else answers.not_found(plan_id)


@routes.get("/v1/catalogs/products/<product_id>")
@paypal_call("product")
def show_product(caller: Caller, product_id: str) -> Answer:
    found = selling.product(caller.db, caller.authorized().client_id, product_id, root())
    return Answer(200, found) if found else answers.not_found(product_id)


# --- what is created


@routes.post("/v1/catalogs/products")
@paypal_call("create_product")
def create_product(caller: Caller) -> Answer:
    return _once(caller, "create_product", selling.create_product)


@routes.post("/v1/billing/plans")
@paypal_call("create_plan")
def create_plan(caller: Caller) -> Answer:
    return _once(caller, "create_plan", selling.create_plan)


@routes.post("/v1/billing/subscriptions")
@paypal_call("create_subscription")
def create_subscription(caller: Caller) -> Answer:
    return _once(caller, "create_subscription", selling.create_subscription)


def _once(caller: Caller, action: str, create: selling.Create) -> Answer:
    """A PayPal-Request-Id that was seen before gets what was created then."""
    client_id, request_id = caller.authorized().client_id, request.headers.get("PayPal-Request-Id", "")
    if known := selling.created_before(caller.db, client_id, action, request_id):
        return Answer(200, known)
    body = create(caller.db, client_id, request.get_json(silent=True), root())
    selling.remember(caller.db, client_id, action, request_id, body)
    return Answer(201, body)


@routes.route("/v1/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@paypal_call("unknown")
def answer_unknown(caller: Caller, _rest: str) -> Answer:
    """What this simulator does not do is noted all the same: a caller that goes astray shows in the list of calls."""
    caller.authorized()
    return refusal(404)


# --- what stands in a request


def root() -> str:
    return request.url_root.rstrip("/")


def _page_address(number: int) -> str:
    return f"{request.base_url}?{urlencode(request.args.to_dict() | {'page': str(number)})}"


def _listed(name: str) -> list[str]:
    return [part for part in request.args.get(name, "").split(",") if part]


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,8}", text) or not 1 <= int(text) <= most:
        raise Refusal(_bad_parameter(name, "INVALID_PARAMETER_VALUE"))
    return int(text)


def _bound(name: str, default: str) -> str:
    return instants.render(_instant(name)) if name in request.args else default


def _required_instant(name: str) -> datetime:
    if not request.args.get(name):
        raise Refusal(_bad_parameter(name, "MISSING_REQUIRED_PARAMETER"))
    return _instant(name)


def _instant(name: str) -> datetime:
    try:
        return instants.parse(request.args[name])
    except ValueError as error:
        raise Refusal(_bad_parameter(name, "INVALID_PARAMETER_SYNTAX")) from error


def _bad_parameter(name: str, issue: str) -> Answer:
    return refusal(400, detail(issue, field=name, value=request.args.get(name, ""), location="query"))
