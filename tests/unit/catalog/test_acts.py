"""The control timeline."""

from typing import get_args

import pytest

from shared.catalog import acts as module
from shared.catalog.act_shape import problem_of
from shared.catalog.acts import acts, remarks
from shared.catalog.files import CatalogError, read
from shared.contracts.base import EndUse
from shared.contracts.events import Instrument, MeasureAction


def test_the_timeline_has_56_acts_in_the_order_of_their_announcement() -> None:
    kinds = [act["kind"] for act in acts()]
    assert [kinds.count(kind) for kind in ("measure_change", "list_change", "signal")] == [36, 15, 5]
    days = [str(act["announced_on"]) for act in acts()]
    assert days == sorted(days)


def test_what_we_know_about_a_line_is_kept_apart_from_the_act() -> None:
    assert not any({"note", "verified"} & set(act) for act in acts())
    assert len(remarks()) == len(acts())
    zimbabwe = remarks()["ZW-2022-LI-imposed"]
    assert not zimbabwe.verified
    assert zimbabwe.note is not None
    assert "2022-12-20" in zimbabwe.note


def test_an_act_on_one_ref_with_one_action_stands_once() -> None:
    def identity(act: module.Act) -> tuple[object, ...]:
        return act.get("issuer", act.get("authority")), act["act"], act["ref"], act.get("action", act.get("type"))

    assert len({identity(act) for act in acts()}) == len(acts())


def test_nobody_can_change_an_act() -> None:
    with pytest.raises(TypeError):
        acts()[0]["title"] = "other"  # type: ignore[index]
    assert isinstance(acts()[0]["materials"], tuple)


BAN: dict[str, object] = {
    "kind": "measure_change",
    "id": "XX-1",
    "source": {"name": "Ministry", "type": "government"},
    "issuer": "CN",
    "act": "XX-1",
    "ref": "XX-1",
    "instrument": "ban",
    "action": "imposed",
    "title": "A ban",
    "materials": ["gallium"],
    "targets": ["*", "US", "EU"],
    "end_uses": ["defence"],
    "announced_on": "2025-01-01",
    "effective_on": "2025-01-02",
    "until": None,
}


def test_a_whole_line_has_no_problem() -> None:
    assert problem_of(BAN) is None


@pytest.mark.parametrize(
    ("field", "words"),
    [("instrument", get_args(Instrument)), ("action", get_args(MeasureAction))],
    ids=["instruments", "actions"],
)
def test_the_words_are_those_of_the_contract(field: str, words: tuple[str, ...]) -> None:
    """The catalogue writes them out, as it does without the library of the contracts."""
    assert [word for word in words if problem_of(BAN | {field: word})] == []


def test_end_uses_are_those_of_the_contract() -> None:
    assert problem_of(BAN | {"end_uses": list(get_args(EndUse))}) is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "rumour"}, "kind 'rumour'"),
        ({"materials": ["unobtainium"]}, "materials"),
        ({"targets": ["USA"]}, "targets"),
        ({"issuer": "XX"}, "issuer"),
        ({"action": "undone"}, "action"),
        ({"instrument": "wall"}, "instrument"),
        ({"effective_on": "2025-02-30"}, "effective_on"),
        ({"announced_on": "20250101"}, "announced_on"),
        ({"until": "soon"}, "until"),
        ({"end_uses": ["toys"]}, "end_uses"),
        ({"source": {"name": "Blog", "type": "social"}}, "source"),
        ({"colour": "red"}, "unknown fields colour"),
        ({"title": ""}, "title"),
    ],
)
def test_a_line_out_of_shape_is_told_what_is_wrong(change: dict[str, object], complaint: str) -> None:
    problem = problem_of(BAN | change)
    assert problem is not None
    assert complaint in problem


@pytest.mark.parametrize("field", sorted(set(BAN) - {"until", "kind"}))
def test_a_line_that_lacks_a_field_is_told_which(field: str) -> None:
    problem = problem_of({name: value for name, value in BAN.items() if name != field})
    assert problem is not None
    assert field in problem


def test_a_list_change_without_entities_is_out_of_shape() -> None:
    listing = next(act for act in acts() if act["kind"] == "list_change")
    problem = problem_of({**listing, "source": BAN["source"], "entities": []})
    assert problem is not None
    assert "entities" in problem


def test_a_broken_table_is_refused_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = read("acts.jsonl").splitlines()
    lines[2] = lines[2].replace('"issuer": "NA"', '"issuer": "Namibia"')
    monkeypatch.setattr(module, "read", lambda _: "\n".join(lines))
    with pytest.raises(CatalogError, match=r"acts\.jsonl, line 3: issuer 'Namibia'"):
        module._lines.__wrapped__()


def test_an_id_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    line = read("acts.jsonl").splitlines()[0]
    monkeypatch.setattr(module, "read", lambda _: f"{line}\n{line}")
    with pytest.raises(CatalogError, match="stands twice"):
        module._lines.__wrapped__()
