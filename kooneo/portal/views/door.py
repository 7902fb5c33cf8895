"""The portal's door: a code by e-mail, then a session."""

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import for_customers, mark_seen
from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.language import ngettext
from kooneo.portal.forms import CodeForm, EmailForm
from kooneo.portal.guard import SESSION_KEY, portal_session, this_merchant, way_on
from kooneo.portal.models import PortalCode
from kooneo.portal.services import codes, sessions
from kooneo.portal.views.pages import Answer, blueprint, to_page

_ASKED = "asked"
"""Session key: the token of the browser that asked for a code."""


@blueprint.get("")
@for_customers
def index(merchant_slug: str) -> Response:
    return redirect(url_for("portal.subscriptions", merchant_slug=merchant_slug))


@blueprint.get("/login")
def login(merchant_slug: str) -> Answer:
    """The step that this browser is at. A link from the message brings the code along; only the button uses it."""
    if portal_session() is not None:
        return to_page("subscriptions")
    asked = _asked()
    if asked is None or "other" in request.args:
        return _email_step(EmailForm(formdata=None), elsewhere=asked is None and "code" in request.args)
    return _code_step(asked, CodeForm(formdata=None, data={"code": request.args.get("code", "")[:6]}))


@blueprint.post("/login")
def create_session(merchant_slug: str) -> Answer:
    return _enter() if "code" in request.form else _ask()


def _ask() -> Answer:
    form = EmailForm()
    if not form.validate():
        return _email_step(form), 422
    try:
        token = codes.request_code(this_merchant(), form.email.data, address=request.remote_addr or "")
    except codes.TooManyCodes as limit:
        form.email.errors = [_too_many(limit)]
        return _email_step(form), 429
    session[_ASKED] = token
    return to_page("login")


def _too_many(limit: codes.TooManyCodes) -> str:
    minutes = max(1, round((limit.retry_at - now()).total_seconds() / 60))
    wait = ngettext("dans %(num)s minute", "dans %(num)s minutes", minutes)
    return _("Trop de codes ont été demandés. Vous pourrez en demander un autre %(wait)s.", wait=wait)


def _enter() -> Answer:
    form, asked = CodeForm(), _asked()
    if asked is None:
        return _email_step(EmailForm(formdata=None), spent=True), 422
    if not form.validate():
        return _code_step(asked, form), 422
    try:
        token = sessions.sign_in(
            this_merchant(),
            session[_ASKED],
            form.code.data,
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
    except sessions.WrongCode:
        form.code.errors = [_("Ce n'est pas le code qui a été envoyé. Vérifiez les six chiffres.")]
        return _code_step(asked, form), 422
    except sessions.CodeSpent:
        return _email_step(EmailForm(formdata=None), spent=True), 422
    wanted = way_on()
    session.clear()  # a new cookie for the new rights
    session[SESSION_KEY] = token
    mark_seen()
    return redirect(wanted, 303) if wanted else to_page("subscriptions")


def _asked() -> PortalCode | None:
    token = session.get(_ASKED)
    return sessions.pending_code(this_merchant().id, token) if token else None


def _email_step(form: EmailForm, *, spent: bool = False, elsewhere: bool = False) -> str:
    return render_template("portal/login.html", form=form, spent=spent, elsewhere=elsewhere)


def _code_step(asked: PortalCode, form: CodeForm) -> str:
    return render_template("portal/code.html", form=form, email=asked.email)


@blueprint.post("/logout")
@for_customers
def logout(merchant_slug: str) -> Response:
    if found := portal_session():
        sessions.sign_out(found)
    session.clear()
    return to_page("login")
