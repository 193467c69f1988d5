"""Spanish symbols and their accepted readings."""

from __future__ import annotations

from app.eval.text.symbol_sets import Half, SymbolSet

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
_AFTER = {
    "am": ("am", "de la mañana", "de la madrugada"),
    "pm": ("pm", "de la tarde", "de la noche", "del mediodía"),
}


def _time(hour: int, minute: int, half: Half) -> list[str]:
    readings = _clock(hour, minute)
    if hour > 12:
        short = _clock(hour - 12, minute)
        readings += short + [f"{r} {after}" for r in short for after in _AFTER["pm"]]
    if half:
        return [f"{r} {after}" for r in readings for after in _AFTER[half]]
    return readings


def _clock(hour: int, minute: int) -> list[str]:
    hours = [str(hour)] + (["una"] if hour == 1 else [])
    following = hour % 12 + 1
    next_hours = [str(following)] + (["una"] if following == 1 else [])
    if minute == 0:
        return [f"{h}{tail}" for h in hours for tail in ("", " en punto", " horas")]
    tails = [f"y {minute}", f"{minute}", f"horas {minute}", f"y {minute} minutos"]
    tails += {15: ["y cuarto"], 30: ["y media"]}.get(minute, [])
    readings = [f"{h} {tail}" for h in hours for tail in tails]
    if minute > 30:
        left = {45: "cuarto"}.get(minute, str(60 - minute))
        readings += [f"{h} menos {left}" for h in next_hours]
    return readings


def _date(year: int | None, month: int, day: int) -> list[str]:
    name = MONTHS[month - 1]
    days = [f"{day} de {name}", f"el {day} de {name}", f"{day} {name}", f"{day} del {month}"]
    days += [f"primero de {name}", f"el primero de {name}"] if day == 1 else []
    if year is None:
        return [*days, f"{day}/{month}"]
    joins = (" de ", " del ", " ")
    return [*(f"{d}{j}{year}" for d in days for j in joins), f"{day}/{month}/{year}"]


SYMBOLS = SymbolSet(
    language="es",
    rules="whisper-es-1",
    decimal=",",
    signs={
        "@": ("arroba", "at"),
        "#": ("número", "almohadilla", "numeral", "hashtag", "gato"),
        "&": ("y", "ampersand", "and"),
        "+": ("más",),
        "=": ("igual a", "igual", "es igual a"),
        "*": ("asterisco", "por"),
        "/": ("barra", "diagonal", "por", "entre"),
        "_": ("guion bajo", "guión bajo", "subrayado"),
        "-": ("guion", "guión", "menos", ""),
        ".": ("punto",),
        ":": ("dos puntos", ""),
        "°": ("grados", "grado"),
        "§": ("sección", "párrafo"),
        "№": ("número",),
    },
    currencies={
        "$": ("dólares", "dólar", "pesos"),
        "€": ("euros", "euro"),
        "£": ("libras", "libra"),
        "¥": ("yenes", "yuanes"),
        "USD": ("dólares",),
        "EUR": ("euros", "euro"),
        "GBP": ("libras", "libras esterlinas"),
    },
    cents=("céntimos", "centavos", "céntimo", "centavo"),
    percent=("por ciento", "porciento"),
    units={
        "km/h": ("kilómetros por hora", "kilómetros hora"),
        "km": ("kilómetros", "kilómetro", "km"),
        "cm": ("centímetros", "centímetro", "cm"),
        "mm": ("milímetros", "milímetro", "mm"),
        "m": ("metros", "metro", "m"),
        "kg": ("kilogramos", "kilos", "kilo", "kilogramo", "kg"),
        "mg": ("miligramos", "miligramo", "mg"),
        "g": ("gramos", "gramo", "g"),
        "ml": ("mililitros", "mililitro", "ml"),
        "l": ("litros", "litro", "l"),
        "GB": ("gigabytes", "gigas", "giga", "GB"),
        "MB": ("megabytes", "megas", "mega", "MB"),
        "kWh": ("kilovatios hora", "kilovatio hora", "kWh"),
        "°C": ("grados", "grados centígrados", "grados celsius"),
        "°": ("grados", "grado"),
        "min": ("minutos", "minuto", "min"),
        "h": ("horas", "hora", "h"),
    },
    scales=("mil", "millón", "millones"),
    letters={
        "b": ("be", "ve"), "c": ("ce",), "d": ("de",), "f": ("efe",), "g": ("ge",),
        "h": ("hache",), "j": ("jota",), "k": ("ka",), "l": ("ele",), "m": ("eme",),
        "n": ("ene",), "p": ("pe",), "q": ("cu",), "r": ("erre", "ere"), "s": ("ese",),
        "t": ("te",), "v": ("uve", "ve"), "w": ("uvedoble", "dobleve", "dobleu"), "x": ("equis",),
        "y": ("igriega", "ye"), "z": ("zeta", "ceta"),
    },
    digits={},
    numbers=("{n}", "número {n}"),
    time=_time,
    date=_date,
)  # fmt: skip
