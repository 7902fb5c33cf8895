"""`/settings/paypal/import`: asking for a takeover, watching it, deciding, and its report."""

import uuid
from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog.queries import products_to_review
from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.security import accepts_up_to
from kooneo.settings.services import paypal_account
from kooneo.takeover import queries, report, services, words
from kooneo.takeover.forms import IdsForm, ListForm
from kooneo.takeover.ids import LARGEST_FILE
from kooneo.takeover.models import Takeover
from kooneo.takeover.states import LEFT_OUT, FoundBy, ItemState, TakeoverState

blueprint = Blueprint("takeover", __name__, url_prefix="/settings/paypal/import")

Answer = AnyResponse | tuple[str, int] | str

# The largest file, and what a form is made of besides; what is larger still is refused unread.
_LARGEST_REQUEST = 2 * LARGEST_FILE
_STALLED = timedelta(minutes=1)


@blueprint.app_context_processor
def names() -> dict[str, object]:
    return {"takeover_words": words}


@blueprint.get("")
@requires(Permission.CONFIGURE)
def index() -> Answer:
    unfinished = queries.unfinished(merchant_id())
    return _to(unfinished) if unfinished else _start_page(ListForm(), IdsForm())


@blueprint.post("")
@requires(Permission.CONFIGURE)
@accepts_up_to(_LARGEST_REQUEST)
def create() -> Answer:
    by_list = request.form.get("found_by") == FoundBy.LIST
    form = ListForm() if by_list else IdsForm()
    if not form.validate_on_submit():
        return _start_page(ListForm(formdata=None), form), 422
    ids = None if by_list else form.words
    key = f"{'list' if by_list else 'ids'}:{form.form_key.data}"
    try:
        takeover = services.start(merchant_id(), ids, by=signed_in().actor, form_key=key)
    except services.KeysMissing:
        return _start_page(ListForm(), IdsForm()), 409
    except services.AlreadyUnderWay:
        return _under_way()
    return _to(takeover, 303)


def _start_page(list_form: ListForm, ids_form: IdsForm) -> str:
    return render_template(
        "takeover/index.html",
        account=paypal_account(merchant_id()),
        list_form=list_form,
        ids_form=ids_form,
        earlier=queries.earlier(merchant_id()),
    )


def _under_way() -> Answer:
    db_state = queries.unfinished(merchant_id())
    if db_state is None:
        abort(409)
    told = _("Une reprise est déjà en cours : la voici. Une seule se fait à la fois.")
    return _page(db_state, told), 409


def _to(takeover: Takeover, code: int = 302) -> AnyResponse:
    return redirect(url_for("takeover.show", takeover_id=takeover.id), code)


@blueprint.get("/<uuid:takeover_id>")
@requires(Permission.CONFIGURE)
def show(takeover_id: uuid.UUID) -> str:
    return _page(get_or_404(Takeover, takeover_id))


def _page(takeover: Takeover, told: str = "") -> str:
    return render_template("takeover/show.html", told=told, **_panel(takeover))


def _panel(takeover: Takeover) -> dict[str, object]:
    """What the page and the fragment that comes when the state changes both draw."""
    numbers = queries.numbers(takeover)
    drawn: dict[str, object] = {"takeover": takeover, "numbers": numbers, "stalled": _is_stalled(takeover)}
    if takeover.state.moves:
        return drawn
    states = _asked_states(bool(numbers.left_out))
    return drawn | {
        "plan": queries.plan_of(takeover) if takeover.state == TakeoverState.READY else None,
        "chosen": _chosen(bool(numbers.left_out)),
        "page": queries.page_of(takeover, states, after=_after()),
        "first_page": not _after(),
        "to_review": products_to_review(takeover.merchant_id),
    }


def _chosen(left_out: bool) -> str:
    """The filter: first of all what a person has to look at."""
    chosen = request.args.get("state", "left_out" if left_out else "all")
    if chosen not in ("all", "left_out", *ItemState):
        abort(404)
    return chosen


def _asked_states(left_out: bool) -> list[ItemState]:
    chosen = _chosen(left_out)
    if chosen == "all":
        return list(ItemState)
    return list(LEFT_OUT) if chosen == "left_out" else [ItemState(chosen)]


def _after() -> int:
    value = request.args.get("after", "0")
    if not value.isdecimal() or len(value) > 9:
        abort(404)
    return int(value)


def _is_stalled(takeover: Takeover) -> bool:
    """The next step is due since a while, and nobody has taken it."""
    due = takeover.next_attempt_at
    return takeover.state.moves and due is not None and max(due, takeover.touched_at) < now() - _STALLED


@blueprint.get("/<uuid:takeover_id>/progress")
@requires(Permission.CONFIGURE)
def progress(takeover_id: uuid.UUID) -> Response:
    """The bar, which asks for itself; once the state is not the one that was `seen`, all that stands there now."""
    takeover = get_or_404(Takeover, takeover_id)
    if takeover.state.moves and request.args.get("seen") == takeover.state:
        return make_response(render_template("takeover/_progress.html", **_panel(takeover)))
    response = make_response(render_template("takeover/_arrived.html", **_panel(takeover)))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#takeover", "outerHTML"
    return response


@blueprint.post("/<uuid:takeover_id>/confirmation")
@requires(Permission.CONFIGURE)
def confirm(takeover_id: uuid.UUID) -> Answer:
    takeover = get_or_404(Takeover, takeover_id)
    try:
        services.confirm(takeover, by=signed_in().actor)
    except services.ChangedMeanwhile:
        return _changed(takeover_id)
    return _to(get_or_404(Takeover, takeover_id), 303)


@blueprint.post("/<uuid:takeover_id>/stop")
@requires(Permission.CONFIGURE)
def stop(takeover_id: uuid.UUID) -> Answer:
    services.stop(get_or_404(Takeover, takeover_id))
    return _to(get_or_404(Takeover, takeover_id), 303)


@blueprint.post("/<uuid:takeover_id>/resumption")
@requires(Permission.CONFIGURE)
def resume(takeover_id: uuid.UUID) -> Answer:
    takeover = get_or_404(Takeover, takeover_id)
    try:
        services.resume(takeover)
    except services.ChangedMeanwhile:
        return _changed(takeover_id)
    except services.AlreadyUnderWay:
        return _under_way()
    return _to(get_or_404(Takeover, takeover_id), 303)


def _changed(takeover_id: uuid.UUID) -> Answer:
    told = _(
        "Cette reprise a changé depuis que la page s'est affichée. Voici où elle en est ; rien n'a été fait de plus."
    )
    return _page(get_or_404(Takeover, takeover_id), told), 409


@blueprint.get("/<uuid:takeover_id>/report.csv")
@requires(Permission.CONFIGURE)
def download(takeover_id: uuid.UUID) -> Response:
    takeover = get_or_404(Takeover, takeover_id)
    response = Response(report.as_csv(queries.all_lines(takeover)), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="kooneo-reprise-{takeover.started_at:%Y-%m-%d}.csv"'
    )
    return response
