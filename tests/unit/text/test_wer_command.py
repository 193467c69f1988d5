"""`callbench wer`: two files in, one rate out, and what bad files say."""

from __future__ import annotations

import json
from pathlib import Path

import jiwer
import pytest
from typer.testing import CliRunner, Result

import app.cli.wer_command  # noqa: F401  # adds the command
from app.cli.base import commands


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "ref.txt", tmp_path / "hyp.txt"


def wer(*words: object) -> Result:
    return CliRunner().invoke(commands, ["wer", *map(str, words)])


def test_lines_are_paired_and_counted_as_jiwer_counts(files: tuple[Path, Path]) -> None:
    left = ["the boiler is broken", "call me back", "", "one two three four"]
    right = ["the oiler was broken", "call back", "what", "one two four four five"]
    files[0].write_text("\n".join(left) + "\n")
    files[1].write_text("\n".join(right) + "\n")
    ran = wer(*files, "--normaliser", "raw-1", "--json")
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)
    theirs = [jiwer.process_words(a, b) for a, b in zip(left, right, strict=True) if a]
    assert found["substitutions"] == sum(t.substitutions for t in theirs)
    assert found["deletions"] == sum(t.deletions for t in theirs)
    assert found["insertions"] == sum(t.insertions for t in theirs) + 1
    assert found["hits"] == sum(t.hits for t in theirs)
    assert found["reference_words"] == 11
    errors = found["substitutions"] + found["deletions"] + found["insertions"]
    assert found["wer"] == pytest.approx(errors / 11)
    assert found["normaliser"] == "raw-1"
    assert found["lines"] == 4
    low, high = found["interval_95"]
    assert low <= found["wer"] <= high


def test_other_files_are_whole_texts(files: tuple[Path, Path]) -> None:
    files[0].write_text("The boiler\nis broken.")
    files[1].write_text("the oiler is broken")
    found = json.loads(wer(*files, "--json").stdout)
    assert (found["wer"], found["lines"], found["normaliser"]) == (0.25, None, "plain-1")
    assert "interval_95" not in found


def test_the_language_picks_the_normaliser(files: tuple[Path, Path]) -> None:
    files[0].write_text("I paid forty two dollars")
    files[1].write_text("I paid $42")
    assert json.loads(wer(*files, "--json", "--language", "en-US").stdout)["wer"] == 0.0
    assert json.loads(wer(*files, "--json").stdout)["wer"] > 0


def test_characters_give_a_character_error_rate(files: tuple[Path, Path]) -> None:
    files[0].write_text("ab cd")
    files[1].write_text("ab cx")
    found = json.loads(wer(*files, "--json", "--unit", "chars").stdout)
    assert (found["cer"], found["reference_characters"], found["unit"]) == (0.25, 4, "char")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_chinese_is_told_by_its_script_in_any_encoding(
    files: tuple[Path, Path], encoding: str
) -> None:
    text = "您好，我们是长江公司的客服，请问您现在方便接听电话吗？余额是三百五十元。"
    files[0].write_text(text, encoding=encoding)
    files[1].write_text(text.replace("三百五十", "350").replace("您好", "你好"), encoding="utf-8")
    found = json.loads(wer(*files, "--json").stdout)
    assert found["normaliser"] == "cjk-chars-1"
    assert found["substitutions"] == 1
    assert found["cer"] == pytest.approx(1 / found["reference_characters"])


def test_an_empty_reference_has_no_rate_but_a_reason(files: tuple[Path, Path]) -> None:
    files[0].write_text("")
    files[1].write_text("some words")
    ran = wer(*files, "--json")
    found = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert found["wer"] is None
    assert found["insertions"] == 2
    assert found["reason"] == "The reference ref.txt has no words."
    assert "WER undefined: The reference ref.txt has no words." in wer(*files).stdout


def test_people_read_a_few_lines(files: tuple[Path, Path]) -> None:
    files[0].write_text("a b\nc d\n")
    files[1].write_text("a b\nc x\n")
    shown = wer(*files).stdout.splitlines()
    assert shown[0] == "WER 0.2500  (1 / 4 words)"
    assert shown[1].startswith("95 % interval 0.0000 to 0.5000, over 2 lines")
    assert shown[2:] == [
        "3 hits, 1 substitutions, 0 insertions, 0 deletions", "normaliser plain-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n\x01\x02\x03" * 40, b"\x01\x02\x7f" * 90]
)
def test_what_is_no_text_is_refused(files: tuple[Path, Path], data: bytes) -> None:
    files[0].write_bytes(data)
    files[1].write_text("words")
    ran = wer(*files, "--json")
    assert ran.exit_code == 1
    what = json.loads(ran.stdout)["error"]["what"]
    assert what in ("ref.txt is not a text file.", "The encoding of ref.txt cannot be told.")


def test_missing_files_and_wrong_words_have_their_exit_codes(files: tuple[Path, Path]) -> None:
    files[1].write_text("words")
    ran = wer(*files)
    assert ran.exit_code == 1
    assert "There is no file" in ran.stderr
    assert wer(files[1].parent, files[1]).exit_code == 1
    assert wer(files[1], files[1], "--normaliser", "none-7").exit_code == 1
    assert wer(files[1], files[1], "--unit", "letters").exit_code == 2
    assert wer(files[1]).exit_code == 2


def test_texts_too_long_to_align_are_refused_at_once(files: tuple[Path, Path]) -> None:
    files[0].write_text("a " * 200_000)
    files[1].write_text("b " * 200_000)
    ran = wer(*files, "--json")
    assert ran.exit_code == 1
    assert "too many to align" in json.loads(ran.stdout)["error"]["what"]
