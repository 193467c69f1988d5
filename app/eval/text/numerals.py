"""Han numerals as Arabic digits, so that 三百五十 and 350 are the same to a comparison.

Only what forms a number is turned: 千万 ("be sure to") stays, 万一 ("in case") becomes 万1. Digits
alone are turned one for one, which never changes how many characters there are.
"""

from __future__ import annotations

import re
from fractions import Fraction

_DIGITS = dict(zip("〇零一二两三四五六七八九幺", "0012234567891", strict=True))
"""With 两 (two of) and 幺 (one, said in telephone numbers)."""

_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"亿": 10**8, "億": 10**8, "万": 10**4, "萬": 10**4}
_D, _U, _M = ("".join(x) for x in (_DIGITS, _UNITS, _MYRIADS))
_RUN = re.compile(rf"(?:\d+(?:\.\d+)?|[{_D}{_U}{_M}])+")
_TO_ARABIC = str.maketrans(_DIGITS)
_TO_HAN = str.maketrans("0123456789", "零一二三四五六七八九")
_WRITTEN = re.compile(r"\d{1,12}(?:\.\d{1,9})?")
_PLACE = re.compile(rf"([{_D}]?)([{_U}])|([{_D}])")


def arabic(text: str) -> str:
    """`text` with its Han numerals in Arabic digits; `text` is NFKC already."""
    return _RUN.sub(lambda found: _run(found[0]), text)


def _run(run: str) -> str:
    value = None
    if any(c in _UNITS or c in _MYRIADS for c in run):
        value = _number(run)
    if value is None or value.denominator != 1:
        return run.translate(_TO_ARABIC)
    return str(value.numerator)


def _number(run: str) -> Fraction | None:
    """The number that the run is, or None if it is not one."""
    total, rest, below = Fraction(0), run, 10**12
    for mark, size in _MYRIADS.items():
        if mark not in rest:
            continue
        head, _, rest = rest.partition(mark)
        part = _section(head)
        if part is None or size >= below:
            return None
        total, below = total + part * size, size
    if not rest:
        return total
    part = _section(rest)
    if part is None or part >= below:
        return None
    if len(rest) == 1 and total:  # 三万五 is 35000; 30005 is said with a zero
        part *= below // 10
    return total + part


def _section(section: str) -> Fraction | None:
    """The value of what stands before a 万 or 亿, or at the end: at most four places."""
    if _WRITTEN.fullmatch(section):
        return Fraction(section)
    section = section.translate(_TO_HAN)
    total, last, at, zero = 0, 10**4, 0, False
    while at < len(section):
        if section[at] in "〇零":
            zero, at = True, at + 1
            continue
        place = _place(section, at, last)
        if place is None:
            return None
        value, unit, at = place
        if unit == 1 and total and last > 10 and not zero:
            value, unit = value * last // 10, last // 10  # 一百二 is 120
        total, last, zero = total + value, unit, False
    return Fraction(total) if total or section in ("零", "〇") else None


def _place(section: str, at: int, last: int) -> tuple[int, int, int] | None:
    """(value, unit, where it ends) of the digit with its unit at `at`; units must fall."""
    found = _PLACE.match(section, at)
    if found is None:
        return None
    unit = _UNITS[found[2]] if found[2] else 1
    digit = found[1] or found[3]
    if unit >= last or (not digit and unit != 10):
        return None
    return int(_DIGITS.get(digit, "1")) * unit, unit, found.end()
