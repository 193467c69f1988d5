"""The error tree.

CallbenchError
├── UserError            the person can act on it; shown as a message, never a traceback
│   ├── NotFound         a call, file, rubric or workspace that is not there
│   ├── BadInput         a file or argument that cannot be used as it is
│   ├── NotAllowed       the viewer's role or blindness forbids it
│   └── EnvironmentFault disk full, read-only, locked, corrupt, newer schema, no device
└── Bug                  ours: logged with its traceback

Every UserError says what happened and, where there is one, the remedy.
"""

from __future__ import annotations


class CallbenchError(Exception):
    """Base of everything raised on purpose."""


class UserError(CallbenchError):
    """Something the person can act on.

    Args:
        what: one sentence: what happened, naming the file or thing.
        remedy: one sentence: what to do next; may be empty.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class NotFound(UserError):
    """The named thing does not exist."""


class BadInput(UserError):
    """The given file or argument cannot be used as it is."""


class NotAllowed(UserError):
    """The viewer's role, or the rule of blindness, forbids it."""


class EnvironmentFault(UserError):
    """The machine is in the way: full, read-only, locked, corrupt, newer, missing device."""


class Cancelled(CallbenchError):
    """The work was cancelled by the user; silent."""


class Bug(CallbenchError):
    """A broken promise of our own."""
