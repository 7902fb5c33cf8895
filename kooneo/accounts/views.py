"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from kooneo import htmx
from kooneo.accounts import services
from kooneo.accounts.access_control import Permission, SignedIn, mark_seen, requires, signed_in
from kooneo.accounts.words import too_many_attempts
from kooneo.language import gettext as _
from kooneo.text import clean

blueprint = Blueprint("accounts", __name__)

Page = tuple[str, int]


class LoginForm(FlaskForm):  # type: ignore[misc]
    email = StringField(validators=[InputRequired()], filters=[clean])
    password = PasswordField(validators=[InputRequired()])


@blueprint.get("/login")
def login() -> str | Response:
    if current_user.is_authenticated:
        return redirect(_destination())
    return render_template("accounts/login.html", form=LoginForm(), error="")


@blueprint.post("/login")
def create_session() -> Page | Response:
    form = LoginForm()
    if not form.validate_on_submit():
        return _again(form, _("Indiquez votre adresse e-mail et votre mot de passe."), 422)
    try:
        token = services.sign_in(
            form.email.data,
            form.password.data,
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
    except services.WrongPassword:
        wrong = _(
            "Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Vérifiez-les ; si vous les avez perdus, écrivez "
            "à la personne qui administre Kooneo."
        )
        return _again(form, wrong, 422)
    except services.TooManyAttempts as limit:
        return _again(form, too_many_attempts(limit.retry_at), 429)
    _begin(token)
    return redirect(_destination())


def _begin(token: str) -> None:
    """A new cookie for the new rights: what stood in the old one is thrown away."""
    session.clear()
    mark_seen()
    found = services.find_session(token)
    if found is None:
        raise RuntimeError("the session that was just opened is gone")
    login_user(SignedIn(token, found))


def _again(form: LoginForm, error: str, status: int) -> Page:
    return render_template("accounts/login.html", form=form, error=error), status


def _destination() -> str:
    return htmx.own_path(request.args.get("next")) or url_for("customers.index")


@blueprint.post("/logout")
@requires(Permission.SEE)
def logout() -> Response:
    services.sign_out(signed_in().login_session)
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"))
