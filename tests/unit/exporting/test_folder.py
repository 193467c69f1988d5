"""An export's folder appears whole, and never over somebody else's files."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from app.domain.errors import BadInput, EnvironmentFault
from app.services.exporting import folder


def export(path: Path, **files: str) -> None:
    """Write an export of these files with a manifest."""
    data = {f"{name}.csv": text.encode() for name, text in files.items()}
    folder.write(path, {**data, folder.MANIFEST: folder.manifest_bytes({"format": "csv"}, data)})


def names(path: Path) -> set[str]:
    """All files below, also those aside."""
    return {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}


def test_a_new_folder(tmp_path: Path) -> None:
    export(tmp_path / "a" / "out", turns="x")
    assert names(tmp_path) == {"a/out/turns.csv", "a/out/manifest.json"}
    body = json.loads((tmp_path / "a/out/manifest.json").read_text())
    assert body["files"]["turns.csv"]["bytes"] == 1


def test_an_earlier_export_is_replaced_as_a_whole(tmp_path: Path) -> None:
    export(tmp_path / "out", turns="x", scores="y")
    export(tmp_path / "out", turns="z")
    assert names(tmp_path) == {"out/turns.csv", "out/manifest.json"}
    assert (tmp_path / "out/turns.csv").read_text() == "z"


@pytest.mark.parametrize("manifest", [None, "{}", "not json", "[]"])
def test_somebody_else_s_folder_is_refused(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("mine")
    if manifest is not None:
        (tmp_path / "out" / "manifest.json").write_text(manifest)
    before = names(tmp_path)
    with pytest.raises(BadInput, match="not empty"):
        export(tmp_path / "out", turns="x")
    assert names(tmp_path) == before


def test_a_file_put_into_an_export_is_not_lost(tmp_path: Path) -> None:
    export(tmp_path / "out", turns="x")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        export(tmp_path / "out", turns="y")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(BadInput, match="is a file"):
        export(tmp_path / "out", turns="x")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written")]
)
def test_a_full_or_read_only_disk_leaves_the_old_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    export(tmp_path / "out", turns="old")

    def fail(_handle: int) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(folder.os, "fsync", fail)
    with pytest.raises(EnvironmentFault, match=said):
        export(tmp_path / "out", turns="new")
    assert names(tmp_path) == {"out/turns.csv", "out/manifest.json"}
    assert (tmp_path / "out/turns.csv").read_text() == "old"


def test_an_empty_folder_is_filled_and_stays_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    before = (tmp_path / "out").stat().st_ino
    monkeypatch.chdir(tmp_path / "out")
    export(Path(), turns="x")
    assert names(tmp_path) == {"out/turns.csv", "out/manifest.json"}
    assert (tmp_path / "out").stat().st_ino == before
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith((".part", ".old"))]


def test_what_a_link_names_is_written_and_the_link_stays(tmp_path: Path) -> None:
    export(tmp_path / "out", turns="old")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    export(tmp_path / "link", turns="new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out" / "turns.csv").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "out"]


def test_a_failure_leaves_an_empty_folder_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()

    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "refused")

    monkeypatch.setattr(folder.os, "fsync", fail)
    with pytest.raises(EnvironmentFault, match="disk is full"):
        export(tmp_path / "out", turns="new")
    assert list((tmp_path / "out").iterdir()) == []
