from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest

from app.domain.browsing import Sort, SortKey, SummaryFigures
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.segments import Layer
from app.services import browsing, calls, raters, views
from app.services.workspace import Workspace

Make = Callable[..., str]


def found(ws: Workspace, viewer: Viewer, text: str, sort: Sort | None = None) -> list[str]:
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(text), sort or Sort("code", False))
    return [row.title for row in browsing.call_rows(ws, viewer, seqs)]


@pytest.fixture
def library(ws: Workspace, make_call: Make, say: Callable[..., Layer]) -> Workspace:
    """Four calls: a slow one, a quick one, one without timing, one archived."""
    slow = make_call(
        SummaryFigures(turns=30, p50_ms=900, p95_ms=2_000, max_latency_ms=3_000, overlaps=4),
        title="slow",
        agent="nora",
        agent_version="3.2.1",
        scenario_key="banking.complaint",
        language="zh",
        outcome="Resolved",
        recorded_at="2026-11-03T10:00:00Z",
        tags=("refund", "VIP"),
        attempt=2,
        persona="Hurried",
    )
    quick = make_call(
        SummaryFigures(turns=10, p50_ms=300, p95_ms=800, max_latency_ms=900, interruptions=2),
        title="quick",
        agent="marlow",
        agent_version="1.9.0",
        scenario_key="retail.return",
        language="ja",
        outcome="Wrong outcome",
        recorded_at="2026-10-20T10:00:00Z",
    )
    plain = make_call(title="plain", agent="nora", agent_version="3.1.0", frame_count=8_000 * 120)
    old = make_call(title="old", agent="nora")
    lead = raters.sign_in(ws, "Lee", "lead")
    calls.set_archived(ws, lead, [old], True)
    calls.set_flagged(ws, lead, [slow], True)
    say(slow, "我想申请退款，谢谢", "Der Betrag wurde für Café Müller abgebucht")
    say(quick, "カードをなくしました", "100% of my_card_fees \\ gone, 'quoted' \"twice\"")
    say(plain, "Où est ma carte bleue ?")
    return ws


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", "slow quick plain"),
        ("p95:>1s", "slow"),
        ("p95:<=800ms", "quick"),
        ("-p95:>1s", "quick"),
        ("p95:500ms..2s", "slow quick"),
        ("p95:<800ms,>1500ms", "slow"),
        ("latency:>2s", "slow"),
        ("overlap:>=3", "slow"),
        ("interruptions:>0", "quick"),
        ("turns:10", "quick"),
        ("duration:>60s", "plain"),
        ("tag:refund", "slow"),
        ("tag:vip", "slow"),
        ("-tag:refund", "quick plain"),
        ("agent:nora,marlow", "slow quick plain"),
        ("agent:NORA", "slow plain"),
        ('version:"nora 3.2.1"', "slow"),
        ("version:1.9.0,3.1.0", "quick plain"),
        ("scenario:banking", "slow"),
        ("scenario:retail.return", "quick"),
        ("scenario:ret", ""),
        ("language:zh", "slow"),
        ('outcome:"wrong outcome"', "quick"),
        ("human:none", "slow quick plain"),
        ("human:partial,complete", ""),
        ("flagged:yes", "slow"),
        ("-flagged:yes", "quick plain"),
        ("archived:yes", "old"),
        ("archived:any agent:nora", "slow plain old"),
        ("date:>=2026-11-01 date:<2026-11-20", "slow"),
        ("date:2026-10", "quick"),
        ("date:2026-10-01..2026-11-03", "slow quick"),
        ("attempt:2", "slow"),
        ("persona:hurried", "slow"),
        ("code:cb-00002", "quick"),
        ("退款", "slow"),
        ("申请退款", "slow"),
        ("カード", "quick"),
        ("ガード", ""),
        ("なく", "quick"),
        ("café", "slow"),
        ("CAFE", "slow"),
        ("muller", "slow"),
        ("ou", "plain"),
        ('"carte bleue"', "plain"),
        ('"bleue carte"', ""),
        ("carte bleue", "plain"),
        ("-carte", "slow quick"),
        ("100%", "quick"),
        ("0%", "quick"),
        ("y_", "quick"),
        ("_z", ""),
        ("'quoted'", "quick"),
        ('"\\"twice\\""', "quick"),
        ("cb-00001", "slow"),
        ("p95:>1s 退款 agent:nora", "slow"),
        ("p95:>1s カード", ""),
    ],
)
def test_queries_find_what_they_say(library: Workspace, text: str, titles: str) -> None:
    lead = raters.sign_in(library, "Lee", "lead")
    assert found(library, lead, text) == titles.split()


@pytest.mark.parametrize("key", get_args(SortKey))
def test_every_sort_keeps_every_call(library: Workspace, lead: Viewer, key: Any) -> None:
    for descending in (True, False):
        titles = found(library, lead, "", Sort(key, descending))
        assert sorted(titles) == ["plain", "quick", "slow"]
        assert found(library, lead, "agent:nora", Sort(key, descending)) == [
            t for t in titles if t != "quick"
        ], "a filter keeps the order"


def test_calls_without_the_figure_come_last_either_way(library: Workspace, lead: Viewer) -> None:
    assert found(library, lead, "", Sort("p95", True)) == ["slow", "quick", "plain"]
    assert found(library, lead, "", Sort("p95", False)) == ["quick", "slow", "plain"]


def test_counts_and_duration(library: Workspace, lead: Viewer) -> None:
    totals = browsing.count_and_duration(library, lead, browsing.parse_query(""))
    assert (totals.count, totals.duration_ms) == (3, 10_000 + 10_000 + 120_000)


def boxes(ws: Workspace, viewer: Viewer, text: str) -> dict[str, dict[str, int]]:
    made = browsing.facets(ws, viewer, browsing.parse_query(text))
    return {f.key: {v.label: v.count for v in f.values} for f in made}


def test_facets_follow_the_filter_less_their_own_choice(library: Workspace, lead: Viewer) -> None:
    every = boxes(library, lead, "")
    assert every["version"] == {"nora 3.2.1": 1, "marlow 1.9.0": 1, "nora 3.1.0": 1}
    assert every["p95"] == {"under 800 ms": 0, "800 – 1500 ms": 1, "over 1500 ms": 1}
    assert every["human"] == {"None yet": 3, "Partly done": 0, "Complete": 0}
    assert every["tag"] == {"refund": 1, "VIP": 1}
    assert every["flag" + "ged"] == {"Flagged": 1, "Not flagged": 2}
    some = boxes(library, lead, "language:ja")
    assert some["language"] == {"zh": 1, "ja": 1}
    assert some["version"] == {"marlow 1.9.0": 1}
    assert "tag" not in some


def test_every_box_finds_as_many_as_it_says(library: Workspace, lead: Viewer) -> None:
    for start in ("", "agent:nora", "p95:>1s", "退款"):
        query = browsing.parse_query(start)
        for facet in browsing.facets(library, lead, query):
            for value in facet.values:
                one = browsing.parse_query(value.token).terms[0]
                narrowed = type(query)((*query.without(facet.key).parts, one))
                seqs = browsing.call_ids(library, lead, narrowed)
                assert len(seqs) == value.count, (start, value.token)


def test_ticked_boxes_say_so(library: Workspace, lead: Viewer) -> None:
    query = browsing.parse_query("").toggled("language:ja").toggled("p95:<800ms")
    ticked = {
        v.token for f in browsing.facets(library, lead, query) for v in f.values if v.selected
    }
    assert ticked == {"language:ja", "p95:<800ms"}
    assert query.toggled("language:ja").toggled("p95:<800ms").parts == ()


def test_facets_and_orders_see_every_change(library: Workspace, lead: Viewer) -> None:
    """The columns kept in memory follow writes of this process and of another connection."""
    before = boxes(library, lead, "")
    other = Workspace.open(library.path)
    try:
        call = calls.get_call(other, "CB-00003")
        calls.update_call(other, lead, call.id, outcome="Transferred", tags=["new"], title="aaa")
    finally:
        other.close()
    after = boxes(library, lead, "")
    assert "Transferred" not in before["outcome"]
    assert after["outcome"]["Transferred"] == 1
    assert after["tag"]["new"] == 1
    assert found(library, lead, "", Sort("title", False))[0] == "aaa"
    calls.set_archived(library, lead, [call.id], True)
    assert "Transferred" not in boxes(library, lead, "")["outcome"]


def test_a_call_added_after_the_first_look_is_counted(
    library: Workspace, lead: Viewer, make_call: Make
) -> None:
    boxes(library, lead, "")
    make_call(language="fi")
    assert boxes(library, lead, "")["language"]["fi"] == 1


def test_hits_mark_the_words_in_the_text_as_written(library: Workspace, lead: Viewer) -> None:
    call = calls.get_call(library, "CB-00001")
    hits = browsing.transcript_hits(library, lead, call.id, ["cafe", "müller"])
    assert [(h.segment_id, [h.text[a:b] for a, b in h.marks]) for h in hits] == [
        ("x1", ["Café", "Müller"])
    ]
    assert browsing.transcript_hits(library, lead, call.id, ["", " "]) == []
    (chinese,) = browsing.transcript_hits(library, lead, call.id, ["退款"])
    assert chinese.text[slice(*chinese.marks[0])] == "退款"


def test_rows_keep_the_order_asked_for_and_leave_out_the_unknown(
    library: Workspace, lead: Viewer
) -> None:
    rows = browsing.call_rows(library, lead, [3, 99, 1])
    assert [r.code for r in rows] == ["CB-00003", "CB-00001"]
    assert rows[1].tags == ("refund", "VIP")
    assert browsing.call_rows(library, lead, []) == []


def test_preview_of_nothing(ws: Workspace, lead: Viewer) -> None:
    with pytest.raises(NotFound):
        browsing.preview(ws, lead, "none")


def test_an_agent_without_a_version_is_found_by_its_facet(
    library: Workspace, lead: Viewer, make_call: Make
) -> None:
    make_call(title="bare", agent="echo two")
    facet = next(
        f for f in browsing.facets(library, lead, browsing.parse_query("")) if f.key == "version"
    )
    box = next(v for v in facet.values if v.label == "echo two")
    assert box.count == 1
    assert found(library, lead, box.token) == ["bare"]


def test_views_are_kept_shared_and_handed_over(library: Workspace, lead: Viewer) -> None:
    ann = raters.sign_in(library, "Ann", "reviewer")
    mine = views.save_view(library, ann, "Slow", "p95:>1s", Sort("p95", True))
    views.save_view(library, lead, "All", "", shared=True)
    views.save_view(library, lead, "Private", "tag:x")
    listed = views.saved_views(library, ann, counts=True)
    assert [(v.name, v.count, v.shared) for v in listed] == [("Slow", 1, False), ("All", 3, True)]
    again = views.save_view(library, ann, "Slow", "p95:>3s")
    assert again.id == mine.id, "the same name replaces"
    assert views.rename_view(library, ann, mine.id, "Slower").name == "Slower"
    with pytest.raises(BadInput):
        views.rename_view(library, ann, mine.id, "All")
    with pytest.raises(NotAllowed):
        views.delete_view(library, ann, listed[1].id)
    text = views.view_to_json(mine)
    assert json.loads(text)["query"] == "p95:>1s"
    copy = views.view_from_json(library, lead, text)
    assert (copy.name, copy.query_text, copy.sort) == ("Slow", "p95:>1s", Sort("p95", True))
    views.delete_view(library, ann, mine.id)
    assert [v.name for v in views.saved_views(library, ann)] == ["All"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "x", "name": 1}', "null"])
def test_text_that_is_no_view_is_refused(ws: Workspace, lead: Viewer, text: str) -> None:
    with pytest.raises(BadInput, match="not a saved view"):
        views.view_from_json(ws, lead, text)
