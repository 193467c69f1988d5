"""A dry run as data for scripts and as lines for people."""

from __future__ import annotations

from typing import Any

from app.domain.imports import DryRun, DryRunEntry, FoundTranscript
from app.services.importing.layers import described
from app.services.importing.walk import shown


def to_json(dry_run: DryRun) -> dict[str, Any]:
    """The report of a dry run. Times in seconds, rates in Hz."""
    return {
        "found": [_entry(e) for e in dry_run.fresh],
        "duplicates": [
            {
                "path": shown(e.path),
                "of": _of(e),
                "id": e.duplicate.call_id if e.duplicate else None,
            }
            for e in dry_run.duplicates
        ],
        "failed": [{"path": f.path, "reason": f.reason} for f in dry_run.failed],
        "ignored": dry_run.ignored,
        "unused": list(dry_run.unused),
        "to_confirm": {
            source: {"map": g.channel_map, "confidence": g.confidence, "reason": g.reason}
            for source, g in dry_run.sources.items()
        },
        "warnings": list(dry_run.warnings),
    }


def _of(entry: DryRunEntry) -> str:
    if entry.duplicate is None:
        return ""
    return entry.duplicate.code or shown(entry.duplicate.path)


def _entry(entry: DryRunEntry) -> dict[str, Any]:
    return {
        "path": shown(entry.path),
        "files": [shown(a.path) for a in entry.audio],
        "title": entry.title,
        "sha256": entry.key,
        "codec": entry.audio[0].codec,
        "rate_hz": entry.rate_hz,
        "channels": sum(a.channels for a in entry.audio),
        "duration_s": round(entry.duration_s, 6),
        "offset_s": entry.offset_s,
        "source": entry.source,
        "channel_map": {
            "guess": entry.guess.channel_map,
            "confidence": entry.guess.confidence,
            "reason": entry.guess.reason,
            "confirmed": entry.confirmed,
        },
        "findings": [
            {"code": f.code, "message": f.message, "voids": list(f.voids), "track": f.track_role}
            for f in entry.findings
        ],
        "transcripts": [_transcript(t) for t in entry.transcripts],
        "missing_transcript": not any(
            t.transcript is not None and t.transcript.cues for t in entry.transcripts
        ),
        "meta": entry.meta,
        "warnings": list(entry.warnings),
    }


def _transcript(item: FoundTranscript) -> dict[str, Any]:
    lines = len(item.transcript.cues) if item.transcript is not None else 0
    return {**described(item), "lines": lines, "error": item.error}


def to_lines(dry_run: DryRun) -> list[str]:
    """The report as plain lines, most telling first."""
    fresh, duplicates = dry_run.fresh, dry_run.duplicates
    lines = [
        f"{len(fresh)} to import, {len(duplicates)} already there, {len(dry_run.failed)} not "
        f"usable, {dry_run.ignored} other files ignored"
    ]
    for entry in fresh:
        lines.append(
            f"  {shown(entry.path)}  {entry.duration_s:.1f} s  {entry.rate_hz} Hz  "
            f"{entry.audio[0].codec}  {entry.guess.channel_map} "
            f"({entry.guess.confidence:.0%}: {entry.guess.reason})"
        )
        lines += [f"    {f.code}: {f.message}" for f in entry.findings]
        lines += [f"    {line}" for t in entry.transcripts for line in transcript_lines(t)]
        lines += [f"    warning: {w}" for w in entry.warnings]
    lines += [f"  duplicate: {shown(e.path)} is {_of(e)}" for e in duplicates]
    lines += [f"  not usable: {f.path}: {f.reason}" for f in dry_run.failed]
    lines += [f"  no recording for: {path}" for path in dry_run.unused]
    lines += [f"  warning: {w}" for w in dry_run.warnings]
    return [shown(line) for line in lines]


def transcript_lines(item: FoundTranscript) -> list[str]:
    """What is to be said of one transcript file."""
    if item.transcript is None:
        return [f"transcript {shown(item.path.name)}: {item.error}"]
    found = item.transcript
    lines = [
        f"transcript {shown(item.path.name)}: {len(found.cues)} lines, {found.encoding}"
        + (f", {found.rejected} rows not usable" if found.rejected else "")
    ]
    lines += [f"  {note}" for note in found.notes]
    return lines + [f"  row {p.row}: {p.what}" for p in found.problems[:5]]
