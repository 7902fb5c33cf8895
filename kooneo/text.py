"""What people type, made fit to keep."""


def clean(text: str | None) -> str:
    """One line without unprintable characters (a database refuses some of them) and without needless spaces."""
    printable = "".join(c if c.isprintable() or c.isspace() else "" for c in text or "")
    return " ".join(printable.split())
