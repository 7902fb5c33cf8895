"""Whether this process answers, and whether it can work."""

from flask import Blueprint, Flask
from sqlalchemy.exc import SQLAlchemyError

from kooneo.jobs.signs import is_silent, last_sign

blueprint = Blueprint("operations", __name__)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(worker_sign=last_sign, worker_is_silent=is_silent)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Without a worker the answer is still 200: what is asked for is kept, and carried out when there is one again."""
    try:
        sign = last_sign()
    except SQLAlchemyError:
        return {"status": "unavailable"}, 503
    if is_silent(sign):
        return {"status": "degraded", "worker": "not running"}, 200
    return {"status": "ok", "worker": "running"}, 200
