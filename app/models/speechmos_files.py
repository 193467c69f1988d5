"""The model files inside the speechmos package, and sessions of them or of parts of them.

The package is found without being imported: importing it would load librosa, and its sessions take
every core. One session a thread and model, one operator thread, no spinning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from app.domain.errors import EnvironmentFault

_sessions = threading.local()


def version() -> str:
    """The package with its version, e.g. `speechmos-0.0.1.1`.

    Raises:
        EnvironmentFault: it is not installed.
    """
    try:
        return f"speechmos-{package_version('speechmos')}"
    except PackageNotFoundError:
        raise _missing() from None


@cache
def read(name: str) -> bytes:
    """The bytes of a model file, e.g. `dnsmos_models/sig_bak_ovr.onnx`.

    Raises:
        EnvironmentFault: it is not there.
    """
    from importlib.util import find_spec

    spec = find_spec("speechmos")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / name if folders else None
    if path is None or not path.is_file():
        raise _missing()
    return path.read_bytes()


def _missing() -> EnvironmentFault:
    return EnvironmentFault(
        "The quality models of the speechmos package are missing.", "Run scripts/setup again."
    )


def session(key: str, build: Callable[[], bytes]) -> Any:
    """This thread's onnxruntime session of the model that `build` gives, made on first use."""
    held: dict[str, Any] = _sessions.__dict__
    if key not in held:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        held[key] = onnxruntime.InferenceSession(
            build(), sess_options=options, providers=["CPUExecutionProvider"]
        )
    return held[key]
