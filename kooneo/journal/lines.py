"""What a line of the journal says, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kooneo.journal import words
from kooneo.journal.queries import Line


@dataclass(frozen=True)
class Told:
    number: int
    at: datetime
    event: str
    tone: str
    actor: str
    place: str
    before: str
    after: str
    after_label: str
    reason: str
    debug_id: str
    facts: Sequence[tuple[str, str]]
    """Labels and values, from the details that can be erased."""


def tell(line: Line) -> Told:
    entry, details = line.entry, line.details
    return Told(
        number=entry.number,
        at=entry.at,
        event=words.event(entry.event),
        tone=words.tone(entry.event),
        actor=str(details.get("actor_name") or words.actor(entry.actor_kind)),
        place=words.place(entry.place),
        before=words.state(entry.before) if entry.before else "",
        after=words.state(entry.after) if entry.after else "",
        after_label=words.after_label(entry.event),
        reason=str(details.get("reason") or ""),
        debug_id=str(details.get("debug_id") or ""),
        facts=[*_plain(details), *_changes(details.get("changes") or {})],
    )


def _plain(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    labelled = ((words.detail_label(name), words.detail_value(name, str(value))) for name, value in details.items())
    return [(label, value) for label, value in labelled if label]


def _changes(changes: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [
        (words.field(name).capitalize(), f"{before or '–'} → {after or '–'}")
        for name, (before, after) in changes.items()
    ]
