"""Keys of endpoints, by reference: a setting says where a key lies, never what it is.

`env:NAME` is an environment variable, `keyring:service/name` an entry of the system's keyring. A
reference may be stored, shown and logged. The key itself is looked up when a request needs it and
travels in a `Secret`, whose text shows in no log, message or traceback.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from app.domain.errors import BadInput, EnvironmentFault

FORMS = "A key is named by reference: env:NAME or keyring:service/name."

_ENV = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,127})")
_KEYRING = re.compile(r"keyring:([^/\s][^/]{0,127})/(\S.{0,127})")
_HIDDEN = "[key]"


@dataclass(frozen=True, slots=True)
class Secret:
    """A key. `reveal` is the only way to its text."""

    _text: str = field(repr=False)

    def __str__(self) -> str:
        return _HIDDEN

    def __reduce__(self) -> str:
        raise TypeError("a key does not leave its process")

    def reveal(self) -> str:
        """The key itself, for the request that needs it."""
        return self._text

    def redact(self, text: str) -> str:
        """`text` without the key, should a server have repeated it."""
        return text.replace(self._text, _HIDDEN) if self._text else text


def check(reference: str) -> str:
    """`reference` without blanks around it; empty for no key.

    Raises:
        BadInput: it is no reference. What was given is not repeated: it may be a key.
    """
    reference = reference.strip()
    if reference and not (_ENV.fullmatch(reference) or _KEYRING.fullmatch(reference)):
        raise BadInput("This is no reference to a key.", FORMS)
    return reference


def resolve(reference: str) -> Secret:
    """The key that `reference` names; an empty one for no reference.

    Raises:
        BadInput: it is no reference, or the key holds what no header can.
        EnvironmentFault: there is no such variable or entry, or no keyring to be had.
    """
    reference = check(reference)
    if not reference:
        return Secret("")
    named = _ENV.fullmatch(reference)
    text = _from_env(named[1]) if named else _from_keyring(reference)
    if not text.isascii() or not text.isprintable():
        raise BadInput(
            f"What {reference} holds cannot be sent as a key.", "Store it again, as one line."
        )
    return Secret(text)


def store(reference: str, text: str) -> None:
    """Put a key into the system's keyring, under the entry that `reference` names.

    Raises:
        BadInput: it names no entry of the keyring, or the key holds what no header can.
        EnvironmentFault: there is no keyring to be had, or it is locked.
    """
    found = _KEYRING.fullmatch(check(reference))
    if found is None:
        raise BadInput("Only the keyring can be written to.", "Name keyring:service/name.")
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable():
        raise BadInput("This cannot be sent as a key.", "Paste it again, as one line.")
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(found[1], found[2], text)
    except (KeyringError, RuntimeError, OSError) as error:
        raise EnvironmentFault(
            f"The keyring cannot be written to ({type(error).__name__}).",
            "Unlock it, or keep the key in an environment variable and name env:NAME.",
        ) from None  # the cause may quote what it was given


def _from_env(name: str) -> str:
    text = os.environ.get(name, "").strip()
    if not text:
        raise EnvironmentFault(
            f"The environment variable {name} is not set.",
            "Set it before Callbench starts, or name another reference.",
        )
    return text


def _from_keyring(reference: str) -> str:
    found = _KEYRING.fullmatch(reference)
    assert found is not None
    service, name = found[1], found[2]
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(service, name)
    except (KeyringError, RuntimeError, OSError) as error:
        raise EnvironmentFault(
            f"The keyring cannot be read ({type(error).__name__}).",
            "Unlock it, or keep the key in an environment variable and name env:NAME.",
        ) from None  # the cause may quote what it was asked for
    if not (text or "").strip():
        raise EnvironmentFault(
            f"The keyring has no {name!r} of the service {service!r}.",
            f"Store it: keyring set {service} {name}",
        )
    return str(text).strip()
