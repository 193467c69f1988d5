"""`callbench stats`: a table from a file, hostile ones too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import cli
from app.domain.errors import BadInput, NotFound
from app.services.rating_tables import summarise_file, to_json

TABLE = "item,rater,value\n" + "".join(
    f"{i},{r},{v}\n"
    for i, row in enumerate(("9 2 5 8", "6 1 3 2", "8 4 6 8", "7 1 2 6", "10 5 6 9", "6 2 4 7"))
    for r, v in zip("abcd", row.split())
)
KEYS = set(
    "n_items n_raters percent_agreement cohen_kappa kappa_linear kappa_quadratic scott_pi "
    "fleiss_kappa alpha_nominal alpha_ordinal alpha_interval alpha_ratio gwet_ac1 "
    "gwet_ac2_quadratic icc_1_1 icc_2_1 icc_3_1 icc_1_k icc_2_k icc_3_k bland_altman "
    "dawid_skene".split()
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_figure_is_there_or_says_why_not(tmp_path: Path) -> None:
    found = to_json(summarise_file(write(tmp_path, TABLE)))
    assert set(found) == KEYS | {"undefined"}
    assert found["icc_2_1"] == pytest.approx(0.290, abs=5e-4)
    assert found["cohen_kappa"] is None
    for key in KEYS - {"n_items", "n_raters"}:
        assert (found[key] is None) == (key in found["undefined"]), key
    assert "two raters" in found["undefined"]["cohen_kappa"]


def test_the_command_prints_json_and_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write(tmp_path, TABLE))
    assert cli.run(["stats", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_raters"] == 4
    assert cli.run(["stats", path]) == 0
    assert "icc_3_1" in capsys.readouterr().out


def test_classes_may_be_names_and_gaps_are_gaps(tmp_path: Path) -> None:
    rows = "Item,Rater,Value,extra\n1,a,yes,x\n1,b,yes,\n2,a,no,\n2,b,yes,\n3,a,NA,\n3,b,no,\n"
    found = to_json(summarise_file(write(tmp_path, rows)))
    assert found["percent_agreement"] == pytest.approx(0.5)
    assert found["kappa_quadratic"] is None
    assert set(found["dawid_skene"]["prevalence"]) == {"no", "yes"}
    assert found["alpha_nominal"] is not None


def test_two_raters_have_limits_of_agreement(tmp_path: Path) -> None:
    rows = "item,rater,value\n1,a,1\n1,b,2\n2,a,3\n2,b,3\n3,a,2\n3,b,4\n"
    limits = to_json(summarise_file(write(tmp_path, rows)))["bland_altman"]
    assert limits == pytest.approx({"bias": 1.0, "sd": 1.0, "lower": -0.96, "upper": 2.96})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,value\n1,2\n", "lacks the column rater"),
        ("item,rater,value\n", "no ratings"),
        ("", "lacks the columns item, rater, value"),
        ("item,rater,value\n,a,1\n", "line 2"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        summarise_file(write(tmp_path, text))


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"item,rater,value\n\xff\xfe,a,1\n")
    with pytest.raises(BadInput, match="cannot be read"):
        summarise_file(path)
    with pytest.raises(NotFound):
        summarise_file(tmp_path / "none.csv")
