"""Final values of an interval scale: one that was given, or the median; never cut to a level."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.output import Progress
from app.domain.adjudication import Line
from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.services import adjudicating
from app.services.calibrating.labels import import_labels
from app.services.workspace import Workspace
from app.ui.adjudicating.rows import choice_words, title_of, value_text

ROWS = """item,rater,value,call
c1,Ann,3.1,k
c1,Ben,3.8,k
c1,Cleo,3.3,k
c2,Ann,4.5,k
c2,Ben,4.5,k
c2,Cleo,1.25,k
c3,Ann,2.2,k
c3,Ben,2.5,k
"""


@pytest.fixture
def call(ws: Workspace, lead: Viewer, tmp_path: Path) -> tuple[str, str]:
    """A call of three clips, and its rubric."""
    path = tmp_path / "mos.csv"
    path.write_text(ROWS, "utf-8")
    import_labels(Progress(quiet=True), ws, lead, path)
    with ws.db.read() as uow:
        rubric = next(r for r in uow.rubrics.all() if r.key == "labels.mos")
    (call_id,) = adjudicating.waiting(ws, lead, rubric.id)
    return call_id, rubric.id


def lines(ws: Workspace, lead: Viewer, call: tuple[str, str]) -> dict[str, Line]:
    return {title_of(x): x for x in adjudicating.table(ws, lead, *call).lines}


def test_each_clip_is_a_line_with_what_was_given_and_its_median(
    ws: Workspace, lead: Viewer, call: tuple[str, str]
) -> None:
    found = lines(ws, lead, call)
    assert list(found) == ["c1: mos", "c2: mos", "c3: mos"]
    one, two, three = found.values()
    assert (one.spread, one.median, one.majority) == (0.7, 3.3, None)
    assert (two.spread, two.median, two.majority) == (3.25, 4.5, 4.5)
    assert (three.spread, three.median) == (0.3, 2.35)
    assert one.choices == (5, 3.8, 3.3, 3.1, 1)
    assert [choice_words(one, v) for v in (3.8, 3.3)] == ["Given by 1", "Given by 1, median"]
    assert choice_words(three, 2.35) == "Median"
    assert value_text(one.spread) == "0.7"


def test_a_decimal_is_settled_as_it_is(ws: Workspace, lead: Viewer, call: tuple[str, str]) -> None:
    one, _, three = lines(ws, lead, call).values()
    assert adjudicating.settle_agreed(ws, lead, *call) == 1
    with pytest.raises(BadInput, match="needs a cause"):
        adjudicating.settle(ws, lead, three, 2.35)
    with pytest.raises(BadInput, match=r"5\.5 is not on the scale of “mos”\. Use a number from"):
        adjudicating.settle(ws, lead, one, 5.5, cause="no")
    adjudicating.settle(ws, lead, three, 2.35, cause="the median")
    adjudicating.settle(ws, lead, one, 3.45, cause="heard again")
    final = {t: x.final for t, x in lines(ws, lead, call).items() if x.final is not None}
    assert {t: (f.value, f.provenance) for t, f in final.items()} == {
        "c1: mos": (3.45, "adjudicated"), "c2: mos": (4.5, "majority"),
        "c3: mos": (2.35, "adjudicated"),
    }  # fmt: skip
    assert 3.45 in lines(ws, lead, call)["c1: mos"].choices, "what stands can be kept"
    assert adjudicating.waiting(ws, lead, call[1]) == []
