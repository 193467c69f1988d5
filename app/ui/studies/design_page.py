"""The rules of a study as they were fixed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.studies.words import INSTRUMENT_WORDS, NONE, RULE_WORDS, raters_in_full
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.domain.studies import Study, StudyDesign
    from app.ui.studies.work import StudyRead

COLUMNS = (
    Column(title="Rule", px=200, right=False),
    Column(title="Value", px=420, right=False, stretch=True),
)


class DesignPage(QWidget):
    """A table of everything that makes the study what it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table = Grid(theme, COLUMNS, "Design", plain=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.setFocusProxy(self.table)

    def show_study(self, read: StudyRead) -> None:
        """Show a study's design."""
        rows = facts(read)
        self.table.show_rows(
            [
                Row(key=name, cells=(Cell(text=name, token="t2"), Cell(text=value)), tip=value)
                for name, value in rows
            ]
        )


def facts(read: StudyRead) -> list[tuple[str, str]]:
    """Name and value of every rule that applies to the instrument."""
    study, design = read.study, read.study.design
    rows = [
        ("Instrument", INSTRUMENT_WORDS[study.instrument]),
        ("Rubric", f"{read.rubric.title}, version {read.rubric.version}"),
        ("Calls", study.query or "chosen one by one, or all"),
        ("Seed", str(study.seed)),
        ("Made", f"{study.created_at[:10]} by {study.created_by or 'nobody known'}"),
        ("Opened", study.frozen_at[:16].replace("T", " ") if study.frozen_at else NONE),
        ("Snapshot", study.snapshot_sha256 or NONE),
        ("Due", study.due or NONE),
        ("Raters an item", raters_in_full(study)),
        ("Overlap", f"{design.overlap * 100:.0f} % of the items go to every rater"),
        ("Reveal", "after submitting" if design.reveal else "never"),
        ("Come again, blind", _again(study)),
    ]
    if study.instrument != "rubric":
        rows += _listening(design, paired=study.instrument in ("ccr", "pairwise"))
        rows.insert(2, ("Question", design.question or read.criterion.question))
    return rows


def _again(study: Study) -> str:
    if study.instrument == "rubric" and study.design.reveal:
        return "none: raters see others' scores after submitting"
    return f"{study.design.repeat_share * 100:.0f} % of a rater's items"


def _listening(design: StudyDesign, *, paired: bool) -> list[tuple[str, str]]:
    replays = "any number" if design.replays is None else str(design.replays)
    rules = [RULE_WORDS[r] for r, on in design.rules.items() if on and r in RULE_WORDS]
    level = (
        f"{design.level_dbov:g} dBov, active speech level (P.56)"
        if design.lock_level
        else "as recorded"
    )
    rows = [
        ("Heard", {"agent": "the agent", "caller": "the caller"}.get(design.channels, "both")),
        ("Level", level),
        ("Block", f"{design.block} rating trials"),
        ("Training", f"{design.training} clips, valid {design.training_valid_min:g} min"),
        ("Replays", replays),
        ("Breaks", f"soft each {design.soft_break_min:g} min; after {design.break_after_min:g} min "
         f"one of {design.break_min:g} min"),
        ("Exclusion, fixed beforehand", ", ".join(rules) or "none"),
    ]  # fmt: skip
    if paired:
        rows += [
            ("Points", f"{design.points}, {'ties allowed' if design.ties else 'no ties'}"),
            ("Identical, obvious", f"{design.null_share * 100:.0f} %, "
             f"{design.obvious_share * 100:.0f} %"),
        ]  # fmt: skip
    else:
        rows.append(("Traps and golds a block", f"{design.traps_per_block} and "
                     f"{design.golds_per_block}"))  # fmt: skip
    return rows
