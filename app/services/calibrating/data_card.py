"""The data card of a dataset: `README.md`, with the front matter that data hubs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.services.calibrating.audio_folder import HF_SPLITS, PARQUET, Clip

NAME = "README.md"
SPDX = {
    "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "apache-2.0", "mit",
}  # fmt: skip
"""Licences that the front matter has a name for."""
Body = Mapping[str, Any]


def card(body: Body, clips: Sequence[Clip]) -> bytes:
    """The card.

    Args:
        body: of the manifest.
        clips: the sound that goes along.
    """
    rubric = body["rubric"]
    parts = [
        _front(body, clips),
        f"# {rubric['title']}: calibration dataset\n",
        "What people and judges said of recorded calls of voice agents, with what is needed to "
        "check how far each judge agrees with people. Written by Callbench "
        f"{body['app_version']} from data of {body['frozen_at'] or 'no date'}.\n",
        _table(body),
        _section("Labels", _labels(body)),
        _section("How it was sampled", _sampling(body)),
        _section("Consent, licence, personal data", _rights(body)),
        _section("Known limits", _limits(body, clips)),
        _section("Files", _files(body, clips)),
    ]
    return ("\n".join(parts).rstrip() + "\n").encode()


def _front(body: Body, clips: Sequence[Clip]) -> str:
    import yaml

    found = {_spdx(name) for name in body["licences"]}
    front: dict[str, Any] = {
        "pretty_name": f"{body['rubric']['title']} calibration",
        "license": found.pop() if len(found) == 1 else "other",
        "task_categories": ["audio-classification"],
        "tags": ["voice-agents", "llm-as-a-judge", "human-labels", "calibration"],
        "annotations_creators": ["expert-generated"],
        "consent": dict(body["consent"]),
        "redaction": dict(body["redaction"]),
    }
    if clips:
        held = {c.split for c in clips}
        front["configs"] = [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"{PARQUET}/{split}-*.parquet"}
                    for role, split in HF_SPLITS.items()
                    if role in held
                ],
            }
        ]
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n"


def _spdx(name: str) -> str:
    plain = name.strip().lower().replace(" ", "-")
    return plain if plain in SPDX else "other"


def _table(body: Body) -> str:
    rubric, counts = body["rubric"], body["counts"]
    rows = {
        "Rubric": f"{rubric['key']} {rubric['version']} (`{rubric['sha256'][:12]}`)",
        "Calls": counts["calls"],
        "Items": counts["items"],
        "Scores": counts["scores"],
        "People": len(body["raters"]),
        "Judge versions": len(body["judges"]) if body["with_judges"] else "left out",
        "Snapshot": f"`{body['snapshot']['id'][:12]}`",
    }
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join(["| | |", "|---|---|", *lines, ""])


def _labels(body: Body) -> list[str]:
    lines = []
    for criterion in body["rubric"]["criteria"]:
        values = [level["value"] for level in criterion["levels"]]
        is_interval = criterion["scale"] == "interval" and values
        ends = f"{min(values)} to {max(values)}" if is_interval else ""
        scale = ends or ", ".join(map(str, values))
        lines.append(
            f"`{criterion['key']}` ({criterion['scale']}, of each {criterion['scope']}; {scale}): "
            f"{criterion['question']}"
        )
    synthetic = sum("synthetic" in r["expertise"] for r in body["raters"])
    if synthetic:
        lines.append(
            f"{synthetic} of {len(body['raters'])} raters are synthetic: programs with a planted "
            "bias, no persons."
        )
    lines.append(
        "A score without a value (abstained, not applicable, reply not usable) is a row with its "
        "status. Unscored is not zero."
    )
    lines.append("`gold` counts blind votes alone; final values of an adjudicator stand beside.")
    return lines


def _sampling(body: Body) -> list[str]:
    found = body["sampling"]
    policies = ", ".join(f"{k} ({n} scores)" for k, n in found["policies"].items())
    shares = ", ".join(f"{k} {v:g}" for k, v in body["splits"]["shares"].items())
    lines = [
        f"{found['items_with_known_probability']} items were drawn with a known probability "
        "(`inclusion_prob`); only these may be weighted to a mean of all calls.",
        f"Policies: {policies}." if policies else "How the calls were chosen was not recorded.",
        f"Splits are by call and for life, from a hash of the recording: {shares}.",
    ]
    if found["balanced_by_class"]:
        lines.append("Labels were balanced by class on purpose: shares of classes mean nothing.")
    return lines


def _rights(body: Body) -> list[str]:
    redaction = body["redaction"]
    return [
        f"Consent: {_counted(body['consent'])}.",
        f"Licence: {_counted(body['licences'])}.",
        f"Personal data: {_counted(body['pii'])}.",
        f"Redaction: {redaction['state']}; {redaction['spans']} spans in {redaction['calls']} "
        "calls. Their sound is silent and their words are masked in every file.",
        "Raters are pseudonyms.",
    ]


def _counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count} calls)" for name, count in found.items()) or "not said"


def _limits(body: Body, clips: Sequence[Clip]) -> list[str]:
    lines = ["Items of one call are not independent: intervals must count calls."]
    stale = sum(body["left_out"]["stale_scores"].values())
    if stale:
        lines.append(f"{stale} scores of speech that is timed otherwise by now were left out.")
    if len(body["raters"]) < 3:
        lines.append("Fewer than three people rated: how well people agree is barely known.")
    if not clips:
        lines.append("No sound goes along; recordings are named by the hash of their content.")
    else:
        lines.append("Pairs have no clip of their own, and are in the tables alone.")
    return lines


def _files(body: Body, clips: Sequence[Clip]) -> list[str]:
    lines = [
        "`calls`, `items`, `scores`, `gold` and `paired` as CSV, JSONL and Parquet; "
        "`calibration.jsonl`: a line an item and criterion; `transcripts.jsonl`.",
        "`manifest.json`: hashes of all files, rubric, raters, judges with their prompts, rule and "
        "verdicts.",
    ]
    if body["with_judges"]:
        lines.append("`calibration/`: corrections, re-applied without the program in few lines.")
    if clips:
        lines.append(
            "`audio/`: a clip an item (AudioFolder; channel 1 caller, 2 agent); `parquet/`: the "
            "same with the sound inside."
        )
    return lines


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"## {title}\n", *(f"- {_line(line)}" for line in lines), ""])


def _line(text: str) -> str:
    """On one line, and nothing in it that a reader of Markdown would run."""
    return " ".join(text.split()).replace("<", "&lt;")
