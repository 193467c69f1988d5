"""The three states of a scenario's database that a record's documents hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.eval.eva import documents, placeholders
from app.eval.eva.documents import Files
from app.eval.eva.record import language_of, stored_context

Db = dict[str, Any]

NO_EXPECTED = (
    "The record does not say what the database should be at the end: import it together with "
    "the dataset it was run on."
)
NO_FINAL = "The record has no database from the end of the call (final_scenario_db.json)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """At the start, at the end, and as it should be at the end; None where not known.

    Attributes:
        unresolved: placeholders of the dataset that could not be filled in.
    """

    initial: Db | None
    final: Db | None
    expected: Db | None
    unresolved: bool = False

    @property
    def lacking(self) -> str:
        """Why the end cannot be compared; empty if it can."""
        if self.expected is None:
            return NO_EXPECTED
        return NO_FINAL if self.final is None else ""


def databases_of(files: Files) -> Databases:
    """The databases of a record; what the metrics runner kept stands in for what is absent."""
    context = stored_context(files)
    initial = files.mapping(documents.INITIAL_DB) or _db(context.get("initial_scenario_db"))
    final = files.mapping(documents.FINAL_DB) or _db(context.get("final_scenario_db"))
    expected = _expected(files, initial) or _db(context.get("expected_scenario_db"))
    return Databases(
        initial=initial,
        final=final,
        expected=expected,
        unresolved=placeholders.open_placeholders(expected),
    )


def _expected(files: Files, initial: Db | None) -> Db | None:
    """Of the dataset record, placeholders filled in for the run's language."""
    record = files.mapping(documents.SCENARIO) or {}
    truth = record.get("ground_truth")
    db = _db(truth.get("expected_scenario_db")) if isinstance(truth, dict) else None
    if db is None:
        return None
    filled = placeholders.resolved(record, db, language_of(files))
    return _db(placeholders.with_aliases(filled, initial))


def _db(value: object) -> Db | None:
    return value if isinstance(value, dict) else None
