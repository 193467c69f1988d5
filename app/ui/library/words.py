"""Numbers and states of the library as people read them."""

from __future__ import annotations

from app.domain.browsing import CallRow
from app.domain.figure_columns import FIGURES, FigureColumn

GAP = "\u00a0"
MINUS = "\u2212"
DASH = "–"


def thousands(value: int) -> str:
    """`50 218` with no-break spaces, a true minus sign."""
    sign = MINUS if value < 0 else ""
    return sign + f"{abs(value):,}".replace(",", GAP)


def clock(duration_ms: int) -> str:
    """`mm:ss`, from one hour on `h:mm:ss`."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def time_tenths(frames: int, rate_hz: int) -> str:
    """`mm:ss.t`."""
    tenths = round(frames * 10 / rate_hz)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"


def long_duration(duration_ms: int) -> str:
    """`1 h 26 min`, `4 min 10 s`, `9 s`."""
    seconds = round(duration_ms / 1000)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    if hours:
        return f"{thousands(hours)} h {m} min"
    return f"{m} min {s} s" if m else f"{s} s"


def calls_words(count: int) -> str:
    """`1 call`, `60 calls`."""
    return f"{thousands(count)} call{'' if count == 1 else 's'}"


def optional(value: int | None) -> str:
    """A count, or a dash where there is none."""
    return "–" if value is None else thousands(value)


def scenario_words(row: CallRow) -> str:
    """What the scenario column says: its title, its key, else the call's title."""
    return row.scenario_title or row.scenario or row.title


def row_words(row: CallRow) -> dict[str, str]:
    """Every cell of a row as text, by column; for tooltips and for those who cannot see it."""
    judge = "hidden" if row.hidden else ("" if row.judge is None else f"{row.judge:.1f}")
    return {
        "play": "Play",
        "spark": f"{calls_sound(row)}",
        "code": row.code,
        "scenario": scenario_words(row),
        "title": row.title,
        "agent": f"{row.agent} {row.agent_version}".strip(),
        "duration": clock(row.duration_ms),
        "turns": optional(row.turns),
        "p50": optional(row.p50_ms),
        "p95": optional(row.p95_ms),
        "interruptions": optional(row.interruptions),
        "overlaps": optional(row.overlaps),
        "judge": judge,
        "raters": f"{row.raters_done} of {row.raters_assigned}",
        "reason": row.reason or "",
        "flag": "flagged" if row.flagged else "",
        **{f.column: figure_words(row, f) for f in FIGURES},
    }


def figure_words(row: CallRow, figure: FigureColumn) -> str:
    """A measured figure with its digits, or a dash where the call has none."""
    value = row.figures.get(figure.key)
    if value is None:
        return DASH
    if not figure.decimals:
        return thousands(round(value))
    return f"{value:.{figure.decimals}f}".replace("-", MINUS)


def calls_sound(row: CallRow) -> str:
    """The sparkline in words."""
    overlaps = optional(row.overlaps)
    return f"{clock(row.duration_ms)}, {overlaps} overlaps"
