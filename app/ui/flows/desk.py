"""Which flow and version are open, and what was edited and not saved. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.clock import utc_now
from app.domain.flows import FlowNode, FlowVersion
from app.eval.judging.flow_acceptance import Acceptance, acceptance
from app.eval.judging.flow_checks import Checks
from app.services.judging.flows import proposal_of
from app.ui.flows.draft import FlowDraft
from app.ui.flows.loader import FlowLoader

if TYPE_CHECKING:
    from app.domain.flows import FlowApproval
    from app.eval.judging.flow_edits import Nodes
    from app.services.judging.flows import FlowEntry, FlowHistory
    from app.ui.context import UiContext
    from app.ui.flows.work import Checked

LEADS_ONLY = "Only a lead approves flows."
MOST_DRAFTS, PAUSE_MS = 8, 120


class FlowDesk(QObject):
    """Opens, keeps, saves and approves; the draft is what lies on it."""

    listed = Signal()
    """`entries` were read anew; there may be none."""
    opened = Signal()
    """Another flow, or the same one with more versions, was read; the draft is open."""
    checked = Signal()
    """`checks` are those of the nodes as they are."""
    failed = Signal(object)

    def __init__(self, ctx: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.draft = FlowDraft()
        self.loader = FlowLoader(ctx)
        self.entries: tuple[FlowEntry, ...] = ()
        self.history: FlowHistory | None = None
        self.checks: Checks | None = None
        self.wanted = ""
        """Key of the flow to show."""
        self._wanted_version = ""
        self._unsaved: dict[str, Nodes] = {}
        """Version → what was edited from it and not saved."""
        loader = self.loader
        loader.listed.connect(self._on_listed)
        loader.opened.connect(self._on_opened)
        loader.checked.connect(self._on_checked)
        loader.saved.connect(self._on_saved)
        loader.approved.connect(self._on_approved)
        loader.failed.connect(self.failed)
        self.draft.opened.connect(self._on_draft_opened)
        # Not at once: what was pressed is to be seen before a worker takes its share of time.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._check)
        self._is_checked = False
        self.draft.changed.connect(self._on_changed)

    # opening ------------------------------------------------------------------------------------

    def open_flow(self, key: str, version_id: str = "") -> None:
        """Open a flow at a version; at the one last worked on where none is named."""
        self.keep()
        self.wanted, self._wanted_version = key, version_id
        self.loader.fetch(key)

    def open_version(self, version_id: str) -> None:
        """Edit from a version of the open flow."""
        version = self._version(version_id)
        if version is not None:
            self.keep()
            self.draft.open(version, self._unsaved.get(version.id))

    def _version(self, version_id: str) -> FlowVersion | None:
        versions = self.history.versions if self.history is not None else ()
        return next((v for v in versions if v.id == version_id), None)

    def _on_listed(self, entries: tuple[FlowEntry, ...]) -> None:
        self.entries = entries
        keys = [e.key for e in entries]
        if keys:
            started = next((e.key for e in entries if e.newest is not None), keys[0])
            self.wanted = self.wanted if self.wanted in keys else started
            base = self.draft.base
            if base is None or base.key != self.wanted:
                self.loader.fetch(self.wanted)
        self.listed.emit()

    def _on_opened(self, history: FlowHistory) -> None:
        self.history = history
        newest = tuple(reversed(history.versions))
        wanted = self._version(self._wanted_version)
        unsaved = next((v for v in newest if v.id in self._unsaved), None)
        # A run may have stored the scenario's own steps after someone began to derive.
        worked_on = next((v for v in newest if v.stage != "scenario"), newest[0])
        version = wanted or unsaved or worked_on
        self._wanted_version = ""
        self.draft.open(version, self._unsaved.get(version.id))
        self.opened.emit()

    # checks -------------------------------------------------------------------------------------

    def _on_draft_opened(self) -> None:
        self.checks = None

    def rest(self) -> None:
        """Keep what is edited, and leave checks for later."""
        self.keep()
        self._pause.stop()

    def wake(self) -> None:
        """Read all flows anew; what was changed before the rest is checked."""
        if self.draft.base is not None and not self._is_checked:
            self._pause.start()
        self.loader.fetch_entries()

    def _check(self) -> None:
        """Ask for the checks of the nodes as they are by now."""
        self.loader.check(self.draft.sop, self.draft.nodes)

    def _on_changed(self) -> None:
        self._is_checked = False
        self._pause.start()

    def _on_checked(self, found: Checked) -> None:
        if found.nodes == self.draft.nodes:
            self._is_checked = True
            self.checks = found.checks
            self.checked.emit()

    @property
    def is_settled(self) -> bool:
        """Whether the checks are those of the nodes as they are."""
        return self._is_checked

    @property
    def stood(self) -> Acceptance | None:
        """What of the machine's proposal stands in the nodes as they are."""
        base = self.draft.base
        if base is None or self.history is None:
            return None
        proposed = proposal_of(base, self.history.versions)
        return acceptance(proposed.nodes, self.draft.nodes)

    @property
    def judging(self) -> FlowVersion | None:
        """The version that calls are judged by since it was approved."""
        versions = self.history.versions if self.history is not None else ()
        return next((v for v in reversed(versions) if v.approved), None)

    @property
    def why_not(self) -> str:
        """Why the flow cannot be approved now; empty where it can."""
        base = self.draft.base
        if not self._ctx.viewer.is_lead:
            return LEADS_ONLY
        if self.checks is None:
            return "The checks are still running."
        if self.checks.problems:
            return self.checks.problems[0]
        judging = self.judging
        is_judging = base is not None and judging is not None and base.id == judging.id
        if is_judging and not self.draft.is_changed:
            return "Calls are judged by this version already."
        return ""

    # saving -------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Remember what is edited and not saved."""
        base = self.draft.base
        if base is None:
            return
        self._unsaved.pop(base.id, None)
        if self.draft.is_changed:
            self._unsaved[base.id] = self.draft.nodes
            while len(self._unsaved) > MOST_DRAFTS:
                del self._unsaved[next(iter(self._unsaved))]

    def save(self) -> None:
        """Store the nodes as the next version."""
        base = self.draft.base
        if base is not None and self.draft.is_changed:
            self.loader.save(base, self.draft.nodes, f"Edited from version {base.version}.")

    def approve(self, note: str) -> None:
        """Accept the nodes as they are; what was edited is saved with it."""
        base = self.draft.base
        if base is not None:
            self.loader.approve(base, self.draft.nodes, note)

    def take_derived(self, version: FlowVersion) -> None:
        """Open what was derived."""
        self.open_flow(version.key, version.id)
        self._ctx.bus.saved.emit(utc_now())
        self.loader.fetch_entries()

    def _on_saved(self, version: FlowVersion) -> None:
        self._on_stored(version.id)

    def _on_approved(self, approval: FlowApproval) -> None:
        self._on_stored(approval.flow_version_id)

    def _on_stored(self, version_id: str) -> None:
        base = self.draft.base
        if base is not None:
            self._unsaved.pop(base.id, None)
            self.wanted, self._wanted_version = base.key, version_id
            self.loader.fetch(base.key)
        self._ctx.bus.saved.emit(utc_now())
        self.loader.fetch_entries()

    # session ------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """The flow, and what is not saved."""
        self.keep()
        unsaved = {i: [n.to_json() for n in nodes] for i, nodes in self._unsaved.items()}
        return {"flow": self.wanted, "unsaved": unsaved}

    def restore(self, state: dict[str, Any]) -> None:
        """Take them back; what is no flow is passed over."""
        if isinstance(state.get("flow"), str):
            self.wanted = state["flow"]
        unsaved = state.get("unsaved")
        if isinstance(unsaved, dict):
            self._unsaved = {str(i): found for i, d in unsaved.items() if (found := _nodes(d))}


def _nodes(stored: object) -> Nodes:
    """Nodes of a session file, which may be anyone's."""
    try:
        return tuple(FlowNode.from_json(n) for n in stored)  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()
