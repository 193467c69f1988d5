"""The dialog of imported labels: mapping, what is left out and why, hostile files, importing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.services.assets import asset
from app.services.calibrating import gather
from app.services.calibrating.dimension import dimension
from app.services.rubrics import add_rubric, load_rubrics, rubric_of
from app.services.workspace import Workspace
from app.ui.calibrating.labels_dialog import LabelsDialog
from app.ui.context import UiContext
from tests.ui.shell_support import context

CSV = """utterance,annotator,dimension,score,conversation,said
u1,Ann,tone,1,c1,<b>Good</b> morning
u1,Ben,tone,2,c1,<b>Good</b> morning
u2,Ann,tone,3,c1,"=HYPERLINK(""http://x"")"
u2,Ben,tone,x,c1,
u3,Ann,tone,2,c2,
u3,Ann,tone,1,c2,
"""


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


@pytest.fixture
def dialog(ctx: UiContext, qtbot: Any) -> LabelsDialog:
    made = LabelsDialog(ctx, None)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(dialog: LabelsDialog, **columns: str) -> None:
    for field, column in columns.items():
        box = dialog.mapping.boxes[field]
        box.setCurrentIndex(box.findData(column))


def opened(qtbot: Any, dialog: LabelsDialog, path: Path) -> None:
    dialog.open_file(str(path))
    qtbot.waitUntil(lambda: not dialog.work.is_busy, timeout=10_000)


def settled(qtbot: Any, dialog: LabelsDialog) -> None:
    qtbot.waitUntil(
        lambda: not dialog._settle.isActive() and not dialog.work.is_busy, timeout=10_000
    )


def test_columns_are_guessed_asked_for_and_imported(
    qtbot: Any, ctx: UiContext, dialog: LabelsDialog, tmp_path: Path
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(CSV, encoding="utf-8")
    opened(qtbot, dialog, path)
    assert dialog.mapping.columns["rater"] == "annotator"
    assert "item" in dialog.problem.text()
    assert not dialog.go_button.isEnabled()
    choose(dialog, item="utterance", call="conversation", text="said")
    settled(qtbot, dialog)
    assert (
        dialog.form.counts.text()
        == "4 labels by 2 raters on 2 new calls, 1 criterion; 2 rows left out."
    )
    told = [tuple(row) for row in dialog.form.faults.texts.rows]
    assert told == [
        ("5", "'x' is no number", "Write one, such as 3 or 3.5."),
        ("7", "Ann gave u3 another value in line 6", "Keep one of the two."),
    ]
    dialog.go_button.click()
    qtbot.waitUntil(lambda: dialog.imported is not None, timeout=20_000)
    assert dialog.imported is not None
    assert dialog.imported.added == 4
    found = gather.load(ctx.ws, ctx.viewer, "labels.panel")
    assert dimension(found, "tone").people.values.shape == (3, 2)


def test_the_preview_shows_what_is_written_and_nothing_else(
    qtbot: Any, dialog: LabelsDialog, tmp_path: Path
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(CSV.replace("morning", "morning " + "x" * 50_000), encoding="utf-8")
    opened(qtbot, dialog, path)
    model = dialog.form.preview.texts
    cell = model.index(0, 5)
    assert str(cell.data()).startswith("<b>Good</b> morning x")
    assert len(str(cell.data())) <= 200
    assert "&lt;b&gt;" in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(2, 5).data() == '=HYPERLINK("http://x")'
    assert dialog.width() <= 1280


def test_a_rubric_that_is_here_takes_its_own_levels(
    qtbot: Any, ctx: UiContext, dialog: LabelsDialog, tmp_path: Path
) -> None:
    levels = [{"value": 1, "anchor": "a", "label": "Poor"}, {"value": 2, "anchor": "b"}]
    body = {"key": "own", "title": "Own", "criteria": [
        {"key": "Tone-1", "title": "Tone", "question": "?", "scope": "call", "levels": levels}
    ]}  # fmt: skip
    add_rubric(ctx.ws, rubric_of(body))
    path = tmp_path / "words.csv"
    path.write_text(
        "item,rater,criterion,value\na,Ann,tone,poor\nb,Ann,Tone-1,2\nc,Ann,tone,7\nd,Ann,wit,1\n"
    )
    opened(qtbot, dialog, path)
    dialog.mapping.rubric.setCurrentIndex(dialog.mapping.rubric.findData("own"))
    settled(qtbot, dialog)
    told = [tuple(row) for row in dialog.form.faults.texts.rows]
    assert told == [
        ("4", "'7' is not on the scale of Tone", "Use 1, 2."),
        ("5", "Own has no criterion 'wit'", "Use one of Tone-1."),
    ]
    dialog.go_button.click()
    qtbot.waitUntil(lambda: dialog.imported is not None, timeout=20_000)
    one = dimension(gather.load(ctx.ws, ctx.viewer, "own"), "Tone-1")
    assert sorted(one.people.values[:, 0].tolist()) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"item,rater,value\na,Ann,\xff\xfe\n", "not UTF-8"),
        (b"item,rater,value\na,Ann," + b"x" * 200_000 + b"\n", "value of 200,000"),
        (
            b"item,rater,value\n" + b"".join(b"a%d,Ann,w%dw\n" % (n, n) for n in range(101)),
            "which is no scale",
        ),
        (b"", "Which column"),
        (b"item\na\n", "Which column"),
        (b"item,rater,value\na,Ann,\n", "holds no label"),
        (b"\x00\x01\x02", ""),
    ],
)
def test_hostile_files_are_said_in_words(
    qtbot: Any, dialog: LabelsDialog, tmp_path: Path, body: bytes, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(body)
    opened(qtbot, dialog, path)
    settled(qtbot, dialog)
    assert words in dialog.problem.text()
    assert dialog.problem.text()
    assert not dialog.go_button.isEnabled()
    good = tmp_path / "good.csv"
    good.write_text("item,rater,value\na,Ann,1\n")
    opened(qtbot, dialog, good)
    settled(qtbot, dialog)
    assert not dialog.problem.text()
    assert dialog.go_button.isEnabled()


def test_a_file_that_is_not_there_is_said(qtbot: Any, dialog: LabelsDialog, tmp_path: Path) -> None:
    opened(qtbot, dialog, tmp_path / "none.csv")
    assert "There is no file" in dialog.problem.text()


def test_evas_files_need_no_map_and_tell_what_was_published(
    qtbot: Any, ctx: UiContext, dialog: LabelsDialog, shared_data: Path, tmp_path: Path
) -> None:
    load_rubrics(ctx.ws, asset("rubrics"))
    whole = shared_data / "eva" / "judge_validation" / "faithfulness.jsonl"
    path = tmp_path / "faithfulness.jsonl"
    path.write_text("\n".join(whole.read_text("utf-8").split("\n")[:5]), "utf-8")
    opened(qtbot, dialog, path)
    settled(qtbot, dialog)
    assert dialog.mapping.isHidden()
    assert dialog.form.counts.text().startswith("5 labels by 1 rater on 5 new calls")
    dialog.go_button.click()
    qtbot.waitUntil(lambda: dialog.imported is not None, timeout=20_000)
    assert dialog.imported is not None
    assert dialog.imported.published is not None
    assert dialog.go_button.text() == "Close"


def test_closing_while_it_looks_leaves_nothing_behind(
    qtbot: Any, ctx: UiContext, dialog: LabelsDialog, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    rows = "\n".join(f"i{n},Ann,{n % 5}" for n in range(20_000))
    path.write_text(f"item,rater,value\n{rows}\n")
    dialog.open_file(str(path))
    dialog.reject()
    qtbot.wait(50)
    with ctx.ws.db.read() as uow:
        assert not uow.rubrics.all() or all(r.key != "labels.long" for r in uow.rubrics.all())
