"""What replies look like: each shape says what to ask for and how to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall

SHAPES: Mapping[str, str] = {
    "single": "One criterion of a turn or call in a reply",
    "grouped": "All criteria of a turn or call in a reply",
    "turn_ratings": "One rating for each turn of a call",
    "dimensions": "Dimensions of a call and an overall score that follows from them",
    "nodes": "Each step of the call's task flow",
    "entities": "What the caller said that matters, turn by turn, against what was heard",
    "preference": "Which of two calls is better",
}
"""Name of a module here, and what its replies hold."""


class Shape(Protocol):
    """A shape: a module of this package with these names."""

    SHOWS: tuple[frozenset[str], ...]
    """Of each group of variables a template must show at least one."""

    def plan(
        self,
        definition: JudgeDefinition,
        rubric: RubricVersion,
        call: JudgeCall,
        other: JudgeCall | None,
    ) -> Plan:
        """The asks about a call."""

    def read(
        self,
        definition: JudgeDefinition,
        rubric: RubricVersion,
        ask: Ask,
        objects: Sequence[Any],
    ) -> tuple[Verdict, ...]:
        """Verdicts of the replies to an ask."""

    def schema(self, definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:
        """JSON schema of a reply; where it differs from ask to ask, of a typical one."""


def shape_of(name: str) -> Shape:
    """The shape of that name.

    Raises:
        BadInput: there is none.
    """
    if name not in SHAPES:
        raise BadInput(f"“{name}” is no shape of a reply.", f"There are: {', '.join(SHAPES)}.")
    return cast(Shape, import_module(f"app.eval.judging.shapes.{name}"))
