"""Saved views: a query and a sort under a name; shareable as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from app.domain.browsing import SavedView, Sort, is_sort_key
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ids import new_id
from app.domain.query import parse
from app.domain.query_writing import to_text
from app.domain.ratings import Viewer
from app.services.workspace import Workspace

FORMAT = "callbench-view-1"


def saved_views(ws: Workspace, viewer: Viewer, *, counts: bool = False) -> list[SavedView]:
    """The viewer's own views and the shared ones, in order; on request with call counts."""
    with ws.db.read() as uow:
        found = uow.views.of(viewer.rater_id)
        if not counts:
            return found
        return [
            replace(v, count=uow.library.totals(viewer, parse(v.query_text)).count) for v in found
        ]


def save_view(
    ws: Workspace,
    viewer: Viewer,
    name: str,
    query_text: str,
    sort: Sort = Sort(),  # noqa: B008
    *,
    shared: bool = False,
) -> SavedView:
    """Save a view; one's own view of that name is replaced.

    Raises:
        BadInput: the name is empty.
        QueryError: the query cannot be read.
    """
    name = " ".join(name.split())
    if not name:
        raise BadInput("A view needs a name.", "Type one.")
    text = to_text(parse(query_text))
    with ws.db.human() as uow:
        known = uow.views.of(viewer.rater_id)
        old = next((v for v in known if v.name == name and v.shared == shared), None)
        view = SavedView(
            id=old.id if old else new_id(),
            name=name,
            query_text=text,
            sort=sort,
            shared=shared,
            position=old.position if old else 1 + max((v.position for v in known), default=0),
        )
        uow.views.put(viewer.rater_id, view)
        uow.touch(Changes(views=True))
    return view


def rename_view(ws: Workspace, viewer: Viewer, view_id: str, name: str) -> SavedView:
    """Give a view another name.

    Raises:
        NotFound: there is no such view.
        BadInput: the name is empty or taken.
    """
    name = " ".join(name.split())
    with ws.db.human() as uow:
        known = uow.views.of(viewer.rater_id)
        old = next((v for v in known if v.id == view_id), None)
        if old is None:
            raise NotFound("That view is not there any more.")
        if not name or any(v.name == name and v.id != view_id for v in known):
            raise BadInput("The name is empty, or another view has it.", "Choose another name.")
        view = replace(old, name=name)
        uow.views.put(viewer.rater_id, view)
        uow.touch(Changes(views=True))
    return view


def delete_view(ws: Workspace, viewer: Viewer, view_id: str) -> Changes:
    """Remove a view.

    Raises:
        NotFound: there is no such view.
        NotAllowed: a reviewer would remove a shared one.
    """
    with ws.db.human() as uow:
        old = next((v for v in uow.views.of(viewer.rater_id) if v.id == view_id), None)
        if old is None:
            raise NotFound("That view is not there any more.")
        if old.shared and not viewer.is_lead:
            raise NotAllowed("Only a lead can remove a shared view.", "Ask a lead.")
        uow.views.delete(view_id)
        uow.touch(Changes(views=True))
    return uow.changes


def view_to_json(view: SavedView) -> str:
    """A view as text to hand to someone else."""
    body = {
        "format": FORMAT,
        "name": view.name,
        "query": view.query_text,
        "sort": {"key": view.sort.key, "descending": view.sort.descending},
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def view_from_json(ws: Workspace, viewer: Viewer, text: str) -> SavedView:
    """Save a view that someone handed over.

    Raises:
        BadInput: the text is no view.
        QueryError: its query cannot be read.
    """
    try:
        body = json.loads(text)
        fits = body["format"] == FORMAT and is_sort_key(body["sort"]["key"])
        name, query = str(body["name"]), str(body["query"])
        sort = Sort(body["sort"]["key"], bool(body["sort"]["descending"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("That text is not a saved view.", "Copy all of it again.") from error
    if not fits:
        raise BadInput("That view was made by another version.", "Save it again here.")
    return save_view(ws, viewer, name, query, sort)
