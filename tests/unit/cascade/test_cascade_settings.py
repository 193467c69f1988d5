"""A cascaded agent as it is written on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.agents.profiles import CallProfile
from app.domain.errors import BadInput
from app.services.live_calls import with_settings

BASE = CallProfile(name="c", url="http://h/v1")


def test_texts_stand_as_they_are_and_the_rest_is_json(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("Be kind.\n", "utf-8")
    (tmp_path / "tools.json").write_text('[{"type": "function", "name": "f"}]', "utf-8")
    found = with_settings(
        BASE,
        ["adapter=cascade", "model=a=b", f"brief=@{tmp_path}/brief.txt", "timeout_s=5",
         f"tools=@{tmp_path}/tools.json", "agent_first=true",
         'turn_detection={"silence_duration_ms": 300}', "stt_model=", "voice=5"],
    )  # fmt: skip
    assert found == CallProfile(
        name="c",
        url="http://h/v1",
        adapter="cascade",
        model="a=b",
        brief="Be kind.",
        timeout_s=5,
        tools=({"type": "function", "name": "f"},),
        agent_first=True,
        turn_detection={"silence_duration_ms": 300},
        voice="5",
    )


@pytest.mark.parametrize(
    "word",
    ["voice", "nothing=1", "version=3", "name=x", "timeout_s=x", "timeout_s=[]", "agent_first=1",
     "tools={}", "turn_detection=[]", "brief=@/nowhere/at/all"],
)  # fmt: skip
def test_what_sets_nothing_is_refused(word: str) -> None:
    with pytest.raises(BadInput):
        with_settings(BASE, [word])
