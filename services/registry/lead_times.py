"""How long a licence takes, for control: of the book as it was counted at the last UTC midnight."""

from datetime import UTC, datetime, time

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.registry.handler import RegistryHandler
from services.registry.state import State
from shared.contracts.base import to_json
from shared.contracts.licences import LeadTimes, LicenceKind
from shared.domain.licences import lead_times
from shared.domain.licences.answer import answer
from shared.http.problems import field_errors, invalid, unavailable


def lead_times_route(handler: RegistryHandler) -> Route:
    async def get_lead_times(request: Request) -> Response:
        if reason := handler.standing_by() or handler.unready():
            raise unavailable(reason)
        try:
            asked = LicenceKind.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise invalid(field_errors(error.errors(include_url=False), "query")) from None
        told = of_state(handler.state, asked)
        if told is None:
            raise unavailable("nothing was read yet")
        return Response(to_json(told), media_type="application/json")

    return Route("/lead-times", get_lead_times)


def of_state(state: State, asked: LicenceKind) -> LeadTimes | None:
    """None: it is not known what month it is."""
    if state.now is None:
        return None
    counted_on = state.licences.counted_on
    as_of = datetime.combine(counted_on, time(), UTC) if counted_on else None
    known = lead_times.LeadTimes(state.licences.shown.values(), state.now.date())
    return answer(known, asked, as_of)
