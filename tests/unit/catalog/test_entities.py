"""Whether two names are one listed entity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.acts import acts
from shared.catalog.entities import normalise, same_entity


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("Skydio, Inc.", "SKYDIO INC"),
        ("Kratos Unmanned Aerial Systems, Inc.", "Kratos Unmanned Aerial Systems"),
        ("Gibbs & Cox, Inc.", "Gibbs and Cox"),
        ("Fujitsu Defense & National Security, Ltd.", "Fujitsu Defence and National Security Limited"),
        ("IHI Aerospace Co., Ltd.", "ＩＨＩ Aerospace"),
        ("TCOM, Limited Partnership", "TCOM L.P."),
        ("Lafert S.p.A.", "Lafert SpA"),
        ("Garnet S.r.l.", "Garnet SRL"),
        ("Vigo Photonics S.A.", "VIGO Photonics SA"),
        ("IHC Merwede Holding B.V.", "IHC Merwede Holding BV"),
        ("EXCALIBUR ARMY spol. s r.o.", "Excalibur Army, s.r.o."),
        ("OMNIPOL a.s.", "Omnipol, a. s."),
        ("Ekspla UAB", "UAB Ekspla"),
        ("Politechnika Wroclawska", "Politechnika Wrocławska"),
        ("Rheinmetall AG", "Rheinmetall"),
        ("Antraco Chemie-Handelsgesellschaft mbH", "Antraco Chemie Handelsgesellschaft GmbH"),
        ("HavocAI", "Havoc AI"),
        ("III-V LAB", "III–V Lab"),
        ("MP Materials Corp.", "MP Materials Corporation"),
        ("宁波韵升股份有限公司", "宁波韵升"),
        ("株式会社トーキン", "トーキン"),
        ("Robert Bosch GmbH & Co. KG", "Robert Bosch"),
        ("PT Vale Indonesia Tbk", "Vale Indonesia"),
    ],
)
def test_legal_form_case_width_and_punctuation_do_not_part_an_entity_from_itself(listed: str, written: str) -> None:
    assert same_entity(listed, written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mitsubishi Heavy Industries, Ltd.", "Mitsubishi Heavy Industries Aero Engines, Ltd."),
        ("IHI Aerospace Co., Ltd.", "IHI Aerospace Engineering Co., Ltd."),
        ("FN Herstal", "FN Browning"),
        ("Rheinmetall AG", "Rheinmetall Electronics GmbH"),
        ("ガス", "カス"),
        ("", ""),
        ("...", "-"),
    ],
)
def test_a_parent_a_sister_and_no_name_at_all_are_other_entities(one: str, other: str) -> None:
    assert not same_entity(one, other)


def test_a_name_that_is_nothing_but_a_legal_form_stays() -> None:
    assert normalise("Limited Co.") == "limited"
    assert normalise("The") == "the"


def test_all_117_listed_entities_stay_apart() -> None:
    names = {str(entity["name"]) for act in acts() for entity in act.get("entities", ())}  # type: ignore[attr-defined]
    assert len(names) == len({normalise(name) for name in names}) == 117


@given(st.text())
def test_normalising_is_stable_under_case_and_never_fails(name: str) -> None:
    assert " " not in normalise(name)
    assert same_entity(name, name) == bool(normalise(name))


FORMS = st.lists(st.sampled_from(["Inc.", "Co.,", "Ltd.", "GmbH", "S.A."]), unique=True)


@given(st.sampled_from(["Acme", "Nordic Metals", "東洋精鋼"]), FORMS)
def test_any_chain_of_legal_forms_falls_away(name: str, forms: list[str]) -> None:
    assert same_entity(" ".join([name, *forms]), name)
