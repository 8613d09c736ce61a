"""What holds on every screen however it is reached: a key that sends does not send what stands behind a dialog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Node

_SEND = "ctrl+enter"


def sent_by_key(node: Node, *, dialog: bool = False) -> Iterator[tuple[str, bool]]:
    """The buttons that Ctrl+Enter presses, each with whether it stands in a dialog."""
    proto: Any = getattr(node, "proto", None)
    if getattr(proto, "shortcut", "") == _SEND and not proto.disabled:
        yield proto.label, dialog
    if isinstance(node, Block):
        for child in node.children.values():
            yield from sent_by_key(child, dialog=dialog or node.type == "dialog")


def dialogs(node: Node) -> int:
    """How many dialogs stand open below a node."""
    below = sum(dialogs(child) for child in node.children.values()) if isinstance(node, Block) else 0
    return below + (node.type == "dialog")


@pytest.fixture(autouse=True)
def _one_form_hears_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    run = AppTest._run

    def watched(app: AppTest, *given: Any, **more: Any) -> AppTest:
        """Streamlit presses every button of a key at once: a second one, or one behind a dialog, acts unasked."""
        done = run(app, *given, **more)
        found = list(sent_by_key(done._tree))
        assert len(found) < 2, f"Ctrl+Enter sends several forms: {found}"
        assert not dialogs(done._tree) or all(inside for _label, inside in found), f"sent behind a dialog: {found}"
        return done

    monkeypatch.setattr(AppTest, "_run", watched)
