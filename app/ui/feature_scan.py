"""Keeps PySide from reading the source of every module that is imported after it.

It does so to see whether a module asks for its switchable features (snake_case names, true
properties). None of ours does, and reading some 300 files takes a tenth of the start.
"""

from __future__ import annotations


def skip_feature_scan() -> None:
    """From now on PySide takes it that no module uses its features. Safe to call again."""
    try:
        from shibokensupport import feature  # type: ignore[import-not-found,unused-ignore]
    except ImportError:  # another layout of the package: then it scans, as it always did
        return
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: False
