"""What a person reads when something went wrong: what happened, what to do, and an id; never a trace."""

import uuid
from contextlib import suppress
from dataclasses import dataclass

import structlog
from flask import Flask, g, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.extensions import db
from kooneo.files.words import file_size
from kooneo.language import gettext as _
from kooneo.spaces import for_machines, in_portal

log = structlog.get_logger()


@dataclass(frozen=True)
class _Words:
    title: str
    text: str


_WORDS = {
    400: _Words("Cette demande est incomplète", "Rechargez la page, puis recommencez. Rien n'a été changé."),
    403: _Words(
        "Votre rôle ne permet pas cette action",
        "Demandez au propriétaire du compte de la faire.",
    ),
    404: _Words("Cette page n'existe pas", "L'adresse est peut-être incomplète, ou ce qu'elle montrait a été retiré."),
    405: _Words("Cette adresse ne s'ouvre pas ainsi", "Revenez à la page précédente et utilisez ses boutons."),
    413: _Words("Cet envoi est trop volumineux", "Réduisez-le, puis recommencez. Rien n'a été changé."),
    500: _Words(
        "Kooneo a rencontré une erreur", "Rien n'est perdu de ce qui était enregistré. Réessayez dans un instant."
    ),
    503: _Words(
        "Kooneo n'est pas disponible en ce moment",
        "Réessayez dans un instant. Une demande renvoyée depuis le même formulaire n'est jamais faite deux fois.",
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _csrf(_error: CSRFError) -> Response:
    _refused(400)
    return _page(400, _("Ce formulaire a expiré. Rechargez la page, puis recommencez. Rien n'a été changé."))


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 403:
        _refused(403)
    response = _page(error.code, _too_large() if error.code == 413 else None)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _refused(code: int) -> None:
    log.warning("request.refused", code=code, path=request.path, address=request.remote_addr)


def _too_large() -> str | None:
    limit = getattr(request, "file_limit", 0)
    if not limit:
        return None
    return _("Un fichier fait au plus %(limit)s. Choisissez-en un autre. Rien n'a été changé.", limit=file_size(limit))


def _database(error: OperationalError) -> Response:
    """Locked for too long, full or gone. Of the first two it is certain that nothing was kept."""
    with suppress(SQLAlchemyError):
        db.session.rollback()
    log.error("database.unavailable", path=request.path, error=str(error.orig))
    certain = any(word in str(error.orig) for word in ("locked", "full"))
    nothing_kept = _("Rien n'a été enregistré, et rien n'a été envoyé à PayPal. Réessayez dans un instant.")
    response = _page(503, nothing_kept if certain and request.method == "POST" else None)
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    error_id = uuid.uuid4().hex[:8]
    with suppress(SQLAlchemyError):
        db.session.rollback()
    log.error("request.failed", error_id=error_id, path=request.path, exc_info=error)
    return _page(500, error_id=error_id)


def _page(code: int, text: str | None = None, error_id: str = "") -> Response:
    words = _WORDS.get(code, _WORDS[500 if code >= 500 else 400])
    return problem_page(code, _(words.title), text or _(words.text), error_id)


def problem_page(code: int, title: str, text: str, error_id: str = "") -> Response:
    """With htmx a message for the place of problems; else a page, which from 500 on reads nothing from the database, and in
    the customers' space says nothing of the back office. A machine gets the code alone."""
    if for_machines():
        return Response(status=code)
    template = "errors/_message.html" if htmx.is_htmx() else _frame(code)
    shown = render_template(template, title=title, text=text, error_id=error_id, way_back=_way_back())
    return make_response(shown, code)


def _frame(code: int) -> str:
    if code >= 500 or (in_portal() and "merchant" not in g):
        return "errors/broken.html"
    return "errors/portal.html" if in_portal() else "errors/page.html"


def _way_back() -> tuple[str, str]:
    """Where to, and how it is called; in the customers' space, their own."""
    if not in_portal():
        return url_for("customers.index"), _("Retour aux clients")
    return "/".join(request.path.split("/")[:3]), _("Retour à l'espace client")
