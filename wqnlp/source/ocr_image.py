"""The bytes of an image file to upright pictures in colour, one a page, within limits of size and number."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.errors import Unreadable

if TYPE_CHECKING:
    from wqnlp.source.ocr_engine import Picture

HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp")
MOST_PIXELS = 100_000_000                # of one page: A3 at 600 dots an inch has 70 million
LONGEST = 4200                           # pixels of the longer side, A4 at 360; larger pages are made smaller
SMALLEST = 12                            # pixels of a side: no character is smaller
DARK = 90                                # of 255, the mean of a page that is white on black


class Shot(NamedTuple):
    """A page as a picture: blue, green, red; and how many pixels of the file one of its pixels is."""

    number: int
    picture: Picture | None              # None where the page is broken among sound ones
    scale: float
    fault: str = ""


def is_image(head: bytes) -> bool:
    """Whether a file that begins so is an image of a kind that is read.

    >>> is_image(b"II*\\x00"), is_image(b"RIFF\\x24\\x00\\x00\\x00WEBPVP8 "), is_image("BM妇联".encode())
    (True, True, False)
    """
    if head.startswith(b"BM"):                                  # a text may begin so: the header has its own size
        return len(head) >= 18 and head[6:10] == b"\0\0\0\0" and head[14] in (12, 16, 40, 52, 56, 64, 108, 124)
    return head.startswith(HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def shots(path: str, data: bytes, most_pages: int) -> Iterator[Shot]:
    """The pages of an image file; of an animation the first picture only.

    Raises `Unreadable` E16 where the file is broken, E04 where it has more pages, or a page more pixels, than a limit.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                         # Pillow warns of what is judged here
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise _large(path) from error
        except faults() as error:
            raise _broken(path, type(error).__name__) from error
        sound, fault = 0, ""
        for number in range(1, most_pages + 2):
            try:
                image.seek(number - 1)
            except EOFError:
                break
            except faults() as error:
                fault = type(error).__name__
                yield Shot(number, None, 1.0, fault)
                break                                           # what follows hangs on it
            if number > most_pages:
                raise Unreadable("E04", path, f"it has more than {most_pages} pages", "split it into smaller files")
            shot = _shot(path, number, image)
            sound, fault = sound + (shot.picture is not None), fault or shot.fault
            yield shot
            if image.format != "TIFF":
                break
        if not sound:
            raise _broken(path, fault)


def _shot(path: str, number: int, image: Any) -> Shot:
    if image.width * image.height > MOST_PIXELS:
        raise _large(path, image.width, image.height)
    try:
        return Shot(number, *_picture(image))
    except faults() as error:
        return Shot(number, None, 1.0, type(error).__name__)


def _picture(image: Any) -> tuple[Picture, float]:
    from PIL import Image, ImageOps

    image.load()
    upright = ImageOps.exif_transpose(image)
    wide, high = upright.size
    upright = _plain(upright)
    if max(wide, high) > LONGEST:
        upright.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX, reducing_gap=None)
    return _array(upright), wide / upright.width


def _plain(image: Any) -> Any:
    """Eight bits in grey or colour, on white paper."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        image = _levelled(image)
    elif image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    return image if image.mode == "L" else image.convert("RGB")


def _levelled(image: Any) -> Any:
    """Sixteen bits and more to eight."""
    import numpy as np
    from PIL import Image

    deep = np.nan_to_num(np.asarray(image).astype(np.float64))
    top = 65535.0 if image.mode.startswith("I") and 255 < deep.max() <= 65535 else max(float(deep.max()), 1.0)
    return Image.fromarray((deep.clip(0, top) * (255 / top)).astype(np.uint8))


def _array(image: Any) -> Picture:
    import numpy as np

    made = np.asarray(image)
    if made.ndim == 2:
        made = np.repeat(made[:, :, None], 3, axis=2)
    if made[::4, ::4].mean() < DARK:
        made = 255 - made
    return np.ascontiguousarray(made[:, :, ::-1])


def faults() -> tuple[type[Exception], ...]:
    """What Pillow lets out on a damaged file; none of them is a fault of ours."""
    from PIL import Image

    return (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
            ZeroDivisionError, RuntimeError, AssertionError, MemoryError, NotImplementedError, struct.error,
            Image.DecompressionBombError)


def _large(path: str, wide: int = 0, high: int = 0) -> Unreadable:
    told = f"a page has {wide} × {high} pixels" if wide else "a page has a size that no scanner makes"
    return Unreadable("E04", path, f"{told}, more than the limit of {MOST_PIXELS // 10**6} million",
                      "save it at 300 dots an inch")


def _broken(path: str, seen: str) -> Unreadable:
    return Unreadable("E16", path, f"the image is broken ({seen})", "get the file again, or scan the page again")
