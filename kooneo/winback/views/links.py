"""Behind the links of a proposal: taking up again, and "Ne plus me le proposer". Nobody signs in: the link itself is the right
to use it. Opening a page changes nothing, for mail programs open links too; the button does."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo.extensions import csrf, db
from kooneo.portal.guard import this_merchant
from kooneo.subscriptions.words import price
from kooneo.winback import words
from kooneo.winback.guard import taken_up
from kooneo.winback.links import order_url, read, resumes
from kooneo.winback.models import OptOut, WinbackMessage
from kooneo.winback.placeholders import price_again
from kooneo.winback.queries import find_message
from kooneo.winback.services import answer

blueprint = Blueprint("winback_links", __name__, url_prefix="/portal/<merchant_slug>")

Answer = str | tuple[str, int] | Response

_STOP = "/unsubscribe/<winback_token>"
_AGAIN = "/offers/again/<winback_token>"


@blueprint.get(_STOP)
def stop(merchant_slug: str, winback_token: str) -> Answer:
    message = _message(winback_token)
    if message is None:
        return _unknown()
    stopped = db.session.get(OptOut, message.customer_id) is not None
    return render_template(
        "winback/stop.html", merchant=this_merchant(), message=message, stopped=stopped, token=winback_token
    )


@blueprint.post(_STOP)
@csrf.exempt  # type: ignore[untyped-decorator]
def create_stop(merchant_slug: str, winback_token: str) -> Answer:
    """The page's button, or at once a mail program's own (RFC 8058), which has no session and follows no redirection."""
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not one_click:
        csrf.protect()
    message = _message(winback_token)
    if message is None:
        return _unknown()
    answer.stop(message)
    if one_click:
        return Response(status=200)
    return redirect(url_for("winback_links.stop", merchant_slug=merchant_slug, winback_token=winback_token), 303)


@blueprint.get(_AGAIN)
def again(merchant_slug: str, winback_token: str) -> Answer:
    message = _message(winback_token)
    if message is None:
        return _unknown()
    return render_template(
        "winback/again.html",
        merchant=this_merchant(),
        subscription=message.subscription,
        offer=message.offer,
        resumes=resumes(message.subscription, message.offer),
        price=price(message.other_offer.terms) if message.other_offer else price_again(message.subscription),
        why=_why_not_again(message),
        token=winback_token,
    )


@blueprint.post(_AGAIN)
def go_on(merchant_slug: str, winback_token: str) -> Answer:
    """To the order page: also somebody who had enough of the proposals may change their mind."""
    message = _message(winback_token)
    if message is None:
        return _unknown()
    if _why_not_again(message):
        return redirect(url_for("winback_links.again", merchant_slug=merchant_slug, winback_token=winback_token), 303)
    place = order_url(this_merchant(), message.subscription, message.offer)
    answer.follow(message)
    return redirect(place, 303)


def _why_not_again(message: WinbackMessage) -> str:
    if taken_up(message.subscription, message.offer_id):
        return words.taken_up()
    return "" if message.offer.on_sale else words.not_for_sale()


def _message(token: str) -> WinbackMessage | None:
    message_id = read(token)
    return find_message(this_merchant().id, message_id) if message_id else None


def _unknown() -> Answer:
    return render_template("winback/unknown_link.html", merchant=this_merchant()), 404
