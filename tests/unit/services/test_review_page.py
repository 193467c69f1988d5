"""The review page: figures as `show` gives them, and nothing of a call is interpreted."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from app.domain.imports import ImportOptions
from app.domain.work import Quiet
from app.services import commenting, importing, intake, raters, review_page
from app.services.calls import get_call
from app.services.workspace import Workspace

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


class Tags(HTMLParser):
    """Collects tags and the words outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def filled(workspace: Workspace, make_wav, tmp_path: Path) -> Workspace:
    noise = 0.1 * np.random.default_rng(4).standard_normal((16_000, 2))
    wav = make_wav("call.wav", noise)
    lines = (
        "WEBVTT\n\n"
        f"00:00.100 --> 00:00.400\n<v agent>&lt;b&gt;{HOSTILE}\n\n"
        "00:00.500 --> 00:00.900\n<v caller>yes\n"
    )
    (tmp_path / "call.vtt").write_text(lines, encoding="utf-8")
    found = importing.scan(Quiet(), workspace, [wav], ImportOptions(channels="caller,agent"))
    (call,) = intake.take_in(Quiet(), workspace, found).imported
    commenting.add(workspace, raters.cli_viewer(workspace), call.id, start=4000, body=HOSTILE)
    return workspace


def read(page: Path) -> Tags:
    tags = Tags()
    tags.feed(page.read_text(encoding="utf-8"))
    return tags


def test_nothing_of_a_call_is_interpreted(filled: Workspace, tmp_path: Path) -> None:
    viewer = raters.cli_viewer(filled)
    page = review_page.write(filled, viewer, tmp_path / "out", review_page.plan(filled, viewer))
    tags = read(page)
    assert "script" not in {tag for tag, _ in tags.tags}
    assert not any("onerror" in attributes for _, attributes in tags.tags)
    assert HOSTILE in tags.words


def test_the_page_refers_to_exactly_the_pictures_planned(filled: Workspace, tmp_path: Path) -> None:
    viewer = raters.cli_viewer(filled)
    pictures = review_page.plan(filled, viewer)
    assert [p.screen for p in pictures] == ["library", "review", "score"]
    page = review_page.write(filled, viewer, tmp_path / "out", pictures)
    shown = [attributes["src"] for tag, attributes in read(page).tags if tag == "img"]
    assert sorted(map(str, shown)) == sorted(p.file_name for p in pictures)


def test_the_page_names_layer_profile_and_length(filled: Workspace, tmp_path: Path) -> None:
    viewer = raters.cli_viewer(filled)
    page = review_page.write(filled, viewer, tmp_path / "out", [])
    words = read(page).words
    call = get_call(filled, "CB-00001")
    assert call.code in words
    assert "00:01.000, 16000 Hz" in words
    assert re.search(r"speech layer .*, turn profile callbench-1", words)


def test_an_empty_workspace_has_a_page_too(workspace: Workspace, tmp_path: Path) -> None:
    viewer = raters.cli_viewer(workspace)
    page = review_page.write(workspace, viewer, tmp_path, review_page.plan(workspace, viewer))
    assert "Review of 0 calls" in read(page).words
