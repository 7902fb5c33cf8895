"""Reading PayPal's JSON field by field. What is not as its OpenAPI file has it is a BadAnswer naming the field."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from kooneo.money import Money
from kooneo.paypal.errors import BadAnswer

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")

# RFC 3339, as the file's `date_time`: seconds and an offset are required.
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# Of what is counted within one subscription, `cycles_completed` goes highest in the file.
_HIGHEST_COUNT = 9999


class Part:
    """One JSON object. A field that is missing, or null, reads as None: the file requires almost none."""

    def __init__(self, content: object, where: str, debug_id: str | None) -> None:
        self._where = where
        self._debug_id = debug_id
        if not isinstance(content, dict):
            raise self._bad("")
        self._content = content

    def part(self, key: str) -> "Part":
        content = self._content.get(key)
        return Part({} if content is None else content, f"{self._where}{key}.", self._debug_id)

    def parts(self, key: str) -> "list[Part]":
        contents = self._content.get(key)
        if not isinstance(contents, list | None):
            raise self._bad(key)
        return [Part(content, f"{self._where}{key}.", self._debug_id) for content in contents or []]

    def text(self, key: str, longest: int) -> str | None:
        """Without the characters that cannot be printed: a NUL or half a surrogate pair could not even be stored."""
        value = self._content.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > longest:
            raise self._bad(key)
        return "".join(filter(str.isprintable, value)) or None

    def count(self, key: str, highest: int = _HIGHEST_COUNT) -> int | None:
        value = self._content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
            raise self._bad(key)
        return value

    def flag(self, key: str) -> bool | None:
        value = self._content.get(key)
        if not isinstance(value, bool | None):
            raise self._bad(key)
        return value

    def word(self, key: str, words: type[Word]) -> Word:
        """One of PayPal's fixed words. Required: nothing can be decided without it, and a guess would be worse."""
        value = self._content.get(key)
        if not isinstance(value, str) or value not in list(words):
            raise self._bad(key)
        return words(value)

    def instant(self, key: str) -> datetime | None:
        value = self._content.get(key)
        if value is None:
            return None
        try:
            return _instant(value)
        except (ValueError, TypeError, OverflowError):
            raise self._bad(key) from None

    def money(self, key: str) -> Money | None:
        if self._content.get(key) is None:
            return None
        amount = self.part(key)
        # The older API, that of sales, calls it `currency`.
        currency = amount._content.get("currency_code") or amount._content.get("currency")
        value = amount._content.get("value")
        try:
            return Money.parse(value, currency)  # type: ignore[arg-type]  # anything but two strings is a TypeError
        except (ValueError, TypeError):
            raise self._bad(key) from None

    def required(self, key: str, value: Value | None) -> Value:
        if value is None:
            raise self._bad(key)
        return value

    def _bad(self, key: str) -> BadAnswer:
        return BadAnswer(f"{self._where}{key}".rstrip(".") or "body", debug_id=self._debug_id)


def _instant(value: str) -> datetime:
    matched = _INSTANT.fullmatch(value)
    if not matched:
        raise ValueError("not RFC 3339")
    day, minute, second, fraction, offset = matched.groups()
    # A leap second exists in RFC 3339 and not in Python.
    second = "59" if second == "60" else second
    return datetime.fromisoformat(f"{day}T{minute}:{second}{fraction or ''}{offset.upper()}").astimezone(UTC)
