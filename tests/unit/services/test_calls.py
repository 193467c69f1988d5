from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.domain.calls import Finding
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ids import new_id
from app.domain.new import Scenario
from app.domain.ratings import Viewer
from app.services import browsing, calls, raters
from app.services.workspace import Workspace

Make = Callable[..., str]


def test_a_call_comes_back_as_it_was_given(ws: Workspace, kit: SimpleNamespace) -> None:
    finding = Finding(code="clipping", message="clips", voids=("level",), track_role="agent")
    new = kit.new_call(
        title="Ünï", tags=("b", "a"), warnings=(finding,), extra={"k": [1, {"x": "ü"}]}
    )
    with ws.db.machine() as uow:
        call_id = calls.add_call(uow, new)
    call = calls.get_call(ws, call_id)
    assert call.tracks == new.tracks
    assert (call.title, call.tags, call.warnings, call.extra) == (
        "Ünï",
        ("a", "b"),
        (finding,),
        {"k": [1, {"x": "ü"}]},
    )
    assert call.code == "CB-00001"


def test_calls_are_found_by_id_code_and_beginning(ws: Workspace, make_call: Make) -> None:
    one, two = make_call(), make_call()
    assert calls.get_call(ws, two).id == two
    assert calls.get_call(ws, "cb-00002").id == two
    assert calls.get_call(ws, one[:-1]).id == one
    with pytest.raises(BadInput, match="several"):
        calls.get_call(ws, one[:6])
    for ref in ("zzzzzz", "CB-9", "", "%"):
        with pytest.raises(NotFound):
            calls.get_call(ws, ref)


def test_the_same_recording_is_not_added_twice(ws: Workspace, kit: SimpleNamespace) -> None:
    new = kit.new_call()
    with ws.db.machine() as uow:
        call_id = calls.add_call(uow, new)
    with pytest.raises(BadInput, match="already"), ws.db.machine() as uow:
        calls.add_call(uow, new)
    assert calls.find_content(ws, new.content_sha256) == call_id


def test_swapping_channels_swaps_tracks(ws: Workspace, lead: Viewer, call_id: str) -> None:
    before = calls.get_call(ws, call_id)
    calls.update_call(ws, lead, call_id, channel_map="agent,caller")
    after = calls.get_call(ws, call_id)
    caller, agent = before.track("caller"), before.track("agent")
    assert caller is not None
    assert agent is not None
    swapped = after.track("caller")
    assert swapped is not None
    assert (swapped.id, swapped.channel_index) == (agent.id, agent.channel_index)
    assert after.channel_map == "agent,caller"
    with pytest.raises(BadInput, match="cannot be made"):
        calls.update_call(ws, lead, call_id, channel_map="mono")


def test_unknown_fields_and_calls_are_refused(ws: Workspace, lead: Viewer, call_id: str) -> None:
    with pytest.raises(BadInput, match="colour"):
        calls.update_call(ws, lead, call_id, colour="red")
    with pytest.raises(NotFound):
        calls.update_call(ws, lead, "none", title="x")


def test_findings_are_replaced_and_counted(ws: Workspace, lead: Viewer, call_id: str) -> None:
    changes = calls.set_findings(ws, call_id, [Finding(code="x", message="m")] * 2)
    assert changes.calls == {call_id}
    assert browsing.call_rows(ws, lead, [1])[0].warnings == 2


def test_a_source_is_confirmed_once(ws: Workspace, lead: Viewer) -> None:
    assert calls.source_map(ws, "pbx") is None
    calls.confirm_source(ws, lead, "pbx", "agent,caller")
    calls.confirm_source(ws, lead, "pbx", "caller,agent")
    assert calls.source_map(ws, "pbx") == "caller,agent"


def test_a_scenarios_title_shows_in_the_library(
    ws: Workspace, lead: Viewer, make_call: Make
) -> None:
    make_call(scenario_key="banking.complaint")
    scenario = Scenario(
        id=new_id(),
        key="banking.complaint",
        archetype="complaint",
        title="Bank complaint",
        sha256="1",
        body={"agent": {"role": "clerk"}},
    )
    assert calls.put_scenarios(ws, [scenario]) == 1
    assert calls.put_scenarios(ws, [scenario]) == 0
    assert browsing.call_rows(ws, lead, [1])[0].scenario_title == "Bank complaint"
    assert calls.get_scenario(ws, "banking.complaint") == scenario


def test_roles_hold(ws: Workspace, lead: Viewer) -> None:
    ann = raters.sign_in(ws, " Ann  Lee ", "reviewer")
    assert ann.name == "Ann Lee"
    assert raters.sign_in(ws, "ann lee", "reviewer") == ann
    with pytest.raises(NotAllowed, match="known here as reviewer"):
        raters.sign_in(ws, "Ann Lee", "lead")
    with pytest.raises(NotAllowed):
        raters.set_role(ws, ann, ann.rater_id, "lead")
    raters.set_role(ws, lead, ann.rater_id, "lead")
    assert raters.sign_in(ws, "Ann Lee", "lead").is_lead
    with pytest.raises(BadInput):
        raters.sign_in(ws, "  ", "lead")
    assert raters.cli_viewer(ws).is_lead
