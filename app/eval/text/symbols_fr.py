"""French symbols and their accepted readings."""

from __future__ import annotations

from app.eval.text.symbol_sets import Half, SymbolSet

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_AFTER = {"am": ("du matin",), "pm": ("de l'après-midi", "du soir")}


def _time(hour: int, minute: int, half: Half) -> list[str]:
    readings = _clock(hour, minute)
    if hour > 12:
        short = _clock(hour - 12, minute)
        readings += [f"{r} {after}" for r in short for after in _AFTER["pm"]]
    if half:
        readings = [f"{r} {after}" for r in readings for after in _AFTER[half]]
    if minute == 0 and hour in (0, 12, 24):
        readings += ["midi", "minuit"]
    return readings


def _clock(hour: int, minute: int) -> list[str]:
    hours = [f"{hour} heures", f"{hour} heure", f"{hour}h", *(["une heure"] if hour == 1 else [])]
    following = hour % 24 + 1
    if minute == 0:
        return [*hours, *(f"{h} pile" for h in hours)]
    tails = [f"{minute}", f"{minute} minutes"]
    tails += {15: ["et quart"], 30: ["et demie", "et demi"]}.get(minute, [])
    readings = [f"{h} {tail}" for h in hours for tail in tails]
    if minute > 30:
        left = {45: "le quart"}.get(minute, str(60 - minute))
        readings += [f"{following} heures moins {left}", f"{following} heure moins {left}"]
    return readings


def _date(year: int | None, month: int, day: int) -> list[str]:
    name = MONTHS[month - 1]
    days = [f"{day} {name}", f"le {day} {name}", f"{day}/{month}"]
    days += [f"1er {name}", f"le 1er {name}", f"premier {name}"] if day == 1 else []
    if year is None:
        return days
    return [*(f"{d} {year}" for d in days), f"{day}/{month}/{year}"]


SYMBOLS = SymbolSet(
    language="fr",
    rules="whisper-fr-1",
    decimal=",",
    signs={
        "@": ("arobase", "arobas", "at", "chez"),
        "#": ("dièse", "numéro", "hashtag"),
        "&": ("et", "esperluette", "and"),
        "+": ("plus",),
        "=": ("égale", "égal", "égale à"),
        "*": ("étoile", "astérisque", "fois"),
        "/": ("slash", "barre oblique", "barre", "sur", "par"),
        "_": ("tiret du bas", "underscore", "tiret bas"),
        "-": ("tiret", "moins", "trait d'union", ""),
        ".": ("point",),
        ":": ("deux points", ""),
        "°": ("degrés", "degré"),
        "§": ("paragraphe", "section"),
        "№": ("numéro",),
    },
    currencies={
        "€": ("euros", "euro"),
        "$": ("dollars", "dollar"),
        "£": ("livres", "livre", "livres sterling"),
        "¥": ("yens", "yuans"),
        "EUR": ("euros", "euro"),
        "USD": ("dollars",),
        "GBP": ("livres", "livres sterling"),
    },
    cents=("centimes", "centime", "cents"),
    percent=("pour cent", "pourcent", "pourcents"),
    units={
        "km/h": ("kilomètres heure", "kilomètres par heure", "kilomètres à l'heure"),
        "km": ("kilomètres", "kilomètre", "km"),
        "cm": ("centimètres", "centimètre", "cm"),
        "mm": ("millimètres", "millimètre", "mm"),
        "m": ("mètres", "mètre", "m"),
        "kg": ("kilogrammes", "kilos", "kilo", "kg"),
        "mg": ("milligrammes", "milligramme", "mg"),
        "g": ("grammes", "gramme", "g"),
        "ml": ("millilitres", "millilitre", "ml"),
        "l": ("litres", "litre", "l"),
        "Go": ("gigaoctets", "gigaoctet", "gigas", "giga", "Go"),
        "Mo": ("mégaoctets", "mégaoctet", "mégas", "Mo"),
        "kWh": ("kilowattheures", "kilowatts heures", "kilowattheure", "kWh"),
        "°C": ("degrés", "degrés celsius"),
        "°": ("degrés", "degré"),
        "min": ("minutes", "minute", "min"),
        "h": ("heures", "heure", "h"),
    },
    scales=("mille", "million", "millions", "milliard", "milliards"),
    letters={
        "b": ("bé",), "c": ("cé", "ces"), "d": ("dé", "des"), "f": ("effe",), "g": ("gé",),
        "h": ("hache",), "j": ("ji",), "k": ("ka", "cas"), "l": ("elle",), "m": ("aime", "emme"),
        "n": ("haine", "enne"), "p": ("pé",), "q": ("cul", "ku"), "r": ("air", "erre"),
        "s": ("esse",), "t": ("té", "thé"), "v": ("vé",), "w": ("doublevé",), "x": ("ix", "ics"),
        "y": ("igrec",), "z": ("zède",),
    },
    digits={},
    numbers=("{n}", "numéro {n}"),
    time=_time,
    date=_date,
)  # fmt: skip
