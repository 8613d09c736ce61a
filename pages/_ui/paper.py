"""A PDF on screen: its pages as pictures, because a frame of another document is forbidden here."""

from __future__ import annotations

from threading import Lock

import pypdfium2
import streamlit as st
from PIL.Image import Image

_SCALE = 1.7  # dots for a point: sharp at the width of a screen's half, small to send
_ONE_AT_A_TIME = Lock()  # the drawing library keeps state of its own


def pictures(content: bytes) -> list[Image]:
    """Each page of a PDF as a picture."""
    with _ONE_AT_A_TIME:
        paper = pypdfium2.PdfDocument(content)
        try:
            return [page.render(scale=_SCALE).to_pil() for page in paper]
        finally:
            paper.close()


def show(content: bytes, *, alt: str) -> None:
    """The pages under each other, each in a quiet border."""
    for number, picture in enumerate(pictures(content), start=1):
        with st.container(border=True):
            st.image(picture, width="stretch", output_format="PNG", alt=f"{alt}, page {number}")
