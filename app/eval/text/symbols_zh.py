"""Chinese symbols and their accepted readings."""

from __future__ import annotations

from app.eval.text.symbol_sets import Half, SymbolSet

_AFTER = {"am": ("早上", "上午", "凌晨", "清晨"), "pm": ("下午", "晚上", "中午", "傍晚")}


def _time(hour: int, minute: int, half: Half) -> list[str]:
    readings = _clock(hour, minute)
    if hour > 12:
        short = _clock(hour - 12, minute)
        readings += short + [f"{before}{r}" for r in short for before in _AFTER["pm"]]
    if half:
        readings += [f"{before}{r}" for r in readings for before in _AFTER[half]]
    return readings


def _clock(hour: int, minute: int) -> list[str]:
    hours = [str(hour)] + (["两"] if hour == 2 else [])
    if minute == 0:
        return [f"{h}{mark}" for h in hours for mark in ("点", "点整", "点钟", "时", "点零分")]
    tails = [f"{minute}分", f"{minute}", f"{minute:02}", f"{minute:02}分"]
    tails += {15: ["一刻"], 30: ["半"], 45: ["三刻"]}.get(minute, [])
    return [f"{h}{mark}{tail}" for h in hours for mark in ("点", "时") for tail in tails]


def _date(year: int | None, month: int, day: int) -> list[str]:
    days = [f"{month}月{day}日", f"{month}月{day}号", f"{month}月{day}"]
    if year is None:
        return days
    return [f"{written}年{each}" for written in (year, f"{year:04}"[2:]) for each in days]


SYMBOLS = SymbolSet(
    language="zh",
    rules="cjk-chars-1",
    decimal=".",
    signs={
        "@": ("艾特", "at", "圈a"),
        "#": ("井号", "井"),
        "&": ("和", "与", "and"),
        "+": ("加", "加上"),
        "=": ("等于",),
        "*": ("星号", "星", "乘"),
        "/": ("斜杠", "斜线", "每", "或"),
        "_": ("下划线",),
        "-": ("杠", "横杠", "减", ""),
        ".": ("点",),
        ":": ("冒号", ""),
        "°": ("度",),
        "№": ("号", "第"),
    },
    currencies={
        "¥": ("元", "块", "块钱", "元钱", "人民币"),
        "￥": ("元", "块", "块钱", "元钱", "人民币"),
        "$": ("美元", "美金", "刀", "块美金"),
        "€": ("欧元",),
        "£": ("英镑",),
        "USD": ("美元", "美金"),
        "EUR": ("欧元",),
        "GBP": ("英镑",),
        "CNY": ("元", "块", "人民币", "块钱"),
        "RMB": ("元", "块", "人民币", "块钱"),
    },
    cents=("分", ""),
    tenths=("毛", "角", "毛钱", ""),
    percent=(),
    units={
        "km/h": ("公里每小时", "千米每小时", "公里"),
        "km": ("公里", "千米"),
        "cm": ("厘米", "公分"),
        "mm": ("毫米",),
        "m": ("米",),
        "kg": ("公斤", "千克"),
        "mg": ("毫克",),
        "g": ("克",),
        "ml": ("毫升",),
        "l": ("升",),
        "L": ("升",),
        "GB": ("G", "GB", "个G", "吉字节"),
        "MB": ("兆", "M", "MB"),
        "Mbps": ("兆", "兆每秒"),
        "G": ("G", "个G"),
        "M": ("兆", "M"),
        "kWh": ("度", "度电", "千瓦时"),
        "℃": ("度", "摄氏度"),
        "°C": ("度", "摄氏度"),
        "°": ("度",),
    },
    scales=("万", "亿", "千", "百"),
    letters={"w": ("doubleu", "达不溜"), "t": ("踢",), "p": ("屁",), "q": ("扣",)},
    digits={},
    numbers=("{n}",),
    time=_time,
    date=_date,
)
