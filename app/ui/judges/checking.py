"""What a check of a judge's texts finds: problems with their places, and what may be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.judging import JudgeDefinition
from app.ui.judges.loading import load

_PLACED = re.compile(r"(?P<part>system|user)(?:, line (?P<line>\d+))?: (?P<words>.*)", re.DOTALL)
_UNKNOWN = re.compile(r"“(?P<name>\w+)” is no variable\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    words: str
    part: str = ""
    """`system` or `user`; empty where it is about the whole."""
    line: int = 0
    """Counted from 1; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a template may use."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All that a check says."""

    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    """Names in the texts that no variable has."""
    variables: tuple[Variable, ...] = ()

    def count(self, part: str) -> int:
        """Problems of a text."""
        return sum(problem.part == part for problem in self.problems)


def check(definition: JudgeDefinition) -> Checked:
    """What is wrong with a judge's texts as they stand, and what they may use. For a lane."""
    from app.eval.judging.prompting import VARIABLES
    from app.eval.judging.template_checks import check_templates

    if definition.kind == "baseline":
        return Checked()
    load()
    lines = check_templates(definition.prompts, definition.shape)
    unknown = tuple(found["name"] for line in lines if (found := _UNKNOWN.search(line)))
    return Checked(
        problems=tuple(_problem(line, definition.prompts) for line in lines),
        unknown=unknown,
        variables=tuple(Variable(name, about) for name, about in VARIABLES.items()),
    )


def _problem(line: str, prompts: Mapping[str, str]) -> Problem:
    placed = _PLACED.fullmatch(line)
    if placed is None:
        return Problem(words=line)
    part, words, number = placed["part"], placed["words"], int(placed["line"] or 0)
    unknown = _UNKNOWN.match(words)
    if unknown is not None:
        words = unknown[0]  # the variables that there are stand below it
        number = _line_of(unknown["name"], prompts.get(part, ""))
    return Problem(words=words[:1].upper() + words[1:], part=part, line=number)


def _line_of(name: str, text: str) -> int:
    """The first line whose marks hold a name; 0 where none does."""
    used = re.compile(rf"\{{[{{%][^}}]*\b{re.escape(name)}\b")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if used.search(line)), 0)
