"""A PDF on screen: its pages as pictures, because a frame of another document is forbidden here."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from threading import Lock

import pypdfium2
import streamlit as st
from PIL.Image import Image

from pages._ui import cached

_SCALE = 1.7  # dots for a point: sharp at the width of a screen's half, small to send
_ONE_AT_A_TIME = Lock()  # the drawing library keeps state of its own


def pictures(content: bytes) -> list[bytes]:
    """Each page of a PDF as a picture (PNG)."""
    with _ONE_AT_A_TIME:
        paper = pypdfium2.PdfDocument(content)
        try:
            drawn = [page.render(scale=_SCALE).to_pil() for page in paper]
        finally:
            paper.close()
    return [_png(picture) for picture in drawn]


def _png(picture: Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def show(content: bytes, *, alt: str) -> None:
    """The pages under each other, each in a quiet border."""
    drawn = cached.drawn("pictures", sha256(content).hexdigest(), lambda: pictures(content))
    for number, picture in enumerate(drawn, start=1):
        with st.container(border=True):
            # without the format named, each run would make a photograph of the drawing, slowly
            st.image(picture, width="stretch", output_format="PNG", alt=f"{alt}, page {number}")
