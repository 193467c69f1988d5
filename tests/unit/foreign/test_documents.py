"""Files that came with a call."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.domain.errors import BadInput, Bug, NotFound
from app.domain.work import Quiet
from app.services import documents
from app.services.importing import foreign_commit
from app.services.workspace import Workspace
from tests.unit.foreign.foreign_support import FakeReader, call

BODY = b'{"rows": [' + b"1," * 20_000 + b"1]}"


@pytest.fixture
def call_id(workspace: Workspace, tmp_path: Path) -> str:
    """A call with three documents."""
    given = call(
        tmp_path,
        documents={"eva/audit_log.json": BODY, "eva/a.csv": b"x,y\n", "tau2/run.json": b"{}"},
    )
    return foreign_commit.take_in(Quiet(), workspace, FakeReader(given), tmp_path).items[0].id


def test_bytes_come_back_as_they_were(workspace: Workspace, call_id: str) -> None:
    assert documents.read(workspace, call_id, "eva/audit_log.json") == BODY
    assert documents.read(workspace, call_id, "eva/a.csv") == b"x,y\n"


def test_they_are_listed_by_name_with_size_and_hash(workspace: Workspace, call_id: str) -> None:
    found = documents.documents(workspace, call_id)
    assert [d.name for d in found] == ["eva/a.csv", "eva/audit_log.json", "tau2/run.json"]
    audit = found[1]
    assert audit.size_bytes == len(BODY)
    assert audit.sha256 == hashlib.sha256(BODY).hexdigest()
    assert [d.media_type for d in found] == ["text/csv", "application/json", "application/json"]
    assert [d.name for d in documents.documents(workspace, call_id, "tau2/")] == ["tau2/run.json"]


def test_loading_takes_those_of_the_prefixes(workspace: Workspace, call_id: str) -> None:
    with workspace.db.read() as uow:
        assert documents.load(uow, call_id, ("tau2/", "vapi/")) == {"tau2/run.json": b"{}"}
        assert set(documents.load(uow, call_id, ("",))) == {
            d.name for d in documents.documents(workspace, call_id)
        }
        assert documents.load(uow, call_id, ()) == {}


def test_they_are_stored_deflated(workspace: Workspace, call_id: str) -> None:
    with workspace.db.read() as uow:
        packed = uow.connection.exec_driver_sql(
            "SELECT length(packed) FROM call_document WHERE name = 'eva/audit_log.json'"
        ).scalar_one()
    assert packed < len(BODY) / 50


def test_a_name_is_given_once_and_nothing_is_changed(workspace: Workspace, call_id: str) -> None:
    with pytest.raises(BadInput, match="already"), workspace.db.machine() as uow:
        uow.documents.add(call_id, "tau2/run.json", b"other")
    with pytest.raises(Bug, match="immutable"), workspace.db.machine() as uow:
        uow.connection.exec_driver_sql("UPDATE call_document SET name = 'x'")
    assert documents.read(workspace, call_id, "tau2/run.json") == b"{}"


def test_what_is_not_there_is_not_found(workspace: Workspace, call_id: str) -> None:
    with pytest.raises(NotFound, match=r"eva/none\.json"):
        documents.read(workspace, call_id, "eva/none.json")
