"""Pictures are drawn anew: two sizes, upright, and nothing in them but pixels."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kooneo.files.pictures import LARGE, SMALL, NotAPicture, TooManyPixels, draw

from . import samples

pytestmark = pytest.mark.any_engine


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    encoded = io.BytesIO()
    Image.new(mode, size, 128).save(encoded, kind, **options)
    return encoded.getvalue()


def _sizes(data: bytes) -> list[tuple[str | None, tuple[int, int]]]:
    drawn = draw(io.BytesIO(data))
    found = []
    for one in (drawn.large, drawn.small):
        with Image.open(io.BytesIO(one)) as opened:
            found.append((opened.format, opened.size))
    return found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_there_are_two_sizes(kind: str) -> None:
    small = ("WEBP", (SMALL, SMALL))
    assert _sizes(picture(kind, (40, 20))) == [("WEBP", (40, 20)), small]
    assert _sizes(picture(kind, (3000, 1500))) == [("WEBP", (LARGE, LARGE // 2)), small]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_any_kind_of_pixels_will_do(mode: str) -> None:
    assert _sizes(picture("PNG", mode=mode))[0] == ("WEBP", (40, 20))


def test_print_colours_will_do() -> None:
    assert _sizes(picture("JPEG", mode="CMYK"))[0] == ("WEBP", (40, 20))


def test_what_is_seen_through_stays_so() -> None:
    data = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(data, "PNG")
    with Image.open(io.BytesIO(draw(data).large)) as opened:
        assert opened.getpixel((4, 4)) == (0, 0, 0, 0)


def test_a_picture_stands_upright_and_tells_no_place_and_no_date() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    exif[0x010E] = "canary of the place"
    data = picture("JPEG", (40, 20), exif=exif, comment=b"canary of the comment")
    assert b"canary" in data
    drawn = draw(io.BytesIO(data + b"canary at the end" + samples.HTML))
    assert b"canary" not in drawn.large + drawn.small
    with Image.open(io.BytesIO(drawn.large)) as opened:
        assert opened.size == (20, 40)
        assert not opened.getexif()


def _png_that_says(width: int, height: int) -> bytes:
    """Its head promises this many pixels; there are none."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = [head, b"IDAT" + zlib.compress(bytes(100)), b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(piece) - 4) + piece + struct.pack(">I", zlib.crc32(piece)) for piece in pieces
    )


@pytest.mark.parametrize("size", [(7_100, 7_100), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_not_unfolded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        draw(io.BytesIO(_png_that_says(*size)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        samples.PNG,
        samples.GIF,
        samples.HTML,
        picture("PNG", (400, 400))[:100],
        picture("JPEG", (400, 400))[:300],
        _png_that_says(100, 100),
    ],
)
def test_what_cannot_be_read_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        draw(io.BytesIO(data))


_EXIF = Image.Exif()
_EXIF[0x0112] = 6
_WHOLE = [picture(kind, (60, 60), exif=_EXIF) for kind in ("PNG", "JPEG", "WEBP")]


@given(st.sampled_from(_WHOLE), st.data())
def test_a_damaged_picture_is_drawn_or_refused(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(NotAPicture, TooManyPixels):
        draw(io.BytesIO(bytes(damaged)))
