"""Everything that the screen of calibration shows of a rubric, made off the window's thread.

The scores are read once and kept while filters change. The cell that is looked at comes first, its
column next, and the rest of the matrix after it, handed over as it is made.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain.errors import NotAllowed
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.domain.work import Work
from app.eval.calibration.rules import Rule
from app.services.calibrating import agreement, gather, rules
from app.services.calibrating.agreement import Cell, Panel
from app.services.calibrating.dimension import EVERYTHING, Slice
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts

SYNTHETIC = "synthetic"
"""The expertise of raters who are no persons: generated ones of a demo."""
SHOW_EVERY_S = 0.1
"""Cells are handed over at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A rubric version that somebody scored."""

    version: RubricVersion
    scores: int
    newest_at: str

    @property
    def ref(self) -> str:
        """`gic@2`."""
        return f"{self.version.key}@{self.version.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """What a set has, whatever the filter."""

    judges: tuple[JudgeVersion, ...]
    """By name, the newest version of each first."""
    criteria: tuple[Criterion, ...]
    """The dimensions that anybody scored, in the rubric's order."""
    scored: tuple[tuple[JudgeVersion, str], ...]
    """Which judge scored which dimension."""
    classes: Mapping[str, Sequence[tuple[str, int]]]
    """What divides the items: class and number of items of each."""
    splits: Mapping[str, int]
    """Items of each split."""
    synthetic: tuple[str, ...]
    """Names of raters who are no persons."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a page shows: one rubric version, one slice, one rule."""

    found: RatingSet
    rule: Rule
    where: Slice
    cells: tuple[Cell, ...]
    panels: tuple[Panel, ...]
    awaited: int = 0
    """Cells that are still being computed."""
    seconds: float = 0.0
    """What the computing took so far, reading left out."""

    @property
    def facts(self) -> SetFacts:
        """What the set has; looked up when the board was made."""
        return facts_of(self.found)

    def cell(self, judge_id: str, key: str) -> Cell | None:
        """One judge version on one dimension; None where it is not there (yet)."""
        found = (c for c in self.cells if c.judge.id == judge_id and c.criterion.key == key)
        return next(found, None)

    def panel(self, key: str) -> Panel | None:
        """People on one dimension; None where nobody scored it within the slice (or not yet)."""
        return next((p for p in self.panels if p.criterion.key == key), None)


def rubrics_scored(ws: Workspace, viewer: Viewer) -> list[Offered]:
    """Rubric versions with submitted scores, the one that was scored last first.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        facts = CalibrationFacts(uow.connection)
        counts, newest = facts.rubrics_scored(), facts.rubrics_scored_at()
        every = [r for r in uow.rubrics.all() if counts.get(r.id)]
    offered = [Offered(version=r, scores=counts[r.id], newest_at=newest[r.id]) for r in every]
    return sorted(offered, key=lambda o: o.newest_at, reverse=True)


def load_board(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    rubric_ref: str,
    where: Slice = EVERYTHING,
    kept: RatingSet | None = None,
    *,
    first: tuple[str, str] = ("", ""),
) -> Board:
    """Compute a board; boards in the making are handed over as partial values.

    Args:
        ctx: takes progress, and is asked whether to stop.
        ws: the workspace.
        viewer: who looks.
        rubric_ref: as `gather.rubric_named` takes it.
        where: which items count; divisions that this rubric's items do not have are left out.
        kept: the set of an earlier board of this rubric, where only the filter changed.
        first: judge version and dimension to compute before all others.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric. BadInput: nobody has scored it.
    """
    _lead_only(viewer)
    if kept is None:
        ctx.progress(0, 0, "Reading scores")
    found = kept if kept is not None else gather.load(ws, viewer, rubric_ref)
    ctx.raise_if_cancelled()
    board = bare = Board(
        found=found, rule=rules.current(ws), where=_within(found, where), cells=(), panels=(),
    )  # fmt: skip
    shown_at = time.monotonic()
    for board in _growing(bare, first):
        ctx.raise_if_cancelled()
        ctx.progress(len(board.cells), len(board.cells) + board.awaited, "Computing agreement")
        is_first = len(board.cells) == 1
        if board.awaited and (is_first or time.monotonic() - shown_at > SHOW_EVERY_S):
            ctx.partial(board)
            shown_at = time.monotonic()
    return board


def facts_of(found: RatingSet) -> SetFacts:
    """What a set has; looked up once while it is kept."""
    if ("facts",) not in found.memo:
        found.memo["facts",] = _facts(found)
    kept: SetFacts = found.memo["facts",]
    return kept


def _facts(found: RatingSet) -> SetFacts:
    numbers = set(np.unique(found.criterion).tolist())
    names = (found.names.get(rater, ("", "", "")) for rater in found.raters)
    counted = {k: Counter(str(n) for n in v if n) for k, v in found.strata.items()}
    newest_first = sorted(found.judges.values(), key=lambda j: j.created_at, reverse=True)
    judges = sorted(newest_first, key=_by_name)
    return SetFacts(
        judges=tuple(judges),
        criteria=tuple(c for at, c in enumerate(found.rubric.criteria) if at in numbers),
        scored=tuple(agreement.scored_pairs(found, judges)),
        classes={k: sorted(v.items()) for k, v in counted.items()},
        splits=Counter(found.roles),
        synthetic=tuple(n for kind, n, skill in names if kind == "human" and skill == SYNTHETIC),
    )


def _by_name(judge: JudgeVersion) -> tuple[list[tuple[int, str]], int]:
    """`care-v9` before `care-v10`; of one name, the newest version first."""
    name, _, version = judge.ref.rpartition("@")
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    natural = [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]
    return natural, -int(version) if version.isdecimal() else 0


def _within(found: RatingSet, where: Slice) -> Slice:
    classes = {k: v for k, v in where.classes.items() if k in found.strata}
    return where if len(classes) == len(where.classes) else replace(where, classes=classes)


def _growing(board: Board, first: tuple[str, str]) -> Iterator[Board]:
    """The board after each cell, and whole at last."""
    found, began = board.found, time.perf_counter()
    pairs = board.facts.scored
    panels: dict[str, Panel | None] = {}
    cells: dict[tuple[str, str], Cell] = {}

    def now(shown: Sequence[Cell]) -> Board:
        order = [c.key for c in found.rubric.criteria]
        return Board(
            found=found, rule=board.rule, where=board.where, cells=tuple(shown),
            panels=tuple(p for key in order if (p := panels.get(key)) is not None),
            awaited=len(pairs) - len(cells), seconds=time.perf_counter() - began,
        )  # fmt: skip

    for judge, key in _by_nearness(pairs, first):
        if key not in panels:
            panels[key] = _panel(board, key)
        cells[judge.id, key] = _cell(board, judge, key)
        if len(cells) < len(pairs):
            yield now([cells[j.id, k] for j, k in pairs if (j.id, k) in cells])
    for criterion in board.facts.criteria:
        if criterion.key not in panels:
            panels[criterion.key] = _panel(board, criterion.key)
    yield now(list(agreement.after_holm([cells[j.id, k] for j, k in pairs])))


def _by_nearness(
    pairs: Sequence[tuple[JudgeVersion, str]], first: tuple[str, str]
) -> Sequence[tuple[JudgeVersion, str]]:
    """The cell asked for, then its column, its row and the rest."""
    judge_id, key = first
    return sorted(pairs, key=lambda p: 2 * (p[1] != key) + (p[0].id != judge_id))


def _cell(board: Board, judge: JudgeVersion, key: str) -> Cell:
    """A cell, computed once per slice and rule while the set is kept."""
    memo, name = board.found.memo, _memo_key(board, "cell", judge.id, key)
    if name not in memo:
        memo[name] = agreement.cell(board.found, judge, key, board.rule, board.where)
    kept: Cell = memo[name]
    return kept


def _panel(board: Board, key: str) -> Panel | None:
    memo, name = board.found.memo, _memo_key(board, "panel", key)
    if name not in memo:
        memo[name] = next(iter(agreement.panels(board.found, board.where, dimensions=[key])), None)
    kept: Panel | None = memo[name]
    return kept


def _memo_key(board: Board, *parts: str) -> tuple[str, ...]:
    return ("board", board.rule.ref, board.where.words, str(board.where.blind_only), *parts)


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Calibration shows everybody's scores.", "Sign in as a lead.")
