"""Protocol Buffers read and written by hand: a second opinion on what goes over the wire."""

from __future__ import annotations

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def written(*fields: tuple[int, int | bytes]) -> bytes:
    """A message of numbered fields."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3 | VARINT) + varint(value)
        else:
            out += varint(number << 3 | BYTES) + varint(len(value)) + value
    return out


def read(data: bytes) -> dict[int, int | bytes]:
    """The fields of a message; raises ValueError for a repeated one or an odd length."""
    found: dict[int, int | bytes] = {}
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            if at >= len(data):
                raise ValueError("cut off")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = number()
        if key & 7 not in (VARINT, BYTES) or key >> 3 in found:
            raise ValueError(f"field {key >> 3} of type {key & 7}")
        if key & 7 == VARINT:
            found[key >> 3] = number()
            continue
        size = number()
        if at + size > len(data):
            raise ValueError("cut off")
        found[key >> 3] = data[at : at + size]
        at += size
    return found
