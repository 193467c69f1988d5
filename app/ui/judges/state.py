"""Which judge is shown, in which version, and what is not saved of which. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.judging import JudgeDefinition
from app.ui.judges.draft import Draft
from app.ui.judges.rows import JudgeEntry
from app.ui.judges.work import Listing, Scale


class JudgesState:
    """What the page shows; others read it, the page alone changes it."""

    def __init__(self) -> None:
        self.entries: tuple[JudgeEntry, ...] = ()
        self.drafts: dict[str, Mapping[str, Any]] = {}
        """Name of a judge → what is kept of its unsaved changes."""
        self.entry: JudgeEntry | None = None
        self.shown: JudgeDefinition | None = None
        """The version that is read, or that is being changed."""
        self.scale: Scale | None = None
        """Of `shown`, once it has been read."""
        self._wanted_ref = ""

    def want(self, ref: str) -> str:
        """Show this version when its judge is selected; the judge's name."""
        name, _, version = ref.partition("@")
        self._wanted_ref = ref if version else ""
        return name

    def take_listing(self, listing: Listing, draft: Draft | None) -> bool:
        """Take what was read; a draft that is open is newer than what was kept of it.

        Returns:
            Whether the judge that is shown has other versions than before.
        """
        self.entries, self.drafts = listing.entries, dict(listing.drafts)
        if draft is not None and draft.is_changed:
            self.drafts[draft.base.name] = draft.to_json()
        before = self.entry
        if before is None:
            return False
        self.entry = self._named(before.name) or before
        return self.entry.versions != before.versions

    def _named(self, name: str) -> JudgeEntry | None:
        return next((e for e in self.entries if e.name == name), None)

    def select(self, name: str) -> bool:
        """Another judge, in the wanted version or its newest; whether it is another one."""
        entry = self._named(name)
        if entry is None or (self.entry is not None and self.entry.name == name):
            return False
        self.entry, self.scale = entry, None
        self.shown = entry.version(self._wanted_ref) or entry.newest
        self._wanted_ref = ""
        return True

    def show_version(self, ref: str) -> bool:
        """Another version of the judge; whether it is another one."""
        found = self.entry.version(ref) if self.entry is not None else None
        if found is None or found == self.shown:
            return False
        self.shown, self.scale = found, None
        return True

    def neighbour(self, by: int) -> str:
        """Reference of the version `by` places older; empty where there is none."""
        if self.entry is None or self.shown is None:
            return ""
        refs = [version.ref for version in self.entry.versions]
        at = refs.index(self.shown.ref) + by if self.shown.ref in refs else 0
        return refs[at] if 0 <= at < len(refs) else ""

    def take_scale(self, scale: Scale) -> bool:
        """Take what was read of the shown version's rubric; False where it came too late."""
        if self.shown is None or scale.ref != self.shown.ref:
            return False
        self.scale = scale
        return True
