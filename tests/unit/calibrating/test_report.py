"""The report: one page that needs nothing else, says what it must and runs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from app import cli
from app.cli.output import Progress
from app.domain.errors import BadInput, NotAllowed
from app.services import raters
from app.services.calibrating.report import write_report
from app.services.calibrating.report_svg import DARKEST, PALEST
from app.services.workspace import Workspace
from db.repos.dataset_exchange import DatasetExchangeRepo
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 80
QUIET = Progress(quiet=True)
VOID = {"meta", "br", "line", "circle", "rect", "polygon", "link", "img", "input", "hr"}
LONG = "Donaudampfschifffahrt" * 12
RTL = "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd"


class Page(HTMLParser):
    """Sees that tags nest, and keeps what is of interest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.within: list[tuple[str, str]] = []
        """Each piece of text with the tag that it stands in."""
        self.text = text
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.within.append((self.open[-1] if self.open else "", data))

    def having(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Whom no test changes but by signing in."""
    workspace = Workspace.open(tmp_path_factory.mktemp("report"))
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        made.say(made.person(name), "tone", noisy(real, at, sd=0.5))
    with workspace.db.machine() as uow:
        DatasetExchangeRepo(uow.connection).add_person(
            "rob", "Rob <script>", f"synthetic, <b>lenient {LONG} {RTL}"
        )
    made.say("rob", "tone", noisy(real, 7, bias=0.5))
    judge = made.judge(name="<img src=x onerror=alert(1)>")
    first = made.say(judge, "tone", noisy(real, 9, bias=1.0, sd=0.4))
    made.say(judge, "tone", noisy(real, 10, bias=1.0, sd=0.4), again=first)
    made.say(judge, "help", noisy(real, 8))
    yield made
    workspace.close()


@pytest.fixture(scope="module")
def page(panel: World, tmp_path_factory: pytest.TempPathFactory) -> Page:
    out = tmp_path_factory.mktemp("page") / "r" / "report.html"
    made = write_report(QUIET, panel.ws, panel.lead, "synthetic", out)
    assert (made.judges, made.dimensions) == (1, 2)
    return Page(made.path.read_text("utf-8"))


def test_it_is_well_formed_and_asks_for_nothing(page: Page) -> None:
    names = [t for t, _ in page.tags]
    assert not {"script", "img", "link", "iframe", "object", "b"} & set(names)
    (policy,) = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for _, attrs in page.tags:
        for name, value in attrs.items():
            assert not name.startswith("on")
            if name in ("href", "src", "xlink:href"):
                assert value is not None
                assert value.startswith("#")
    anchors = {a["id"] for _, a in page.tags if "id" in a}
    assert {a["href"] for t, a in page.tags if t == "a"} <= {f"#{i}" for i in anchors}


def test_nothing_of_it_is_elsewhere(page: Page) -> None:
    names = {value for _, attrs in page.tags for value in attrs.values() if value}
    assert {v for v in names if "//" in v} == {"http://www.w3.org/2000/svg"}
    (style,) = [words for tag, words in page.within if tag == "style"]
    assert not re.search(r"url\(|@import|@font-face|https?:", style)
    assert not [a for _, a in page.tags if {"src", "srcset", "poster"} & set(a)]


def test_who_cannot_see_it_is_told_the_same(page: Page) -> None:
    assert page.having("html") == [{"lang": "en"}]
    levels = [int(t[1]) for t, _ in page.tags if re.fullmatch(r"h[1-6]", t)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert {a.get("scope") for a in page.having("th")} == {"col", "row", "rowgroup"}
    drawn = page.having("svg")
    assert drawn
    assert all(a["role"] == "img" and a["aria-label"] for a in drawn)
    assert len(page.having("desc")) == len(page.having("title")) - 1 == len(drawn)


def test_its_plots_take_the_colours_of_the_theme(page: Page) -> None:
    drawn = [a for t, a in page.tags if t in ("line", "circle", "rect", "polygon", "text")]
    inks = {v for a in drawn for k in ("fill", "stroke") if (v := a.get(k)) is not None}
    assert all(re.fullmatch(r"var\(--[a-z0-9]+\)", ink) for ink in inks), inks
    (style,) = [words for tag, words in page.within if tag == "style"]
    themes = re.findall(r":root \{[^}]*\}", style)
    assert len(themes) == 3  # light, dark, paper
    for theme in themes:
        assert all(f"{ink[4:-1]}: #" in theme for ink in inks)


def test_every_ink_is_legible_in_every_theme(page: Page) -> None:
    (style,) = [words for tag, words in page.within if tag == "style"]
    for theme in re.findall(r":root \{[^}]*\}", style):
        inks = {k: rgb(v) for k, v in re.findall(r"--(\w+): #(\w{6})", theme)}
        for ink in ("t1", "t2", "t3", "accent", "warn", "bad"):
            for ground in ("bg", "canvas"):
                assert contrast(inks[ink], inks[ground]) >= 4.5, (theme, ink, ground)
        for solid in (PALEST, DARKEST):  # counts on the cells of the confusion table
            cell = [solid * a + (1 - solid) * c for a, c in zip(inks["accent"], inks["canvas"])]
            assert contrast(inks["t1"], cell) >= 4.5, (theme, solid)


def rgb(code: str) -> list[float]:
    return [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """As WCAG 2 has it."""
    lights = [
        sum(
            weight * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
            for weight, v in zip((0.2126, 0.7152, 0.0722), colour)
        )
        for colour in (one, other)
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_long_and_turned_words_stay_in_their_cell(page: Page) -> None:
    told = [words for tag, words in page.within if tag == "td" and LONG in words]
    assert told
    assert RTL in told[0]
    assert all(a.get("dir") == "auto" for t, a in page.tags if t == "h1")
    opened = [t for t, a in page.tags if t == "table" or a.get("class") == "wide"]
    assert opened[::2] == ["div"] * len(page.having("table"))  # each scrolls by itself


def test_all_strata_of_a_step_are_one_clause(page: Page) -> None:
    told = [words for tag, words in page.within if tag in ("td", "strong") and "strat" in words]
    assert told
    assert all(re.fullmatch(r"\d+ of 2 strata off\.|2 strata, none off\.", t) for t in told), told


def test_it_says_what_it_must(page: Page) -> None:
    said = " ".join(" ".join(page.words).split())
    for words in (
        "1 of 3 raters are synthetic", "Unscored is not zero", "quadratic weights",
        "bootstrap over calls", "draws, seed", "ACR-expert", "P.800-style", "Clauses of the rule",
        "undefined, never 0", "People with the panel", "Self-consistency", "not frozen",
    ):  # fmt: skip
        assert words in said, words
    for name in ("Ann", "Ben", "Rob"):
        assert name not in said
    assert not re.search(r"\b(almost perfect|substantial|moderate|slight agreement)\b", said, re.I)


def test_its_plots_hold_what_was_computed(page: Page) -> None:
    titles = [a["aria-label"] or "" for t, a in page.tags if t == "svg"]
    kinds = {t.partition(",")[0] for t in titles}
    assert kinds >= {"Confusion", "Bland-Altman", "Calibration curve", "Judge and people"}
    numbers = [v for t, a in page.tags for k, v in a.items() if k in ("x", "y", "cx", "cy", "x1")]
    assert numbers
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", v or "") for v in numbers)


def test_the_same_data_gives_the_same_page(panel: World, tmp_path: Path) -> None:
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    write_report(QUIET, panel.ws, panel.lead, "synthetic", one)
    write_report(QUIET, panel.ws, panel.lead, "synthetic", two)
    assert one.read_bytes() == two.read_bytes()


def test_a_rubric_without_judges_has_a_page_too(workspace: Workspace, tmp_path: Path) -> None:
    made = world(workspace, 3)
    made.say(made.person("Ann"), "tone", [1, 1, 1])
    write_report(QUIET, made.ws, made.lead, "synthetic", tmp_path / "r.html")
    said = (tmp_path / "r.html").read_text("utf-8")
    assert "No judge has scored" in said
    assert "3 items in 3 calls, 3 scores" in said
    assert "1 person, 0 judge versions" in said


def test_of_three_items_nothing_is_made_up(workspace: Workspace, tmp_path: Path) -> None:
    made = world(workspace, 3)
    for name in ("Ann", "Ben"):
        made.say(made.person(name), "tone", [1, 3, 5])
    made.say(made.judge(), "tone", [1, 3, 5])
    write_report(QUIET, made.ws, made.lead, "synthetic", tmp_path / "r.html")
    said = (tmp_path / "r.html").read_text("utf-8")
    assert "3 calls, at least 30" in said
    assert "undefined" in said
    assert "nan" not in said.lower().replace("finance", "")


def test_a_workspace_with_nothing_has_no_report(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "--out", str(tmp_path / "r.html"), "--workspace", str(workspace.path)]
    assert cli.run(words) != 0
    assert "Nothing is scored" in capsys.readouterr().err
    made = world(workspace, 0)
    with pytest.raises(BadInput, match="scored"):
        write_report(QUIET, made.ws, made.lead, "synthetic", tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_whom_it_is_not_for_and_where_it_cannot_go(panel: World, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        write_report(
            QUIET, panel.ws, raters.sign_in(panel.ws, "Rea", "reviewer"), "synthetic",
            tmp_path / "r.html",
        )  # fmt: skip
    with pytest.raises(BadInput):
        write_report(QUIET, panel.ws, panel.lead, "synthetic", tmp_path)
    assert not (tmp_path / "r.html").exists()


def test_the_command_writes_it(
    panel: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    out = tmp_path / "report.html"
    words = ["report", "--out", str(out), "--workspace", str(panel.ws.path), "--json"]
    assert cli.run(words) == 0
    assert json.loads(capsys.readouterr().out)["judges"] == 1
    assert out.is_file()
