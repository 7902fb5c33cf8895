"""The ids that somebody pasted or sent as a file. One that is wrong never stops the others."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from kooneo.takeover.states import Reason
from kooneo.text import clean

MOST_IDS = 10_000
LARGEST_FILE = 1024 * 1024
_SHOWN = 50

_SUBSCRIPTION = re.compile(r"I-[A-Z0-9-]{1,48}")
_OTHERS = (
    (re.compile(r"S-[A-Z0-9-]+"), Reason.OLD_PROFILE),
    (re.compile(r"P-[A-Z0-9-]+"), Reason.PLAN),
    (re.compile(r"BA?-[A-Z0-9-]+"), Reason.AGREEMENT),
)
_SEPARATORS = re.compile(r"[\s,;|\"'`<>()\[\]\u200b\ufeff]+")


@dataclass(frozen=True)
class GivenId:
    text: str
    reason: Reason | None
    """Why PayPal need not be asked; none when it is an id of a subscription."""


class NotText(Exception):
    """The file is none that ids could be read from."""


def read_text(text: str) -> list[str]:
    """Separators are free; each word is taken for an id."""
    return [word for word in _SEPARATORS.split(text) if word]


def read_file(content: bytes, *, is_csv: bool) -> list[str]:
    """Of a table only the column that holds the ids, without its heading. Raises NotText."""
    text = _decoded(content)
    column = _column(text) if is_csv else None
    return read_text(text) if column is None else column


def _decoded(content: bytes) -> str:
    """As Excel and other programs write it: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows' own."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotText


def _column(text: str) -> list[str] | None:
    """None when no column holds an id."""
    lines = text.splitlines()
    separator = max(",;\t|", key=lambda sign: sum(sign in line for line in lines))
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:  # one cell that never ends
        return None
    held = Counter(place for row in rows for place, cell in enumerate(row) if judge(cell).reason is None)
    if not held:
        return None
    place = max(held, key=lambda one: (held[one], -one))
    cells = [row[place] for row in rows if len(row) > place and row[place]]
    return cells[1:] if judge(cells[0]).reason == Reason.MALFORMED else cells


def judge(word: str) -> GivenId:
    capitals = word.upper()
    if _SUBSCRIPTION.fullmatch(capitals):
        return GivenId(capitals, None)
    for pattern, reason in _OTHERS:
        if pattern.fullmatch(capitals):
            return GivenId(_cut(capitals), reason)
    return GivenId(_cut(clean(word)) or "?", Reason.MALFORMED)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
