"""How long a licence takes: asked of the registry, which keeps the licence book."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.control.copies import leaders_answer
from services.control.materials import slug
from services.control.state import InControl
from shared.catalog import countries
from shared.catalog.shares import worst_stage
from shared.contracts.base import EndUse
from shared.contracts.events import Country
from shared.contracts.keys import KeyRecord
from shared.contracts.licences import LeadTimes
from shared.http.auth import require
from shared.http.problems import invalid, problem_responses

router = APIRouter(tags=["risk"])
Key = Annotated[KeyRecord, Depends(require("risk:read"))]
CHINA = "CN"
"""Whose controls cover every material of the catalogue without figures of production."""
ASK_WITHIN_S = 5


@router.get("/licences/lead-times", response_model=LeadTimes, responses=problem_responses(422, 503))
async def get_lead_times(
    control: InControl,
    _: Key,
    material: str,
    destination: Country,
    end_use: EndUse = "unknown",
    origin: Annotated[Country | None, Query(description="who issues the licence; else the largest producer")] = None,
) -> Response:
    """Of the cases of all customers, counted at each UTC midnight; of fewer than five, a wider circle's."""
    asked = {
        "material": (named := slug(material, "query.material")),
        "destination": _known(destination, "query.destination"),
        "end_use": end_use,
        "origin": _known(origin, "query.origin") if origin else _largest_producer(named),
    }
    answer = await leaders_answer(control.settings.registry_url, "lead-times", ASK_WITHIN_S, asked)
    return Response(answer, media_type="application/json")


def _known(country: str, loc: str) -> str:
    if not countries.is_country(country):
        raise invalid([{"loc": loc, "message": f"{country} is no ISO 3166-1 alpha-2 code, and not EU"}])
    return country


def _largest_producer(material: str) -> str:
    """At the stage where supply is most concentrated."""
    stage = worst_stage(material)
    if stage is None:
        return CHINA
    return max(sorted(stage.shares), key=lambda country: stage.shares[country])
