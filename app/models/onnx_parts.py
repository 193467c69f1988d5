"""Cuts a part out of an ONNX model, so that what several inputs share is computed once.

Works on the file's bytes by the protobuf wire format and keeps nodes and weights verbatim; only the
list of inputs and outputs is written anew. Field numbers are those of onnx.proto (ONNX IR 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.domain.errors import EnvironmentFault

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT = 1, 2
_TENSOR_NAME = 8
_FLOAT = 1
_BYTES, _VARINT = 2, 0
_FIXED = {1: 8, 5: 4}

Field = tuple[int, int, bytes]
"""Number, wire type, payload; of a number in varint form the payload is that form."""


def part(model: bytes, inputs: Mapping[str, Sequence[int | str]], outputs: Sequence[str]) -> bytes:
    """A model of the nodes between `inputs` and `outputs`.

    Args:
        model: the whole model's file.
        inputs: names of float tensors inside the model that are given from now on, with their
            shapes; a string is a free dimension.
        outputs: names of float tensors inside the model that are wanted.

    Raises:
        EnvironmentFault: the model has no such tensors, or is no model.
    """
    try:
        fields = list(_fields(model))
        graph = list(_fields(next(p for n, _, p in fields if n == _MODEL_GRAPH)))
        kept, needed = _needed(graph, set(inputs), outputs)
    except (StopIteration, IndexError, KeyError, UnicodeDecodeError):
        raise EnvironmentFault(
            "A model of the speechmos package is not the one that is known here.",
            "Install the release that the requirements name: run scripts/setup again.",
        ) from None
    body = b"".join(_record(_GRAPH_NODE, p) for p in kept)
    body += _record(_GRAPH_NAME, b"part")
    body += b"".join(
        _record(n, p)
        for n, _, p in graph
        if n == _GRAPH_INITIALIZER and _text(p, _TENSOR_NAME)[0] in needed
    )
    body += b"".join(_record(_GRAPH_INPUT, _info(k, shape)) for k, shape in inputs.items())
    body += b"".join(_record(_GRAPH_OUTPUT, _info(name, None)) for name in outputs)
    head = b"".join(_raw(n, w, p) for n, w, p in fields if n != _MODEL_GRAPH)
    return head + _record(_MODEL_GRAPH, body)


def _needed(
    graph: Sequence[Field], inputs: set[str], outputs: Sequence[str]
) -> tuple[list[bytes], set[str]]:
    """The nodes that lead from `inputs` to `outputs`, in order, and every tensor they read."""
    nodes = [p for n, _, p in graph if n == _GRAPH_NODE]
    maker = {name: i for i, p in enumerate(nodes) for name in _text(p, _NODE_OUTPUT)}
    weights = {_text(p, _TENSOR_NAME)[0] for n, _, p in graph if n == _GRAPH_INITIALIZER}
    wanted, chosen, read = list(outputs), set[int](), set[str]()
    while wanted:
        name = wanted.pop()
        if name in read or name in inputs or not name:
            continue
        read.add(name)
        if name in weights:
            continue
        node = maker[name]
        if node not in chosen:
            chosen.add(node)
            wanted += _text(nodes[node], _NODE_INPUT)
    return [nodes[i] for i in sorted(chosen)], read


def _text(message: bytes, number: int) -> list[str]:
    return [p.decode() for n, w, p in _fields(message) if n == number and w == _BYTES]


def _fields(message: bytes) -> Iterator[Field]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            begin = at
            _, at = _varint(message, at)
        elif wire == _BYTES:
            size, begin = _varint(message, at)
            at = begin + size
        else:
            begin, at = at, at + _FIXED[wire]
        if at > len(message):
            raise IndexError
        yield number, wire, message[begin:at]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _raw(number: int, wire: int, payload: bytes) -> bytes:
    size = _number(len(payload)) if wire == _BYTES else b""
    return _number(number << 3 | wire) + size + payload


def _record(number: int, payload: bytes) -> bytes:
    return _raw(number, _BYTES, payload)


def _info(name: str, shape: Sequence[int | str] | None) -> bytes:
    """A ValueInfoProto of a float tensor; without `shape` any."""
    tensor = _raw(1, _VARINT, _number(_FLOAT))
    if shape is not None:
        sizes = (
            _record(2, size.encode()) if isinstance(size, str) else _raw(1, _VARINT, _number(size))
            for size in shape
        )
        tensor += _record(2, b"".join(_record(1, size) for size in sizes))
    return _record(1, name.encode()) + _record(2, _record(1, tensor))
