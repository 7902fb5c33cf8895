"""Words on screen. Source strings are French, written with plain characters; French typography is put in here, once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency
from flask import Flask, g
from flask_babel import Babel, get_locale, get_translations

from kooneo.clock import now
from kooneo.money import Money

NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"
DEFAULT_TIME_ZONE = "Europe/Paris"

# A percent sign, but not the one of a placeholder.
_IN_NUMBERS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_BEFORE_HIGH_SIGNS = re.compile(r" (?=[:;?!»€]|%(?!\())")

babel = Babel()


def typeset(text: str) -> str:
    """French typography: no-break spaces before high signs, inside « » and in numbers, typographic apostrophes."""
    text = _BEFORE_HIGH_SIGNS.sub(NO_BREAK, text.replace("« ", f"«{NO_BREAK}"))
    return _IN_NUMBERS.sub(NARROW_NO_BREAK, text).replace("'", "’")


def gettext(message: str, **values: Any) -> str:
    """The message in the reader's language, typeset, with `%(name)s` filled in."""
    text = _typeset_for_reader(get_translations().gettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    translations = get_translations()
    # Without a catalogue the source is French, where zero is singular.
    text = translations.ngettext(singular, plural, num) if _translated() else (singular if num < 2 else plural)
    return _typeset_for_reader(text) % {"num": num, **values}


def _typeset_for_reader(text: str) -> str:
    return text if _translated() else typeset(text)


def _translated() -> bool:
    locale = get_locale()
    return locale is not None and locale.language != "fr"


def _locale() -> Locale:
    return get_locale() or Locale("fr")


def day(value: date | datetime) -> str:
    """`1er décembre 2026`, on the reader's calendar."""
    if isinstance(value, datetime):
        value = value.astimezone(time_zone()).date()
    return _first(format_date(value, "long", locale=_locale()), value)


def full_day(value: date) -> str:
    """`lundi 30 novembre 2026`."""
    return _first(format_date(value, "full", locale=_locale()), value)


def short_moment(value: datetime) -> str:
    """`3 nov. 2026, 06:14`."""
    local = value.astimezone(time_zone())
    return f"{_first(format_date(local, 'medium', locale=_locale()), local)}, {clock_time(value)}"


def at_moment(value: datetime) -> str:
    """`à 09:42` for today, `le 3 décembre 2026 à 09:42` for any other day."""
    time = gettext("à %(time)s", time=clock_time(value))
    if value.astimezone(time_zone()).date() == now().astimezone(time_zone()).date():
        return time
    return gettext("le %(day)s %(time)s", day=day(value), time=time)


def clock_time(value: datetime) -> str:
    return format_time(value.astimezone(time_zone()), "HH:mm", locale=_locale())


def _first(text: str, value: date) -> str:
    """French writes the first of a month as an ordinal."""
    return text.replace("1 ", "1er ", 1) if value.day == 1 and _locale().language == "fr" else text


def amount(value: Money) -> str:
    return format_currency(value.decimal, value.currency, locale=_locale())


def time_zone() -> ZoneInfo:
    """The merchant's, whom the page is for."""
    return ZoneInfo(g.get("time_zone", DEFAULT_TIME_ZONE))


@contextmanager
def calendar_of(zone: str) -> Iterator[None]:
    """Meanwhile days and times are told in this time zone (an IANA name), also by the worker, which has no page."""
    before = g.get("time_zone", DEFAULT_TIME_ZONE)
    g.time_zone = zone
    try:
        yield
    finally:
        g.time_zone = before


def init_app(app: Flask) -> None:
    babel.init_app(app, default_locale="fr", default_translation_directories="translations")
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters |= {
        "day": day,
        "full_day": full_day,
        "short_moment": short_moment,
        "clock_time": clock_time,
        "amount": amount,
        "iso": lambda value: value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat(),
    }
