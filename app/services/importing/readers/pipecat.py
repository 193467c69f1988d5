"""Runs of pipecat's evals: a line of `results.jsonl` for each attempt, its recording and logs.

A recording is stereo, the user left and the bot right, and carries no times; the results hold
durations by the wall clock and no transcript with times. So who is on which channel cannot be
checked, and a run whose recording is longer than the run itself is said to have drifted.
Source: pipecat-ai 1.14, `pipecat.evals.suite`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.audio.integrity import TIMING
from app.audio.sniff import reading
from app.domain.calls import Finding
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.foreign_files import (
    MAX_RUN_BYTES,
    beside,
    folders,
    number,
    parse_lines,
    read_bytes,
    readable,
    within,
    words,
)
from app.services.importing.readers import audio_sides, jsonish
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.jsonish import Notes, Timeline
from app.services.importing.readers.redact import document as redacted
from app.services.importing.walk import shown

RESULTS = "results.jsonl"
LOGS = ("eval_log", "log", "debug_log")
LOG_BYTES = 4 << 20
SNIFF_BYTES = 1 << 16
USUAL = Usual(by="pipecat's recordings have the user left and the bot right", confidence=0.8)
DRIFT = 0.01
"""A recording may be longer than its run by this share; more is a clock that runs wrong."""
DRIFT_S = 1.0


class ReaderPipecat:
    """A folder of pipecat eval runs, one of its runs, or its `results.jsonl`."""

    source = "pipecat"
    title = "Pipecat evals"

    def sniff(self, path: Path) -> bool:
        """Whether there is a `results.jsonl` whose first line is a result."""
        try:
            return any(_is_results(found) for found in _results(path))
        except (OSError, ValueError):  # a path that the system does not take
            return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """One call for each attempt; those that were skipped are failures with the reason.

        Raises:
            BadInput: no results there. NotFound. Cancelled.
        """
        with reading(path):
            there = path.exists()
        if not there:
            raise NotFound(f"{shown(path.name)} is not there: {shown(path)}.", "Check the path.")
        found = False
        for results in _results(path):
            rows = parse_lines(read_bytes(results, MAX_RUN_BYTES))
            warning = rows.warning(shown(results.name))
            for row in rows.rows:
                ctx.raise_if_cancelled()
                if _is_result(row):
                    found = True
                    yield _one(ctx, row, results, warning)
        if not found:
            raise BadInput(
                f"{shown(path.name)} holds no results of pipecat evals.",
                f"Name the folder of a run, which holds {RESULTS}.",
            )


def _results(path: Path) -> list[Path]:
    """The results files at a path: itself, of the run, or of the runs below."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".jsonl" else []
    own = within(path, RESULTS)
    if own is not None:
        return [own]
    return [found for run in folders(path) if (found := within(run, RESULTS)) is not None]


def _is_results(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    rows = parse_lines(head.split(b"\n", 1)[0]).rows
    if rows:
        return _is_result(rows[0])
    return all(f'"{k}"'.encode() in head for k in ("bot", "scenario", "artifacts"))


def _is_result(row: Mapping[str, Any]) -> bool:
    return "bot" in row and "scenario" in row and ("artifacts" in row or "turns" in row)


def _one(
    ctx: Work, row: dict[str, Any], results: Path, warning: str
) -> ForeignCall | ForeignFailure:
    named = f"{words(row.get('bot'), 80)}, {words(row.get('scenario'), 80)}"
    skipped = words(row.get("skipped"))
    if skipped:
        return ForeignFailure(path=results, reason=f"{named}: it was not run: {skipped}.")
    try:
        return _call(ctx, row, results, warning)
    except UserError as error:
        return ForeignFailure(path=results, reason=f"{named}: {error}")


def _call(ctx: Work, row: dict[str, Any], results: Path, warning: str) -> ForeignCall:
    notes = Notes()
    notes.warn(warning)
    notes.odd(row, known.PIPECAT_RESULT)
    timeline = Timeline(notes)
    sides = _audio(ctx, row, results.parent, timeline)
    wall_s = _wall_s(row, sides, notes)
    attempt = number(row.get("attempt"))
    if row.get("turns") or row.get("messages"):
        notes.lose("Its turns and messages carry no times: they are kept in the document only.")
    bot = words(row.get("name")) or words(row.get("bot"))
    return ForeignCall(
        source="pipecat",
        identity=jsonish.identity({k: v for k, v in row.items() if k != "artifacts"}),
        title=f"{bot}: {words(row.get('scenario'))}"[:300],
        path=results,
        duration_s=sides.duration_s or wall_s,
        audio=sides.audio,
        documents=_documents(row, results.parent, notes),
        extra={
            **jsonish.facts(row, ("kind", "reason", "ended_by", "end_call"), sides.guess),
            "failures": listing(row.get("failures")),
            "eval_turns": listing(row.get("turns")),
            "wall_s": wall_s,
        },
        metrics=_figures(row),
        agent=bot,
        scenario_key=words(row.get("scenario")),
        outcome=_outcome(row),
        attempt=int(attempt) if attempt is not None and 1 <= attempt < 1e6 else 1,
        **notes.closed(),
    )


def _audio(ctx: Work, row: Mapping[str, Any], run: Path, timeline: Timeline) -> Sides:
    stored = mapping(row.get("artifacts")).get("recording")
    found = beside(run / "recordings", stored) or beside(run, stored)
    if found is None:
        timeline.notes.lose(
            "Its recording is not in the run's folder."
            if stored
            else "The run was not recorded (`record: false`)."
        )
        return Sides()
    return audio_sides.noted(ctx, [found], timeline, USUAL)


def _wall_s(row: Mapping[str, Any], sides: Sides, notes: Notes) -> float | None:
    """How long the run took; says so where its recording is longer than that."""
    given = number(row.get("duration_ms"))
    wall_s = None if given is None else jsonish.at_s(given / 1000)
    length = sides.duration_s
    if wall_s and length and length > wall_s * (1 + DRIFT) + DRIFT_S:
        message = (
            f"The recording is {length:.1f} s long but the run took {wall_s:.1f} s: its clock runs "
            "wrong, and times taken from it are not to be trusted."
        )
        notes.find(Finding(code="recording_drift", message=message, voids=TIMING))
    return wall_s


def _documents(row: dict[str, Any], run: Path, notes: Notes) -> dict[str, bytes]:
    found = {"pipecat/call.json": jsonish.as_document(row)}
    artifacts = mapping(row.get("artifacts"))
    for key in LOGS:
        path = beside(run / "logs", artifacts.get(key)) or beside(run, artifacts.get(key))
        if path is None:
            continue
        data, why = readable(path, LOG_BYTES)
        notes.lose(why)
        if data:
            found[f"pipecat/{key}.txt"], _ = redacted(f"{key}.txt", data)
    return found


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in listing(row.get("metrics")):
        metric = mapping(item)
        name = words(metric.get("name"), 80)
        if name:
            found[name] = {
                k: metric.get(k) for k in ("score", "value", "passed", "reason") if k in metric
            }
    timings = [
        {"turn": n, **timing}
        for n, turn in enumerate(listing(row.get("turns")), start=1)
        if (timing := mapping(mapping(turn).get("timing")))
    ]
    return found | ({"turn_timings": timings} if timings else {})


def _outcome(row: Mapping[str, Any]) -> str:
    if words(row.get("error")):
        return f"error: {words(row.get('error'))}"
    if row.get("passed") is True:
        return "passed"
    kinds = dict.fromkeys(
        kind
        for item in listing(row.get("failures"))
        if (kind := words(mapping(item).get("kind"), 60))
    )
    return f"failed: {', '.join(kinds)}"[:300] if kinds else "failed"
