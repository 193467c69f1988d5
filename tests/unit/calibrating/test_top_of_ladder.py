"""The highest rung in a workspace, and what is missing by each clause alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.work import Quiet
from app.services.calibrating import agreement, anchors, gather, rules
from app.services.calibrating.agreement import Cell
from app.services.calibrating.board import load_board
from app.services.calibrating.dimension import EVERYTHING, Slice
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from app.ui.calibrating import verdict_rows
from app.ui.library.words import thousands
from tests.unit.calibrating import ladder_world
from tests.unit.calibrating.ladder_world import LadderWorld

ANCHORS = Slice(roles=anchors.ROLES)


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadderWorld]:
    ws = Workspace.open(tmp_path_factory.mktemp("ladder") / "workspace")
    yield ladder_world.build(ws)
    ws.close()


@pytest.fixture(scope="module")
def found(ladder: LadderWorld) -> RatingSet:
    return gather.load(ladder.ws, ladder.lead, ladder_world.RUBRIC)


def board_cell(
    ladder: LadderWorld, found: RatingSet, judge: str, key: str, where: Slice = ANCHORS
) -> Cell:
    board = load_board(Quiet(), ladder.ws, ladder.lead, ladder_world.RUBRIC, where, found)
    cell = board.cell(found.judges_named(judge)[0].id, key)
    assert cell is not None
    return cell


def told(cell: Cell) -> str:
    """What the board prints last."""
    return verdict_rows.rows(cell.verdict, cell.where)[-1].text


def failing(cell: Cell) -> dict[str, int | None]:
    return {c.name: c.more_calls for c in cell.verdict.failing}


def test_a_judge_may_judge_alone(ladder: LadderWorld, found: RatingSet) -> None:
    cell = board_cell(ladder, found, "excellent", "care")
    evidence = cell.found.evidence
    assert cell.verdict.state == 5, cell.verdict.words
    assert cell.verdict.words == "Alone, with audit."
    assert evidence.humans == 3
    assert evidence.items >= 100
    assert evidence.calls >= 50
    assert set(evidence.strata_states) == {"language: de", "language: en"}
    assert {s.state for s in evidence.strata_states.values()} <= {3, 4}
    assert evidence.anchors == "held"
    assert all(c.holds for group in cell.verdict.clauses.values() for c in group)
    assert not any(r.mark in ("fails", "unknown") for r in verdict_rows.rows(cell.verdict))


def test_elsewhere_than_on_anchors_it_is_a_stand_in(ladder: LadderWorld, found: RatingSet) -> None:
    cell = board_cell(ladder, found, "excellent", "care", EVERYTHING)
    assert cell.verdict.state == 4, cell.verdict.words
    assert failing(cell) == {"frozen": None}
    assert told(cell) == "More calls of this kind would not change it."


@pytest.mark.parametrize(
    ("judge", "state", "clause", "last"),
    [
        ("drifted", 3, "anchors", "More calls of this kind would not change it."),
        ("unsteady", 3, "repeats", "More calls of this kind would not change it."),
        ("rough", 3, "gap", "About {} more anchor calls would settle it."),
        ("little_german", 4, "stratum language: de", "About {} more anchor calls would settle it."),
    ],
)
def test_a_judge_that_misses_one_thing(
    ladder: LadderWorld, found: RatingSet, judge: str, state: int, clause: str, last: str
) -> None:
    cell = board_cell(ladder, found, judge, "care")
    assert cell.verdict.state == state, cell.verdict.words
    assert set(failing(cell)) == {clause}
    more = failing(cell)[clause]
    assert told(cell) == last.format(more)
    assert ("{}" in last) == bool(more)


@pytest.mark.parametrize(
    ("asked", "clause", "more"),
    [
        ({"alone_humans": 4}, "humans", 0),
        ({"alone_calls": 100}, "calls", 21),
        # Six turns a call: 474 of 600.
        ({"alone_items": 600}, "items", 21),
        # 79 of 98 calls; with 14 more that are judged and audited, 93 of 112.
        ({"audit_rate": 0.83}, "audit", 14),
    ],
)
def test_a_rule_that_asks_for_more(
    found: RatingSet, asked: dict[str, Any], clause: str, more: int
) -> None:
    rule = rules.preset("default").changed(asked, "A stricter client")
    cell = agreement.cell(found, found.judges_named("excellent")[0], "care", rule, ANCHORS)
    assert cell.verdict.state == 4, cell.verdict.words
    assert failing(cell) == {clause: more}
    words = f"About {more} more anchor calls would settle it."
    assert told(cell) == (words if more else "More calls of this kind would not change it.")


def test_a_critical_check_must_not_be_overlooked(ladder: LadderWorld, found: RatingSet) -> None:
    cells = {j: board_cell(ladder, found, j, "honest") for j in ("excellent", "overlooks")}
    assert {j: c.verdict.state for j, c in cells.items()} == {"excellent": 5, "overlooks": 5}
    rules.change(ladder.ws, ladder.lead, {"critical": ["honest"]}, "Falsehoods do harm")
    again = {j: board_cell(ladder, found, j, "honest") for j in cells}
    assert again["excellent"].verdict.state == 5
    assert again["overlooks"].verdict.state == 4
    (clause,) = again["overlooks"].verdict.failing
    # What must be found is the turn that says something false, which is the lower level.
    specificity = again["overlooks"].found.gold["specificity"]
    assert clause.name == "critical"
    assert clause.value == f"{specificity.low:.2f}"
    assert clause.more_calls is not None
    words = f"About {thousands(clause.more_calls)} more anchor calls would settle it."
    assert told(again["overlooks"]) == words


def test_versions_of_the_rule_are_told_apart(ladder: LadderWorld) -> None:
    made = [rules.change(ladder.ws, ladder.lead, {"margin": 0.04}, "One").ref]
    rules.choose(ladder.ws, ladder.lead, "default", "Back")
    made.append(rules.change(ladder.ws, ladder.lead, {"margin": 0.06}, "Another").ref)
    assert len(set(made)) == 2
    assert rules.current(ladder.ws).critical == ()
    rules.choose(ladder.ws, ladder.lead, "default", "Back")
