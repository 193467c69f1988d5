"""Runs in words: what they are doing, since when, for how long."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.evaluation import Run
from app.domain.metrics import Family
from app.ui.library.words import GAP, calls_words, thousands
from app.ui.runs.judge_words import endpoints_words, is_judging, judges_words

FAMILY_WORDS: dict[Family, str] = {
    "turns": "Turn-taking",
    "dialogue": "Conversation",
    "asr": "Speech recognition",
    "tts": "Voice",
    "signal": "Sound",
    "eva": "EVA",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHERE_WORDS = {"processes": "Processes", "threads": "Threads", "dask": "Dask"}


def local(stamp: str) -> datetime:
    """A UTC stamp on this machine's clock."""
    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone()


def started_words(stamp: str | None, now: datetime) -> str:
    """`14:02` today, `4 Nov` this year, `4 Nov 2025` before; empty before the start."""
    if not stamp:
        return ""
    when = local(stamp)
    if when.date() == now.date():
        return when.strftime("%H:%M")
    year = "" if when.year == now.year else f" {when.year}"
    return f"{when.day} {MONTHS[when.month - 1]}{year}"


def duration_words(seconds: float) -> str:
    """`6 s`, `12 min`, `2 h 14`, as short as it may be."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{GAP}s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes}{GAP}min"
    return f"{thousands(minutes // 60)}{GAP}h{GAP}{minutes % 60:02d}"


def left_words(seconds: float | None) -> str:
    """`9 min left`; empty while nobody can tell."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"under 1{GAP}min"
    return f"{duration_words(seconds)} left"


def each_words(mean_s: float) -> str:
    """Seconds a call, to two digits: `1.9 s each`, `40 ms each`."""
    if mean_s < 1:
        return f"{max(1, round(mean_s * 1000))}{GAP}ms each"
    if mean_s < 10:
        return f"{mean_s:.1f}{GAP}s each"
    return f"{duration_words(mean_s)} each"


def where_words(run: Run) -> str:
    """`Processes ×2`, `Threads`, `Dask`; of a judge run, whom it asks."""
    if is_judging(run):
        return endpoints_words(run)
    word = WHERE_WORDS[run.where]
    return word if run.where == "dask" or run.workers < 2 else f"{word} ×{run.workers}"


def steps_words(settled: int, steps: int) -> str:
    """`311 / 480`."""
    return f"{thousands(settled)} / {thousands(steps)}"


def covers_words(run: Run) -> str:
    """Which calls: how many, and what chose them."""
    query = run.query.strip()
    return f"{calls_words(run.calls)}, {query}" if query else calls_words(run.calls)


def measures_words(run: Run) -> str:
    """How much is done on each call."""
    if is_judging(run):
        return judges_words(run)
    count = len(run.specs)
    return f"{thousands(count)} step{'' if count == 1 else 's'} each"
