"""The pictures in the documentation: there is one for each row of the table that `make screenshots` goes through."""

from screenshots.__main__ import IMAGES
from screenshots.shots import SHOTS


def test_every_picture_has_a_name_of_its_own_and_is_there() -> None:
    names = [shot.name for shot in SHOTS]

    assert len(set(names)) == len(names)
    assert [name for name in names if not (IMAGES / f"{name}.png").is_file()] == []
