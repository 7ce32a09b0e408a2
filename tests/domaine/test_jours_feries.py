"""Public holidays, against a library that knows those of every country."""

from holidays import country_holidays

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.domaine.jours_feries import jours_feries


def test_public_holidays_are_those_that_a_library_of_holidays_knows() -> None:
    """In all the years that measures are made for; the library is too heavy to serve with."""
    annees = range(PREMIER_JOUR.year, FIN_DES_JOURS.year + 1)
    assert jours_feries(annees) == set(country_holidays("FR", years=annees))
