"""What an entry of a dry run is as a call: its fields, findings, events and provenance."""

from __future__ import annotations

from typing import Any

from app.domain.calls import ChannelMap, Finding
from app.domain.imports import DryRun, DryRunEntry
from app.domain.new import AudioBlob, NewCall
from app.services.importing import layers as layer_drafts
from app.services.importing.companions import marked_events
from app.services.importing.tracks import laid_out
from app.services.importing.walk import shown

META_FIELDS = (
    "agent", "agent_version", "scenario_key", "persona", "language", "outcome", "recorded_at",
)  # fmt: skip


def new_call(
    entry: DryRunEntry, channel_map: ChannelMap, blobs: tuple[AudioBlob, ...], dry_run: DryRun
) -> NewCall:
    """The call that an entry becomes under a channel map, with its audio files."""
    layout = laid_out(entry, channel_map)
    meta = dict(entry.meta)
    meta.setdefault("scenario_key", meta.pop("scenario", ""))
    attempt = meta.get("attempt", 1)
    return NewCall(
        title=entry.title,
        rate_hz=layout.rate_hz,
        frame_count=layout.frame_count,
        channel_map=channel_map,
        tracks=layout.tracks,
        blobs=tuple({b.sha256: b for b in blobs}.values()),
        source_path=shown(entry.path),
        content_sha256=entry.key,
        source_key=entry.source,
        attempt=attempt if isinstance(attempt, int) else 1,
        tags=tuple(meta.get("tags", ())),
        warnings=_findings(entry, channel_map),
        extra=_extra(entry, meta, layout.rate_hz, dry_run),
        **{name: meta[name] for name in META_FIELDS if meta.get(name)},
    )


def _findings(entry: DryRunEntry, channel_map: ChannelMap) -> tuple[Finding, ...]:
    """The dry run's findings, but a map chosen since then settles the doubt about it."""
    if channel_map == entry.guess.channel_map:
        return entry.findings
    return tuple(f for f in entry.findings if f.code != "channels_look_swapped")


def _extra(
    entry: DryRunEntry, meta: dict[str, Any], rate_hz: int, dry_run: DryRun
) -> dict[str, Any]:
    """Free-form fields of the side car, events in frames, and how the import was done."""
    extra: dict[str, Any] = dict(meta.get("extra", {}))
    told = (*meta.get("events", ()), *marked_events(entry.transcripts))
    found = [e for e in (_event(e, rate_hz) for e in told if isinstance(e, dict)) if e]
    if found:
        given = extra.get("events")
        extra["events"] = [*(given if isinstance(given, list) else ()), *found]
    extra["import"] = {
        "files": [
            {"path": shown(a.path), "codec": a.codec, "channels": a.channels, "sha256": a.sha256}
            for a in entry.audio
        ],
        "channel_guess": {
            "map": entry.guess.channel_map,
            "confidence": entry.guess.confidence,
            "reason": entry.guess.reason,
        },
        "offset_s": entry.offset_s,
        "in_place": dry_run.options.in_place,
        "transcripts": [layer_drafts.described(t) for t in entry.transcripts],
    }
    return extra


def _event(event: dict[str, Any], rate_hz: int) -> dict[str, Any]:
    """`{kind, start_s, end_s?, label?}` in seconds as `{kind, start, end?, label?}` in frames."""
    found: dict[str, Any] = {"kind": str(event.get("kind", "other"))}
    for name in ("start", "end"):
        value = event.get(f"{name}_s")
        usable = isinstance(value, int | float) and not isinstance(value, bool)
        if usable and 0 <= float(value or 0) < 1e6:
            found[name] = round(float(value or 0) * rate_hz)
    if isinstance(event.get("label"), str):
        found["label"] = event["label"]
    return found if "start" in found else {}
