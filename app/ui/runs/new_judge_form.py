"""The fields of the dialog for a new judge run: calls, endpoint, caps, judges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.library.words import calls_words, thousands
from app.ui.runs.caps_fields import CapsFields
from app.ui.runs.endpoint_field import EndpointField
from app.ui.runs.judge_offers import offer_rows
from app.ui.runs.measure_list import MeasureList
from app.ui.runs.two_columns import two_columns
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.services.judging.choosing import JudgeOffer, Offered, Picked, Which

NO_CALLS = "There are no calls."
NO_JUDGE = "Tick at least one judge."
NEEDS_ENDPOINT = "A judge that asks a model is ticked, and no endpoint is set up."
NEEDS_MODEL = "Name the model to ask."


class JudgeRunForm(QWidget):
    """Two columns; `changed` tells that another run would come of it."""

    changed = Signal()

    def __init__(self, theme: Theme, which: Which) -> None:
        super().__init__()
        self._theme, self._which = theme, which
        self._offered: Offered | None = None
        self._counts = {"these": len(which.call_ids), "selected": len(which.seqs)}
        segments = self._segments()
        self.which = Segmented(theme, segments, name="Calls")
        self.which.setVisible(len(segments) > 1)
        self._chosen = Label(theme, "", "small", "t3", wrap=True)
        self.endpoint = EndpointField(theme)
        self.caps = CapsFields(theme)
        self.retry = TickBox(theme, "Ask again what failed before")
        self.judges = MeasureList(theme)
        self.judges.setAccessibleName("Judges")
        for signal in (
            self.which.chosen, self.endpoint.changed, self.caps.changed, self.retry.clicked,
            self.judges.measures.ticked_changed,
        ):  # fmt: skip
            signal.connect(self._on_changed)
        self._lay_out()

    # composition --------------------------------------------------------------------------------

    def _segments(self) -> list[Segment]:
        out, which = [], self._which
        if which.call_ids:
            many = len(which.call_ids)
            out.append(Segment("these", "This call" if many == 1 else f"{thousands(many)} calls"))
        if which.seqs:
            out.append(Segment("selected", f"{thousands(len(which.seqs))} selected"))
        if which.query:
            out.append(Segment("found", "What the filter finds"))
        return [*out, Segment("all", "All calls")]

    def _lay_out(self) -> None:
        fields = (
            ("Calls", (self.which, self._chosen)),
            ("Ask at", (self.endpoint,)),
            ("Stop at", (self.caps,)),
            ("", (self.retry,)),
        )
        verbs = (
            ("Baselines", self._tick_rules),
            ("None", lambda: self.judges.measures.tick(())),
        )
        self.setLayout(two_columns(self._theme, fields, "Judges", verbs, self.judges))

    def _tick_rules(self) -> None:
        if self._offered is not None:
            self.judges.measures.tick(
                o.definition.name for o in self._offered.judges if not o.needs_model
            )

    # showing ------------------------------------------------------------------------------------

    def show_offered(self, offered: Offered, counts: dict[str, int]) -> None:
        """Show what there is to choose from, with what was chosen last."""
        from app.services.judging.choosing import names_of

        self._offered = None  # nothing has been changed by a person yet
        self._counts |= counts
        picked = offered.picked
        self.judges.measures.set_rows(offer_rows(offered.judges), names_of(picked, offered.judges))
        self.endpoint.show_endpoints(offered.endpoints, picked.endpoint, picked.model)
        self.caps.show_caps(picked.caps)
        self.retry.setChecked(picked.retry_failed)
        self._offered = offered
        self._on_changed()

    def _on_changed(self, *_args: object) -> None:
        if self._offered is None:
            return
        current = self.which.current or ""
        told = calls_words(self.calls)
        words = {"found": f"{told}: {self._which.query}", "all": f"All of them: {told}"}
        is_one = current == "these" and self.calls == 1
        self._chosen.setText("" if is_one else words.get(current, told))
        self._chosen.setVisible(not is_one)
        asked = self._asked()
        hears = any(o.definition.modality == "audio" for o in asked)
        self.endpoint.show_need(needed=bool(asked), hears=hears)
        self.changed.emit()

    def _asked(self) -> list[JudgeOffer]:
        """The judges that are ticked and ask a model."""
        if self._offered is None:
            return []
        ticked = set(self.judges.measures.ticked)
        return [o for o in self._offered.judges if o.needs_model and o.definition.name in ticked]

    # telling ------------------------------------------------------------------------------------

    @property
    def calls(self) -> int:
        """How many calls are chosen."""
        return self._counts.get(self.which.current or "", 0)

    @property
    def missing(self) -> str:
        """What must be said before a run can start; empty where nothing is missing."""
        if self._offered is None or not self.calls:
            return NO_CALLS
        if not self.judges.measures.ticked:
            return NO_JUDGE
        needs_model = bool(self._asked())
        if needs_model and self.endpoint.profile is None:
            return NEEDS_ENDPOINT
        return NEEDS_MODEL if needs_model and not self.endpoint.model_name else ""

    def chosen_calls(self) -> Which:
        """The calls that are chosen."""
        from app.services.judging.choosing import Which

        current, which = self.which.current, self._which
        return Which(
            call_ids=which.call_ids if current == "these" else (),
            seqs=which.seqs if current == "selected" else (),
            query=which.query if current == "found" else "",
        )

    def picked(self, *, with_caps: bool = True) -> Picked:
        """What is chosen.

        Raises:
            BadInput: a cap is no number.
        """
        from app.services.judging.caps import Caps
        from app.services.judging.choosing import Picked

        profile = self.endpoint.profile
        return Picked(
            names=self.judges.measures.ticked,
            endpoint=profile.name if profile is not None else "",
            model=self.endpoint.model_name,
            caps=self.caps.caps() if with_caps else Caps(),
            retry_failed=self.retry.isChecked(),
        )
