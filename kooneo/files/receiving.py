"""Receiving files. A view that takes one says how large; every other form stays as small as it was (security.py).

What is too large is counted and let go while it comes: the other fields arrive whatever its size, and the form can be shown
again as it was typed.
"""

import tempfile
from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

from flask import Flask, Request, current_app, request

from kooneo.files import disk
from kooneo.files.words import file_size

CONTENT_LIMIT = 100_000_000
PICTURE_LIMIT = 5_000_000
_ENDURED = 1_000_000_000
"""Of a whole request. A larger one is refused unread."""
_IN_MEMORY = 500_000

View = TypeVar("View", bound=Callable[..., object])


def takes_file(limit: int) -> Callable[[View], View]:
    """Mark a view whose form may carry a file of `limit` bytes."""

    def mark(view: View) -> View:
        view.file_limit = limit  # type: ignore[attr-defined]
        return view

    return mark


class Incoming:
    """The bytes of one file, kept up to a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.lost = False
        """It could not be written: the disk is full."""
        self._kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=_beside_the_files())  # noqa: SIM115 - the request closes it

    @property
    def too_large(self) -> bool:
        return self.size > self.limit

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if not (self.too_large or self.lost):
            try:
                self._kept.write(data)
            except OSError:
                self.lost = True
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)


def _beside_the_files() -> str | None:
    """Where there must be room for it anyway; the system's own place when that cannot be."""
    folder = disk.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return str(folder)


class _Request(Request):
    file_limit = 0

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self.file_limit:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        return cast(IO[bytes], Incoming(self.file_limit))


def init_app(app: Flask) -> None:
    """Before CSRF, which reads the form; after the guard, so that a stranger's file is not read at all."""
    app.request_class = _Request
    app.before_request(_allow)
    app.jinja_env.filters["file_size"] = file_size


def _allow() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    limit = getattr(view, "file_limit", 0)
    if limit and isinstance(request._get_current_object(), _Request):  # type: ignore[attr-defined]
        request.file_limit = limit  # type: ignore[attr-defined]
        request.max_content_length = _ENDURED
