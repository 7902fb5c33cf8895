"""Sending a stored file to whoever may have it. It is never shown as a page, and never runs."""

import structlog
from flask import abort, send_file
from werkzeug.wrappers import Response

from kooneo.files import disk
from kooneo.files.models import StoredFile

log = structlog.get_logger()

# Even a browser that would show it gives it no script, no form, no origin.
POLICY = "sandbox; default-src 'none'"


def send_stored_file(file: StoredFile) -> Response:
    """To be saved; a picture may also stand in a page of ours. In parts when the browser asks so (sound, film, resuming).

    The caller has checked that it may be sent. Nobody keeps a copy on the way.
    """
    return _send(file, "private, no-store", as_attachment=True)


def send_picture(file: StoredFile, *, for_good: bool) -> Response:
    """One that we have drawn ourselves. `for_good`: its address changes with it, so that browsers may keep it."""
    return _send(file, "private, max-age=31536000, immutable" if for_good else "private, no-store", as_attachment=False)


def _send(file: StoredFile, cache_control: str, *, as_attachment: bool) -> Response:
    path = disk.path_of(file.merchant_id, file.id)
    if not path.is_file():
        log.error("files.missing", file_id=str(file.id))
        abort(404)
    response = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=as_attachment,
        download_name=file.name,
        etag=file.sha256,
        last_modified=file.created_at,
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = cache_control
    return response
