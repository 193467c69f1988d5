"""The scripted brief that the practice agent follows: steps in order, and branches it hears for."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, NotFound
from app.domain.yaml_text import load_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that can be said. `hears` are the words that lead to it, for a branch."""

    id: str
    text: str
    hears: frozenset[str] = frozenset()
    repeats: bool = False
    """After it, the step that was last said is said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Steps and branches, and how lines without a clip are voiced."""

    title: str
    scenario: str
    steps: tuple[Line, ...]
    branches: tuple[Line, ...]
    voice: dict[str, Any]
    clips: Path


def load(path: Path) -> Brief:
    """The brief in a YAML file; its clips lie in `clips` beside it.

    Raises:
        NotFound: no such file. BadInput: it is no brief.
    """
    import yaml

    try:
        body = load_yaml(path.read_text("utf-8"))
        return Brief(
            title=str(body.get("title", path.stem)),
            scenario=str(body.get("scenario", "")),
            steps=tuple(_line(x) for x in body["steps"]),
            branches=tuple(_line(x) for x in body.get("branches", ())),
            voice=dict(body.get("voice", {})),
            clips=path.parent / "clips",
        )
    except FileNotFoundError as error:
        raise NotFound(f"There is no brief at {path}.", "Check the path.") from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(
            f"{path.name} is no brief of the practice agent.",
            "It needs steps, each with an id and a text.",
        ) from error


def _line(entry: dict[str, Any]) -> Line:
    return Line(
        id=str(entry["id"]),
        text=str(entry["text"]),
        hears=frozenset(str(w).lower() for w in entry.get("hears", ())),
        repeats=bool(entry.get("repeats", False)),
    )


class Course:
    """Where in its brief an agent is. A step that was cut short is said again, once."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._next = 0
        self._used: set[str] = set()
        self._again: set[str] = set()
        self._last: Line | None = None

    def answer(self, heard: str) -> Line:
        """What to say to what was heard; the last step is said for ever."""
        words = set(re.findall(r"[a-z']+", heard.lower()))
        branch = self._branch(words)
        if branch is not None:
            self._used.add(branch.id)
            if branch.repeats and self._next:
                self._next -= 1
            return branch
        step = self._brief.steps[min(self._next, len(self._brief.steps) - 1)]
        self._next += 1
        self._last = step
        return step

    def _branch(self, words: Collection[str]) -> Line | None:
        if not self._next:
            return None
        fresh = (b for b in self._brief.branches if b.id not in self._used)
        return next((b for b in fresh if b.hears & set(words)), None)

    def cut_short(self, line: Line) -> None:
        """The caller spoke into `line`: a step is said again, if that was not done before."""
        if line is self._last and line.id not in self._again and self._next:
            self._again.add(line.id)
            self._next -= 1
