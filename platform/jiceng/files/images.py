"""Pictures are opened, checked and drawn anew: what is kept is our own encoding, without metadata or stowaways."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import ImageBroken, ImageTooManyPixels

MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# Variant -> widest side in CSS pixels. "original" is the largest that we keep.
WIDTHS = {"original": 1600, "cover": 750, "thumb": 240}
# How many times its width a picture may be high before its width shrinks too: long posters stay readable.
TALLEST = 4
JPEG_QUALITY = 82

# Pillow only warns between one and two times this figure: both must refuse.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Variant:
    name: str
    content: bytes
    content_type: str
    width: int
    height: int


def redraw(content: bytes) -> tuple[Variant, ...]:
    """Every variant of the picture, largest first; the first frame where it moves, upright, without EXIF.

    Raises ``ImageTooManyPixels`` and ``ImageBroken``.
    """
    try:
        picture = _load(content)
        return tuple(_variant(picture, name, width) for name, width in WIDTHS.items())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooManyPixels from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # Pillow's decoders raise any of these on crafted or cut files.
        raise ImageBroken from error


def _load(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as probe:
        if probe.width * probe.height > MAX_PIXELS:
            raise ImageTooManyPixels
        probe.verify()
    picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    largest = WIDTHS["original"]
    picture.draft("RGB", (largest, largest))  # JPEG: decode no bigger than needed
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    wanted = "RGBA" if has_alpha else "RGB"
    if picture.mode != wanted:  # convert() copies even where there is nothing to do, and these may be 100 MB
        picture = picture.convert(wanted)
    picture.thumbnail((largest, largest * TALLEST), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _variant(picture: Image.Image, name: str, width: int) -> Variant:
    drawn = picture.copy()
    drawn.thumbnail((width, width * TALLEST), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if drawn.mode == "RGBA":
        drawn.save(buffer, "PNG")
        content_type = "image/png"
    else:
        drawn.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
        content_type = "image/jpeg"
    return Variant(name, buffer.getvalue(), content_type, drawn.width, drawn.height)
