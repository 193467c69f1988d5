"""A workspace's review as one HTML page with pictures beside it, for machines without a display.

Everything that comes from calls (titles, transcripts, comments) is escaped, never interpreted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.browsing import CallRow, Sort
from app.domain.clock import format_time
from app.domain.latency import frames_to_ms
from app.domain.ratings import Viewer
from app.domain.turns import TurnSet
from app.services import browsing, outgoing, places
from app.services import calls as call_service
from app.services.assets import asset
from app.services.layers import current_speech_layer
from app.services.workspace import Workspace

MAX_CALLS = 12
PICTURE_SIZE = (1440, 900)
PAGE = "index.html"
MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A screen to draw and where it stands on the page; `call_id` None for the whole library."""

    screen: str
    file_name: str
    title: str
    call_id: str | None = None
    size: tuple[int, int] = PICTURE_SIZE


def plan(ws: Workspace, viewer: Viewer) -> list[Picture]:
    """The pictures that the page shows: the library, each call's review, one scoring form."""
    rows = _rows(ws, viewer)
    titles = {row.id: outgoing.of_call(ws, row.id).scrubbed(row.title) for row in rows}
    pictures = [Picture(screen="library", file_name="library.png", title="Library")]
    pictures += [
        Picture(
            screen="review",
            file_name=f"review-{row.code.lower()}.png",
            title=f"{row.code} {titles[row.id]}",
            call_id=row.id,
        )
        for row in rows
    ]
    if rows:
        pictures.append(
            Picture(
                screen="score",
                file_name="score.png",
                title=f"Scoring {rows[0].code}",
                call_id=rows[0].id,
            )
        )
    return pictures


def write(ws: Workspace, viewer: Viewer, folder: Path, pictures: Sequence[Picture]) -> Path:
    """Write the page beside its pictures and return it.

    Raises:
        OSError: the folder cannot be written.
    """
    import jinja2

    source = asset("templates", "review.html").read_text(encoding="utf-8")
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
    by_call = {p.call_id: p for p in pictures if p.screen == "review"}
    html = template.render(
        version=places.version(),
        calls=[_section(ws, viewer, row, by_call.get(row.id)) for row in _rows(ws, viewer)],
        library=next((p for p in pictures if p.screen == "library"), None),
        score=next((p for p in pictures if p.screen == "score"), None),
    )
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE
    page.write_text(html, encoding="utf-8")
    return page


def _rows(ws: Workspace, viewer: Viewer) -> list[CallRow]:
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""), Sort("code", False))
    return browsing.call_rows(ws, viewer, [int(seq) for seq in seqs[:MAX_CALLS]])


def _section(
    ws: Workspace, viewer: Viewer, row: CallRow, picture: Picture | None
) -> dict[str, Any]:
    call = call_service.get_call(ws, row.id)
    layer = current_speech_layer(ws, call.id)
    turns = outgoing.turn_set(ws, call.id, viewer=viewer) if layer is not None else None
    comments = outgoing.comments(ws, viewer, call.id)
    hide = outgoing.of_call(ws, call.id)
    return {
        "code": call.code,
        "title": hide.scrubbed(call.title),
        "length": format_time(call.frame_count, call.rate_hz),
        "rate_hz": call.rate_hz,
        "row": row,
        "layer": layer.name if layer is not None else "",
        "profile": turns.profile.id if turns is not None else "",
        "picture": picture,
        "warnings": [finding.message for finding in call.warnings],
        "turns": _turns(turns) if turns is not None else [],
        "overlaps": _overlaps(turns) if turns is not None else [],
        "comments": [
            {
                "at": format_time(comment.start, call.rate_hz),
                "by": comment.rater_name,
                "body": comment.body,
            }
            for comment in comments
        ],
    }


def _turns(found: TurnSet) -> list[dict[str, str]]:
    return [
        {
            "speaker": turn.speaker,
            "start": format_time(turn.span.start, found.rate_hz),
            "end": format_time(turn.span.end, found.rate_hz),
            "latency": _latency(found, turn.latency.frames) if turn.latency is not None else "",
            "text": turn.text,
        }
        for turn in found.turns
    ]


def _latency(found: TurnSet, frames: int) -> str:
    return f"{frames_to_ms(frames, found.rate_hz):.0f} ms".replace("-", "\u2212")


def _overlaps(found: TurnSet) -> list[dict[str, str]]:
    return [
        {
            "at": format_time(overlap.span.start, found.rate_hz),
            "length": f"{frames_to_ms(overlap.span.frames, found.rate_hz):.0f} ms",
            "by": overlap.by,
            "kind": overlap.kind.replace("_", " "),
        }
        for overlap in found.overlaps
    ]
