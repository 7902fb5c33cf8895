"""Pictures and a sheet to print, drawn by the demo itself."""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_PAPER = "#f6f1e7"
_WASHES = {
    "bases": ("#3b3a45", "#8d8792", "#c9c2b8"),
    "aquarelle": ("#2f6f9f", "#7fb5c9", "#e7b1a0"),
    "cercle": ("#7a2f52", "#c97f76", "#e8c27a"),
    "portrait": ("#6b4a3a", "#b98a6c", "#e3c8ad"),
    "direct": ("#24475a", "#d9793d", "#f0cf8e"),
    "perspective": ("#47624f", "#9db28a", "#d8d3a7"),
}


def washes(product: str) -> bytes:
    """Three colours that run into one another on paper: a PNG, the same every time."""
    rng = random.Random(product)  # noqa: S311 - the same every time
    picture = Image.new("RGB", (640, 420), _PAPER)
    for colour in _WASHES.get(product, _WASHES["bases"]):
        layer = Image.new("RGB", picture.size, "white")
        brush = ImageDraw.Draw(layer)
        for _ in range(5):
            x, y, size = rng.randrange(640), rng.randrange(420), rng.randrange(90, 260)
            brush.ellipse((x - size, y - size // 2, x + size, y + size // 2), fill=colour)
        picture = ImageChops.multiply(picture, layer.filter(ImageFilter.GaussianBlur(26)))
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()


def grid_sheet() -> bytes:
    """An A4 page of squares: a PDF."""
    page = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(page)
    for x in range(70, 1200, 55):
        pen.line((x, 70, x, 1665), fill=190, width=2)
    for y in range(70, 1700, 55):
        pen.line((70, y, 1170, y), fill=190, width=2)
    encoded = io.BytesIO()
    page.save(encoded, "PDF", resolution=150)
    return encoded.getvalue()
