"""Find, add and change calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.calls import Call, ChannelMap, Finding
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotFound
from app.domain.new import NewCall, Scenario
from app.domain.ratings import Viewer
from app.services.search_text import index_call
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork


def get_call(ws: Workspace, ref: str) -> Call:
    """The call with that id, code (any case), or beginning of an id.

    Raises:
        NotFound: there is none.
        BadInput: the beginning fits several.
    """
    ref = ref.encode("utf-8", "replace").decode("utf-8")  # a command line may hold any bytes
    with ws.db.read() as uow:
        ids = uow.calls.resolve(ref.strip())
        if len(ids) > 1:
            raise BadInput(f"“{ref}” fits several calls.", "Type more of the id, or the code.")
        call = uow.calls.get(ids[0]) if ids else None
    if call is None:
        raise NotFound(f"There is no call “{ref}”.", "List the calls to see their codes.")
    return call


def awaits_caller(ws: Workspace, viewer: Viewer, call_id: str) -> bool:
    """Whether the viewer placed that live call and has still to rate it: no figure until then."""
    with ws.db.read() as uow:
        return uow.scores.awaits_caller(viewer, call_id)


def get_calls(ws: Workspace, call_ids: Sequence[str]) -> list[Call]:
    """The calls that are there, in the order asked for."""
    with ws.db.read() as uow:
        return uow.calls.many(call_ids)


def find_content(ws: Workspace, content_sha256: str) -> str | None:
    """The id of the call that was made from that recording, if it is here."""
    with ws.db.read() as uow:
        return uow.calls.find_content(content_sha256)


def add_call(uow: UnitOfWork, new: NewCall) -> str:
    """Add a call inside a transaction of the caller's; its id. The code is allotted here."""
    call_id = uow.calls.add(new)
    uow.summaries.refresh_call(call_id)
    index_call(uow, call_id)
    uow.touch(Changes(calls=frozenset({call_id})))
    return call_id


def update_call(
    ws: Workspace,
    viewer: Viewer,
    call_id: str,
    *,
    tags: Sequence[str] | None = None,
    channel_map: ChannelMap | None = None,
    **values: Any,
) -> Changes:
    """Change what may be changed of a call; what is left out, or None, stays. Undoable.

    Args:
        ws: the workspace.
        viewer: who does it.
        call_id: which call.
        tags: the whole new list.
        channel_map: swapping it exchanges the speakers' tracks. Layers keep their speakers, so
            the timing must be detected again by the caller.
        **values: title, agent, agent_version, scenario_key, persona, attempt, language, outcome,
            recorded_at, flagged, archived.

    Raises:
        NotFound: there is no such call.
        BadInput: an unknown field, or a mono call's channels cannot be told apart.
    """
    wanted = {k: v for k, v in values.items() if v is not None}
    if tags is not None:
        wanted["tags"] = list(tags)
    if channel_map is not None:
        wanted["channel_map"] = channel_map
    with ws.db.human() as uow:
        change_call(uow, viewer, call_id, wanted)
    return uow.changes


def set_archived(ws: Workspace, viewer: Viewer, call_ids: Sequence[str], archived: bool) -> Changes:
    """Archive or bring back calls, all in one transaction. Audio is never deleted."""
    with ws.db.human() as uow:
        for call_id in call_ids:
            change_call(uow, viewer, call_id, {"archived": archived})
    return uow.changes


def set_flagged(ws: Workspace, viewer: Viewer, call_ids: Sequence[str], flagged: bool) -> Changes:
    """Flag or unflag calls, all in one transaction."""
    with ws.db.human() as uow:
        for call_id in call_ids:
            change_call(uow, viewer, call_id, {"flagged": flagged})
    return uow.changes


def add_tag(ws: Workspace, viewer: Viewer, call_ids: Sequence[str], tag: str) -> Changes:
    """Add one tag to calls, all in one transaction."""
    with ws.db.human() as uow:
        for call in uow.calls.many(call_ids):
            change_call(uow, viewer, call.id, {"tags": [*call.tags, tag]})
    return uow.changes


def change_call(
    uow: UnitOfWork, viewer: Viewer, call_id: str, wanted: dict[str, Any], *, log: bool = True
) -> None:
    """Make changes to a call inside a transaction, with the undo step unless `log` is false."""
    call = uow.calls.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.")
    before = {name: getattr(call, name, None) for name in wanted}
    if "tags" in before:
        before["tags"] = list(call.tags)
    wanted = {name: value for name, value in wanted.items() if before[name] != value}
    if not wanted:
        return
    plain = dict(wanted)
    tags = plain.pop("tags", None)
    if "channel_map" in plain:
        _swap(uow, call, plain["channel_map"])
    uow.calls.patch(call_id, plain)
    if tags is not None:
        uow.calls.set_tags(call_id, tags)
    uow.summaries.refresh_call(call_id)
    if {"title", "scenario_key"} & plain.keys():
        index_call(uow, call_id)
    if log:
        uow.actions.add(
            call_id,
            viewer.rater_id,
            f"Change {', '.join(wanted).replace('_', ' ')}",
            {"type": "call", "before": {k: before[k] for k in wanted}, "after": wanted},
        )
    uow.touch(Changes(calls=frozenset({call_id})))


def _swap(uow: UnitOfWork, call: Call, channel_map: str) -> None:
    if "mono" in (channel_map, call.channel_map):
        raise BadInput(
            "One mixed channel cannot be made into two, nor two into one.",
            "Import the recording again with the right channels.",
        )
    uow.calls.swap_speakers(call.id)


def all_tags(ws: Workspace) -> list[str]:
    """Every tag in use."""
    with ws.db.read() as uow:
        return uow.calls.all_tags()


def set_findings(ws: Workspace, call_id: str, findings: Sequence[Finding]) -> Changes:
    """Make these the call's warnings."""
    with ws.db.machine() as uow:
        uow.calls.set_findings(call_id, findings)
        uow.summaries.refresh_call(call_id)
        uow.touch(Changes(calls=frozenset({call_id})))
    return uow.changes


def set_trim(ws: Workspace, call_id: str, role: str, trim_db: float) -> Changes:
    """Set the level trim of one track, in dB: how it is played, not what it says."""
    with ws.db.human() as uow:
        uow.calls.set_trim(call_id, role, trim_db)
        uow.touch(Changes(calls=frozenset({call_id})))
    return uow.changes


def put_scenarios(ws: Workspace, scenarios: Sequence[Scenario]) -> int:
    """Store scenarios; the number that was new."""
    with ws.db.machine() as uow:
        fresh = [s for s in scenarios if uow.scenarios.put(s)]
        for scenario in fresh:
            uow.summaries.refresh_scenario(scenario.key)
    return len(fresh)


def get_scenario(ws: Workspace, key: str) -> Scenario | None:
    """The newest scenario of that key."""
    with ws.db.read() as uow:
        return uow.scenarios.get(key)


def source_map(ws: Workspace, source_key: str) -> ChannelMap | None:
    """The channel map that was confirmed for recordings of a source."""
    with ws.db.read() as uow:
        return uow.calls.source_map(source_key)


def confirm_source(
    ws: Workspace, viewer: Viewer, source_key: str, channel_map: ChannelMap
) -> Changes:
    """Remember the channel map of a source, once for all its recordings."""
    with ws.db.human() as uow:
        uow.calls.confirm_source(source_key, channel_map, viewer.rater_id)
        uow.touch(Changes(settings=True))
    return uow.changes
