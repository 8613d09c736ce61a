"""Uploaded pictures: what is taken, what is refused with a way on, and that only its look is kept."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from services.pictures import KEPT, MOST_BYTES, NotAPicture, picture_of

BLUE, WHITE = (20, 60, 160), (255, 255, 255)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def drawn(mode: str = "RGB", size: tuple[int, int] = (300, 100)) -> Image.Image:
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((50, 20, size[0] - 51, size[1] - 21), fill=(*BLUE, 255))
    return image if mode == "RGBA" else image.convert(mode)


def test_what_lets_the_paper_through_becomes_white_and_its_empty_borders_go() -> None:
    image = drawn("RGBA")
    ImageDraw.Draw(image).rectangle((100, 40, 120, 60), fill=(0, 0, 0, 0))
    kept = picture_of(saved(image))
    found = opened(kept.content)
    assert (found.mode, found.size, (kept.width, kept.height)) == ("RGB", (200, 60), (200, 60))
    assert found.getpixel((0, 0)) == BLUE
    assert found.getpixel((60, 30)) == WHITE


def test_the_same_file_is_the_same_picture_and_no_word_of_the_file_is_kept() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "somebody@secret.example")
    file = saved(drawn(), pnginfo=said)
    kept = picture_of(file)
    assert kept == picture_of(file)
    assert len(kept.sha256) == 64
    assert b"secret" not in kept.content
    assert opened(kept.content).info == {}


def test_a_large_one_is_made_small_in_its_own_proportions() -> None:
    image = Image.new("RGB", (3_000, 500), BLUE)
    kept = picture_of(saved(image))
    assert (kept.width, kept.height) == (KEPT[0], KEPT[0] * 500 // 3_000)


def test_a_photograph_is_kept_as_jpeg_and_a_drawing_as_png() -> None:
    noise = Image.effect_noise((400, 200), 60).convert("RGB")
    assert opened(picture_of(saved(noise, "JPEG", quality=95)).content).format == "JPEG"
    assert opened(picture_of(saved(drawn(), "JPEG", quality=95)).content).format == "PNG"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_opaque_rgb_afterwards(mode: str) -> None:
    image = drawn("RGBA")
    if mode not in {"RGBA", "P"}:
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*WHITE, 255)), image)
    if mode == "I;16":
        image = image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        image = image.convert(mode, dither=Image.Dither.NONE)
    found = opened(picture_of(saved(image)).content)
    assert (found.mode, found.size) == ("RGB", (200, 60))
    assert max(found.getpixel((100, 30))) < 170  # type: ignore[type-var,arg-type] # dark as it was


def test_inks_become_colours_of_a_screen() -> None:
    image = Image.new("CMYK", (100, 40), (255, 255, 0, 0))
    found = opened(picture_of(saved(image, "JPEG")).content)
    red, green, blue = found.convert("RGB").getpixel((50, 20))  # type: ignore[misc]
    assert blue > 200
    assert max(red, green) < 60


def test_a_profile_is_followed_and_a_broken_one_ignored() -> None:
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (wide, b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()):
        found = opened(picture_of(saved(drawn(), icc_profile=profile)).content)
        assert found.getpixel((100, 30)) == BLUE
        assert "icc_profile" not in found.info


def test_a_photo_taken_upright_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    kept = picture_of(saved(Image.new("RGB", (200, 80), BLUE), "JPEG", exif=turned))
    assert (kept.width, kept.height) == (80, 200)


def bomb() -> bytes:
    """A PNG of few bytes that says it has a thousand million pixels."""
    head = struct.pack(">IIBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "no PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no PNG or JPEG"),
        (b"%PDF-1.7", "no PNG or JPEG"),
        (saved(drawn(), "GIF"), "no PNG or JPEG"),
        (saved(drawn(), "WEBP"), "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"rubbish" * 20, "no PNG or JPEG"),
        (saved(Image.effect_noise((200, 200), 90))[:6_000], "damaged"),
        (saved(Image.effect_noise((200, 200), 90), "JPEG")[:3_000], "damaged"),
        (saved(Image.new("RGB", (20, 100), BLUE)), "24 to 4,000"),
        (saved(Image.new("L", (4_001, 100), 0)), "24 to 4,000"),
        (bomb(), "PNG or JPEG|24 to 4,000"),
        (b"x" * (MOST_BYTES + 1), "more than 2 MB"),
        (saved(Image.new("RGBA", (100, 100), (*WHITE, 128))), "all white"),
        (saved(Image.new("RGBA", (100, 100), (0, 0, 0, 0))), "all white"),
    ],
)
def test_what_papers_cannot_print_is_refused_with_the_way_on(file: bytes, said: str) -> None:
    with pytest.raises(NotAPicture, match=said):
        picture_of(file)
