"""Human studies: instruments, designs, stimuli, trials, sessions and votes. Frozen values only.

Sources: ITU-T P.800 and P.808 for the opinion scales, OutboundEval (arXiv 2510.21244) for
human-likeness and AI detection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Instrument = Literal["acr", "dcr", "ccr", "pairwise", "humanlike", "ai_detect", "rubric"]
StudyState = Literal["draft", "open", "paused", "closed"]
StimulusRole = Literal["rate", "training", "gold", "trap", "null", "obvious"]
"""`null`: a pair of identical clips; `obvious`: a pair with a plain difference."""
SessionKind = Literal[
    "begun", "consent", "declaration", "device", "digits", "level", "environment", "training",
    "block_begun", "block_done", "block_void", "break_begun", "break_done", "paused", "resumed",
    "device_changed", "level_changed", "fault", "debrief", "ended",
]  # fmt: skip
VoidReason = Literal[
    "", "not_heard", "underrun", "speed", "device", "level", "fault", "trap", "block", "abandoned"
]
Channels = Literal["agent", "caller", "both"]
"""What is heard: one speaker alone, or both mixed."""

PAIRED: frozenset[Instrument] = frozenset({"dcr", "ccr", "pairwise"})
LISTENING: frozenset[Instrument] = frozenset(
    {"acr", "dcr", "ccr", "pairwise", "humanlike", "ai_detect"}
)
"""Instruments of the listening session; `rubric` is filled in the scoring screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDesign:
    """The rules of a study, fixed once it is open. Defaults follow P.808's published practice."""

    raters_per_item: int = 5
    overlap: float = 1.0
    """Share of the items that every rater gets; the rest is shared out."""
    extra_raters: Mapping[str, int] = field(default_factory=dict)
    """Of some items, by their number in the study: how many raters more they get."""
    policy: str = "study"
    """How its assignments are named: `measure` and `learn` are queues of calibration."""
    panel: int = 0
    """How many raters the rest is shared out among; 0: each takes all that still lacks raters."""
    block: int = 10
    """Rating trials in a block."""
    traps_per_block: int = 1
    golds_per_block: int = 1
    training: int = 5
    training_valid_min: float = 60.0
    setup_valid_min: float = 30.0
    replays: int | None = 1
    """Extra plays of a clip; None for any number."""
    confirm: bool = False
    points: int = 7
    """Of a pairwise answer: 2 (forced), 3 (with a tie) or 7."""
    ties: bool = True
    null_share: float = 0.07
    obvious_share: float = 0.07
    repeat_share: float = 0.05
    """Share of a rater's items that come again, blind, late in their session or queue."""
    soft_break_min: float = 15.0
    break_after_min: float = 45.0
    break_min: float = 10.0
    max_blocks: int = 60
    level_dbov: float = -26.0
    lock_level: bool = True
    """False where level is what the study asks about: clips keep their own."""
    mix_bandwidths: bool = False
    """Whether narrow- and wideband clips may come in one block."""
    channels: Channels = "agent"
    lead_ms: int = 300
    """Silence kept before and after a clip."""
    gap_ms: int = 500
    """Between reference and sample (DCR, CCR)."""
    reveal: bool = False
    """Whether a rater may see judges' and others' scores of an item after submitting it."""
    criterion: str = ""
    """Which criterion of the rubric a listening study asks; the first where empty."""
    question: str = ""
    """What is asked, as the rater reads it; stored with every vote's study."""
    min_block_variance: float = 0.1
    outlier_z: float = 3.29
    min_consistency: float = 0.5
    gold_tolerance: float = 1.0
    rules: Mapping[str, bool] = field(
        default_factory=lambda: {"trap": True, "gold": True, "straight": True, "consistency": False}
    )
    """Which exclusions are applied; fixed before the first vote."""

    def raters_of(self, number: int) -> int:
        """How many raters the item of that number gets."""
        return self.raters_per_item + self.extra_raters.get(str(number), 0)

    def votes_of(self, items: int) -> int:
        """How many votes that many items need, all raters together."""
        return items * self.raters_per_item + sum(self.extra_raters.values())

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        return kept | {"rules": dict(self.rules), "extra_raters": dict(self.extra_raters)}

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> StudyDesign:
        """From the stored form; unknown fields of later versions are ignored."""
        known = {f.name for f in fields(StudyDesign)}
        return StudyDesign(**{k: v for k, v in body.items() if k in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study. Its design and stimuli never change once it was opened."""

    id: str
    number: int
    """Shown as S-0007."""
    name: str
    instrument: Instrument
    rubric_version_id: str
    design: StudyDesign
    seed: int
    query: str
    created_by: str
    created_at: str
    due: str | None
    state: StudyState
    frozen_at: str | None
    snapshot_sha256: str
    """Over all stimuli; empty while it is a draft."""
    stimuli: int = 0

    @property
    def code(self) -> str:
        """The short id."""
        return f"S-{self.number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """One thing that is presented, with the sound that was rendered for it."""

    id: str
    study_id: str
    number: int
    role: StimulusRole
    item_id: str
    call_id: str
    condition: str
    """The system that it stands for; never shown to a rater."""
    other_condition: str = ""
    talker: str = ""
    sha256: str = ""
    """Of the rendered WAV; empty where a whole call is opened in the scoring screen."""
    other_sha256: str = ""
    """Of a pair's second clip, or of the reference."""
    length_ms: int = 0
    other_length_ms: int = 0
    gain_db: float = 0.0
    other_gain_db: float = 0.0
    level_dbov: float | None = None
    """Active speech level after the gain (P.56 method B)."""
    bandwidth: str = ""
    """NB, WB, SWB or FB."""
    expected: float | None = None
    """The right answer of a trap or gold."""
    reason: str = ""
    inclusion_prob: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One presentation to one rater, in the order that follows from study, rater and seed."""

    id: str
    study_id: str
    rater_id: str
    position: int
    block: int
    """0 is training."""
    stimulus_id: str
    swapped: bool = False
    """The second clip of a pair comes first."""
    repeat_of: str | None = None
    """An earlier trial of the same stimulus: for self-consistency, or since its vote was void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a trial was played: what a vote's validity follows from."""

    plays: int = 0
    heard_pct: float = 0.0
    """Of the least heard clip of the trial, whole passes."""
    speed: float = 1.0
    underruns: int = 0
    device: str = ""
    out_rate_hz: int = 0
    gain_db: float = 0.0
    device_changed: bool = False
    level_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One answer. `value` of a pair is always of the first item less the second."""

    id: str
    trial_id: str
    study_id: str
    session_id: str
    rater_id: str
    stimulus_id: str
    value: float | None
    """None where there was none, as for a technical fault."""
    raw_value: float | None
    """As given on the screen, before a swap is undone."""
    valid: bool
    void_reason: VoidReason
    score_id: str | None
    """Its row in the score table: of valid votes on rating trials that are no repeats."""
    heard: Heard
    rt_ms: int
    """From the end of the sound to the key."""
    note: str
    voted_at: str


def why_void(heard: Heard, *, fault: bool = False) -> VoidReason:
    """Why a vote given after that playback does not count; empty where it does."""
    if fault:
        return "fault"
    if heard.device_changed:
        return "device"
    if heard.level_changed:
        return "level"
    if heard.underruns:
        return "underrun"
    if abs(heard.speed - 1.0) > 1e-9:
        return "speed"
    if heard.heard_pct < 100.0:
        return "not_heard"
    return ""
