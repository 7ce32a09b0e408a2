"""Plots as SVG, written by hand: a few lines in a frame."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.vraisemblance.statistiques import Nombres

_WIDTH: Final = 640
_HEIGHT: Final = 300
_MARGIN: Final = 48
_COLOURS: Final = ("#1b6ca8", "#c8553d", "#588157", "#7b4b94", "#b08900", "#555555")


def lines(
    title: str,
    x: Nombres,
    courbes: Sequence[tuple[str, Nombres]],
    *,
    points: bool = False,
    unite: tuple[str, str] = ("", ""),
) -> str:
    """Return a plot of named curves over the same x, or of points."""
    haut = max(float(np.nanmax(y)) for _, y in courbes) or 1.0
    bas = min(0.0, *(float(np.nanmin(y)) for _, y in courbes))
    gauche, droite = float(x.min()), float(x.max())

    def place(a: float, b: float) -> str:
        u = _MARGIN + (a - gauche) / (droite - gauche) * (_WIDTH - 2 * _MARGIN)
        v = _HEIGHT - _MARGIN - (b - bas) / (haut - bas) * (_HEIGHT - 2 * _MARGIN)
        return f"{u:.1f},{v:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="20" font-size="14">{title}</text>',
        f'<path d="M{place(gauche, bas)} L{place(droite, bas)} M{place(gauche, bas)} '
        f'L{place(gauche, haut)}" stroke="#888888" fill="none"/>',
        f'<text x="{_MARGIN}" y="{_HEIGHT - 30}">{gauche:g}</text>',
        f'<text x="{_WIDTH - _MARGIN}" y="{_HEIGHT - 30}" text-anchor="end">{droite:g} '
        f"{unite[0]}</text>",
        f'<text x="4" y="{_MARGIN}">{haut:.3g} {unite[1]}</text>',
    ]
    for rang, (nom, y) in enumerate(courbes):
        colour = _COLOURS[rang % len(_COLOURS)]
        places = [place(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        if points:
            parts += [
                f'<circle cx="{a}" cy="{b}" r="1.6" fill="{colour}"/>'
                for a, b in (one.split(",") for one in places)
            ]
        else:
            parts.append(
                f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" '
                'stroke-width="1.4"/>'
            )
        if nom:
            parts.append(
                f'<text x="{_MARGIN + 100 * rang}" y="{_HEIGHT - 10}" fill="{colour}">{nom}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])
