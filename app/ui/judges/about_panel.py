"""What a judge is: its versions, who has judged with it, its scale, what identifies it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.domain.rubrics import RubricVersion
from app.ui.judges.fact_list import FactList
from app.ui.judges.rows import JudgeEntry, Used
from app.ui.judges.scale_view import ScaleView
from app.ui.judges.values import Fact
from app.ui.judges.version_list import VersionList
from app.ui.judges.words import CONTEXT_WORDS, REQUEST_WORDS, UNIT_WORDS, when_words
from app.ui.library.words import calls_words, thousands
from app.ui.runs.sections import OverlayArea, Section
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

NOT_USED = "No call has been judged by it yet. Runs say which judges, which model, which calls."
MOST_USED = 8
DIGITS = 16
"""Of a hash: what fits on a line, and tells any two apart."""


class AboutPanel(QWidget):
    """Sections of one judge, in the version that is shown."""

    version_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.versions = VersionList(theme)
        self.versions.chosen.connect(self.version_chosen)
        self.used = FactList(theme)
        self.unused = Label(theme, NOT_USED, "small", "t3", wrap=True)
        self.scale = ScaleView(theme)
        self.facts = FactList(theme)
        self._versions = Section(theme, "Versions", inset=False)
        self._versions.body.addWidget(self.versions)
        self._used = Section(theme, "Judged by")
        self._used.body.addWidget(self.used)
        self._used.body.addWidget(self.unused)
        self._scale = Section(theme, "Scale")
        self._scale.figure.set_token("t3")
        self._scale.body.addWidget(self.scale)
        self._facts = Section(theme, "Definition")
        self._facts.body.addWidget(self.facts)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in (self._versions, self._scale, self._used, self._facts):
            column.addWidget(section)
        column.addStretch()
        self._area = OverlayArea(self)
        self._area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def show_judge(self, entry: JudgeEntry, shown: JudgeDefinition) -> None:
        """All but the scale, which follows when it has been read."""
        self.versions.show_versions(entry.versions, shown.ref)
        self._versions.figure.setText(thousands(len(entry.versions)))
        self._used.figure.setText(thousands(entry.calls) if entry.calls else "")
        self.used.show_facts(
            [
                Fact(used.version.ref, f"{used.version.model or 'baseline'}\n{_by(used)}")
                for used in entry.used[:MOST_USED]
            ]
        )
        self.used.setVisible(bool(entry.used))
        self.unused.setVisible(not entry.used)
        self.facts.show_facts(_facts(shown))

    def show_rubric(self, rubric: RubricVersion | None, instead: str) -> None:
        """The scale, or why there is none to show."""
        named = f"{rubric.key}@{rubric.version}" if rubric is not None else ""
        self._scale.figure.setText(named)
        self.scale.show_rubric(rubric, instead)


def _by(used: Used) -> str:
    when = when_words(used.version.created_at)
    return f"{calls_words(used.calls)}, since {when}, {used.version.short_sha}"


def _facts(shown: JudgeDefinition) -> list[Fact]:
    facts = [Fact("Judges", UNIT_WORDS[shown.unit]), Fact("Reads", shown.modality)]
    if shown.kind == "llm":
        facts.append(Fact("Shown", CONTEXT_WORDS[shown.context]))
        facts.append(Fact("Asks", REQUEST_WORDS[shown.request]))
    facts += [Fact("Rubric", shown.rubric, exact=True), Fact("Reply", shown.shape, exact=True)]
    if shown.source:
        facts.append(Fact("Source", shown.source))
    if shown.kind == "llm":
        facts.append(Fact("Prompt", shown.prompt_sha256[:DIGITS], exact=True))
    return [*facts, Fact("Hash", shown.sha256[:DIGITS], exact=True)]
