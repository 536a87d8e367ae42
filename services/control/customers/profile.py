"""What a profile must be beyond its shape: materials and countries of the catalogue, each material once."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from services.control.materials import unknown_material
from shared.catalog import countries, materials
from shared.contracts.customers import CustomerProfile, Exposure, Product
from shared.errors import ChokepointError
from shared.http.problems import FieldError, dotted, field_errors, invalid


class Faulty(ChokepointError):
    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(f"{len(errors)} faults in a profile")
        self.errors = errors


def read(said: Mapping[str, object]) -> CustomerProfile:
    """As `PUT` takes it, from JSON's values.

    :raises Faulty: with every fault, by its place in the profile.
    """
    try:
        profile = CustomerProfile.model_validate(said)
    except ValidationError as error:
        raise Faulty(field_errors(error.errors(include_url=False, include_input=False))) from None
    return _sound(profile)


def checked(profile: CustomerProfile, place: str = "body") -> CustomerProfile:
    """With every material as its slug. `place`: where it stands in what was sent.

    :raises Problem: 422, with every fault.
    """
    try:
        return _sound(profile)
    except Faulty as faulty:
        raise invalid([{**error, "loc": dotted(place, error["loc"])} for error in faulty.errors]) from None


def _sound(profile: CustomerProfile) -> CustomerProfile:
    """:raises Faulty"""
    if errors := [*_country_faults(profile), *_material_faults(profile), *_repeated(profile)]:
        raise Faulty(errors)
    return profile.model_copy(
        update={
            "exposures": tuple(_exposure(exposure) for exposure in profile.exposures),
            "products": tuple(_product(product) for product in profile.products),
        }
    )


def materials_of(profile: CustomerProfile) -> frozenset[str]:
    """What the customer is exposed to, directly and through what its products are made of."""
    direct = {exposure.material for exposure in profile.exposures}
    return frozenset(direct.union(part.material for product in profile.products for part in product.materials))


def _country_faults(profile: CustomerProfile) -> Iterator[FieldError]:
    named = [(dotted("destination"), profile.destination)]
    for number, exposure in enumerate(profile.exposures):
        named += [(dotted("exposures", number, "origins", code), code) for code in exposure.origins]
    for loc, code in named:
        if not countries.is_country(code):
            yield {"loc": loc, "message": f"{code} is no country of ISO 3166-1 alpha-2, nor EU"}


def _named_materials(profile: CustomerProfile) -> Iterator[tuple[str, str]]:
    for number, exposure in enumerate(profile.exposures):
        yield dotted("exposures", number, "material"), exposure.material
    for number, product in enumerate(profile.products):
        for part_number, part in enumerate(product.materials):
            yield dotted("products", number, "materials", part_number, "material"), part.material


def _material_faults(profile: CustomerProfile) -> Iterator[FieldError]:
    for loc, name in _named_materials(profile):
        if materials.resolve(name) is None:
            yield {"loc": loc, "message": unknown_material(name)}


def _repeated(profile: CustomerProfile) -> Iterator[FieldError]:
    seen: set[str] = set()
    for number, exposure in enumerate(profile.exposures):
        found = materials.resolve(exposure.material)
        if found in seen:
            told = f"{found} has an exposure above already: give each material one"
            yield {"loc": dotted("exposures", number, "material"), "message": told}
        elif found is not None:
            seen.add(found)


def _exposure(exposure: Exposure) -> Exposure:
    return exposure.model_copy(update={"material": materials.resolve(exposure.material)})


def _product(product: Product) -> Product:
    parts = (part.model_copy(update={"material": materials.resolve(part.material)}) for part in product.materials)
    return product.model_copy(update={"materials": tuple(parts)})
