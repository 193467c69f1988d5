"""The composition root's own parts: who is signed in, the log, the crash hook."""

from __future__ import annotations

import getpass
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import main
from app.domain.errors import EnvironmentFault
from app.services import logs, places, raters
from app.services.workspace import Workspace


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger and the hooks, put back afterwards."""
    root = logging.getLogger()
    kept = list(root.handlers), root.level, sys.excepthook, logging.raiseExceptions
    in_threads = threading.excepthook
    yield root
    for handler in [h for h in root.handlers if h not in kept[0]]:
        handler.close()
        root.removeHandler(handler)
    root.setLevel(kept[1])
    sys.excepthook, logging.raiseExceptions = kept[2], kept[3]
    threading.excepthook = in_threads


def test_the_first_person_on_a_new_workspace_is_its_lead(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    viewer = main._viewer(workspace, "")
    assert (viewer.name, viewer.role) == ("ada", "lead")
    again = main._viewer(workspace, "")
    assert again.rater_id == viewer.rater_id


def test_whoever_was_here_last_is_signed_in_with_their_own_role(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    grace = raters.sign_in(workspace, "grace", "reviewer")
    assert main._viewer(workspace, "grace") == grace
    unknown = main._viewer(workspace, "nobody here")
    assert unknown.name == "ada"


def test_a_user_who_is_known_as_reviewer_stays_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    raters.sign_in(workspace, "ada", "reviewer")
    assert main._viewer(workspace, "").role == "reviewer"


def test_a_user_id_without_a_name_can_still_work(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert main._viewer(workspace, "").role == "lead"


def test_what_nothing_caught_is_logged_and_said_in_one_line(
    root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up_logging()
    error = ValueError("planned")
    sys.excepthook(ValueError, error, None)
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "planned" in places.log_path().read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_does_not_stop_the_start(
    root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("x")
    monkeypatch.setattr(places, "log_path", lambda: blocker / "deep" / "callbench.log")
    logs.set_up_logging()


def test_a_log_that_has_grown_makes_room_at_the_next_start(
    root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 10)
    path = places.log_path()
    path.parent.mkdir(parents=True)
    for start in range(6):
        logs.set_up_logging()
        path.write_text(f"start {start}, long enough", encoding="utf-8")
    kept = sorted(p.name for p in path.parent.iterdir())
    assert kept == [path.name, *(f"{path.name}.{n}" for n in range(1, logs.LOG_FILES + 1))]
    assert "start 4" in path.with_name(f"{path.name}.1").read_text(encoding="utf-8")


def test_a_picture_must_be_named_as_one(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="no PNG"):
        main.picture(workspace, "library", tmp_path / "library.docx")
