"""Pictures people upload, such as a logo: checked, set on white in sRGB, and made anew without the rest of the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError

from services.errors import Refused

MOST_BYTES = 2 * 1024 * 1024
LEAST_SIDE, MOST_SIDE = 24, 4_000  # pixels
KEPT = (720, 240)  # pixels at most: some 330 to the inch as printed
_WHITE = (255, 255, 255)
_BARELY = 8  # of 255: what differs less from white is not seen
_JPEG_PAYS = 2  # times smaller, as a photograph is


class NotAPicture(Refused):
    """The file is no picture papers can print."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An opaque picture in sRGB as papers draw it: the bytes of a PNG or JPEG, its sides in pixels."""

    content: bytes = field(repr=False)
    width: int
    height: int
    sha256: str

    @classmethod
    def of(cls, content: bytes, width: int, height: int) -> Picture:
        """The picture under the digest of its bytes."""
        return cls(content, width, height, hashlib.sha256(content).hexdigest())


def picture_of(file: bytes) -> Picture:
    """Read an uploaded PNG or JPEG, cut its white borders off and make it small enough for papers.

    Transparent parts become white, colours sRGB. Raises `NotAPicture` with what to do instead.
    """
    if len(file) > MOST_BYTES:
        raise NotAPicture(f"The file has more than {MOST_BYTES >> 20} MB; choose a smaller one.")
    drawn = _trimmed(_on_white(_read(file)))
    drawn.thumbnail(KEPT, Image.Resampling.LANCZOS)
    return Picture.of(_written(drawn), *drawn.size)


def _read(file: bytes) -> Image.Image:
    try:
        found = Image.open(BytesIO(file), formats=("PNG", "JPEG"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("This is no PNG or JPEG picture; save it as one of these and add it again.") from error
    if min(found.size) < LEAST_SIDE or max(found.size) > MOST_SIDE:
        wide, high = found.size
        raise NotAPicture(f"It has {wide} × {high} pixels; give {LEAST_SIDE} to {MOST_SIDE:,} on each side.")
    try:
        found.load()
        return ImageOps.exif_transpose(found)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise NotAPicture("The picture is damaged; save it anew and add it again.") from error


def _on_white(found: Image.Image) -> Image.Image:
    """The picture's colours in sRGB, with white wherever it lets the paper through."""
    if found.mode.startswith("I"):  # sixteen bits of grey
        found = found.convert("I").point(lambda value: value / 256).convert("L")
    seen = found.convert("RGBA")
    colours = _in_srgb(found if found.mode in {"RGB", "CMYK"} else seen.convert("RGB"), found.info.get("icc_profile"))
    paper = Image.new("RGB", found.size, _WHITE)
    paper.paste(colours, mask=seen.getchannel("A"))
    return paper


def _in_srgb(colours: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            made = ImageCms.profileToProfile(
                colours, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            made = None  # a profile that does not read or is of other colours: as if it had none
        if made is not None:
            return made
    return colours.convert("RGB")


def _trimmed(drawn: Image.Image) -> Image.Image:
    far = ImageChops.difference(drawn, Image.new("RGB", drawn.size, _WHITE)).convert("L")
    box = far.point(lambda value: 255 * (value > _BARELY)).getbbox()
    if box is None:
        raise NotAPicture("The picture is all white on white paper; use the dark version of it.")
    return drawn.crop(box)


def _written(drawn: Image.Image) -> bytes:
    png, jpeg = BytesIO(), BytesIO()
    drawn.save(png, "PNG", optimize=True)
    drawn.save(jpeg, "JPEG", quality=92, subsampling=0, optimize=True)
    return min(png, jpeg, key=lambda made: len(made.getvalue()) * (1 if made is png else _JPEG_PAYS)).getvalue()
