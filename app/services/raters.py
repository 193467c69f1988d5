"""Who is looking: signing in by name as reviewer or lead."""

from __future__ import annotations

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Role, Viewer
from app.services.workspace import Workspace

CLI_NAME = "operator"
"""The lead that the command line acts as on this machine."""


def sign_in(ws: Workspace, name: str, role: Role) -> Viewer:
    """The rater of that name in that role; a new name is added.

    Someone who reviews blind cannot lift their own mask by signing in as lead: the role of a
    known name is changed by `set_role` only.

    Raises:
        BadInput: the name is empty, or the role is none.
        NotAllowed: the name is known in the other role, or nobody signs in as it.
    """
    name = " ".join(name.split())
    if not name:
        raise BadInput("A name is needed to sign in.", "Type your name.")
    if role not in ("reviewer", "lead"):
        raise BadInput(f"“{role}” is no role.", "Choose reviewer or lead.")
    with ws.db.read() as uow:
        known = uow.raters.person(name)
        if known is not None and not uow.raters.is_active(known.rater_id):
            raise NotAllowed(
                f"Nobody signs in as {known.name}: retired, or scores that came from elsewhere.",
                "Sign in under another name.",
            )
    if known is None:
        with ws.db.human() as write:
            known = write.raters.person(name) or write.raters.add_person(name, role)
    if known.role != role:
        raise NotAllowed(
            f"{known.name} is known here as {known.role}.",
            f"Sign in as {known.role}, or under another name.",
        )
    return known


def set_role(ws: Workspace, viewer: Viewer, rater_id: str, role: Role) -> Changes:
    """Let a lead change someone's role.

    Raises:
        NotAllowed: the viewer is no lead.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can change roles.", "Ask a lead.")
    with ws.db.human() as uow:
        uow.raters.set_role(rater_id, role)
        uow.touch(Changes(raters=True))
    return uow.changes


def set_active(ws: Workspace, viewer: Viewer, rater_id: str, active: bool) -> Changes:
    """Let a lead retire someone, or take them back. What they gave stays as it is.

    What a retired rater has not answered in a study goes to others.

    Raises:
        NotAllowed: the viewer is no lead, or retires themselves.
        NotFound: that rater never signed in here.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can retire raters.", "Ask a lead.")
    if rater_id == viewer.rater_id:
        raise NotAllowed("You cannot retire yourself.", "Ask another lead.")
    with ws.db.human() as uow:
        if not uow.raters.set_active(rater_id, active):
            raise NotFound("There is no such rater.", "Choose someone who signed in here.")
        uow.touch(Changes(raters=True, studies=True))
    return uow.changes


def raters(ws: Workspace) -> list[Viewer]:
    """Everyone who has signed in, by name."""
    with ws.db.read() as uow:
        return uow.raters.people()


def cli_viewer(ws: Workspace) -> Viewer:
    """The lead that the command line acts as."""
    return sign_in(ws, CLI_NAME, "lead")
