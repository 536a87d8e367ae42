from shared.catalog import materials
from shared.http.problems import invalid


def slug(name: str, loc: str) -> str:
    """:raises Problem: 422, where the name stands for no material, or for two."""
    if (found := materials.resolve(name)) is None:
        raise invalid([{"loc": loc, "message": unknown_material(name)}])
    return found


def unknown_material(name: str) -> str:
    if several := materials.meanings(name):
        return f"stands for {' and '.join(several)}: name each by itself"
    return "is none of the catalogue's materials: take a slug such as terbium, ndfeb_magnets or rare_earths"
