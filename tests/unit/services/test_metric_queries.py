"""Measured figures as filters, sorts, columns and facets of the library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.browsing import Sort
from app.domain.evaluation import NewResult
from app.domain.ids import new_id
from app.domain.metrics import MetricValue, missing
from app.domain.query import QueryError
from app.domain.ratings import Viewer
from app.services import browsing, evaluating
from app.services.workspace import Workspace


def measure(ws: Workspace, call_id: str, *values: MetricValue) -> None:
    result = NewResult(
        call_id=call_id,
        evaluator="text.error_rates",
        version="1",
        args={},
        key=new_id(),
        inputs={},
        status="ok",
        values=values,
    )
    with ws.db.machine() as uow:
        uow.evaluations.add(result)


def wer(value: float, speaker: str = "caller") -> MetricValue:
    return MetricValue(metric_id="wer", value=value, speaker=speaker)  # type: ignore[arg-type]


@pytest.fixture
def measured(ws: Workspace, make_call: Callable[..., str]) -> list[str]:
    """Four calls: 0.05, 0.2 and 0.5 of the caller; the last is not measured."""
    ids = [make_call() for _ in range(4)]
    for call_id, value in zip(ids, (0.05, 0.2, 0.5)):
        measure(ws, call_id, wer(value), wer(1.5, "agent"))
    return ids


def found(ws: Workspace, viewer: Viewer, query: str, sort: Sort = Sort("code", False)) -> list[str]:  # noqa: B008
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(query), sort)
    return browsing.uuids(ws, seqs)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("metric.wer@caller:>0.1", [1, 2]),
        ("metric.wer@caller:<=0.2", [0, 1]),
        ("metric.wer@caller:0.1..0.3", [1]),
        ("-metric.wer@caller:>0.1", [0]),
        ("metric.wer:>1", [0, 1, 2]),
        ("metric.wer@agent:<1", []),
        ("metric.cer@caller:>0", []),
    ],
)
def test_filters(
    ws: Workspace, lead: Viewer, measured: list[str], query: str, wanted: list[int]
) -> None:
    assert found(ws, lead, query) == [measured[i] for i in wanted]


def test_newest_value_counts_and_one_that_is_gone_does_not(
    ws: Workspace, lead: Viewer, measured: list[str]
) -> None:
    measure(ws, measured[0], wer(0.9))
    assert found(ws, lead, "metric.wer@caller:>0.8") == [measured[0]]
    measure(ws, measured[0], missing("wer", "No reference.", speaker="caller"))
    assert found(ws, lead, "metric.wer@caller:>0.8") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("metric:>3", "does not say which metric"),
        ("metric.wre:>3", "Did you mean wer"),
        ("metric.wer@nobody:>3", "no speaker"),
        ("metric.wer@caller:much", "no number"),
    ],
)
def test_what_cannot_be_asked(query: str, words: str) -> None:
    with pytest.raises(QueryError) as raised:
        browsing.parse_query(query)
    assert words in f"{raised.value.what} {raised.value.remedy}"


def test_sorts_keep_every_call_and_put_the_unmeasured_last(
    ws: Workspace, lead: Viewer, measured: list[str]
) -> None:
    up = found(ws, lead, "", Sort("metric:wer@caller", False))
    down = found(ws, lead, "", Sort("metric:wer@caller", True))
    assert up == [measured[i] for i in (0, 1, 2, 3)]
    assert down == [measured[i] for i in (2, 1, 0, 3)]
    some = found(ws, lead, "metric.wer@caller:>0.1", Sort("metric:wer@caller", True))
    assert some == [measured[i] for i in (2, 1)]


def test_an_archived_call_is_not_in_a_sort(
    ws: Workspace, lead: Viewer, measured: list[str]
) -> None:
    from app.services import calls

    calls.set_archived(ws, lead, [measured[2]], True)
    assert found(ws, lead, "", Sort("metric:wer@caller", True)) == [measured[i] for i in (1, 0, 3)]
    archived = found(ws, lead, "archived:yes", Sort("metric:wer@caller", True))
    assert archived == [measured[2]]


def test_rows_carry_the_figures_that_are_asked_for(
    ws: Workspace, lead: Viewer, measured: list[str]
) -> None:
    seqs = browsing.call_ids(ws, lead, browsing.parse_query(""), Sort("code", False))
    plain = browsing.call_rows(ws, lead, seqs)
    assert all(not row.figures for row in plain)
    rows = browsing.call_rows(ws, lead, seqs, ("wer@caller", "cer@caller"))
    assert [dict(r.figures) for r in rows] == [
        {"wer@caller": 0.05},
        {"wer@caller": 0.2},
        {"wer@caller": 0.5},
        {},
    ]


def test_facet_counts_its_bands(ws: Workspace, lead: Viewer, measured: list[str]) -> None:
    query = browsing.parse_query("metric.wer@caller:>0.3")
    facets = {f.key: f for f in browsing.facets(ws, lead, query)}
    bands = facets["metric:wer@caller"].values
    assert [(v.count, v.selected) for v in bands] == [(1, False), (1, False), (1, True)]
    for band in bands:
        assert len(found(ws, lead, band.token)) == band.count


def test_calls_of_a_run(ws: Workspace, lead: Viewer, measured: list[str]) -> None:
    specs = evaluating.specs_for(ws, ["wer"])
    run = evaluating.create(ws, lead, measured[1:3], specs, where="threads")
    assert found(ws, lead, f"run:{run.code}") == measured[1:3]
    assert found(ws, lead, "run:R-0999") == []
    assert found(ws, lead, "run:nonsense") == []
