"""Results as text for people. Times are mm:ss.mmm, latencies in ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.output import line, note, table
from app.domain.browsing import CallRow
from app.domain.clock import format_time
from app.domain.imports import DryRun, ImportResult
from app.services.doctor import Report

if TYPE_CHECKING:
    from app.services.exporting import ExportResult

MS = 1000
"""Seconds are shown through the clock of milliseconds."""

MAX_REMARKS = 20


def print_import(result: ImportResult) -> None:
    """What an import did."""
    for call in result.imported:
        line(f"{call.code}  {call.path}")
    summary = f"{len(result.imported)} imported, {len(result.duplicates)} already there"
    line(f"{summary}, {len(result.failed)} failed.")
    _remarks(result.warnings, [(f.path, f.reason) for f in result.failed])


def print_scan(found: DryRun) -> None:
    """What an import would do."""
    for entry in found.fresh:
        length = format_time(round(entry.duration_s * MS), MS)
        guess = entry.guess
        sure = "confirmed" if entry.confirmed else f"{guess.confidence:.0%} sure"
        line(f"{entry.path}")
        line(f"  {length}  {entry.rate_hz} Hz  {guess.channel_map} ({sure}: {guess.reason})")
        for transcript in entry.transcripts:
            line(f"  transcript {transcript.path}{' ' + transcript.error}".rstrip())
        for finding in entry.findings:
            line(f"  ! {finding.message}")
        for warning in entry.warnings:
            line(f"  ! {warning}")
    line(
        f"{len(found.fresh)} to import, {len(found.duplicates)} duplicates, "
        f"{len(found.failed)} unusable, {found.ignored} ignored. Nothing was changed."
    )
    _remarks(found.warnings, [(f.path, f.reason) for f in found.failed])


def _remarks(warnings: Sequence[str], failed: Sequence[tuple[str, str]]) -> None:
    for warning in warnings[:MAX_REMARKS]:
        note(f"warning: {warning}")
    for path, reason in failed[:MAX_REMARKS]:
        note(f"error: {path}: {reason}")
    left = max(0, len(warnings) - MAX_REMARKS) + max(0, len(failed) - MAX_REMARKS)
    if left:
        note(f"... and {left} more; --json lists all.")


def print_calls(rows: Sequence[CallRow]) -> None:
    """The library as a table."""
    if not rows:
        line("No calls.")
        return
    head = ("code", "length", "turns", "p50 ms", "p95 ms", "interr.", "human", "title")
    body = [
        (
            row.code,
            format_time(row.duration_ms, MS, millis=False),
            _number(row.turns),
            _number(row.p50_ms),
            _number(row.p95_ms),
            _number(row.interruptions),
            row.human_state,
            row.title,
        )
        for row in rows
    ]
    table(head, body, right=frozenset({1, 2, 3, 4, 5}))


def print_shown(shown: dict[str, Any]) -> None:
    """One call: turns in order of time, then what was derived of them."""
    line(f"{shown['code']}  {shown['title']}")
    line(
        f"{_time(shown['duration_s'])}  {shown['rate_hz']} Hz  {shown['channels']}  "
        f"layer {shown['layer'] or 'none'}  profile {shown['profile'] or 'none'}"
    )
    for warning in shown["warnings"]:
        line(f"! {warning}")
    line()
    waits = {each["turn_id"]: each["value_s"] for each in shown["latencies"]}
    for turn in shown["turns"]:
        wait = waits.get(turn["id"])
        after = "" if wait is None else f"{_signed_ms(wait)} ms"
        line(
            f"{turn['id']:>5} {turn['speaker']:<6} {_time(turn['start_s'])} - "
            f"{_time(turn['end_s'])} {after:>9}  {turn['text']}".rstrip()
        )
    for overlap in shown["overlaps"]:
        line(
            f"overlap {_time(overlap['start_s'])} - {_time(overlap['end_s'])} "
            f"by {overlap['by']}: {overlap['kind']}"
        )
    for each in shown["interruptions"]:
        end = "did not yield" if each["yield_s"] is None else f"yield {each['yield_s'] * MS:.0f} ms"
        line(f"interruption by {each['by']} at {_time(each['onset_s'])}: {end}")
    for each in shown.get("metrics", ()):
        if each["turn_id"] is None:
            line(_measured(each))


def _measured(each: dict[str, Any]) -> str:
    said = each["reason"] if each["value"] is None else f"{each['value']:.6g} {each['unit']}"
    whose = f" of {each['speaker']}" if each["speaker"] else ""
    n = f", n {each['n']}" if each["n"] is not None else ""
    return f"{each['id']}{whose}: {said.strip()}{n}  ({each['profile'] or each['evaluator']})"


def print_export(result: ExportResult) -> None:
    """What an export wrote."""
    line(f"{result.calls} calls, {len(result.files)} files in {result.out_dir}")
    _remarks(result.warnings, [])


def print_doctor(report: Report) -> None:
    """The checks, one a line."""
    for check in report.checks:
        line(f"{check.mark:<4} {check.name:<18} {check.detail}".rstrip())
        if check.remedy and check.mark != "ok":
            line(f"     {'':<18} {check.remedy}")


def _time(seconds: float) -> str:
    return format_time(round(seconds * MS), MS)


def _signed_ms(seconds: float) -> str:
    return f"{seconds * MS:+.0f}".replace("-", "\u2212")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
