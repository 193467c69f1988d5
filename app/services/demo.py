"""The demo workspace: calls of our own with scenarios, transcripts, comments and some scores.

Everything is added once; doing it again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.browsing import Sort
from app.domain.calls import Call, Span
from app.domain.clock import utc_now
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.imports import ImportOptions, ImportResult
from app.domain.ratings import Viewer
from app.domain.segments import Layer, Segment
from app.domain.work import Work
from app.domain.yaml_text import load_yaml
from app.services import (
    browsing,
    calls,
    commenting,
    demo_calls,
    demo_scores,
    layers,
    raters,
    rubrics,
    scenarios,
    timing,
)
from app.services.assets import asset
from app.services.workspace import Workspace

Table = Mapping[str, Any]


def make_demo(ctx: Work, ws: Workspace) -> ImportResult:
    """Add the demo calls and what goes with them to a workspace.

    Raises:
        EnvironmentFault: the workspace cannot be written, or our files are missing.
        Cancelled: asked for through `ctx`; running it again completes it.
    """
    notes = _notes(asset("demo", "notes.yaml"))
    scenarios.load_scenarios(ws, asset("scenarios"))
    rubrics.load_rubrics(ws, asset("rubrics"))
    options = ImportOptions(channels="caller,agent", source="Callbench demo", text_role="intended")
    result, ids = demo_calls.bring(ctx, ws, asset("demo", "calls"), options)
    people = {name: raters.sign_in(ws, name, "reviewer") for name in notes["reviewers"]}
    for done, (key, call_id) in enumerate(sorted(ids.items())):
        ctx.raise_if_cancelled()
        ctx.progress(done, len(ids), "Notes and scores of the sample calls")
        _dress(ws, calls.get_call(ws, call_id), notes["calls"].get(key) or {}, people)
    _save_views(ws, notes["views"], people[notes["reviewers"][0]])
    ctx.progress(len(ids), len(ids))
    return result


def make_samples(ctx: Work, ws: Workspace) -> ImportResult:
    """Everything that a newcomer is shown: the demo calls first, then the calibration demo.

    Hands over what came of the demo calls as soon as they are there. Raises as `make_demo`.
    """
    from app.services import demo_calibration

    first = make_demo(ctx, ws)
    ctx.partial(first)
    then = demo_calibration.add(ctx, ws)
    return ImportResult(
        imported=first.imported + then.imported,
        duplicates=first.duplicates + then.duplicates,
        failed=first.failed + then.failed,
        warnings=first.warnings + then.warnings,
    )


def _notes(path: Path) -> dict[str, Any]:
    import yaml

    try:
        body = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"The demo's notes cannot be read: {error}.", "Install again.") from error
    return dict(body)


def _dress(ws: Workspace, call: Call, notes: Table, people: Mapping[str, Viewer]) -> None:
    """Add the platform's log, comments, scores and flag that this call does not have yet."""
    _platform_log(ws, call)
    turn_set = timing.turn_set(ws, call.id)
    for name, viewer in people.items():
        mine = [c for c in notes.get("comments", ()) if c["by"] == name]
        if mine and not any(
            c.rater_id == viewer.rater_id for c in commenting.comments(ws, viewer, call.id)
        ):
            for comment in mine:
                turn = turn_set.turns[comment["turn"] - 1]
                commenting.add(
                    ws,
                    viewer,
                    call.id,
                    start=turn.span.start,
                    end=turn.span.end,
                    body=comment["body"],
                    severity=comment["severity"],
                    tags=comment["tags"],
                    turn_index=turn.index,
                )
    for form in notes.get("scores", ()):
        demo_scores.give(ws, people[form["by"]], call.id, form, turn_set)
    if notes.get("flagged") and not call.flagged:
        first = next(iter(people.values()))
        calls.set_flagged(ws, first, [call.id], True)


def _platform_log(ws: Workspace, call: Call) -> None:
    """What the made-up platform reported about its own speech, as a layer to compare with."""
    reported = call.extra.get("reported")
    if not reported or any(x.origin == "platform" for x in layers.layers(ws, call.id)):
        return
    layer = Layer(
        id=new_id(),
        call_id=call.id,
        kind="speech",
        origin="platform",
        name="platform event stream",
        producer="callbench-demo/1",
        version=1,
        created_at=utc_now(),
    )
    segments = [
        Segment(id=new_id(), speaker=s["speaker"], span=Span(s["start"], s["end"]))
        for s in reported
    ]
    layers.add_layer(ws, layer, segments)


def _save_views(ws: Workspace, views: list[Table], viewer: Viewer) -> None:
    known = {v.name for v in browsing.saved_views(ws, viewer)}
    for view in views:
        if view["name"] not in known:
            browsing.save_view(
                ws, viewer, view["name"], view["query"], Sort(), shared=bool(view["shared"])
            )
