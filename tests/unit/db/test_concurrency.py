from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import Bug
from app.services import raters
from app.services.workspace import Workspace

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from pathlib import Path
from app.services.workspace import Workspace
ws = Workspace.open(Path(sys.argv[1]))
name, times = sys.argv[2], int(sys.argv[3])
for n in range(times):
    with (ws.db.human() if n % 2 else ws.db.machine()) as uow:
        uow.settings.put(f"{name}{n}", n)
        uow.settings.put("total", uow.settings.get("total", 0) + 1)
ws.close()
"""


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


def test_people_are_written_in_full_and_results_as_usual(ws: Workspace) -> None:
    assert ws.db.pragma("synchronous", writer="human") == 2
    assert ws.db.pragma("synchronous", writer="machine") == 1
    for writer in ("human", "machine"):
        assert ws.db.pragma("foreign_keys", writer=writer) == 1  # type: ignore[arg-type]
        assert ws.db.pragma("busy_timeout", writer=writer) >= 5000  # type: ignore[arg-type]


def test_scores_go_through_the_writer_for_people(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The services that store what a person did never ask for the other writer."""

    def refused() -> None:
        raise AssertionError("a person's action went to the machine's writer")

    monkeypatch.setattr(ws.db, "machine", refused)
    viewer = raters.sign_in(ws, "Ann", "reviewer")
    from app.services import rubrics, views

    level = [{"value": 0, "anchor": "x"}]
    body = {
        "key": "k",
        "title": "K",
        "criteria": [{"key": "c", "title": "C", "question": "?", "scope": "call", "levels": level}],
    }
    rubric = rubrics.add_rubric(ws, rubrics.rubric_of(body))
    views.save_view(ws, viewer, "v", "")
    with ws.db.human() as uow:
        uow.connection.exec_driver_sql(
            "INSERT INTO call (seq, id, code, title, rate_hz, frame_count, channel_map, "
            "source_path, content_sha256, imported_at) "
            "VALUES (1, 'c', 'C', 't', 8, 8, 'mono', '', '', '')"
        )
        uow.summaries.refresh_call("c")
    from app.domain.calls import Span
    from app.domain.ratings import Answer, ItemRef
    from app.services import calls, commenting, rating, undo

    item = ItemRef(kind="call", call_id="c", span=Span(0, 8))
    rating.draft(ws, viewer, item, rubric.criteria[0].id, Answer(status="observed", value=0))
    commenting.add(ws, viewer, "c", start=0, body="x")
    undo.undo(ws, viewer, "c")
    rating.submit(ws, viewer, "c", rubric.id)
    calls.set_flagged(ws, viewer, ["c"], True)
    assert len(rating.scores(ws, viewer)) == 1


def test_two_processes_write_at_once_and_nothing_is_lost(ws: Workspace) -> None:
    times = 60
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(ws.path), name, str(times)], cwd=ROOT)
        for name in ("a", "b")
    ]
    for n in range(times):
        with ws.db.human() as uow:
            uow.settings.put("total", uow.settings.get("total", 0) + 1)
            uow.settings.put(f"own{n}", n)
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    with ws.db.read() as uow:
        stored = uow.settings.all()
    assert stored.pop("total") == 3 * times
    assert stored == {f"{name}{n}": n for name in ("a", "b", "own") for n in range(times)}


def test_two_processes_make_one_workspace(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.services.workspace import Workspace\n"
        "ws = Workspace.open(Path(sys.argv[1]))\n"
        "with ws.db.human() as uow: uow.settings.put(sys.argv[2], 1)\n"
        "with ws.db.read() as uow: print(uow.connection.exec_driver_sql("
        "'SELECT id FROM workspace').scalar_one())\n"
        "ws.close()"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "new"), name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b", "c")
    ]
    ids = {child.communicate(timeout=60)[0] for child in children}
    assert len(ids) == 1, "all of them are in the same database"
    ws = Workspace.open(tmp_path / "new")
    with ws.db.read() as uow:
        assert set(uow.settings.all()) == {"a", "b", "c"}
    ws.close()
    assert [p.name for p in (tmp_path / "new").glob(".*")] == []


def test_a_window_notices_anothers_change(ws: Workspace) -> None:
    before = ws.db.data_version()
    assert ws.db.data_version() == before
    with closing(sqlite3.connect(ws.path / "workbench.db")) as other:
        other.execute("INSERT INTO setting (scope, key, value, updated_at) VALUES ('','k','1','')")
        other.commit()
    changed = ws.db.data_version()
    assert changed != before
    with ws.db.human() as uow:
        uow.settings.put("own", 1)
    assert ws.db.data_version() != changed
    assert ws.db.own_commits == 1


def test_a_slow_read_holds_up_no_writer_and_keeps_its_snapshot(ws: Workspace) -> None:
    with ws.db.read() as slow:
        assert slow.settings.all() == {}
        with ws.db.human() as uow:
            uow.settings.put("a", 1)
        with ws.db.machine() as uow:
            uow.settings.put("b", 2)
        assert slow.settings.all() == {}
    with ws.db.read() as fresh:
        assert fresh.settings.all() == {"a": 1, "b": 2}


def test_a_read_is_not_held_up_by_an_open_write(ws: Workspace) -> None:
    seen: list[object] = []

    def look() -> None:
        with ws.db.read() as uow:
            seen.append(uow.settings.get("a"))

    with ws.db.human() as uow:
        uow.settings.put("a", 1)
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(timeout=5)
    assert seen == [None]


def test_many_threads_share_the_writers(ws: Workspace) -> None:
    errors: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for n in range(25):
                with ws.db.human() if n % 2 else ws.db.machine() as uow:
                    uow.settings.put("total", uow.settings.get("total", 0) + 1)
                with ws.db.read() as uow:
                    uow.settings.get("total")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with ws.db.read() as uow:
        assert uow.settings.get("total") == 200


def test_people_go_before_machines(ws: Workspace) -> None:
    """While one writes, machines queue up; a person who comes last is next."""
    order: list[str] = []
    waiting = threading.Barrier(5)

    def machine() -> None:
        waiting.wait()
        with ws.db.machine():
            order.append("machine")

    def person() -> None:
        waiting.wait()
        with ws.db.human():
            order.append("person")

    threads = [threading.Thread(target=machine) for _ in range(3)]
    threads.append(threading.Thread(target=person))
    with ws.db.machine():
        for thread in threads:
            thread.start()
        waiting.wait()
        while ws.db._gate._people_waiting == 0:
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert order == ["person", "machine", "machine", "machine"]


def test_a_write_inside_a_write_is_a_bug_at_once(ws: Workspace) -> None:
    with pytest.raises(Bug, match="inside a write"), ws.db.human(), ws.db.machine():
        pass
    with ws.db.machine() as uow:
        uow.settings.put("a", 1)


def test_a_failed_write_leaves_nothing_and_the_writer_usable(ws: Workspace) -> None:
    def fails() -> None:
        with ws.db.human() as uow:
            uow.settings.put("a", 1)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fails()
    with ws.db.human() as uow:
        assert uow.settings.all() == {}
        uow.settings.put("b", 2)
    with ws.db.read() as reader:
        assert reader.settings.all() == {"b": 2}


def test_a_reader_cannot_write(ws: Workspace) -> None:
    from app.domain.errors import EnvironmentFault

    with pytest.raises(EnvironmentFault), ws.db.read() as uow:
        uow.settings.put("a", 1)


def test_what_is_our_fault_is_a_bug_without_sqlalchemy(ws: Workspace) -> None:
    with pytest.raises(Bug, match="no such table"), ws.db.read() as uow:
        uow.connection.exec_driver_sql("SELECT * FROM absent")
