"""The catalogue of what is measured of the agent's manner of speaking."""

from __future__ import annotations

from app.domain.metrics import Direction, MetricSpec, Pool, Scope

_BY = "speech.prosody"
_RATE = (
    "Syllables by the spelling of the text, or by peaks of loudness without one; characters in "
    "Chinese, Japanese and Korean. The profile says which."
)


def _spec(
    key: str,
    title: str,
    unit: str,
    about: str,
    *,
    source: str = "",
    direction: Direction = "none",
    turns: bool = False,
    pool: Pool = "mean",
    ratio: tuple[str, str] | None = None,
    decimals: int = 1,
) -> MetricSpec:
    scope: tuple[Scope, ...] = ("call", "turn") if turns else ("call",)
    return MetricSpec(
        id=f"prosody.{key}",
        title=title,
        unit=unit,
        direction=direction,
        family="tts",
        evaluator=_BY,
        about=about,
        source=source,
        scope=scope,
        speakers=("agent",),
        pool=pool,
        ratio=ratio,
        decimals=decimals,
    )


SPEECH_RATE = _spec(
    "speech_rate",
    "Speech rate",
    "/s",
    f"Syllables a second of the turns, pauses included. {_RATE}",
    turns=True,
    pool="ratio",
    ratio=("units", "seconds"),
    decimals=2,
)
ARTICULATION = _spec(
    "articulation_rate",
    "Articulation rate",
    "/s",
    f"Syllables a second of speech, pauses left out. {_RATE}",
    turns=True,
    pool="ratio",
    ratio=("units", "seconds"),
    decimals=2,
)
PAUSES = _spec(
    "pauses", "Pauses", "", "Silences of 200 ms or more inside the agent's turns.", decimals=0
)
PAUSE_MEAN = _spec(
    "pause_mean",
    "Mean pause",
    "ms",
    "Mean length of the pauses inside the agent's turns.",
    pool="ratio",
    ratio=("sum_ms", "n"),
    decimals=0,
)
PAUSE_SHARE = _spec(
    "pause_share",
    "Share of pauses",
    "",
    "Time in pauses / time in turns.",
    pool="ratio",
    ratio=("pause_s", "turn_s"),
    decimals=3,
)
_RANGE = (
    "Frames below 0.75 of the speaker's first quartile or above 1.5 of the third are left out as "
    "slips of the tracker."
)
_HIRST = "De Looze and Hirst (Speech Prosody 2008)"
PITCH = _spec(
    "pitch_median",
    "Pitch",
    "Hz",
    f"Median of the voiced 10 ms frames. {_RANGE}",
    source=_HIRST,
    turns=True,
)
PITCH_SD = _spec(
    "pitch_sd",
    "Pitch variation",
    "st",
    f"Standard deviation of the pitch in semitones. {_RANGE}",
    source=_HIRST,
    decimals=2,
)
PITCH_RANGE = _spec(
    "pitch_range",
    "Pitch range",
    "st",
    f"From the 5th to the 95th percentile of the pitch, in semitones. {_RANGE}",
    source=_HIRST,
    turns=True,
)
LEVEL_SD = _spec(
    "level_sd",
    "Level variation",
    "dB",
    "Standard deviation of the level of 30 ms frames of speech, those 30 dB below the loud ones "
    "left out.",
)
CUTOFFS = _spec(
    "cutoffs",
    "Sudden cut-offs",
    "",
    "Falls of 18 dB or more within 30 ms from the agent's full voice to silence that lasts 150 ms.",
    source="Full-Duplex-Bench v1.5; full voice and silence are ours, `drops` is its count",
    direction="down",
    decimals=0,
)

METRICS = (
    SPEECH_RATE,
    ARTICULATION,
    PAUSES,
    PAUSE_MEAN,
    PAUSE_SHARE,
    PITCH,
    PITCH_SD,
    PITCH_RANGE,
    LEVEL_SD,
    CUTOFFS,
)
