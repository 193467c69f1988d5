"""The facts of a call that the preview lists."""

from __future__ import annotations

from app.domain.browsing import CallPreview
from app.ui.library.preview_text import Fact
from app.ui.library.words import GAP, optional, thousands
from app.ui.theme import Theme


def facts_of(preview: CallPreview, theme: Theme, slow_ms: int, late_ms: int) -> list[Fact]:
    """Names and values, those without a value left out but for what must be said."""
    call, row = preview.call, preview.row
    agent = f"{call.agent} {call.agent_version}".strip()
    facts = [Fact("Agent", agent)] if agent else []
    if row.scenario:
        facts.append(Fact("Scenario", row.scenario_title or row.scenario))
    if call.outcome:
        facts.append(Fact("Outcome", call.outcome.replace("_", " ")))
    channels = "one mixed channel" if call.is_mono else f"{len(call.tracks)} channels"
    sound = f"{channels}, {call.rate_hz / 1000:g}{GAP}kHz"
    facts.append(Fact("Audio", sound) if call.tracks else Fact("Audio", "none", "t3"))
    facts.append(_response(preview, theme, slow_ms, late_ms))
    if row.interruptions is not None:
        reaction = preview.reaction_p50_ms
        more = f", reaction p50{GAP}{thousands(reaction)}{GAP}ms" if reaction is not None else ""
        facts.append(Fact("Interruptions", f"{row.interruptions}{more}"))
    if preview.silence_ms is not None and row.duration_ms:
        part = 100 * preview.silence_ms / row.duration_ms
        longest = (preview.longest_silence_ms or 0) / 1000
        facts.append(Fact("Silence", f"{part:.1f}{GAP}% of call, longest{GAP}{longest:.1f}{GAP}s"))
    facts.append(_judge(preview))
    if call.tags:
        facts.append(Fact("Tags", ", ".join(call.tags)))
    return facts


def _response(preview: CallPreview, theme: Theme, slow_ms: int, late_ms: int) -> Fact:
    row = preview.row
    if row.p50_ms is None:
        return Fact("Response", "no timing yet" if row.turns is None else "none", "t3")
    pieces = [
        (f"p50{GAP}", "t1"),
        _number(row.p50_ms, theme, slow_ms, late_ms),
        (f", p95{GAP}", "t1"),
    ]
    pieces += [_number(row.p95_ms, theme, slow_ms, late_ms), (f"{GAP}ms", "t1")]
    return Fact("Response", "".join(words for words, _ in pieces), parts=tuple(pieces))


def _number(value: int | None, theme: Theme, slow_ms: int, late_ms: int) -> tuple[str, str]:
    token = theme.latency_token(value, slow_ms, late_ms)
    return optional(value), token if token in ("latSlow", "latLate") else "t1"


def _judge(preview: CallPreview) -> Fact:
    row = preview.row
    if row.hidden:
        return Fact("Judge", "hidden until you submit", "t3")
    return Fact("Judge", "none" if row.judge is None else f"{row.judge:.1f}", "t1")
