"""How raters did, by the rules that were fixed before the first vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.studies.words import NONE, RULE_WORDS, number, percent, votes_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.domain.studies import StudyDesign
    from app.services.studies.result_values import RaterResult, Results
    from app.ui.studies.work import StudyRead

COLUMNS = (
    Column(title="Rater", px=150, right=False, stretch=True),
    Column(title="Class", px=80, right=False),
    Column(title="Votes", px=64),
    Column(title="Void", px=60),
    Column(title="Traps", px=64, tip="Blocks in which a trap was missed"),
    Column(title="Golds", px=64, tip="Blocks in which a gold was missed"),
    Column(title="Straight", px=72, tip="Blocks whose votes hardly differ"),
    Column(title="With others", px=90, tip="Pearson's correlation with the mean of the others"),
    Column(title="Repeats", px=76, tip="Repeated trials that were answered alike"),
    Column(title="Counted", px=220, right=False, stretch=True),
)
RULE_COLUMNS = (
    Column(title="Rule", px=200, right=False, stretch=True),
    Column(title="Where it stands", px=260, right=False, stretch=True),
    Column(title="Votes taken out", px=130),
)


class QualityPage(QWidget):
    """Raters above, the rules and what they took out below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.raters = Grid(theme, COLUMNS, "Quality of raters", plain=True)
        self.rules = Grid(theme, RULE_COLUMNS, "Exclusion rules", plain=True)
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.words.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        title = Label(theme, "Exclusion by rule", "body", weight=500)
        title.setContentsMargins(Size.INSET, 12, Size.INSET, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in (
            (self.raters, 1), (title, 0), (Hairline(theme), 0), (self.rules, 0), (self.words, 0),
        ):  # fmt: skip
            column.addWidget(part, stretch)
        self.setFocusProxy(self.raters)

    def show_study(self, read: StudyRead) -> None:
        """Show a study's raters and rules."""
        found, design = read.results, read.study.design
        self.raters.show_rows([_rater(r) for r in found.raters] if found is not None else [])
        self.rules.show_rows(_rules(design, found) if found is not None else [])
        self.rules.setFixedHeight(self.rules.height_of_rows())
        self.words.setText(_words(found))


def _words(found: Results | None) -> str:
    if found is None:
        return (
            "A rubric study has no traps or golds. How its raters agree is seen under Calibrate; "
            "what they differ on is settled in adjudication."
        )
    if not found.raters:
        return "Nobody has voted yet. The rules above were fixed when the study was opened."
    taken = sum(found.exclusions.values())
    return (
        f"{votes_words(found.counted)} count, {taken} are taken out by rule. Every vote is kept, "
        "and the results show both."
    )


def _mark(count: int) -> Cell:
    return Cell(text=str(count), token="danger" if count else "t3", weight=600 if count else None)


def _rater(found: RaterResult) -> Row:
    blocks = found.blocks_void
    counted = Cell(text=found.excluded or "yes", token="danger" if found.excluded else "t2")
    if found.imported:
        counted = Cell(text="imported, shown apart", token="t2")
    row = (
        Cell(text=found.name, weight=500),
        Cell(text=found.rater_class or NONE, token="t2"),
        Cell(text=str(found.done), token="t2"),
        Cell(text=str(found.voids), token="t2" if found.voids else "t3"),
        _mark(blocks.get("trap", 0)),
        _mark(blocks.get("gold", 0)),
        _mark(blocks.get("straight", 0)),
        Cell(text=number(found.consistency), token="t2"),
        Cell(text=percent(found.repeats), token="t2"),
        counted,
    )
    return Row(key=found.rater_id, cells=row, tip=found.excluded)


def _rules(design: StudyDesign, found: Results) -> list[Row]:
    stands = {
        "trap": "A trap must be answered exactly",
        "gold": f"A gold may miss by {design.gold_tolerance:g}",
        "straight": f"A block's variance is at least {design.min_block_variance:g}",
        "consistency": f"Correlation with the others is at least {design.min_consistency:g}",
    }
    rows = [_rule(r, words, design, found.exclusions.get(r, 0)) for r, words in stands.items()]
    out = {n: o.n for n, o in found.conditions.items()}
    inliers = sum(o.n for o in found.without_outliers.values())
    far = sum(out.values()) - inliers
    rows.append(
        Row(
            key="outlier",
            cells=(
                Cell(text="Outlier"),
                Cell(text=f"|z| of {design.outlier_z:g} or more; shown beside, not applied",
                     token="t2"),
                Cell(text=str(far), token="t2"),
            ),
        )
    )  # fmt: skip
    return rows


def _rule(rule: str, words: str, design: StudyDesign, taken: int) -> Row:
    on = bool(design.rules.get(rule))
    return Row(
        key=rule,
        cells=(
            Cell(text=RULE_WORDS[rule], token="t1" if on else "t3"),
            Cell(text=words if on else f"{words}; not applied in this study",
                 token="t2" if on else "t3"),
            Cell(text=str(taken) if on else NONE, token="t1" if taken else "t3"),
        ),
    )  # fmt: skip
