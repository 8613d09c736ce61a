"""Streamlit's own floor: an empty page, served with the same libraries loaded and frozen as the real screens."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import and freeze as app.py does."""
    for name in ("pandas", "pyarrow.compute", "plotly.graph_objects", "sqlalchemy", "xlsxwriter"):
        import_module(name)
    gc.collect()
    gc.freeze()
    yield


app = st.App(Path(__file__).with_name("floor_script.py"), lifespan=lifespan)
