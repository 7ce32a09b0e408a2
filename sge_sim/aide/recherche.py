"""Which pages answer a question: stems, words that mean the same, errors of typing.

A page is worth what its best section and itself are worth (BM25, where a word of a title counts as
several). Where too little of what is asked is found, the answer says so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from math import log
from typing import Final

import snowballstemmer

from sge_sim.aide.mots import read_mots
from sge_sim.aide.sections import HelpSection, all_sections, lines_of
from sge_sim.domaine.francais import normalise
from sge_sim.machine.once import computed_once

SHOWN: Final = 3
"""Pages that an answer which isn't sure shows."""
_MOST_WORDS: Final = 12
_SHORT, _LONGER, _ALIKE = 4, 2, 0.78
"""An error of typing: in a word of so many letters at least, with so many more or fewer, and so
alike."""
_SATURATION, _LENGTH = 1.2, 0.6
"""Of BM25: how soon a repeated word stops counting, and how much a long text loses."""
_TITRE, _RUBRIQUE = 3, 3
"""How many times a word of a title, of a heading counts."""
_PROCHE, _VOISIN = 0.5, 0.7
"""What a word that means the same is worth, and one that is written almost so."""
_OF_PAGE, _OF_WORDS = 0.5, 3.0
"""What the whole page counts beside its best section, and the words that are declared of it."""
_SURE: Final = 0.55
"""The share of what is asked that a page must have for its answer to be sure."""
_EXCERPT, _TELLING = 240, 60
"""Characters of an excerpt at most, and those under which a line says less and less."""


@dataclass(frozen=True)
class HelpExcerpt:
    """A page that answers: its best section, and the line of it that says most."""

    section: HelpSection
    ligne: str
    valeur: float


@dataclass(frozen=True)
class HelpAnswer:
    """What the help answers, the best page first; `sure` is False where nothing fits well."""

    sure: bool
    extraits: tuple[HelpExcerpt, ...]


class _Weighed:
    """Texts as their stems, and what each is worth for weighed stems."""

    def __init__(self, texts: Iterable[Counter[str]]) -> None:
        self.texts = tuple(texts)
        self.holders: dict[str, list[int]] = defaultdict(list)
        self.lengths = [sum(each.values()) for each in self.texts]
        self.mean = sum(self.lengths) / len(self.texts)
        for rank, each in enumerate(self.texts):
            for stem in each:
                self.holders[stem].append(rank)

    def rarity(self, stem: str) -> float:
        held = len(self.holders.get(stem, ()))
        return log(1 + (len(self.texts) - held + 0.5) / (held + 0.5))

    def worth(self, asked: Sequence[Mapping[str, float]]) -> dict[int, float]:
        """Return what each text that has any of it is worth: each word counts by its best form."""
        found: dict[int, float] = defaultdict(float)
        for forms in asked:
            best: dict[int, float] = defaultdict(float)
            for stem, weight in forms.items():
                for rank in self.holders.get(stem, ()):
                    count = self.texts[rank][stem]
                    long = 1 - _LENGTH + _LENGTH * self.lengths[rank] / self.mean
                    value = weight * self.rarity(stem) * count * (_SATURATION + 1)
                    best[rank] = max(best[rank], value / (count + _SATURATION * long))
            for rank, value in best.items():
                found[rank] += value
        return found


class HelpIndex:
    """The sections of the help, weighed."""

    def __init__(self, sections: Sequence[HelpSection]) -> None:
        self._sections = sections
        self._stem = _Stems()
        self.pages = tuple({each.page: each.titre for each in sections}.items())
        rank_of = {page: rank for rank, (page, _) in enumerate(self.pages)}
        self._page_of = [rank_of[each.page] for each in sections]
        self._first = [self._page_of.index(rank) for rank in range(len(self.pages))]
        bodies = [self._counted(each) for each in sections]
        whole: list[Counter[str]] = [Counter() for _ in self.pages]
        for page, body in zip(self._page_of, bodies, strict=True):
            whole[page] += body
        self._of_sections, self._of_pages = _Weighed(bodies), _Weighed(whole)
        declared = read_mots().pages
        self._of_words = _Weighed(
            Counter(self._stem.of(f"{titre} {declared.get(page, '')}"))
            for page, titre in self.pages
        )

    def _counted(self, section: HelpSection) -> Counter[str]:
        counted = Counter(self._stem.of(section.texte))
        for text, times in (
            (section.titre, _TITRE),
            (section.rubrique, _RUBRIQUE),
            # The first cell of a row says what the row is about: a code, an option, a field.
            (" ".join(re.findall(r"^\| *([^|]*)", section.texte, re.M)), _RUBRIQUE),
        ):
            for stem in self._stem.of(text):
                counted[stem] += times
        return counted

    def answer(self, question: str, most: int = 5) -> HelpAnswer:
        """Return the pages that answer a question, `most` of them at most."""
        asked = [self._forms(word) for word in self._stem.words(question)[:_MOST_WORDS]]
        sections, pages = self._of_sections.worth(asked), self._of_pages.worth(asked)
        words = self._of_words.worth(asked)
        best = {page: self._first[page] for page in words}
        for rank, value in sections.items():
            page = self._page_of[rank]
            if value > sections.get(best.get(page, -1), 0.0):
                best[page] = rank
        values = {
            page: sections.get(rank, 0.0)
            + _OF_PAGE * pages.get(page, 0.0)
            + _OF_WORDS * words.get(page, 0.0)
            for page, rank in best.items()
        }
        order = sorted(values, key=lambda page: (-values[page], page))[:most]
        sure = bool(order) and self._covered(asked, order[0]) >= _SURE
        return HelpAnswer(
            sure,
            tuple(
                HelpExcerpt(self._sections[best[page]], self._line(asked, best[page]), values[page])
                for page in (order if sure else order[:SHOWN])
            ),
        )

    def _forms(self, word: str) -> dict[str, float]:
        """Return the stems that answer a word, each with its weight."""
        stem = self._stem.stem(word)
        forms = dict.fromkeys(self._stem.proches.get(stem, ()), _PROCHE)
        if stem in self._of_pages.holders or stem in self._of_words.holders:
            return forms | {stem: 1.0}
        for close in self._stem.near(word):
            near = self._stem.stem(close)
            forms |= dict.fromkeys(self._stem.proches.get(near, ()), _PROCHE * _VOISIN)
            forms[near] = _VOISIN
        return forms or {stem: 1.0}

    def _covered(self, asked: Sequence[Mapping[str, float]], page: int) -> float:
        """Return how much of what is asked a page has, words counted by how rare they are."""
        rarity = self._of_pages.rarity
        has = self._of_pages.texts[page].keys() | self._of_words.texts[page].keys()
        worth = [max(map(rarity, forms)) for forms in asked]
        had = [_best(forms, has) for forms in asked]
        return sum(w * h for w, h in zip(worth, had, strict=True)) / (sum(worth) or 1)

    def _line(self, asked: Sequence[Mapping[str, float]], rank: int) -> str:
        """Return the line of a section that has most of what is asked, cut around it."""
        rarity = self._of_sections.rarity
        weighed = [{stem: w * rarity(stem) for stem, w in forms.items()} for forms in asked]

        def worth(line: str) -> float:
            has = set(self._stem.of(line))
            found = sum(_best(forms, has) for forms in weighed)
            return found * min(1.0, len(line) / _TELLING)

        shown = max(lines_of(self._sections[rank]), key=worth, default="")
        return shown if len(shown) <= _EXCERPT else f"{shown[:_EXCERPT].rsplit(' ', 1)[0]} …"


def _best(forms: Mapping[str, float], has: Set[str]) -> float:
    return max((weight for stem, weight in forms.items() if stem in has), default=0.0)


class _Stems:
    """Words of the help and of questions as their stems."""

    def __init__(self) -> None:
        declared = read_mots()
        self._known: dict[str, str] = {}
        self._vides = {*declared.vides.split()}
        self.proches: dict[str, set[str]] = defaultdict(set)
        for group in declared.proches:
            stems = {self.stem(word) for word in group}
            for stem in stems:
                self.proches[stem] |= stems - {stem}
        self.seen: set[str] = set()

    def stem(self, word: str) -> str:
        if word not in self._known:
            # A stemmer of its own: they aren't for several threads.
            self._known[word] = snowballstemmer.stemmer("french").stemWord(word)
        return self._known[word]

    def words(self, text: str) -> list[str]:
        """Return the words of a text that say something, without accents."""
        found = re.findall(r"\w+", normalise(text).lower())
        return [word for word in found if word not in self._vides] or found

    def near(self, word: str) -> list[str]:
        """Return the words of the help that are written almost as this one, which it hasn't."""
        if len(word) < _SHORT:
            return []
        likely = [each for each in self.seen if abs(len(each) - len(word)) <= _LONGER]
        return get_close_matches(word, likely, n=3, cutoff=_ALIKE)

    def of(self, text: str) -> list[str]:
        """Return the stems of a text of the help, whose words are then known."""
        words = self.words(text)
        self.seen.update(words)
        return [self.stem(word) for word in words]


@computed_once()
def help_index() -> HelpIndex:
    """Return the index of the help; raises `UsageError` where there is no help."""
    return HelpIndex(all_sections())
