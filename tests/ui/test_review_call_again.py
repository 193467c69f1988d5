"""From the review of a live call to the next call of its kind."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import calls
from app.services.workspace import Workspace
from app.ui.review.verbs import ReviewVerbs
from tests.ui.review_support import context
from tests.ui.scoring_rig import make_rig


@pytest.mark.parametrize(
    ("replay", "name"), [(False, "again"), (True, "replay")], ids=["again", "replay"]
)
def test_a_live_call_leads_to_the_live_place(
    qtbot: QtBot, workspace: Workspace, replay: bool, name: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    ctx = context(ws=workspace)
    call = calls.get_call(workspace, make_rig(workspace).call_id)
    session: Any = SimpleNamespace(call=call)
    verbs = ReviewVerbs(ctx, session, dict, window)
    gone: list[tuple[str, dict[str, Any]]] = []
    said: list[str] = []
    verbs.left.connect(lambda to, kwargs: gone.append((to, kwargs)))
    ctx.bus.message.connect(lambda _kind, what, _hint: said.append(what))
    verbs.call_again(replay=replay)
    assert gone == []
    assert said == [f"{call.code} was not placed from here."]
    session.call = replace(call, extra={**call.extra, "live": {}})
    verbs.call_again(replay=replay)
    assert gone == [("live", {name: call.id})]
    ctx.runner.close()
