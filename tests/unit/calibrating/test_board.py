"""A board: the cell asked for comes first, a filter recomputes without reading, leads alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.errors import Cancelled, NotAllowed
from app.domain.work import Quiet
from app.services import raters
from app.services.calibrating import agreement, board, gather, rules
from app.services.calibrating.agreement import Cell
from app.services.calibrating.board import Board, load_board, rubrics_scored
from app.services.calibrating.dimension import EVERYTHING, Slice
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, rubric, truth, world

N = 60


class Watched(Quiet):
    """Keeps what it is handed."""

    def __init__(self, stop_after: int = 99) -> None:
        self.grown: list[Board] = []
        self.notes: list[tuple[int, int, str]] = []
        self._stop_after = stop_after

    def progress(self, done: int, total: int, note: str = "") -> None:
        self.notes.append((done, total, note))

    def partial(self, value: object) -> None:
        assert isinstance(value, Board)
        self.grown.append(value)

    def raise_if_cancelled(self) -> None:
        if len(self.notes) > self._stop_after:
            raise Cancelled


@pytest.fixture
def panel(workspace: Workspace) -> World:
    """Two people and two judges on two dimensions; one judge leaves the second out."""
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        person = made.person(name)
        for key in ("tone", "help"):
            made.say(person, key, noisy(real, 10 + at, sd=0.4))
    whole = made.judge("judge10")
    for key in ("tone", "help"):
        made.say(whole, key, noisy(real, 30, sd=0.6))
    made.say(made.judge("judge9"), "tone", noisy(real, 40, sd=0.8))
    return made


def _figures(cells: Sequence[Cell]) -> dict[tuple[str, str], object]:
    return {(c.judge.id, c.criterion.key): (c.verdict, c.found.judge) for c in cells}


def test_the_cell_asked_for_is_handed_over_first_and_the_board_is_as_the_matrix(
    panel: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "SHOW_EVERY_S", 0.0)
    found = gather.load(panel.ws, panel.lead, "synthetic")
    judge = found.judges_named("judge10")[0]
    work = Watched()
    made = load_board(work, panel.ws, panel.lead, "synthetic", kept=found, first=(judge.id, "help"))
    first = work.grown[0]
    assert [(c.judge.id, c.criterion.key) for c in first.cells] == [(judge.id, "help")]
    assert first.awaited == 2
    assert [p.criterion.key for p in first.panels] == ["help"]
    assert [g.awaited for g in work.grown] == [2, 1]
    assert made.awaited == 0
    alone = agreement.matrix(
        gather.load(panel.ws, panel.lead, "synthetic"), rules.current(panel.ws)
    )
    figures = {(c.judge.id, c.criterion.key): (c.verdict, c.found.judge) for c in alone}
    assert {
        (c.judge.id, c.criterion.key): (c.verdict, c.found.judge) for c in made.cells
    } == figures
    people = agreement.panels(found)
    assert [(p.criterion.key, p.figures, p.votes) for p in made.panels] == [
        (p.criterion.key, p.figures, p.votes) for p in people
    ]


def test_names_are_ordered_as_people_count(panel: World) -> None:
    made = load_board(Quiet(), panel.ws, panel.lead, "synthetic")
    assert [j.ref for j in made.facts.judges] == ["judge9@1", "judge10@1"]
    assert [c.key for c in made.facts.criteria] == ["tone", "help"]
    nine, ten = (j.id for j in made.facts.judges)
    assert [(j.id, k) for j, k in made.facts.scored] == [
        (nine, "tone"),
        (ten, "tone"),
        (ten, "help"),
    ]
    assert made.cell(nine, "help") is None
    assert made.facts.classes["language"] == [("de", N // 2), ("en", N // 2)]


def test_a_filter_reads_nothing_and_coming_back_computes_nothing(
    panel: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load_board(Quiet(), panel.ws, panel.lead, "synthetic")

    def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(gather, "load", never)
    german = Slice(classes={"language": "de"})
    part = load_board(Quiet(), panel.ws, panel.lead, "synthetic", german, whole.found)
    assert part.found is whole.found
    assert part.cells[0].found.evidence.items == N // 2
    assert part.panels[0].votes == N
    monkeypatch.setattr(agreement, "cell", never)
    again = load_board(Quiet(), panel.ws, panel.lead, "synthetic", EVERYTHING, whole.found)
    assert [c.found for c in again.cells] == [c.found for c in whole.cells]


def test_a_division_that_the_data_does_not_have_is_left_out(panel: World) -> None:
    gone = Slice(classes={"weather": "rain", "language": "de"})
    made = load_board(Quiet(), panel.ws, panel.lead, "synthetic", gone)
    assert made.where == replace(gone, classes={"language": "de"})


def test_it_stops_between_cells(panel: World) -> None:
    work = Watched(stop_after=2)
    with pytest.raises(Cancelled):
        load_board(work, panel.ws, panel.lead, "synthetic")
    assert work.notes[0] == (0, 0, "Reading scores")
    assert work.notes[-1][0] < 3


def test_synthetic_raters_are_named(panel: World) -> None:
    made = load_board(Quiet(), panel.ws, panel.lead, "synthetic")
    assert made.facts.synthetic == ()
    ann = next(v for v in raters.raters(panel.ws) if v.name == "Ann")
    with panel.ws.db.human() as uow:
        uow.connection.exec_driver_sql(
            "UPDATE rater SET expertise = 'synthetic' WHERE id = ?", (ann.rater_id,)
        )
    again = load_board(Quiet(), panel.ws, panel.lead, "synthetic")
    assert again.facts.synthetic == ("Ann",)


def test_rubrics_are_offered_newest_scored_first_and_to_leads_alone(panel: World) -> None:
    rubric(panel.ws, key="untouched")
    other = rubric(panel.ws, key="later")
    World(panel.ws, other, panel.lead, panel.calls).say(panel.person("Ann"), "tone", [1, 2])
    offered = rubrics_scored(panel.ws, panel.lead)
    assert [(o.ref, o.scores) for o in offered] == [("later@1", 2), ("synthetic@1", 7 * N)]
    reviewer = raters.sign_in(panel.ws, "Rosa", "reviewer")
    with pytest.raises(NotAllowed):
        rubrics_scored(panel.ws, reviewer)
    with pytest.raises(NotAllowed):
        load_board(Quiet(), panel.ws, reviewer, "synthetic")
