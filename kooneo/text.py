"""What people type, made fit to keep."""

import unicodedata

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
"""What a browser's date field sends, and what somebody types where there is none."""


def clean(text: str | None) -> str:
    """One line without unprintable characters (a database refuses some of them) and without needless spaces."""
    printable = "".join(c if c.isprintable() or c.isspace() else "" for c in text or "")
    return " ".join(printable.split())


def clean_lines(text: str | None) -> str:
    """Line by line as it was typed, indents too, without unprintable characters and without empty ends."""
    lines = ("".join(c for c in line if c.isprintable() or c.isspace()) for line in (text or "").splitlines())
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def fold(text: str) -> str:
    """Without case and accents, as people type when they search: `Édith` becomes `edith`."""
    # Twice: what is taken apart may hold capitals, and a small letter may come apart again.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
