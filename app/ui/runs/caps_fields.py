"""What a judge run may use: requests, tokens, money; an empty field is no limit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.domain.errors import BadInput
from app.ui.library.words import thousands
from app.ui.runs.money import MICRO
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.judging.caps import Caps

FIELD_PX = 120
NO_LIMIT = "no limit"
MOST = 10**15


class CapsFields(QWidget):
    """Three lines. `caps()` reads them."""

    changed = Signal()

    def __init__(self, theme: Theme, currency: str = "USD") -> None:
        super().__init__()
        self._theme = theme
        self.currency = currency
        self.requests, self.tokens, self.cost = (
            self._edit(name) for name in ("Most requests", "Most tokens", "Highest cost")
        )
        self._currency = Label(theme, currency, "small", "t3")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for row, (word, edit, unit) in enumerate(
            (
                ("Requests", self.requests, None),
                ("Tokens", self.tokens, None),
                ("Cost", self.cost, self._currency),
            )
        ):
            grid.addWidget(Label(theme, word, "small", "t2"), row, 0)
            grid.addWidget(edit, row, 1)
            if unit is not None:
                grid.addWidget(unit, row, 2)
        grid.setColumnStretch(3, 1)

    def _edit(self, name: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setFont(self._theme.font("body"))
        edit.setFixedWidth(self._theme.px(FIELD_PX))
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        edit.setPlaceholderText(NO_LIMIT)
        edit.setAccessibleName(name)
        edit.textChanged.connect(lambda _text: self.changed.emit())
        return edit

    def set_currency(self, currency: str) -> None:
        """The cost is in another currency."""
        self.currency = currency
        self._currency.setText(currency)

    def show_caps(self, caps: Caps) -> None:
        """Fill the fields in."""
        self.set_currency(caps.currency)
        self.requests.setText("" if caps.calls is None else thousands(caps.calls))
        self.tokens.setText("" if caps.tokens is None else thousands(caps.tokens))
        money = "" if caps.cost_micro is None else f"{Decimal(caps.cost_micro) / MICRO:f}"
        self.cost.setText(money)

    def caps(self) -> Caps:
        """What the fields say.

        Raises:
            BadInput: one is no number, or no limit that a run could keep.
        """
        from app.services.judging.caps import Caps

        cost = _number(self.cost, "The cost")
        return Caps(
            calls=_whole(self.requests, "The number of requests"),
            tokens=_whole(self.tokens, "The number of tokens"),
            cost_micro=None if cost is None else round(cost * MICRO),
            currency=self.currency,
        )


def _number(edit: QLineEdit, what: str) -> Decimal | None:
    text = "".join(edit.text().split()).lstrip("$€£")
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "." if text.count(",") == 1 and "." not in text else ""))
    except InvalidOperation:
        raise BadInput(f"{what} is a number, not “{edit.text().strip()}”.") from None
    if not value.is_finite() or not 0 < value < MOST:
        raise BadInput(f"{what} must be more than 0.", "Leave it empty for no limit.")
    return value


def _whole(edit: QLineEdit, what: str) -> int | None:
    text = "".join(edit.text().split()).replace(",", "")
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < MOST:
        raise BadInput(f"{what} is a whole number above 0.", "Leave it empty for no limit.")
    return int(text)
