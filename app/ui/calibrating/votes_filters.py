"""Which items the list of votes shows: by what people and the judge said, stratum and rater."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_source import Source
from app.services.calibrating.votes_behind import Wanted
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

Choices = list[tuple[str, Any]]


class VotesFilters(QWidget):
    """Four choices in a row."""

    changed = Signal(object)
    """The `Wanted` that they make together."""

    def __init__(self, theme: Theme, source: Source, table: ConfusionView, wanted: Wanted) -> None:
        super().__init__()
        self._wanted = wanted
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for word, field, choices in _offers(source, table, wanted):
            combo = QComboBox()
            combo.setAccessibleName(word)
            combo.setFont(theme.font("small"))
            for text, value in choices:
                combo.addItem(text, value)
            values = [value for _, value in choices]
            now = getattr(wanted, field)
            combo.setCurrentIndex(values.index(now) if now in values else 0)
            combo.currentIndexChanged.connect(
                lambda at, f=field, v=tuple(values): self._set(f, v[at])
            )
            row.addWidget(Label(theme, word, "small", "t2"))
            row.addWidget(combo)
        row.addStretch()

    def _set(self, field: str, value: Any) -> None:
        self._wanted = replace(self._wanted, **{field: value})
        self.changed.emit(self._wanted)


def _offers(source: Source, table: ConfusionView, wanted: Wanted) -> list[tuple[str, str, Choices]]:
    found = source.found
    levels: Choices = [("anything", None), *((name, at) for at, name in enumerate(table.names))]
    strata: Choices = [("all", None)]
    for division, classes in found.strata.items():
        names = sorted({str(c) for c in classes[source.numbers] if c})
        strata += [(f"{division}: {name}", (division, name)) for name in names]
    people: Choices = [("anyone", None)]
    people += [(found.names.get(r, ("", r, ""))[1], r) for r in source.people.raters]
    out = [
        ("People said", "row", levels), ("Judge said", "column", levels),
        ("Stratum", "stratum", strata), ("Rated by", "rater", people),
    ]  # fmt: skip
    if wanted.places is not None:
        chosen: Choices = [("chosen", wanted.places), ("all", None)]
        out.insert(0, ("Items", "places", chosen))
    return out
