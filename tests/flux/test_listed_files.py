"""A list of files tells of their points how many there are, and the first of them."""

from datetime import date

from publication_kit import C5, CONTRAT, Platform, at
from sqlalchemy import inspect

from sge_sim.api.flux import FichierView
from sge_sim.domaine.prm import generate
from sge_sim.tables.flux import FichierFlux, Publication, find_fichiers


def add_file(platform: Platform, nom: str, *prms: str) -> None:
    with platform.database.transaction() as session:
        publication = Publication(
            flux="R50", contrat_id=CONTRAT, instant=at(date(2024, 11, 20)), emise=True
        )
        file = FichierFlux(
            contrat_id=CONTRAT,
            nom=nom,
            prms=" ".join(prms),
            taille=1,
            sha256="0" * 64,
            chemin=nom,
            etat="livre",
            publication=publication,
        )
        session.add(file)


def test_the_points_of_a_large_file_are_neither_read_nor_listed(platform: Platform) -> None:
    many = [generate("301", number) for number in range(3000)]
    for nom, prms in (("many", many), ("one", [C5]), ("none", [])):
        add_file(platform, nom, *prms)
    with platform.database.sessions() as session:
        found = find_fichiers(session)
        assert all("prms" in inspect(file).unloaded for file in found)
        views = {file.nom: FichierView.of(file) for file in found}
    assert (views["many"].nombre_points, views["many"].points) == (3000, many[:50])
    assert (views["one"].nombre_points, views["one"].points) == (1, [C5])
    assert (views["none"].nombre_points, views["none"].points) == (0, [])
