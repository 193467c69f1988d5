"""The figures of a call as rows of words: groups, numbers, states. Knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.calls import Speaker
from app.domain.metrics import Evidence, Family
from app.services.call_figures import CallFigures, Figure

FAMILY_WORDS: Mapping[Family, str] = {
    "turns": "Turn-taking",
    "asr": "Speech recognition",
    "tts": "Synthesised speech",
    "signal": "Signal",
    "dialogue": "Dialogue",
    "eva": "EVA",
}
REPORTED = "Reported by the platform"
THIS_TURN = "This turn"
STALE_WORDS = "of an older state of the call"
STATUS_WORDS = {"undefined": "undefined", "unavailable": "unavailable"}
ARROWS = {"up": "↑", "down": "↓", "none": ""}
BETTER = {"up": "higher is better", "down": "lower is better", "none": ""}
FIRST_ROWS = 6
"""So many rows of a group are shown before it is unfolded, headline ones at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One row. `kind`: `head` names a group, `figure`, `reported`, `more` unfolds its group."""

    kind: str
    group: str
    title: str
    value: str = ""
    small: str = ""
    note: str = ""
    about: str = ""
    speaker: Speaker | None = None
    arrow: str = ""
    asks: bool = False
    stale: bool = False
    evidence: tuple[Evidence, ...] = ()
    key: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The whole row for a screen reader."""
        who = f"{self.speaker}" if self.speaker else ""
        better = {"↑": "higher is better", "↓": "lower is better"}.get(self.arrow, "")
        parts = (self.title, who, self.value, better, self.note, self.small)
        return ", ".join(part for part in parts if part)


def metric_rows(
    found: CallFigures, *, turn_id: str = "", unfolded: Iterable[str] = ()
) -> list[MetricRow]:
    """Rows of a call: the turn's figures first, then group by group, then the platform's own.

    Args:
        found: the figures.
        turn_id: the selected turn; empty for none.
        unfolded: groups that are shown whole.
    """
    out: list[MetricRow] = []
    turn = [f for f in found.figures if turn_id and f.value.turn_id == turn_id]
    out += _group(THIS_TURN, turn, whole=THIS_TURN in unfolded)
    for name, figures in _groups(f for f in found.figures if f.value.turn_id is None):
        out += _group(name, figures, whole=name in unfolded)
    if found.reported:
        out.append(MetricRow(kind="head", group=REPORTED, title=REPORTED))
        out += [_reported(name, told) for name, told in sorted(found.reported.items())]
    return out


def _groups(figures: Iterable[Figure]) -> list[tuple[str, list[Figure]]]:
    """By family; turn-taking by the rules that it was measured by."""
    named: dict[tuple[int, str], list[Figure]] = {}
    order = list(FAMILY_WORDS)
    for figure in figures:
        family = figure.spec.family
        name = FAMILY_WORDS[family]
        if family == "turns" and figure.value.profile:
            name += f" · {figure.value.profile}"
        named.setdefault((order.index(family), name), []).append(figure)
    return [(name, named[at, name]) for at, name in sorted(named)]


def _group(name: str, figures: Sequence[Figure], *, whole: bool) -> list[MetricRow]:
    if not figures:
        return []
    ranked = sorted(figures, key=lambda f: (not f.spec.headline, f.value.status != "ok"))
    headlines = sum(f.spec.headline for f in figures)
    shown = ranked if whole else ranked[: max(FIRST_ROWS, headlines)]
    out = [MetricRow(kind="head", group=name, title=name)]
    out += [figure_row(name, f) for f in shown]
    left = len(figures) - len(shown)
    if left:
        out.append(MetricRow(kind="more", group=name, title=f"{left} more"))
    elif whole and len(figures) > max(FIRST_ROWS, headlines):
        out.append(MetricRow(kind="more", group=name, title="Fewer"))
    return out


def figure_row(group: str, figure: Figure) -> MetricRow:
    """The row of one figure."""
    spec, value = figure.spec, figure.value
    n = f"n {value.n}" if value.n is not None else ""
    made = f"{figure.evaluator} {figure.version}".strip()
    known = value.profile in ("", "answers") or group.endswith(value.profile)
    profile = "" if known else value.profile
    asks = value.status == "needs_answer"
    note = "" if value.status == "ok" else state_words(figure)
    if not figure.is_current:
        note = f"{note}; {STALE_WORDS}" if note else STALE_WORDS
    return MetricRow(
        kind="figure",
        group=group,
        title=spec.title,
        value=value_words(figure),
        small=" · ".join(part for part in (n, profile, made) if part),
        note=note,
        about=about_words(figure),
        speaker=value.speaker,
        arrow=ARROWS[spec.direction] if value.status == "ok" else "",
        asks=asks,
        stale=not figure.is_current,
        evidence=value.evidence,
        key=figure.key,
    )


def value_words(figure: Figure) -> str:
    """`1 840 ms`, `0.120`; empty where there is no value."""
    value, spec = figure.value, figure.spec
    if value.value is None:
        return ""
    number = f"{value.value:,.{spec.decimals}f}".replace(",", "\u202f").replace("-", "−")
    unit = value.unit or spec.unit
    return f"{number} {unit}".strip()


def state_words(figure: Figure) -> str:
    """Why there is no value."""
    value = figure.value
    if value.status == "needs_answer":
        return f"asks a person · {value.n or 0} answers"
    return f"{STATUS_WORDS.get(value.status, value.status)}: {value.reason}"


def about_words(figure: Figure) -> str:
    """Definition, direction, source and components, a line each."""
    spec, value = figure.spec, figure.value
    parts = [spec.about, BETTER[spec.direction].capitalize(), spec.source]
    plain = {k: v for k, v in value.components.items() if isinstance(v, int | float | str)}
    made_of = (f"{k.replace('_', ' ')} {_plain(v)}" for k, v in list(plain.items())[:16])
    parts.append(", ".join(made_of))
    if value.status != "ok":
        parts.append(value.reason)
    if not figure.is_current:
        parts.append(
            "The timing, the words or the rules have changed since. Measure again to renew it."
        )
    return "\n".join(part for part in parts if part)


def _reported(name: str, told: object) -> MetricRow:
    words = _plain(told) if isinstance(told, int | float | str) else "several values"
    title = name.replace("_", " ")
    note = "as reported, not measured here"
    return MetricRow(kind="reported", group=REPORTED, title=title, value=words, note=note)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)[:80]
