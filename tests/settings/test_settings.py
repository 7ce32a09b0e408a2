"""What settings say of themselves: no password, and what the profile implies."""

import pytest

from sge_sim.settings import Pertes, Profile, Settings
from sge_sim.settings.database_url import without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://moi:s3cret@hote/base", "postgresql+psycopg://moi:***@hote/base"),
        ("postgresql://moi:s3/c:r@t@hote/base", "postgresql://moi:***@hote/base"),
        ("postgresql://:s3cret@hote/base", "postgresql://:***@hote/base"),
        (
            "postgresql://hote/base?user=moi&password=s3cret&x=1",
            "postgresql://hote/base?user=moi&password=***&x=1",
        ),
        ("postgresql://moi@hote:5432/base", "postgresql://moi@hote:5432/base"),
        ("sqlite:////tmp/a:b.db", "sqlite:////tmp/a:b.db"),
    ],
)
def test_the_password_of_a_database_is_masked_wherever_the_settings_are_shown(
    url: str, shown: str
) -> None:
    assert without_password(url) == shown
    described = {name: value for name, value, _ in Settings(database_url=url).described()}
    assert described["database_url"] == shown
    assert Settings(database_url=url).database == url


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
