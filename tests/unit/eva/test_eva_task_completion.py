"""Task completion hashes and diffs as EVA does; how nearly it was done is ours."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eval.base import Outcome, Watch
from app.eval.eva import placeholders
from app.eval.eva.databases import databases_of
from app.eval.eva.db_diff import db_diff, is_empty
from app.eval.eva.db_hash import db_hash, session_mismatches
from app.eval.eva.documents import Files
from app.eval.eva.partial import credit
from app.eval.eva.task_completion import TaskCompletion
from tests.unit.eva.eva_support import call_input, loaded, sample_documents

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "notifications", "session"]), inner)
    ),
    max_leaves=10,
)
DBS = st.dictionaries(st.sampled_from(["t", "u", "bookings", "session"]), JSON)


def vectors(shared_data: Path) -> Any:
    return loaded(shared_data / "eva" / "task_completion_vectors.json")


def with_scenario(shared_data: Path, **scenario: Any) -> dict[str, bytes]:
    """The real record together with its dataset record."""
    records = loaded(shared_data / "eva" / "scenarios" / "airline_dataset_sample.json")
    (found,) = (r for r in records if r["id"] == "1.1.2")
    documents = sample_documents(shared_data)
    return {**documents, "eva/scenario.json": json.dumps({**found, **scenario}).encode()}


def evaluated(documents: dict[str, bytes]) -> Outcome:
    return TaskCompletion().evaluate(call_input(documents), Watch())


@pytest.mark.parametrize("number", range(7))
def test_small_hashes(shared_data: Path, number: int) -> None:
    small = vectors(shared_data)["small"]
    assert len(small) == 7
    assert db_hash(small[number]["obj"]) == small[number]["hash"]


def test_hashes_and_diff_of_the_real_record(shared_data: Path) -> None:
    want = vectors(shared_data)
    found = databases_of(Files(with_scenario(shared_data)))
    assert found.initial is not None
    assert found.final is not None
    assert found.expected is not None
    assert db_hash(found.expected) == want["expected_en_1.1.2_hash"]
    run = want["sample_run_1.1.2"]
    for db, name in ((found.initial, "initial"), (found.final, "final")):
        assert db_hash(db) == run[name]["recomputed_hash_HEAD_rules"]
        assert ("session" in db) == run[name]["has_session"]
    assert db_diff(found.expected, found.final) == want["diff_expected_vs_sample_final"]


def test_the_real_record_against_a_newer_dataset_fails_and_says_why(shared_data: Path) -> None:
    outcome = evaluated(with_scenario(shared_data))
    main, partial = outcome.values
    assert (main.value, main.profile, main.n) == (0.0, "eva-0.1", 338)
    assert main.components["auth_success"] is False
    assert main.components["tables_differing"] == ["reservations", "session"]
    assert main.components["stored"]["final_hash"] != main.components["final_hash"]
    assert outcome.detail["diff"]["tables_removed"] == ["session"]
    assert partial.value == 14 / 16
    assert (partial.n, partial.profile) == (16, "callbench-1 changes")
    (finding,) = outcome.findings
    assert finding.code == "eva_dataset_version"
    assert "no session" in finding.message


def test_the_database_as_expected_passes(shared_data: Path) -> None:
    documents = with_scenario(shared_data)
    expected = databases_of(Files(documents)).expected
    assert expected is not None
    ended = copy.deepcopy(expected)
    ended["session"]["last_name"] = "RODRIGUEZ"
    ended["session"]["more"] = 1
    documents["eva/final_scenario_db.json"] = json.dumps(ended).encode()
    outcome = evaluated(documents)
    assert [v.value for v in outcome.values] == [1.0, 1.0]
    assert outcome.findings == ()
    assert outcome.detail == {}


def test_a_write_too_many_fails_and_costs_its_part(shared_data: Path) -> None:
    documents = with_scenario(shared_data)
    expected = databases_of(Files(documents)).expected
    assert expected is not None
    ended = copy.deepcopy(expected)
    ended["meal_vouchers"]["MV1"] = {"amount": 12}
    documents["eva/final_scenario_db.json"] = json.dumps(ended).encode()
    main, partial = evaluated(documents).values
    assert main.value == 0
    assert main.components["auth_success"] is True
    assert partial.value == pytest.approx(16 / 18)  # an empty table filled: its field gone, one new


def test_an_agent_that_did_nothing_gets_no_part(shared_data: Path) -> None:
    documents = with_scenario(shared_data)
    documents["eva/final_scenario_db.json"] = documents["eva/initial_scenario_db.json"]
    _, partial = evaluated(documents).values
    assert partial.value == 0
    fields = partial.components["fields"]
    assert fields["right"] / fields["total"] > 0.9


def test_without_the_start_all_fields_count_and_the_profile_says_so(shared_data: Path) -> None:
    documents = with_scenario(shared_data)
    del documents["eva/initial_scenario_db.json"]
    _, partial = evaluated(documents).values
    assert (partial.value, partial.profile) == (336 / 338, "callbench-1 fields")


def test_what_cannot_be_compared_is_undefined_and_the_stored_score_stays(
    shared_data: Path,
) -> None:
    documents = sample_documents(shared_data)
    kept = {"metrics": {"task_completion": {"score": 1.0, "version": "v0.1"}}}
    documents["eva/metrics.json"] = json.dumps(kept).encode()
    main, partial = evaluated(documents).values
    assert (main.status, partial.status) == ("undefined", "undefined")
    assert "dataset" in main.reason
    assert main.components["stored"]["score"]["score"] == 1.0
    ended = with_scenario(shared_data)
    del ended["eva/final_scenario_db.json"]
    assert "end of the call" in evaluated(ended).values[0].reason


def test_a_stored_context_has_the_databases() -> None:
    context = {
        "expected_scenario_db": {"t": {"a": {"x": 1}}},
        "final_scenario_db": {"t": {"a": {"x": 1.0}}},
        "initial_scenario_db": {"t": {"a": {"x": 1}}},
    }
    documents = {"eva/metrics.json": json.dumps({"context": context}).encode()}
    main, partial = evaluated(documents).values
    assert main.value == 1
    assert partial.status == "undefined"
    assert "nothing did" in partial.reason


def test_broken_databases_are_absent_not_fatal(shared_data: Path) -> None:
    documents = with_scenario(shared_data, ground_truth=[1])
    assert evaluated(documents).values[0].status == "undefined"
    documents = with_scenario(shared_data)
    documents["eva/final_scenario_db.json"] = b'{"reservations": '
    assert evaluated(documents).values[0].status == "undefined"


@pytest.mark.parametrize(
    ("expected", "final", "ok"),
    [
        ({"session": {"a": "X"}}, {"session": {"a": "x", "b": 1}}, True),
        ({"session": {"a": True}}, {"session": {"a": "True"}}, False),
        ({"session": {"a": 1}}, {}, False),
        ({}, {"session": {"a": 1}}, True),
        ({"session": None}, {"session": 3}, True),
    ],
)
def test_sessions(expected: dict[str, Any], final: dict[str, Any], ok: bool) -> None:
    assert (session_mismatches(expected, final) == {}) is ok


@given(DBS)
def test_a_database_equals_itself_in_any_form(db: dict[str, Any]) -> None:
    same = json.loads(json.dumps(db))
    assert db_hash(same) == db_hash(db)
    assert is_empty(db_diff(db, same))
    found = credit(db, same, None)
    assert found.fields[0] == found.fields[1]


@given(DBS, DBS)
def test_different_hashes_show_in_the_diff_and_the_shares(
    expected: dict[str, Any], final: dict[str, Any]
) -> None:
    found = credit(expected, final, None)
    if db_hash(expected) == db_hash(final):
        assert found.fields[0] == found.fields[1]
    if found.fields[0] < found.fields[1]:
        assert not is_empty(db_diff(expected, final))
        assert db_hash(expected) != db_hash(final)
    for right, total in (found.tables, found.records, found.fields):
        assert 0 <= right <= total


@pytest.mark.parametrize(
    ("want", "got", "kind"),
    [
        ({"f": [1, 2]}, {"f": [2, 1]}, "list_differences"),
        ({"f": [1]}, {"f": [1, 2]}, "list_length_mismatch"),
        ({"f": 1}, {"f": "1"}, "type_mismatch"),
        ({"f": "a"}, {"f": "b"}, "value_mismatch"),
    ],
)
def test_kinds_of_leaves(want: dict[str, Any], got: dict[str, Any], kind: str) -> None:
    diff = db_diff({"t": {"r": want}}, {"t": {"r": got}})
    field = diff["tables_modified"]["t"]["records_modified"]["r"]["fields_modified"]["f"]
    assert field["type"] == kind


def test_unordered_lists_and_tables_that_are_lists() -> None:
    one, two = ({"t": {"r": {"bookings": b}}} for b in ([{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}]))
    assert is_empty(db_diff(one, two))
    assert db_hash(one) == db_hash(two)
    diff = db_diff({"t": [1]}, {"t": [2]})
    assert diff["tables_modified"]["t"]["type"] == "non_dict_table"


# ------------------------------------------------------------------------ dataset records
@pytest.mark.parametrize("domain", ["airline", "itsm", "medical_hr"])
def test_placeholders_of_every_sample_are_filled_in(shared_data: Path, domain: str) -> None:
    for record in loaded(shared_data / "eva" / "scenarios" / f"{domain}_dataset_sample.json"):
        assert placeholders.open_placeholders(record["ground_truth"]) or domain != "airline"
        for language in ("en", "de", "ko", "xx"):
            filled = placeholders.resolved(record, record["ground_truth"], language)
            assert not placeholders.open_placeholders(filled), (record["id"], language)


def test_romanised_names_are_lower_case_and_places_english() -> None:
    record = {
        "culture_overrides": {
            "ko": {"first_name": "지우", "last_name": "김", "companion": {"first_name": "하나"}}
        },
        "romanized_culture_overrides": {"ko": {"first_name": "Jiu", "last_name": "Kim"}},
    }
    said = ["<FIRST_NAME> <LAST_NAME_ROMANIZED>", {"<PHONE>": "<COMPANION_FIRST_NAME_ROMANIZED>"}]
    assert placeholders.resolved(record, said, "ko") == ["지우 kim", {"<PHONE>": "하나"}]
    assert placeholders.resolved(record, "<LOC:Garage A>", "en") == "Garage A"
    assert placeholders.open_placeholders(placeholders.resolved(record, "<LOC:Garage A>", "ko"))
    assert placeholders.resolved({}, "<FIRST_NAME>", "en") == "<FIRST_NAME>"


def test_other_names_of_catalogue_items_come_from_the_run_s_own_database() -> None:
    expected = {"t": {"a": {"name": "Slack", "n": [{"name": "Zoom"}, {"name": 3}]}}}
    known = {"x": [{"name": "Slack", "name_aliases": ["slack chat"]}]}
    found = placeholders.with_aliases(expected, known)
    assert found["t"]["a"]["name_aliases"] == ["slack chat"]
    assert found["t"]["a"]["n"] == [{"name": "Zoom"}, {"name": 3}]
    assert "name_aliases" not in expected["t"]["a"]
    assert placeholders.with_aliases(expected, None) is expected
