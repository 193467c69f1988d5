"""`callbench wer`: error rates of two text files, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.base import JsonOption, commands, leave
from app.cli.output import emit, line, reporting

if TYPE_CHECKING:
    from app.services.text_rates import TextRates

UnitName = Literal["words", "chars"]
_UNITS: dict[UnitName, Literal["word", "char"]] = {"words": "word", "chars": "char"}


@commands.command()
def wer(
    reference: Annotated[Path, typer.Argument(metavar="REF.txt", help="What should be there.")],
    hypothesis: Annotated[Path, typer.Argument(metavar="HYP.txt", help="What is there.")],
    language: Annotated[
        str, typer.Option("--language", metavar="L", help="Picks the normaliser: en, zh, ...")
    ] = "",
    normaliser: Annotated[
        str, typer.Option("--normaliser", metavar="N", help="Its id, such as plain-1 or raw-1.")
    ] = "",
    unit: Annotated[
        UnitName | None, typer.Option("--unit", help="By default the normaliser's own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Word (or character) error rate of a text against a reference.

    Files with as many lines are compared line by line, others as whole texts.
    """
    from app.services import text_rates

    with reporting(as_json=as_json) as outcome:
        found = text_rates.compare_files(
            reference,
            hypothesis,
            language=language,
            normaliser_id=normaliser,
            unit=_UNITS[unit] if unit else None,
        )
        emit(found.to_json()) if as_json else _print(found)
    leave(outcome)


def _print(found: TextRates) -> None:
    counts, micro = found.rates.counts, found.rates.micro
    name, what = ("WER", "words") if found.unit == "word" else ("CER", "characters")
    if micro.value is None:
        line(f"{name} undefined: {found.reason}")
    else:
        line(f"{name} {micro.value:.4f}  ({counts.errors} / {counts.reference} {what})")
    if micro.low is not None and micro.high is not None:
        line(f"95 % interval {micro.low:.4f} to {micro.high:.4f}, over {found.lines} lines")
    line(
        f"{counts.hits} hits, {counts.substitutions} substitutions, "
        f"{counts.insertions} insertions, {counts.deletions} deletions"
    )
    line(f"normaliser {found.normaliser}")
