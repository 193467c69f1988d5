"""Two versions of a judge side by side: nothing is lost, and only what differs is marked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.judging import JudgeDefinition
from app.services.judging.prompt_diff import DiffRow, Line, diff, diff_text

LINES = st.lists(
    st.sampled_from(
        ["", "Judge the reply.", "Judge the reply kindly.", "{{ turn }}", "  - one", "b", "b c d e"]
    ),
    max_size=12,
)


def side(rows: tuple[DiffRow, ...], name: str) -> list[Line]:
    return [line for row in rows if (line := getattr(row, name)) is not None]


@settings(max_examples=150, deadline=None)
@given(before=LINES, after=LINES)
def test_each_side_reads_as_its_own_text(before: list[str], after: list[str]) -> None:
    rows = diff_text("\n".join(before), "\n".join(after))
    for name, text in (("left", before), ("right", after)):
        lines = side(rows, name)
        assert [line.text for line in lines] == "\n".join(text).splitlines()
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    for row in rows:
        is_same = row.left is not None and row.right is not None and row.left.text == row.right.text
        assert (row.kind == "same") == is_same
        if row.kind == "same":
            assert not any(piece.changed for piece in row.left.pieces)  # type: ignore[union-attr]


def test_within_a_line_only_the_words_that_differ_are_marked() -> None:
    rows = diff_text(
        "Intro.\nYou are a careful judge of calls.\nEnd.",
        "Intro.\nYou are a strict judge of phone calls.\nEnd.",
    )
    assert [row.kind for row in rows] == ["same", "changed", "same"]
    left, right = rows[1].left, rows[1].right
    assert left is not None
    assert right is not None
    assert [piece.text for piece in left.pieces if piece.changed] == ["careful"]
    assert [piece.text for piece in right.pieces if piece.changed] == ["strict", "phone "]


def test_lines_that_share_no_words_are_removed_and_added() -> None:
    kinds = [row.kind for row in diff_text("old line gone", "entirely new words\nand more")]
    assert kinds == ["removed", "added", "added"]


def judge(**changes: object) -> JudgeDefinition:
    known = {
        "id": "1", "name": "gic", "version": 1, "title": "GIC", "kind": "llm", "unit": "turn",
        "modality": "text", "context": "history", "rubric": "gic", "shape": "single",
        "params": {"temperature": 0, "na_mode": "exclude"},
        "prompts": {"system": "Be fair.", "user": "{{ turn }}\nScore it."},
    }  # fmt: skip
    return JudgeDefinition(**{**known, **changes})  # type: ignore[arg-type]


def test_parameters_and_settings_that_differ_are_listed_by_name() -> None:
    after = judge(context="whole", params={"temperature": 0.5, "seed": 7, "na_mode": "exclude"})
    found = diff(judge(), after)
    listed = [(change.name, change.before, change.after) for change in found.fields]
    assert listed == [
        ("context", "history", "whole"),
        ("temperature", "0", "0.5"),
        ("seed", "", "7"),
    ]
    assert found.changes == ()
    assert not found.is_empty


def test_changes_are_stretches_in_the_order_in_which_they_are_read() -> None:
    after = judge(prompts={"system": "Be strict.", "user": "{{ turn }}\nA\nB"})
    found = diff(judge(), after)
    parts = [at for at, row in enumerate(found.rows) if row.kind == "part"]
    assert [found.rows[at].title for at in parts] == ["System", "User"]
    assert len(found.changes) == 2
    assert parts[0] < found.changes[0] < parts[1] < found.changes[1]
    assert diff(judge(), judge()).is_empty
