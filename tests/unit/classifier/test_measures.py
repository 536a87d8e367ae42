"""How the gates of judgement are counted."""

from collections.abc import Sequence

import pytest

from services.classifier.training.evaluate.measures import Judged, by_type, gates, judged, types
from services.classifier.training.evaluate.references import keywords
from services.classifier.training.texts import Item, Label
from shared.contracts.signals import Asserted, Signal, SignalType
from shared.domain.judgement.judge import judge
from tests.unit.judgement.texts import news

Said = tuple[SignalType, Asserted]
HALT: Said = ("export_halt", "asserted")
RUMOUR: Said = ("export_halt", "speculated")
QUOTA: Said = ("quota_change", "asserted")


def case(found: Sequence[Said], true: Sequence[Said]) -> Judged:
    labels = tuple(Label(kind, asserted, "tightening", (), None, (), "") for kind, asserted in true)
    return Judged(Item("i", "f", news("t"), labels, "g"), tuple(map(signal, found)))


def signal(said: Said) -> Signal:
    (made, *_) = judge(news("China bans exports of antimony", "The ministry announced the ban."), "e").signals
    return made.model_copy(update={"type": said[0], "asserted": said[1]})


def test_all_right_is_one() -> None:
    told = gates([case([HALT], [HALT]), case([QUOTA, RUMOUR], [RUMOUR, QUOTA]), case([], [])])
    assert (told.relevance, told.main_type, told.every_type, told.modality, told.signals) == (1, 1, 1, 1, 1)


def test_a_false_alarm_and_a_miss_cost_relevance() -> None:
    assert gates([case([HALT], [HALT]), case([HALT], []), case([], [HALT])]).relevance == pytest.approx(0.5)


def test_a_main_type_that_is_any_of_the_labels_is_right() -> None:
    assert gates([case([QUOTA], [HALT, QUOTA])]).main_type == 1


def test_every_type_counts_alike() -> None:
    every = [*[case([HALT], [HALT])] * 9, case([HALT], [QUOTA])]
    assert by_type(every) == {"export_halt": pytest.approx(18 / 19), "quota_change": 0}
    assert types(every) == pytest.approx(0.9)


def test_modality_is_of_types_that_were_found() -> None:
    assert gates([case([RUMOUR], [HALT]), case([QUOTA], [QUOTA])]).modality < 1
    assert gates([case([QUOTA], [HALT]), case([HALT], [HALT])]).modality == 1


def test_a_signal_said_twice_counts_twice() -> None:
    assert gates([case([HALT], [HALT, HALT])]).signals == pytest.approx(2 / 3)


def test_words_alone_find_an_event_and_believe_everything() -> None:
    labels = (Label("export_halt", "denied", "neutral", (), "CN", (), ""),)
    (told,) = judged([Item("i", "f", news("China denies that it halted cobalt exports"), labels, "g")], keywords())
    assert told.signals
    assert {each.asserted for each in told.signals} == {"asserted"}
