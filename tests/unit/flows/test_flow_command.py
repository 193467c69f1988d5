"""`callbench flow`: derive, list and show, and what wrong words say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app.cli.flow_command  # noqa: F401  # adds the commands
from app.cli.base import commands
from app.domain.endpoints import EndpointProfile
from app.services.judging.endpoints import save_endpoint
from app.services.workspace import Workspace
from tests.support.chat_server import serving
from tests.unit.flows.replies import good
from tests.unit.flows.sops import BILL_ZH, PARCEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parcel.md").write_text(PARCEL)
    return tmp_path


def flow(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(
        commands, ["flow", *map(str, words), "--workspace", str(folder / "ws")]
    )


def test_a_newcomer_derives_lists_and_shows_without_a_key(folder: Path) -> None:
    ran = flow(folder, "derive", folder / "parcel.md", "--key", "6.2", "--baseline", "--json")
    assert ran.exit_code == 0
    made = json.loads(ran.stdout)
    assert (made["key"], made["version"], made["stage"]) == ("6.2", 2, "prerequisites")
    assert made["checks"]["coverage"] == 1.0
    assert made["report"]["by"] == "baseline"
    a, b = made["nodes"][1]["spans"][0]
    assert made["sop"][a:b].startswith("2. Verify")
    (listed,) = (e for e in json.loads(flow(folder, "list", "--json").stdout) if e["versions"])
    assert (listed["key"], listed["title"], listed["approved"]) == ("6.2", "parcel", None)
    shown = json.loads(flow(folder, "show", "6.2", "--json").stdout)
    assert [v["stage"] for v in shown["history"]] == ["parse", "prerequisites"]
    assert shown["acceptance"]["nodes"] is None
    first = json.loads(flow(folder, "show", "6.2", "--version", 1, "--json").stdout)
    assert all(n["prereq"] == [] for n in first["nodes"])


def test_people_read_nodes_a_line(folder: Path) -> None:
    said = flow(folder, "derive", folder / "parcel.md", "--baseline").stdout.splitlines()
    assert said[0].startswith("parcel  parcel  version 2, prerequisites, not approved")
    assert "needs n2" in said[4]
    assert said[-1] == "Coverage 100%, 0 overlaps."
    assert "6.2" not in flow(folder, "list").stdout


def test_a_chinese_sop_in_its_own_encoding(folder: Path) -> None:
    path = folder / "bill.md"
    path.write_text(BILL_ZH, encoding="gb18030")
    made = json.loads(flow(folder, "derive", path, "--baseline", "--json").stdout)
    assert [n["kind"] for n in made["nodes"]].count("branch") == 4


def test_a_saved_endpoint_derives_by_real_http(folder: Path) -> None:
    with serving() as server:
        server.script = good
        ws = Workspace.open(folder / "ws")
        save_endpoint(ws, EndpointProfile(name="here", base_url=server.url, model="judge-m"))
        ws.close()
        ran = flow(folder, "derive", folder / "parcel.md", "--endpoint", "here", "--json")
        assert ran.exit_code == 0, ran.stdout
        made = json.loads(ran.stdout)
        assert (made["report"]["by"], made["version"]) == ("judge-m", 4)
        assert made["report"]["asked"][0]["ask"] == "prerequisites"
        assert len(server.asked) == 4
        missing = flow(folder, "derive", folder / "parcel.md", "--endpoint", "there", "--json")
        assert missing.exit_code == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["derive", "parcel.md"], 2, "--baseline"),
        (["derive", "parcel.md", "--baseline", "--endpoint", "x"], 2, "--baseline"),
        (["derive", "parcel.md", "--baseline", "--model", "x"], 2, "no model"),
        (["derive", "nowhere.md", "--baseline"], 1, "nowhere.md"),
        (["derive", "picture.png", "--baseline"], 1, "picture.png"),
        (["derive", "empty.md", "--baseline"], 1, "no steps"),
        (["show", "nowhere"], 1, "nowhere"),
    ],
)
def test_what_goes_wrong_is_said_with_its_exit_code(
    folder: Path, words: list[str], code: int, said: str
) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x01\x02" * 40)
    (folder / "empty.md").write_text("")
    assert flow(folder, "derive", folder / "parcel.md", "--baseline").exit_code == 0
    placed = [str(folder / w) if "." in w else w for w in words]
    ran = flow(folder, *placed, "--json")
    assert ran.exit_code == code
    assert said in " ".join(json.loads(ran.stdout)["error"].values())


def test_a_version_that_there_is_not(folder: Path) -> None:
    flow(folder, "derive", folder / "parcel.md", "--baseline")
    ran = flow(folder, "show", "parcel", "--version", 9, "--json")
    assert ran.exit_code == 1
    assert "1 to 2" in json.loads(ran.stdout)["error"]["remedy"]
