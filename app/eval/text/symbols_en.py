"""English symbols and their accepted readings."""

from __future__ import annotations

from app.eval.text.symbol_sets import Half, SymbolSet

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_AFTER = {
    "am": ("am", "in the morning", "o'clock in the morning", "o'clock am"),
    "pm": (
        "pm", "in the afternoon", "in the evening", "at night", "o'clock in the afternoon",
        "o'clock in the evening", "o'clock pm",
    ),
}  # fmt: skip


def _time(hour: int, minute: int, half: Half) -> list[str]:
    """After noon on the long clock may be said on the short one."""
    readings = _clock(hour, minute)
    if hour > 12 or (hour == 0 and not half):
        short = _clock(hour % 12 or 12, minute)
        said: Half = "pm" if hour >= 12 else "am"
        readings += short + [f"{r} {after}" for r in short for after in _AFTER[said]]
    if half:
        return [f"{r} {after}" for r in readings for after in _AFTER[half]] + _noon(hour, minute)
    return readings + _noon(hour, minute)


def _clock(hour: int, minute: int) -> list[str]:
    following = hour % 12 + 1
    if minute == 0:
        return [
            f"{hour}",
            f"{hour} o'clock",
            f"{hour} hundred",
            f"{hour} hundred hours",
            f"{hour} 0 0",
        ]
    readings = [f"{hour} {minute}", f"{minute} past {hour}", f"{minute} minutes past {hour}"]
    if minute < 10:
        readings += [f"{hour} o {minute}", f"{hour} oh {minute}", f"{hour} 0 {minute}"]
    if minute == 15:
        readings += [f"quarter past {hour}", f"a quarter past {hour}", f"quarter after {hour}"]
    if minute == 30:
        readings += [f"half past {hour}", f"half {hour}"]
    if minute == 45:
        readings += [f"quarter to {following}", f"a quarter to {following}"]
    if minute > 30:
        readings += [f"{60 - minute} to {following}", f"{60 - minute} minutes to {following}"]
    return readings


def _noon(hour: int, minute: int) -> list[str]:
    if hour != 12 or minute:
        return ["midnight"] if hour == 0 and not minute else []
    return ["noon", "midday", "12 noon", "12 midnight", "midnight"]


def _date(year: int | None, month: int, day: int) -> list[str]:
    name, ordinal = MONTHS[month - 1], f"{day}{_ending(day)}"
    readings = [
        f"{name} {ordinal}", f"{name} {day}", f"{name} the {ordinal}", f"{ordinal} of {name}",
        f"the {ordinal} of {name}", f"{day} {name}", f"{ordinal} {name}",
        f"{month} {day}", f"{day} {month}", f"{month}/{day}", f"{day}/{month}",
    ]  # fmt: skip
    if year is None:
        return readings
    return [
        *(f"{reading} {year}" for reading in readings),
        f"{month}/{day}/{year}", f"{day}/{month}/{year}",
        *(f"{year} {reading}" for reading in readings),
    ]  # fmt: skip


def _ending(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


SYMBOLS = SymbolSet(
    language="en",
    rules="whisper-en-1",
    decimal=".",
    signs={
        "@": ("at", "at sign"),
        "#": ("number", "hash", "pound", "hashtag", "pound sign", "sharp"),
        "&": ("and", "ampersand", "n"),
        "+": ("plus",),
        "=": ("equals", "is", "equal to"),
        "*": ("star", "asterisk", "times"),
        "/": ("slash", "forward slash", "stroke", "over", "per", "or"),
        "_": ("underscore", "underline"),
        "-": ("dash", "hyphen", "minus", ""),
        ".": ("dot", "point", "period"),
        ":": ("colon", ""),
        "°": ("degrees", "degree"),
        "§": ("section", "paragraph"),
        "№": ("number",),
    },
    currencies={
        "$": ("dollars", "dollar", "bucks", "US dollars"),
        "€": ("euros", "euro"),
        "£": ("pounds", "pound", "pounds sterling", "quid"),
        "¥": ("yen", "yuan"),
        "USD": ("dollars", "US dollars", "USD"),
        "EUR": ("euros", "euro", "EUR"),
        "GBP": ("pounds", "pounds sterling", "GBP"),
        "CNY": ("yuan", "renminbi", "CNY"),
        "RMB": ("RMB", "renminbi", "yuan"),
    },
    cents=("cents", "cent", "pence", "p"),
    percent=("percent", "per cent"),
    units={
        "km/h": ("kilometers per hour", "kilometers an hour", "kph", "k an hour"),
        "mph": ("miles per hour", "miles an hour", "mph"),
        "km": ("kilometers", "kilometer", "km", "k"),
        "cm": ("centimeters", "centimeter", "cm"),
        "mm": ("millimeters", "millimeter", "mm"),
        "m": ("meters", "meter", "m"),
        "kg": ("kilograms", "kilogram", "kilos", "kilo", "kg"),
        "mg": ("milligrams", "milligram", "mg"),
        "g": ("grams", "gram", "g"),
        "lbs": ("pounds", "lbs"),
        "lb": ("pounds", "pound", "lb"),
        "oz": ("ounces", "ounce", "oz"),
        "ml": ("milliliters", "milliliter", "ml", "mils"),
        "l": ("liters", "liter", "l"),
        "ft": ("feet", "foot", "ft"),
        "GB": ("gigabytes", "gigabyte", "gigs", "gig", "GB"),
        "MB": ("megabytes", "megabyte", "megs", "MB"),
        "Mbps": ("megabits per second", "megabits a second", "Mbps"),
        "kWh": ("kilowatt hours", "kilowatt hour", "kWh"),
        "°C": ("degrees celsius", "degrees", "degrees c", "degrees centigrade"),
        "°F": ("degrees fahrenheit", "degrees", "degrees f"),
        "°": ("degrees", "degree"),
        "ms": ("milliseconds", "millisecond", "ms"),
        "min": ("minutes", "minute", "min"),
        "hrs": ("hours", "hrs"),
        "hr": ("hours", "hour", "hr"),
    },
    scales=("thousand", "million", "billion", "trillion"),
    letters={
        "a": ("ay", "alpha", "alfa"), "b": ("be", "bee", "bravo"), "c": ("see", "sea", "charlie"),
        "d": ("dee", "delta"), "e": ("echo",), "f": ("ef", "foxtrot"), "g": ("gee", "golf"),
        "h": ("aitch", "hotel"), "i": ("eye", "india"), "j": ("jay", "juliet", "juliett"),
        "k": ("kay", "kilo"), "l": ("el", "ell", "lima"), "m": ("em", "mike"),
        "n": ("en", "november"), "o": ("oh", "0", "oscar"), "p": ("pee", "pea", "papa"),
        "q": ("queue", "cue", "quebec"), "r": ("are", "romeo"), "s": ("ess", "sierra"),
        "t": ("tea", "tee", "tango"), "u": ("you", "uniform"), "v": ("vee", "victor"),
        "w": ("doubleu", "doubleyou", "whiskey", "whisky"), "x": ("ex", "xray"),
        "y": ("why", "yankee"), "z": ("zee", "zed", "zulu"),
    },
    digits={"0": ("o", "oh"), "1": ("won",), "2": ("to", "too"), "4": ("for",), "8": ("ate",)},
    numbers=("{n}", "a {n}", "number {n}"),
    time=_time,
    date=_date,
    month_first=True,
    digit_names=(
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "hundred",
    ),
)  # fmt: skip
