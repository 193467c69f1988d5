"""ELAN annotation files: a tier per speaker, with turn numbers and words depending on it.

Written and read here rather than through a library: the bytes must be the same on every run
(time slots in order), overlaps inside a tier must be kept apart, and a foreign file must pass a
parser that refuses entity tricks. Times are whole milliseconds; an end lies after its start.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from app.domain.errors import BadInput
from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc, Mark, groups, partition
from app.services.formats.text import encode

_STEREOTYPES = (
    ("Time_Subdivision", "Time subdivision of parent annotation's time interval"),
    ("Symbolic_Subdivision", "Symbolic subdivision of a parent annotation"),
    ("Symbolic_Association", "1-1 association with a parent annotation"),
    ("Included_In", "Time alignable annotations within the parent annotation's time interval"),
)
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
_DATE = "1970-01-01T00:00:00+00:00"
"""The format demands a date; the time of writing would make two exports of one state differ."""


def write(doc: LabelDoc) -> bytes:
    """The labels as an EAF 3.0 document."""
    plan = _plan(doc)
    slots = sorted({t for _, rows in plan for start, end, _ in rows for t in (start, end)})
    root = ET.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "callbench",
            "DATE": _DATE,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            _SCHEMA: "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
        },
    )
    header = ET.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if doc.media:
        _media(header, doc.media)
    order = ET.SubElement(root, "TIME_ORDER")
    slot_id = {value: f"ts{i}" for i, value in enumerate(slots, start=1)}
    for value in slots:
        slot = {"TIME_SLOT_ID": slot_id[value], "TIME_VALUE": str(value)}
        ET.SubElement(order, "TIME_SLOT", slot)
    count = _write_tiers(root, plan, slot_id)
    _write_turn_ids(root, doc, plan, count)
    _types(root)
    ET.indent(root, "    ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return encode(head + ET.tostring(root, encoding="unicode") + "\n")


def _media(header: ET.Element, media: str) -> None:
    kind = "audio/x-wav" if media.lower().endswith(".wav") else "unknown"
    attributes = {"MEDIA_URL": media, "MIME_TYPE": kind, "RELATIVE_MEDIA_URL": media}
    ET.SubElement(header, "MEDIA_DESCRIPTOR", attributes)


_Row = tuple[int, int, str]


def _plan(doc: LabelDoc) -> list[tuple[str, list[_Row]]]:
    """(tier id, rows in ms) of all aligned tiers, kept apart after rounding to milliseconds."""
    plan: list[tuple[str, list[_Row]]] = []
    for group in groups(doc):
        in_ms = [
            Mark(
                start=times.to_millis(m.start, doc.rate_hz),
                end=times.to_millis(m.end, doc.rate_hz),
                text=m.text,
            )
            for m in group.marks
        ]
        for number, row in enumerate(partition(in_ms), start=1):
            name = _tier_id(group.name) + (f"_{number}" if number > 1 else "")
            rows = [(m.start, m.end, m.text) for m in row]
            if group.name == "latency":
                rows = [_latency(start, end, text) for start, end, text in rows]
            plan.append((name, rows))
    return plan


def _latency(start: int, end: int, text: str) -> _Row:
    """The latency as it is between the rounded times, so that a later export says the same."""
    sign = "-" if text.startswith("-") else ""
    return start, end, f"{sign}{(end - start) / 1000:.3f}"


def _tier_id(name: str) -> str:
    """`caller_turns` is the tier `caller`; its words are `words@caller`, and so on."""
    side, _, kind = name.partition("_")
    if side not in ("caller", "agent"):
        return name
    return side if kind == "turns" else f"{kind}@{side}"


def _write_tiers(
    root: ET.Element, plan: list[tuple[str, list[_Row]]], slot_id: dict[int, str]
) -> int:
    count = 0
    names = {name for name, _ in plan}
    for name, rows in plan:
        parent = name.partition("@")[2].partition("_")[0]
        attributes = {"LINGUISTIC_TYPE_REF": "utterance", "TIER_ID": name}
        if parent in names and name.startswith("words@"):
            attributes = {"LINGUISTIC_TYPE_REF": "words", "PARENT_REF": parent, "TIER_ID": name}
        tier = ET.SubElement(root, "TIER", attributes)
        for start, end, text in rows:
            count += 1
            annotation = ET.SubElement(
                ET.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {
                    "ANNOTATION_ID": f"a{count}",
                    "TIME_SLOT_REF1": slot_id[start],
                    "TIME_SLOT_REF2": slot_id[end],
                },
            )
            ET.SubElement(annotation, "ANNOTATION_VALUE").text = text
    return count


def _write_turn_ids(
    root: ET.Element,
    doc: LabelDoc,
    plan: list[tuple[str, list[_Row]]],
    count: int,
) -> None:
    """`turn@caller`: the turn's id under each annotation of `caller`."""
    number = 0
    ids: dict[str, dict[int, str]] = {}
    for label in doc.labels:
        start = times.to_millis(label.start, doc.rate_hz)
        ids.setdefault(label.speaker, {}).setdefault(start, label.turn_id)
    for name, rows in plan:
        for start, _, _ in rows:
            number += 1
            turn_id = ids.get(name, {}).get(start, "")
            if not turn_id:
                continue
            count += 1
            tier = root.find(f"TIER[@TIER_ID='turn@{name}']")
            if tier is None:
                attributes = {"LINGUISTIC_TYPE_REF": "turn", "PARENT_REF": name}
                tier = ET.SubElement(root, "TIER", {**attributes, "TIER_ID": f"turn@{name}"})
            reference = ET.SubElement(
                ET.SubElement(tier, "ANNOTATION"),
                "REF_ANNOTATION",
                {"ANNOTATION_ID": f"a{count}", "ANNOTATION_REF": f"a{number}"},
            )
            ET.SubElement(reference, "ANNOTATION_VALUE").text = turn_id


def _types(root: ET.Element) -> None:
    kinds: tuple[dict[str, str], ...] = (
        {"LINGUISTIC_TYPE_ID": "utterance", "TIME_ALIGNABLE": "true"},
        {"CONSTRAINTS": "Included_In", "LINGUISTIC_TYPE_ID": "words", "TIME_ALIGNABLE": "true"},
        {
            "CONSTRAINTS": "Symbolic_Association",
            "LINGUISTIC_TYPE_ID": "turn",
            "TIME_ALIGNABLE": "false",
        },
    )
    for kind in kinds:
        ET.SubElement(root, "LINGUISTIC_TYPE", {"GRAPHIC_REFERENCES": "false", **kind})
    for stereotype, description in _STEREOTYPES:
        ET.SubElement(root, "CONSTRAINT", {"DESCRIPTION": description, "STEREOTYPE": stereotype})


def read(data: bytes) -> Transcript:
    """Aligned annotations: tiers of a speaker as lines (or words), the others as marks.

    Raises:
        BadInput: it is no EAF, or it holds entities or external references.
    """
    from defusedxml import ElementTree as SafeET
    from defusedxml.common import DefusedXmlException

    try:
        root = SafeET.fromstring(data)
    except DefusedXmlException as error:
        raise BadInput(
            "This EAF declares entities of its own, which are not read for safety.",
            "Save it again from ELAN.",
        ) from error
    except (SafeET.ParseError, ValueError) as error:
        raise BadInput(f"This EAF cannot be read: {error}.", "Save it again from ELAN.") from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise BadInput("This is not an ELAN annotation file.", "Save it again from ELAN.")
    builder = Builder("eaf")
    slots = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")}
    row = 0
    for tier in root.iter("TIER"):
        for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
            row += 1
            _add(builder, row, tier.get("TIER_ID", ""), annotation, slots)
    builder.promote()
    return builder.finish()


def _add(
    builder: Builder, row: int, name: str, annotation: Any, slots: dict[str | None, str | None]
) -> None:
    start = _ms(slots.get(annotation.get("TIME_SLOT_REF1")))
    end = _ms(slots.get(annotation.get("TIME_SLOT_REF2")))
    if start is None or end is None:
        builder.reject(row, "the annotation has no time")
        return
    text = annotation.findtext("ANNOTATION_VALUE") or ""
    builder.tier(row, name, start, end, text)


def _ms(value: str | None) -> float | None:
    try:
        return None if value is None else times.number(value) / 1000
    except times.TimeError:
        return None
