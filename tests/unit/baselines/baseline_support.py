"""A call made of lines, and a baseline judge as it is shipped."""

from __future__ import annotations

from typing import Any

from app.domain.calls import Span, Speaker
from app.domain.judging import JudgeDefinition, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.eval.judging import baselines
from app.eval.judging.call import JudgeCall, JudgeTurn
from app.services.assets import asset
from app.services.judging.definition_files import read_judge
from app.services.rubrics import read_rubric


def call_of(*lines: tuple[Speaker, str], language: str = "en", **turn: Any) -> JudgeCall:
    """A call of a second a line."""
    turns = tuple(
        JudgeTurn(
            index=at,
            speaker=speaker,
            start_s=float(at),
            end_s=at + 0.9,
            text=text,
            item=ItemRef(
                kind="turn", call_id="c", span=Span(at * 8000, at * 8000 + 7200), speaker=speaker
            ),
            **(turn if speaker == "agent" else {}),
        )
        for at, (speaker, text) in enumerate(lines)
    )
    return JudgeCall(
        call_id="c",
        code="CB-00001",
        language=language,
        rate_hz=8000,
        item=ItemRef(kind="call", call_id="c", span=Span(0, 8000 * len(lines))),
        turns=turns,
    )


def said(*texts: str, language: str = "en") -> JudgeCall:
    """A call in which the agent says these, a caller's word in between."""
    lines: list[tuple[Speaker, str]] = []
    for text in texts:
        lines += [("agent", text), ("caller", "Mhm.")]
    return call_of(*lines, language=language)


def shipped(name: str) -> tuple[JudgeDefinition, RubricVersion]:
    """A shipped definition and its rubric."""
    definition = read_judge(asset("judges", name, "1"))
    return definition, read_rubric(asset("rubrics", f"{definition.rubric}.yaml"))


def verdicts(name: str, call: JudgeCall) -> tuple[Verdict, ...]:
    """What a shipped baseline says of a call."""
    return baselines.judge(*shipped(name), call)


def values(name: str, *texts: str, language: str = "en") -> list[int | None]:
    """Its values on replies."""
    return [v.value for v in verdicts(name, said(*texts, language=language))]
