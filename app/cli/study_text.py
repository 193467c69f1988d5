"""Studies as text for people."""

from __future__ import annotations

from typing import Any

from app.cli.output import line, table
from app.domain.studies import Study


def print_studies(every: list[Study]) -> None:
    """All studies as a table."""
    if not every:
        line("No studies.")
        return
    rows = [(s.code, s.instrument, s.state, str(s.stimuli), s.due or "", s.name) for s in every]
    table(("code", "instrument", "state", "stimuli", "due", "name"), rows, right=frozenset({3}))


def print_status(document: dict[str, Any]) -> None:
    """How far a study and its raters are."""
    study = document["study"]
    line(f"{study['code']}  {study['name']}  {study['instrument']}  {study['state']}")
    line(f"{document['done']} of {document['wanted']} done, {document['left']} left.")
    rows = [
        (
            r["name"],
            str(r["done"]),
            str(r["left"]),
            str(r.get("voids", r.get("skipped", 0))),
            ", ".join(f"{n} {rule}" for rule, n in r.get("blocks_void", {}).items()),
            r.get("excluded", "") or r.get("imported", ""),
        )
        for r in document["raters"]
    ]
    if rows:
        head = ("rater", "done", "left", "void", "blocks void", "note")
        table(head, rows, right=frozenset({1, 2, 3}))


def print_results(document: dict[str, Any]) -> None:
    """The same, and what it found."""
    print_status(document)
    if "criteria" in document:
        for c in document["criteria"]:
            told = "" if c["alpha"] is None else f", alpha {c['alpha']:.2f}"
            line(f"{c['key']}: {c['not_applicable']} not applicable{told}")
            _print_opinions(c["conditions"])
        return
    line(document["wording"])
    _print_opinions(document["conditions"])
    for rule, n in document["exclusions"].items():
        line(f"{n} votes left out by the rule “{rule}”; --json has the figures with them.")
    for win in document.get("preference", {}).get("wins", ()):
        line(f"{win['winner']} over {win['loser']}: {win['votes']:g}")


def _print_opinions(groups: dict[str, Any]) -> None:
    rows = [
        (
            name,
            str(o["n"]),
            f"{o['mean']:.2f}",
            "" if o["low"] is None else f"{o['low']:.2f} to {o['high']:.2f}",
            o["method"],
        )
        for name, o in groups.items()
        if o["mean"] is not None
    ]
    if rows:
        head = ("condition", "n", "mean", "95 %", "interval")
        table(head, rows, right=frozenset({1, 2}))
