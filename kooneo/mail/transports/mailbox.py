"""`mailbox:` of the demo and of the tests: messages become files in the instance folder, and /dev/mailbox shows them.

A file is named by its message's identifier, so that a message which is delivered again does not exist twice.
"""

import contextlib
import os
import re
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

SHOWN = 100


@dataclass(frozen=True)
class Delivered:
    id: uuid.UUID
    at: datetime
    message: EmailMessage

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class Mailbox:
    def __init__(self, instance: Path) -> None:
        self._folder = instance / "mailbox"

    def deliver(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Nobody sees a file that is still being written, and the first one stays.
        descriptor, draft = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, self._folder / f"{_identity(message)}.eml")
        Path(draft).unlink()

    def newest(self) -> Sequence[Delivered]:
        """Newest first, and no more than SHOWN."""
        files = ((path.stat().st_mtime_ns, path) for path in self._folder.glob("*.eml"))
        return [_read(path) for _moment, path in sorted(files, reverse=True)[:SHOWN]]

    def find(self, message_id: uuid.UUID) -> Delivered | None:
        path = self._folder / f"{message_id}.eml"
        return _read(path) if path.is_file() else None


def _identity(message: EmailMessage) -> uuid.UUID:
    """What stands before the @ of the Message-ID."""
    found = re.match(r"<([0-9a-f-]{36})@", message["Message-ID"])
    if found is None:
        raise ValueError("the mailbox takes Kooneo's own messages only")
    return uuid.UUID(found.group(1))


def _read(path: Path) -> Delivered:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Delivered(uuid.UUID(path.stem), datetime.fromtimestamp(path.stat().st_mtime, UTC), message)
