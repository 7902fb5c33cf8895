"""The report as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from kooneo.language import gettext as _
from kooneo.subscriptions.words import label
from kooneo.takeover import words
from kooneo.takeover.queries import Line

# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection): an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(lines: Iterable[Line]) -> str:
    """Semicolons, and a mark at the beginning: so that a French Excel opens it as it is, accents included."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    headings = (
        "Identifiant",
        "Résultat",
        "Raison",
        "Statut chez PayPal",
        "Statut",
        "Client",
        "Adresse e-mail",
        "Offre",
    )
    writer.writerow([_(heading) for heading in headings])
    for line in lines:
        writer.writerow([_harmless(cell) for cell in _cells(line)])
    return "\ufeff" + target.getvalue()


def _cells(line: Line) -> list[str]:
    item, record = line.item, line.record
    return [
        item.paypal_id,
        words.result_label(item.state),
        words.reason(item.reason) if item.reason else "",
        item.remote_status or "",
        label(item.becomes) if item.becomes else "",
        record.customer.name if record else item.name or "",
        record.customer.email if record else item.email or "",
        record.offer.title if record else "",
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
