"""« Résilier votre contrat » and « Renoncer au contrat ici », without an account.

One address each, in steps: the form, the summary, the acknowledgement; and the link sent to the address on file, whose page
has the button that uses it. No step tells whether somebody is a customer.
"""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kooneo.legal.forms import DeclarationForm
from kooneo.legal.letters import content_of
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.queries import acknowledged, find_by_token, find_request
from kooneo.legal.services.carry_out import UnknownToken, verify
from kooneo.legal.services.receive import TooManyRequests, receive
from kooneo.portal.guard import this_merchant

blueprint = Blueprint("declarations", __name__, url_prefix="/portal/<merchant_slug>")

_DECLARED = "declared"
"""Session key: the declaration that this browser sent last."""

Answer = str | tuple[str, int] | Response


@blueprint.get("/termination", defaults={"kind": RequestKind.TERMINATION})
@blueprint.get("/withdrawal", defaults={"kind": RequestKind.WITHDRAWAL})
def show(merchant_slug: str, kind: RequestKind) -> Answer:
    if token := request.args.get("token"):
        return _link(kind, token)
    if "received" in request.args and (declared := _declared(kind)):
        return _draw("received", kind, declared=declared, acknowledged=acknowledged(declared))
    return _draw("form", kind, form=DeclarationForm(formdata=None))


@blueprint.post("/termination", defaults={"kind": RequestKind.TERMINATION})
@blueprint.post("/withdrawal", defaults={"kind": RequestKind.WITHDRAWAL})
def declare(merchant_slug: str, kind: RequestKind) -> Answer:
    """`step`: check (the summary), edit (back to the form), confirm (it is declared), verify (the link's button)."""
    if request.form.get("step") == "verify":
        return _verify(kind, request.form.get("token", ""))
    form = DeclarationForm()
    if not form.validate():
        return _draw("form", kind, form=form), 422
    match request.form.get("step"):
        case "edit":
            return _draw("form", kind, form=form)
        case "confirm":
            return _receive(merchant_slug, kind, form)
        case _:
            return _draw("summary", kind, form=form)


def _receive(merchant_slug: str, kind: RequestKind, form: DeclarationForm) -> Answer:
    address = request.remote_addr or ""
    try:
        received = receive(this_merchant().id, form.declaration(kind), key=form.key.data, address=address)
    except TooManyRequests:
        return _draw("too_many", kind), 429
    session[_DECLARED] = str(received.id)
    return redirect(url_for("declarations.show", merchant_slug=merchant_slug, kind=kind, received=1), 303)


def _declared(kind: RequestKind) -> LegalRequest | None:
    found = find_request(this_merchant().id, session.get(_DECLARED, ""))
    return found if found and found.kind == kind else None


def _link(kind: RequestKind, token: str) -> Answer:
    """Opening the link changes nothing: mail programs open links too."""
    declared = find_by_token(this_merchant().id, token)
    if declared is None or declared.kind != kind:
        return _draw("unknown_link", kind), 404
    return _draw("verified" if declared.verified_at else "link", kind, declared=declared, token=token)


def _verify(kind: RequestKind, token: str) -> Answer:
    try:
        declared = verify(this_merchant().id, token)
    except UnknownToken:
        return _draw("unknown_link", kind), 404
    return redirect(
        url_for("declarations.show", merchant_slug=this_merchant().slug, kind=declared.kind, token=token), 303
    )


def _draw(page: str, kind: RequestKind, **values: object) -> str:
    return render_template(
        f"legal/{page}.html",
        merchant=this_merchant(),
        kind=kind,
        withdrawal=kind == RequestKind.WITHDRAWAL,
        content_of=content_of,
        **values,
    )
