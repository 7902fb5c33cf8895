"""The first steps of a new merchant: a list above the customers, until it is done or closed."""

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, may, requires
from kooneo.accounts.scoping import merchant_id
from kooneo.welcome import services
from kooneo.welcome.steps import STEPS, ShownStep, steps_of

blueprint = Blueprint("welcome", __name__)

_KEYS = f"any({', '.join(repr(step.key) for step in STEPS)})"


@blueprint.app_context_processor
def first_steps() -> dict[str, Callable[[], Sequence[ShownStep]]]:
    """For the templates of others: asked only where the list is drawn."""
    return {"first_steps": lambda: steps_of(current_user.member.merchant) if may(Permission.CONFIGURE) else []}


@blueprint.post(f"/welcome/<{_KEYS}:step>/postponement")
@requires(Permission.CONFIGURE)
def postpone(step: str) -> Response:
    services.postpone_step(merchant_id(), step)
    return redirect(url_for("customers.index"), 303)


@blueprint.post("/welcome/closing")
@requires(Permission.CONFIGURE)
def close() -> Response:
    services.close_welcome(merchant_id())
    return redirect(url_for("customers.index"), 303)
