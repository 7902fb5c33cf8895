"""Pictures are drawn anew from their pixels: what else a file carried (place and time, a page, a program) does not come along."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

ENDINGS = frozenset({"png", "jpg", "jpeg", "webp"})
MEDIA_TYPE = "image/webp"
MOST_PIXELS = 50_000_000
LARGE, SMALL = 1280, 160
_FORMATS = ("PNG", "JPEG", "WEBP")


class NotAPicture(Exception):
    """It cannot be read as one."""


class TooManyPixels(Exception):
    """A small file may unfold to more than the memory holds."""


@dataclass(frozen=True)
class Drawn:
    large: bytes
    """At most LARGE wide and high, in its own shape."""
    small: bytes
    """Square: the middle of it."""


def draw(stream: BinaryIO) -> Drawn:
    """Raises NotAPicture, TooManyPixels."""
    try:
        with Image.open(stream, formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyPixels
            picture.draft("RGB", (LARGE, LARGE))
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except Exception as error:  # Pillow lets out whatever a damaged file makes its readers stumble over, TypeError too
        raise NotAPicture from error
    small = ImageOps.fit(plain, (SMALL, SMALL))
    plain.thumbnail((LARGE, LARGE))
    return Drawn(_encoded(plain), _encoded(small))


def _encoded(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    # A new one, of the pixels alone: Pillow would write what the old one carried.
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(encoded, "WEBP", quality=82)
    return encoded.getvalue()
