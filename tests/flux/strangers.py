"""Ways to spoil a file that no generator draws, as a table: which file, and what becomes of it."""

import re
from collections.abc import Callable


def swap(pattern: str) -> Callable[[str], str]:
    """Exchange the first value that a pattern finds with the first other."""

    def spoil(text: str) -> str:
        first, *others = re.finditer(pattern, text)
        other = next(each for each in others if each[0] != first[0])
        middle = text[first.end() : other.start()]
        return text[: first.start()] + other[0] + middle + first[0] + text[other.end() :]

    return spoil


def sub(pattern: str, new: str, count: int = 1) -> Callable[[str], str]:
    """Put something else in the place of what a pattern finds."""
    return lambda text: re.sub(pattern, new, text, count=count, flags=re.DOTALL)


STRANGE: dict[str, tuple[str, Callable[[str], str]]] = {
    "two meters of a demand": ("R65_P", swap(r'"idPrm":"\d+"')),
    "two values of a curve": ("R50_.*_Q_", swap(r"<V>\d+</V>")),
    "two energies": ("R65_P", swap(r'"v":"\d+"')),
    "two registers": ("R151_.*_Q_", swap(r"<Valeur>\d{5,}</Valeur>")),
    "another month": ("R50_.*_Q_", sub(r"(<Date_Releve>|<H>)2024-10", r"\g<1>2024-09", 0)),
    "kW taken for W": ("R4Q", sub(r"(Valeur_Point ?=.)([1-9])", r"\g<1>\g<2>000", 0)),
    "a curve times a thousand": ("R50_.*_Q_", sub(r"<V>([1-9]\d*)<", r"<V>\g<1>000<", 0)),
    "minus zero": ("R171", sub(r"<valeur>\d+", "<valeur>-0")),
    "the label of another row": ("R64_P", swap(r'"libelleClasseTemporelle":"[^"]+"')),
    "a day that others tell": ("R64_P", sub(r'\{"d":"2024-10-26[^}]*\},', "", 0)),
    "the counts of a report": ("_CR_", sub(r'"nbPrmPublies":', '"nbPrmPublies":1')),
    "a period that begins later": ("R65_P", sub('(Debut":"2024-10)-25', r"\g<1>-26")),
    "a period that isn't over": ("R64_P", sub('(Fin":"2024)-10-28', r"\g<1>-11-30")),
    "lines as of another system": ("HDM", lambda text: text.replace("\n", "\r\n")),
    "a point in a comment": ("R50_.*_Q_", sub(r"(<PDC>.*?</PDC>)", r"<!--\g<1>-->")),
    "a number as a text": ("R64_P", sub(r'"v":(\d+)', r'"v":"\g<1>"')),
    "no number": ("R64_P", sub(r'"v":\d+', '"v":NaN')),
    "midnight as 24:00": ("R50_.*_Q_", sub(r"<H>(2024-10-\d\d)T00:00", r"<H>\g<1>T24:00")),
    "an hour of winter lost": (
        "R50_.*_00003_Q_",
        sub(r"<PDC>\s*<H>2024-10-27T02:\d\d:00\+01:00.*?</PDC>\s*", "", 0),
    ),
    "a column more": ("HDM", sub(r"(\n20[^\n]*;\d+)(?=\n)", r"\g<1>;")),
    "columns in another order": ("HDM", sub("Horodate;", "Horodate;Nature;")),
    "a day of publication": ("R63A_Q", sub('(DebutPublication":"2024)-10', r"\g<1>-09")),
    "a house of a megawatt": ("C68", sub(r'(Souscrite":\{"valeur":")\d+', r"\g<1>999")),
    "another cadence": ("R65_P", sub('(modePublication":)"P"', r'\g<1>"Q"')),
    "text behind": ("R65_P", lambda text: f"{text}{{}}"),
}
