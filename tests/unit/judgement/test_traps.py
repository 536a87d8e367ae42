"""Words of the trade that mean something else, and texts about other goods: no alarm."""

import pytest

from tests.unit.judgement.texts import judged


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Driving licences: fee rises in April", "The cost of a driving licence renewal will go up to 30 pounds."),
        (
            "Silver for Kipchoge in Tokyo",
            "The Kenyan took the silver medal after a sprint finish; gold went to Ethiopia.",
        ),
        (
            "Cobalt Blue: paint of the season",
            "The paint maker says cobalt is the colour for kitchens. From 30 euros a tin.",
        ),
        ("Graphite pencils tested", "We tried twelve graphite pencils. The best is soft and does not break."),
        ("Nightclub bans celebrity after blacklist row", "The club put the singer on its blacklist after a fight."),
        (
            "Museum opens show on history of tin mining",
            "The exhibition looks back at two centuries of Cornish tin mining.",
        ),
        ("Steel tariffs: EU weighs quota on imports", "Brussels may set a quota on steel imports from July."),
        ("Lakers suspend guard for three games", "The league lifted a ban on the coach. The trade deadline is Friday."),
        ("Platinum album for the band", "Their record went platinum in six countries after a sold-out tour."),
        (
            "Police smash cocaine ring in Rotterdam port",
            "Customs seized two tonnes of cocaine and arrested eleven people.",
        ),
        ("Gallium-68 scans for prostate cancer", "The hospital offers a gallium-68 PET scan to patients from June."),
    ],
)
def test_no_alarm(title: str, body: str) -> None:
    assert judged(title, body).signals == ()


def test_what_was_considered_is_told_with_the_reason() -> None:
    """A text near enough to be weighed leaves a trace; the gate's many others leave none."""
    dropped = judged(
        "Cobalt: what is it, and who mines it?", "A primer on cobalt mining in Congo, with export figures."
    ).dropped
    assert judged("Lakers suspend guard for three games").dropped == ()
    for reading in dropped:
        assert reading.reason
        assert reading.evidence[0].text
