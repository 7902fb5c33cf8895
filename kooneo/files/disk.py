"""The bytes of uploaded files: `KOONEO_INSTANCE/files/<merchant>/<id>`, and no name that anybody typed."""

import contextlib
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app

_PIECE = 1 << 20
_UNFINISHED = ".part"


class NotStored(Exception):
    """The disk is full, or nobody may write to it. Nothing is left of the attempt."""


class NoRoomLeft(NotStored):
    """The merchant's files would take more than `quota`; `used` is what they take, in bytes."""

    def __init__(self, *, used: int, quota: int) -> None:
        super().__init__("no room left")
        self.used, self.quota = used, quota


@dataclass(frozen=True)
class Written:
    size: int
    sha256: str


def folder() -> Path:
    path: Path = current_app.config["SETTINGS"].instance / "files"
    return path


def path_of(merchant_id: uuid.UUID, file_id: uuid.UUID) -> Path:
    return folder() / str(merchant_id) / str(file_id)


def write(merchant_id: uuid.UUID, file_id: uuid.UUID, stream: BinaryIO) -> Written:
    """On the disk for certain when this returns, and under its name only when it is whole. Raises NotStored."""
    path = path_of(merchant_id, file_id)
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=_UNFINISHED)
        draft = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            written = _copy(stream, file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        if draft is not None:
            with contextlib.suppress(OSError):
                draft.unlink()
        raise NotStored from error
    return written


def _copy(stream: BinaryIO, file: BinaryIO) -> Written:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return Written(size, digest.hexdigest())


def _sync(directory: Path) -> None:
    """The new name too outlives a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def delete(merchant_id: uuid.UUID, file_id: uuid.UUID) -> None:
    path_of(merchant_id, file_id).unlink(missing_ok=True)


def all_files() -> Iterator[tuple[Path, uuid.UUID | None]]:
    """Everything there, with its id; drafts of a process that died have none."""
    for path in folder().glob("*/*"):
        try:
            yield path, uuid.UUID(path.name)
        except ValueError:
            if path.suffix == _UNFINISHED:
                yield path, None
