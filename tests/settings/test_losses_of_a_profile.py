"""Which measures are lost: as the profile says, unless it is said."""

import pytest

from sge_sim.settings import Pertes, Profile, Settings


@pytest.mark.assumed("the nominal profile loses nothing")
@pytest.mark.parametrize(
    ("profile", "pertes", "perd"),
    [
        (Profile.NOMINAL, None, False),
        (Profile.FIDELE, None, True),
        (Profile.NOMINAL, Pertes.CONSTATEES, True),
        (Profile.FIDELE, Pertes.AUCUNE, False),
    ],
)
def test_losses_follow_the_profile_unless_it_is_said(
    profile: Profile, pertes: Pertes | None, perd: bool
) -> None:
    assert Settings(profile=profile, pertes=pertes).perd_des_mesures is perd
