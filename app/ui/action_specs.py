"""The table of all actions: id, words, default keys, where they hold.

Data only. Key caps, the key sheet, tooltips and remapping all read this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal[
    "global", "library", "transport", "review", "edit", "score", "runs", "compare", "judges",
    "flows", "scores",
]  # fmt: skip

SCOPE_TITLES: dict[Scope, str] = {
    "global": "Everywhere",
    "library": "Library",
    "transport": "Playing",
    "review": "Call review",
    "edit": "Editing a boundary",
    "score": "Scoring",
    "runs": "Runs",
    "compare": "Comparing",
    "judges": "Judges",
    "flows": "Task flows",
    "scores": "Scores",
}

SCREEN_SCOPES: dict[str, tuple[Scope, ...]] = {
    "library": ("library", "global"),
    "review": ("review", "transport", "edit", "global"),
    "score": ("score", "transport", "global"),
    "runs": ("runs", "global"),
    "compare": ("compare", "global"),
    "judges": ("judges", "flows", "global"),
    "scores": ("scores", "global"),
}
"""Which scopes hold on which screen; the key sheet lists them in this order."""

_MEET: dict[Scope, frozenset[Scope]] = {
    "global": frozenset(SCOPE_TITLES),
    "library": frozenset({"global", "library"}),
    "transport": frozenset({"global", "transport", "review", "score"}),
    "review": frozenset({"global", "transport", "review"}),
    "edit": frozenset({"global", "edit"}),  # a mode: its keys change meaning on purpose
    "score": frozenset({"global", "transport", "score"}),
    "runs": frozenset({"global", "runs"}),
    "compare": frozenset({"global", "compare"}),
    "judges": frozenset({"global", "judges"}),
    "flows": frozenset({"global", "flows"}),
    "scores": frozenset({"global", "scores"}),
}


def scopes_meet(one: Scope, two: Scope) -> bool:
    """Whether the same key in both scopes would be ambiguous."""
    return two in _MEET[one]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `keys` are portable key texts; the first is the one on the key cap."""

    id: str
    text: str
    keys: tuple[str, ...]
    scope: Scope
    repeat: bool = False
    """Whether holding the key down repeats the action."""


def _spec(ident: str, text: str, *keys: str, repeat: bool = False) -> ActionSpec:
    head = ident.split(".", 1)[0]
    scope: Scope = head if head in SCOPE_TITLES else "global"
    return ActionSpec(ident, text, keys, scope, repeat)


ACTIONS: tuple[ActionSpec, ...] = (
    _spec("go.library", "Library", "Ctrl+1"),
    _spec("go.review", "Review", "Ctrl+2"),
    _spec("go.score", "Score", "Ctrl+3"),
    _spec("go.judges", "Judges, task flows, endpoints", "Ctrl+9"),
    _spec("go.scores", "Results: scores of agents", "Ctrl+T"),
    _spec("go.runs", "Runs", "Ctrl+7"),
    _spec("go.compare", "Compare sets of calls", "Ctrl+8"),
    _spec("calls.compare", "Compare the selected calls", "Ctrl+D"),
    _spec("calls.perturb", "Make perturbed copies", "Ctrl+P"),
    _spec("import.folder", "Import a folder", "Ctrl+O"),
    _spec("import.files", "Import files", "Ctrl+I"),
    _spec("demo.open", "Open the sample project", "Ctrl+Shift+O"),
    _spec("edit_history.undo", "Undo", "Ctrl+Z", repeat=True),
    _spec("edit_history.redo", "Redo", "Ctrl+Shift+Z", repeat=True),
    _spec("app.settings", "Settings", "Ctrl+,"),
    _spec("app.sign_in", "Sign in as someone else"),
    _spec("app.keys", "All keys", "?"),
    _spec("app.help", "Help", "F1"),
    _spec("app.quit", "Quit", "Ctrl+Q"),
    _spec("library.search", "Search", "/"),
    _spec("library.up", "Previous call", "Up", repeat=True),
    _spec("library.down", "Next call", "Down", repeat=True),
    _spec("library.open", "Open", "Return"),
    _spec("library.preview", "Play preview", "Space", "Ctrl+Space"),
    _spec("library.flag", "Flag", "F"),
    _spec("library.tag", "Tag", "T"),
    _spec("library.save_view", "Save view", "Ctrl+S"),
    _spec("library.archive", "Archive", "Del"),
    _spec("library.export", "Export", "Ctrl+E"),
    _spec("library.evaluate", "Evaluate", "Ctrl+R"),
    _spec("library.select_all", "Select all", "Ctrl+A"),
    _spec("library.clear", "Clear the search", "Esc"),
    _spec("transport.play", "Play or pause", "Space", "Ctrl+Space"),
    _spec("transport.back_shuttle", "Jump back 1, 2, 4 s", "J", repeat=True),
    _spec("transport.stop", "Stop", "K"),
    _spec("transport.forward", "Forward, faster each time", "L"),
    _spec("transport.back_1s", "Back 1 s", "Left", repeat=True),
    _spec("transport.forward_1s", "Forward 1 s", "Right", repeat=True),
    _spec("transport.back_5s", "Back 5 s", "Shift+Left", repeat=True),
    _spec("transport.forward_5s", "Forward 5 s", "Shift+Right", repeat=True),
    _spec("transport.back_50ms", "Back 50 ms", "Alt+Left", repeat=True),
    _spec("transport.forward_50ms", "Forward 50 ms", "Alt+Right", repeat=True),
    _spec("transport.home", "To the start", "Home"),
    _spec("transport.end", "To the end", "End"),
    _spec("transport.next_turn", "Play the next turn", "."),
    _spec("transport.previous_turn", "Play the previous turn", ","),
    _spec("transport.replay", "Replay this turn", "R"),
    _spec("transport.slow", "Slow re-listen: back 3 s at 0.75×", "S"),
    _spec("transport.loop_in", "Loop starts here", "["),
    _spec("transport.loop_out", "Loop ends here", "]"),
    _spec("transport.loop", "Loop on or off", "\\"),
    _spec("transport.slower", "Speed −0.1", "-", repeat=True),
    _spec("transport.faster", "Speed +0.1", "=", repeat=True),
    _spec("transport.normal_speed", "Speed 1.0×", "Ctrl+0"),
    _spec("transport.zoom_turn", "Zoom to the turn", "Z"),
    _spec("transport.zoom_call", "Zoom to the whole call", "Shift+Z"),
    _spec("transport.solo_caller", "Hear the caller only", "Q"),
    _spec("transport.both", "Hear both", "W"),
    _spec("transport.solo_agent", "Hear the agent only", "E"),
    _spec("transport.mute_caller", "Mute the caller", "Shift+Q"),
    _spec("transport.unmute", "Mute nobody", "Shift+W"),
    _spec("transport.mute_agent", "Mute the agent", "Shift+E"),
    _spec("transport.spectrogram", "Spectrogram", "G"),
    _spec("transport.ears", "Swap ears, mono, split left and right", "X"),
    _spec("transport.next_item", "Next call", "N"),
    _spec("transport.previous_item", "Previous call", "P"),
    _spec("transport.find", "Find in the transcript", "Ctrl+F"),
    _spec("review.comment", "Comment", "C"),
    _spec("review.boundary", "Edit a boundary", "B"),
    _spec("review.table", "Table view", "F6"),
    _spec("review.symbols", "Hear doubtful symbols", "H"),
    _spec("review.metrics", "Metrics", "M"),
    _spec("review.judge", "Judges' verdicts", "V"),
    _spec("review.compare", "Compare ASR, or the transcript", "A"),
    _spec("review.next_error", "Next recognition error", "F8"),
    _spec("review.previous_error", "Previous recognition error", "Shift+F8"),
    _spec("review.correct", "Correct the words", "F2"),
    _spec("review.confirm", "Confirm the words as heard", "Y"),
    _spec("review.flag", "Flag", "F"),
    _spec("review.tag", "Tag", "T"),
    _spec("review.up", "Previous row", "Up", repeat=True),
    _spec("review.down", "Next row", "Down", repeat=True),
    _spec("review.score", "Score call", "Ctrl+Return"),
    _spec("review.escape", "Close, cancel", "Esc"),
    _spec("edit.earlier_10ms", "10 ms earlier", "Left", repeat=True),
    _spec("edit.later_10ms", "10 ms later", "Right", repeat=True),
    _spec("edit.earlier_1ms", "1 ms earlier", "Shift+Left", repeat=True),
    _spec("edit.later_1ms", "1 ms later", "Shift+Right", repeat=True),
    _spec("edit.earlier_50ms", "50 ms earlier", "Alt+Left", repeat=True),
    _spec("edit.later_50ms", "50 ms later", "Alt+Right", repeat=True),
    _spec("edit.earlier_snap", "Earlier, to silence", "Ctrl+Left", repeat=True),
    _spec("edit.later_snap", "Later, to silence", "Ctrl+Right", repeat=True),
    _spec("edit.next_boundary", "Next boundary", "Tab", repeat=True),
    _spec("edit.previous_boundary", "Previous boundary", "Shift+Tab", repeat=True),
    _spec("edit.merge", "Merge with the next", "M"),
    _spec("edit.split", "Split at the play-head", "D"),
    _spec("edit.overlap_type", "Change the overlap's type", "Y"),
    _spec("edit.leave", "Leave", "Esc", "Return"),
    _spec("score.up", "Previous criterion", "Up", repeat=True),
    _spec("score.down", "Next criterion", "Down", repeat=True),
    *(_spec(f"score.digit_{n}", f"Score {n}", str(n)) for n in range(10)),
    _spec("score.not_applicable", "Not applicable", "Backspace"),
    _spec("score.confidence_1", "Confidence low", "Shift+1"),
    _spec("score.confidence_2", "Confidence middle", "Shift+2"),
    _spec("score.confidence_3", "Confidence high", "Shift+3"),
    _spec("score.evidence", "Add this turn as evidence", "V"),
    _spec("score.next_unset", "Next unset", "Return"),
    _spec("score.submit", "Submit", "Ctrl+Return"),
    _spec("score.submit_stay", "Submit and stay", "Ctrl+Shift+Return"),
    _spec("score.flag", "Flag for adjudication", "F"),
    _spec("score.skip", "Skip with a reason", "Ctrl+K"),
    _spec("score.examples", "Examples", "F2"),
    _spec("score.rationale", "Write the rationale", "F3"),
    _spec("score.table", "Table view", "F6"),
    _spec("score.escape", "Leave the text, close", "Esc"),
    _spec("runs.up", "Previous run", "Up", repeat=True),
    _spec("runs.down", "Next run", "Down", repeat=True),
    _spec("runs.open", "Open its calls", "Return"),
    _spec("runs.pause", "Pause or go on", "P"),
    _spec("runs.retry", "Try failures again", "Shift+R"),
    _spec("runs.new", "New run", "Ctrl+R"),
    _spec("runs.new_judge", "New judge run", "Ctrl+J"),
    _spec("compare.up", "Previous figure", "Up", repeat=True),
    _spec("compare.down", "Next figure", "Down", repeat=True),
    _spec("compare.go", "Compare", "Ctrl+Return"),
    _spec("compare.swap", "Swap A and B", "Ctrl+Shift+S"),
    _spec("compare.export", "Export the table", "Ctrl+E"),
    _spec("compare.back", "Stop, back to the library", "Esc"),
    _spec("judges.judges", "Judges", "1"),
    _spec("judges.flows", "Flows", "2"),
    _spec("judges.endpoints", "Endpoints", "3"),
    _spec("judges.up", "Previous row", "Up", repeat=True),
    _spec("judges.down", "Next row", "Down", repeat=True),
    _spec("judges.search", "Search", "/"),
    _spec("judges.edit", "Edit", "E"),
    _spec("judges.diff", "Compare two versions", "D"),
    _spec("judges.try_out", "Try out on a call", "T"),
    _spec("judges.run", "Ask the judge, or test the endpoint", "Ctrl+Return"),
    _spec("judges.save", "Save", "Ctrl+S"),
    _spec("judges.newer", "Newer version", "]"),
    _spec("judges.older", "Older version", "["),
    _spec("judges.next_change", "Next change", "F8", repeat=True),
    _spec("judges.previous_change", "Previous change", "Shift+F8", repeat=True),
    _spec("judges.add", "Add an endpoint", "N"),
    _spec("judges.remove", "Remove the endpoint", "Del"),
    _spec("judges.escape", "Stop, close, back to the list", "Esc"),
    _spec("flows.add", "Add a node, of the selected text", "N"),
    _spec("flows.give", "Give the selected text to the node", "G"),
    _spec("flows.take", "Take the selected text from the node", "Shift+G"),
    _spec("flows.edit", "Edit the node's text", "Return", "F2"),
    _spec("flows.kind", "Key, normal or branch", "K"),
    _spec("flows.link", "Needs another node: choose it", "L"),
    _spec("flows.merge", "Merge with the next node", "M"),
    _spec("flows.split", "Split the node's text", "S"),
    _spec("flows.earlier", "Move the node up", "Alt+Up", repeat=True),
    _spec("flows.later", "Move the node down", "Alt+Down", repeat=True),
    _spec("flows.remove", "Delete the node, or the edge", "Del"),
    _spec("flows.next_finding", "Next finding", "F8", repeat=True),
    _spec("flows.text", "To the text, or back", "T"),
    _spec("flows.versions", "Versions, or the text", "V"),
    _spec("flows.derive", "Derive a flow", "Ctrl+R"),
    _spec("flows.save", "Save as a version", "Ctrl+S"),
    _spec("flows.approve", "Approve", "Ctrl+Return"),
    _spec("flows.escape", "Stop, back to the nodes", "Esc"),
    _spec("scores.show", "Show these calls", "Ctrl+Return"),
    _spec("scores.open", "What is behind the figure; then the call", "Return"),
    _spec("scores.sort", "Sort by this figure", "S"),
    _spec("scores.fold", "Fold or unfold this group", "F"),
    _spec("scores.what_if", "What-if weights, or the paper's alone", "W"),
    _spec("scores.panel", "Next page of the panel", "P"),
    _spec("scores.copy", "Copy the table", "Ctrl+C"),
    _spec("scores.export", "Export the table", "Ctrl+E"),
    _spec("scores.back", "Back to the table, to the library", "Esc"),
)
