"""Labels with decimals are an interval scale of the range that occurs, and come back as written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.output import Progress
from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.services import raters
from app.services.calibrating import gather, label_table
from app.services.calibrating.dataset_import import import_dataset
from app.services.calibrating.dimension import dimension
from app.services.calibrating.export import export_dataset
from app.services.calibrating.labels import LabelsImported, import_labels
from app.services.exporting.columns import SCORES
from app.services.exporting.run import export
from app.services.exporting.scores_in import import_scores
from app.services.exporting.tables import WRITERS, read
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace

QUIET = Progress(quiet=True)
AWKWARD = ("0.1", "-0.5", "+2.75", ".5", "4.", "3.0", "3.3333333333333335", "1e-7", "2.5E-1",
           "-9.87654321", "123456.789", "0.000000001", "1e3", "-0.0")  # fmt: skip


@pytest.fixture
def lead(workspace: Workspace) -> Viewer:
    return raters.sign_in(workspace, "Lea", "lead")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "elsewhere")
    yield opened
    opened.close()


def table(path: Path, rows: Sequence[Sequence[str]], head: str = "item,rater,value") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])
    return path


def bring(ws: Workspace, lead: Viewer, path: Path, **more: Any) -> LabelsImported:
    return import_labels(QUIET, ws, lead, path, **more)


def values_of(ws: Workspace, lead: Viewer, key: str) -> dict[str, float]:
    """Call's title → its only value."""
    with ws.db.read() as uow:
        found = [s for s in uow.scores.visible(lead) if s.criterion_key == key]
        titles = {c.id: c.title for c in uow.calls.many([s.item.call_id for s in found])}
    return {titles[s.item.call_id]: s.answer.value for s in found if s.answer.value is not None}


def test_decimals_are_an_interval_scale_of_the_range_that_occurs(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    path = table(tmp_path / "few.csv", [[f"i{n}", "Ann", v] for n, v in enumerate(AWKWARD)])
    came = bring(workspace, lead, path)
    assert (came.added, came.faults) == (len(AWKWARD), ())
    assert came.notes[0].startswith("Interval scales: few (-10 to 123457). Agreement on them")
    stored = values_of(workspace, lead, "few")
    assert stored == {f"few: i{n}": float(v) for n, v in enumerate(AWKWARD)}
    assert [type(stored[f"few: i{AWKWARD.index(v)}"]) for v in ("3.0", "1e3", "0.1")] == [
        int, int, float,
    ]  # fmt: skip
    criterion = dimension(gather.load(workspace, lead, "labels.few"), "few").criterion
    assert (criterion.scale, criterion.taken) == ("interval", "a number from -10 to 123457")
    assert criterion.is_continuous
    again = bring(workspace, lead, path)
    assert (again.added, again.known) == (0, len(AWKWARD))


@pytest.mark.parametrize(
    ("values", "kind", "levels"),
    [
        (("1.0", "2", "3e0"), "ordinal", (1, 2, 3)),
        (("0.0", "1"), "binary", (0, 1)),
        (("3.25", "3.5"), "interval", (3, 4)),
        (("-1.5", "x", "2"), "interval", (-2, 2)),
        (("0", "99"), "interval", (0, 99)),
        (("v1.2", "no"), "nominal", (0, 1)),
    ],
)
def test_the_scale_follows_from_the_values(
    tmp_path: Path, values: tuple[str, ...], kind: str, levels: tuple[int, ...]
) -> None:
    path = table(tmp_path / "x.csv", [[f"i{n}", "Ann", v] for n, v in enumerate(values)])
    body = label_table.read(path).rubric
    assert isinstance(body, dict)
    (criterion,) = body["criteria"]
    assert criterion["scale"] == kind
    assert tuple(level["value"] for level in criterion["levels"]) == levels


@pytest.mark.parametrize(
    ("written", "reason", "hint"),
    [
        ("3,5", "'3,5' has a comma", "Write a point: 3.5."),
        (",5", "',5' has a comma", "Write a point: .5."),
        ("1,234.5", "'1,234.5' has a comma", "Write it without commas: 1234.5."),
        ("inf", "'inf' is not finite", "Leave out what was not rated."),
        ("-NaN", "'-NaN' is not finite", "Leave out what was not rated."),
        ("1e400", "'1e400' is too large", "Write a number of at most 1,000,000,000."),
        ("12345678901", "'12345678901' is too large", "Write a number of at most 1,000,000,000."),
        ("3." + "3" * 40, "a number of 42 characters", "Write at most 24."),
        ("3.5.1", "'3.5.1' is no number", "Write one, such as 3 or 3.5."),
        ("１.５", "'１.５' is no number", "Write one, such as 3 or 3.5."),
    ],
)
def test_what_is_no_number_is_refused_row_by_row(
    tmp_path: Path, written: str, reason: str, hint: str
) -> None:
    path = table(tmp_path / "x.csv", [["a", "Ann", "2.5"], ["b", "Ann", written]])
    found = label_table.read(path)
    assert [label.value for label in found.labels] == [2.5]
    assert [(f.row, f.reason, f.hint) for f in found.faults] == [(3, reason, hint)]


def test_commas_everywhere_are_no_classes(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    path = table(tmp_path / "x.csv", [["a", "Ann", "3,5"], ["b", "Ann", "4,25"]])
    with pytest.raises(BadInput, match="'3,5' has a comma"):
        bring(workspace, lead, path)
    path = table(
        tmp_path / "y.csv", [["a", "Ann", "wit", "3,5"], ["a", "Ann", "tone", "2"]],
        "item,rater,criterion,value",
    )  # fmt: skip
    bring(workspace, lead, path)
    assert [c.key for c in gather.load(workspace, lead, "labels.y").rubric.criteria] == ["tone"]


def test_json_knows_numbers_that_no_scale_has(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    told = ("3.25", "NaN", "Infinity", "1e999", "3.0", '"2.5"')
    rows = [f'{{"item": "i{n}", "rater": "Ann", "value": {v}}}' for n, v in enumerate(told)]
    path.write_text("\n".join(rows), "utf-8")
    found = label_table.read(path)
    assert [label.value for label in found.labels] == [3.25, 3, 2.5]
    assert [f.row for f in found.faults] == [2, 3, 4]


def test_a_rubric_that_is_here_takes_decimals_where_its_scale_does(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    levels = [{"value": v, "anchor": str(v)} for v in range(1, 6)]
    criteria = [
        {"key": k, "title": k, "question": "?", "scope": "call", "scale": s, "levels": levels}
        for k, s in (("tone", "ordinal"), ("mos", "interval"))
    ]
    add_rubric(workspace, rubric_of({"key": "own", "title": "Own", "criteria": criteria}))
    rows = [("tone", "3.25"), ("tone", "3.0"), ("mos", "3.25"), ("mos", "5.5"), ("mos", "3,5")]
    path = table(
        tmp_path / "x.csv", [[f"i{n}", "Ann", *row] for n, row in enumerate(rows)],
        "item,rater,criterion,value",
    )  # fmt: skip
    came = bring(workspace, lead, path, rubric_key="own")
    assert came.values == {"tone": {3: 1}, "mos": {3.25: 1}}
    assert [(f.row, f.reason, f.hint) for f in came.faults] == [
        (2, "'3.25' is not on the scale of tone", "Use 1, 2, 3, 4, 5."),
        (5, "'5.5' is not on the scale of mos", "Use a number from 1 to 5."),
        (6, "'3,5' has a comma", "Write a point: 3.5."),
    ]


def test_a_changed_decimal_is_appended(workspace: Workspace, lead: Viewer, tmp_path: Path) -> None:
    rows = [["a", "Ann", "1.5"], ["b", "Ann", "4.5"], ["c", "Ann", "2.25"]]
    bring(workspace, lead, table(tmp_path / "few.csv", rows))
    rows[2][2] = "2.2500001"
    assert bring(workspace, lead, table(tmp_path / "few.csv", rows)).added == 1
    assert values_of(workspace, lead, "few")["few: c"] == 2.2500001


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_scores_go_out_and_come_in_elsewhere_as_they_were(
    workspace: Workspace, elsewhere: Workspace, lead: Viewer, tmp_path: Path, form: str
) -> None:
    path = table(tmp_path / "few.csv", [[f"i{n}", "Ann", v] for n, v in enumerate(AWKWARD)])
    bring(workspace, lead, path)
    export(QUIET, workspace, lead, form, tmp_path / "out")
    there = raters.sign_in(elsewhere, "Lee", "lead")
    zed = table(tmp_path / "few.csv", [[f"i{n}", "Zed", "1"] for n in range(len(AWKWARD))])
    bring(elsewhere, there, zed)
    assert import_scores(elsewhere, there, tmp_path / "out").added == len(AWKWARD)
    with elsewhere.db.read() as uow:
        given = sorted(s.answer.value for s in uow.scores.visible(there) if s.answer.value != 1)
    assert given == sorted(map(float, AWKWARD))
    if form == "csv":
        with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as file:
            cells = [row["value"] for row in csv.DictReader(file)]
        assert {"3", "1000", "0.1", "3.3333333333333335"} < set(cells)


def test_scores_off_their_scale_are_refused(
    workspace: Workspace, elsewhere: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    rows = [["a", "Ann", "1"], ["b", "Ann", "3"]]
    bring(workspace, lead, table(tmp_path / "few.csv", rows))
    export(QUIET, workspace, lead, "jsonl", tmp_path / "out")
    path = tmp_path / "out" / "scores.jsonl"
    path.write_text(path.read_text("utf-8").replace('"value":3,', '"value":2.5,'), "utf-8")
    there = raters.sign_in(elsewhere, "Lee", "lead")
    bring(elsewhere, there, table(tmp_path / "few.csv", [[i, "Zed", "2"] for i in "ab"]))
    with pytest.raises(BadInput, match=r"is 2\.5, which is not on the scale"):
        import_scores(elsewhere, there, tmp_path / "out")
    for bad in ("NaN", "1e999", '"3"', "1" + "0" * 400):
        path.write_text(path.read_text("utf-8").replace('"value":2.5,', f'"value":{bad},'), "utf-8")
        with pytest.raises(BadInput):
            import_scores(elsewhere, there, tmp_path / "out")
        path.write_text(path.read_text("utf-8").replace(f'"value":{bad},', '"value":2.5,'), "utf-8")


def test_a_dataset_of_decimals_is_the_same_to_the_byte_after_a_journey(
    workspace: Workspace, elsewhere: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    rows = [
        [f"i{n}", name, f"{value:.3f}"]
        for at, name in enumerate(("Ann", "Ben", "Cleo"))
        for n, value in enumerate(np.random.default_rng(at).uniform(1, 5, 24))
    ]
    rows.append(["far", "Ann", "987654321"])
    bring(workspace, lead, table(tmp_path / "mos.csv", rows))
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(QUIET, workspace, lead, "labels.mos", one)
    there = raters.sign_in(elsewhere, "Lee", "lead")
    assert import_dataset(QUIET, elsewhere, there, one).scores_added == 73
    export_dataset(QUIET, elsewhere, there, "labels.mos", two)
    names = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    assert [n for n in names if (one / n).read_bytes() != (two / n).read_bytes()] == []
    told = [json.loads(line) for line in (one / "scores.jsonl").read_text("utf-8").splitlines()]
    assert {row["value"] for row in told} == {float(row[2]) for row in rows}
    assert "interval, of each call; 1 to 987654321" in (one / "README.md").read_text("utf-8")


WRITTEN = st.builds(
    lambda digits, places, form: format(Decimal(digits).scaleb(-places), form),
    st.integers(-(10**9) + 1, 10**9 - 1),
    st.integers(0, 9),
    st.sampled_from(["", "f"]),
)
"""Decimals of up to nine digits, some as `1E-9`."""


@settings(max_examples=25, deadline=None)
@given(values=st.lists(WRITTEN, min_size=1, max_size=12), form=st.sampled_from(["csv", "jsonl"]))
def test_any_decimal_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[str], form: str
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    rows = [[f"i{n}", "Ann", "tone", v] for n, v in enumerate(values)]
    first = label_table.read(table(folder / "x.csv", rows, "item,rater,criterion,value"))
    assert first.faults == ()
    found = {label.call: label.value for label in first.labels}
    assert found == {f"i{n}": float(v) for n, v in enumerate(values)}
    suffix, write = WRITERS[form]
    blank: dict[str, Any] = {c.name: "" if c.kind == "text" else [] if c.kind == "json" else 0
                             for c in SCORES.columns}  # fmt: skip
    out = [
        {**blank, "item_id": label.call, "rater": label.rater, "criterion": label.criterion,
         "value": label.value}
        for label in first.labels
    ]  # fmt: skip
    written = write(SCORES, out)
    assert [row["value"] for row in read(written, suffix)[1]] == list(found.values())
    path = folder / f"scores{suffix}"
    path.write_bytes(written)
    mapped = {"item": "item_id", "rater": "rater", "criterion": "criterion", "value": "value",
              "call": ""}  # fmt: skip
    again = label_table.read(path, mapped)
    assert {label.call: label.value for label in again.labels} == found
