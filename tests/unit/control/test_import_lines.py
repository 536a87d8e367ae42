"""What an import reads: lines of JSON and rows of a spreadsheet, each judged by itself."""

import re

import pytest

from services.control.imports.entry import Entry, of_line
from services.control.imports.header import COLUMNS, read
from services.control.imports.spreadsheet import Spreadsheet
from shared.contracts.customers import CustomerProfile
from shared.http.problems import Problem
from tests.fixtures.markdown import ROOT, blocks

PAGE = ROOT / "docs/customers.md"
HEADER = "customer_id,name,destination,material,annual_demand_kg,origins,suppliers\n"


def rows(sheet: str | bytes) -> list[Entry]:
    spreadsheet = Spreadsheet()
    text = sheet if isinstance(sheet, bytes) else sheet.encode()
    found = [entry for line in enumerate(text.split(b"\n"), 1) if line[1] for entry in spreadsheet.take(line)]
    return [*found, *spreadsheet.end()]


def profile(entry: Entry) -> CustomerProfile:
    assert entry.profile is not None, entry.faults
    return entry.profile


def faults(entry: Entry) -> dict[str, str]:
    assert entry.profile is None
    return {error["loc"]: error["message"] for error in (fault.told() for fault in entry.faults)}


def test_a_line_of_json_is_an_id_and_a_profile_as_put_takes_it() -> None:
    exposure = '{"material": "Tb", "annual_demand_kg": 1200, "origins": {"CN": 0.8}}'
    entry = of_line((7, f'{{"id": "acme", "name": "Acme", "destination": "DE", "exposures": [{exposure}]}}'.encode()))
    assert entry.customer_id == "acme"
    assert profile(entry).exposures[0].material == "terbium"


@pytest.mark.parametrize(
    ("line", "loc"),
    [
        (b'{"id": "acme", "name": "Acme", "destination": "ZZ"}', "line.7.destination"),
        (b'{"id": "acme", "name": "Acme", "destination": "DE", "colour": 1}', "line.7.colour"),
        (b'{"id": "acme", "name": "A\\u0007", "destination": "DE"}', "line.7.name"),
        (b'{"id": "ac me", "name": "Acme", "destination": "DE"}', "line.7.id"),
        (b'{"name": "Acme", "destination": "DE"}', "line.7.id"),
        (b'{"id": "acme", "customer_id": "acme", "name": "Acme", "destination": "DE"}', "line.7.customer_id"),
        (b'["acme"]', "line.7"),
        (b'{"id": "acme"', "line.7"),
        (None, "line.7"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_where_it_stands(line: bytes | None, loc: str) -> None:
    assert list(faults(of_line((7, line)))) == [loc]


def test_the_rows_of_one_customer_are_its_materials() -> None:
    sheet = HEADER + (
        'acme,"Acme, Motors",DE,Tb,1200,CN:0.8;MY:0.2,JL Mag;Zhong Ke\nacme,,,dysprosium,90.5,,\nbolt,Bolt,FR,,,,\n'
    )
    acme, bolt = rows(sheet)
    assert (acme.lines, profile(acme).name) == ((2, 3), "Acme, Motors")
    terbium, dysprosium = profile(acme).exposures
    assert (terbium.origins, terbium.suppliers) == ({"CN": 0.8, "MY": 0.2}, ("JL Mag", "Zhong Ke"))
    assert (dysprosium.material, dysprosium.annual_demand_kg, dysprosium.origins) == ("dysprosium", 90.5, {})
    assert profile(bolt).exposures == ()


def test_a_sheet_as_a_german_excel_saves_it() -> None:
    sheet = "\ufeffCustomer ID;Name;Destination;Material;Annual demand kg;Origins\r\n"
    sheet += 'acme;Müller;DE;Tb;1200;"CN:0.8;MY:0.2"\r\n;;;;;\r\n'
    [entry] = rows(sheet)
    assert profile(entry).exposures[0].origins == {"CN": 0.8, "MY": 0.2}


def test_a_broken_row_takes_its_customer_with_it_and_no_other() -> None:
    """A profile with a material less than was meant would say that there is no risk."""
    acme, bolt = rows(HEADER + 'acme,Acme,DE,Tb,1200,CN:1,\nacme,,,"Dy,90,CN:1,\nbolt,Bolt,DE,Ga,3,CN:1,\n')
    assert faults(acme) == {"line.3": "a quote is opened and not closed in this line"}
    assert profile(bolt).name == "Bolt"


@pytest.mark.parametrize(
    ("row", "loc", "word"),
    [
        ("acme,Acme,DE,Tb,1200,CN:1", "line.2", "6 cells, the header 7"),
        ("acme,Acme,DE,Tb,1.200 kg,CN:1,", "line.2.annual_demand_kg", "with a point"),
        ("acme,Acme,DE,Tb,1200,CN 1,", "line.2.origins", "CN:0.8;MY:0.2"),
        ("acme,Acme,DE,Tb,1200,CN:.5;CN:.5,", "line.2.origins", "twice"),
        ("acme,Acme,DE,Tb,1200,CN:.8;MY:.5,", "line.2", "add up to 1.3"),
        ("acme,Acme,DE,Tb,1200,XX:1,", "line.2.origins.XX", "no country"),
        ("acme,Acme,DE,unobtainium,1200,CN:1,", "line.2.material", "terbium"),
        ("acme,Acme,DE,Tb,,CN:1,", "line.2.annual_demand_kg", "required"),
        ("acme,,DE,Tb,1200,CN:1,", "line.2.name", "required"),
        ("acme,Acme,DE,Tb,1200,CN:1,\nacme,Other,,Dy,1,CN:1,", "line.3.name", "line 2"),
        ("acme,Acme,DE,Tb,1200,CN:1,\nacme,,,terbium,1,CN:1,", "line.3.material", "already"),
        ("acme,Acme,DE,Tb,1200,CN:1,\n,,,Dy,1,CN:1,", "line.3.customer_id", "every row"),
        (",Acme,DE,Tb,1200,CN:1,", "line.2.customer_id", "every row"),
    ],
)
def test_what_is_wrong_with_a_row_is_named_by_line_and_column(row: str, loc: str, word: str) -> None:
    [entry] = rows(HEADER + row)
    [(where, told)] = faults(entry).items()
    assert where == loc
    assert word in told


def test_a_sheet_that_is_no_utf8_says_which_byte_and_how_to_save_it() -> None:
    [entry] = rows((HEADER + "acme,Müller,DE,Tb,1,CN:1,").encode("cp1252"))
    assert "0xfc is no UTF-8: save the sheet as CSV UTF-8" in faults(entry)["line.2"]


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("customer_id,name;destination", "a comma and a semicolon"),
        ("customer_id", "the first line names the columns"),
        ("customer_id,name,destination,name", "columns 2 and 4 are both name"),
        ("id,customer_id,name,destination", "columns 1 and 2 are both customer_id"),
        ("customer_id,name,destination,colour", "column 4 is none that is known"),
        ("name,destination", "no column customer_id"),
        ("customer_id,name,destination,material", "no column annual_demand_kg"),
        ('customer_id,"name,destination', "a quote is opened"),
    ],
)
def test_a_header_that_could_mean_two_things_is_refused(header: str, word: str) -> None:
    with pytest.raises(Problem) as refused:
        read(header, None)
    assert any(word in error["message"] for error in refused.value.errors)


def test_every_column_can_be_given_at_once() -> None:
    assert read("\t".join(COLUMNS), None).columns == COLUMNS


def test_what_the_page_shows_is_taken() -> None:
    page = PAGE.read_text()
    [sheet] = blocks(PAGE, "csv")
    rotor_works, lens_house = rows(sheet)
    assert [one.material for one in profile(rotor_works).exposures] == ["terbium", "dysprosium"]
    assert profile(lens_house).exposures[0].origins == {"CN": 0.6, "CA": 0.4}
    [line] = re.findall(r'^\{"id".*$', page, re.MULTILINE)
    assert profile(of_line((1, line.encode()))).exposures[0].inventory_days == 45
    assert {
        column for cell in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for column in re.findall(r"`(\w+)`", cell)
    } >= {*COLUMNS}
