import httpx2
from pydantic import BaseModel, ValidationError

from shared.errors import ChokepointError


class FieldError(BaseModel):
    loc: list[str | int] | str
    message: str


class ProblemBody(BaseModel):
    """RFC 9457."""

    title: str = ""
    detail: str = ""
    errors: list[FieldError] = []


class Problem(ChokepointError):
    """An answer that is not 2xx. `retry_after_s` is set where the server says when to come back."""

    def __init__(self, status: int, body: ProblemBody, retry_after_s: float | None = None) -> None:
        lines = [f"{status} {body.title}".strip(), body.detail, *(f"{e.loc}: {e.message}" for e in body.errors)]
        super().__init__("\n".join(line for line in lines if line))
        self.status = status
        self.body = body
        self.retry_after_s = retry_after_s

    @classmethod
    def of(cls, response: httpx2.Response) -> "Problem":
        try:
            body = ProblemBody.model_validate_json(response.content)
        except ValidationError:
            body = ProblemBody(title=response.reason_phrase, detail=response.text[:500])
        wait = response.headers.get("retry-after", "")
        return cls(response.status_code, body, float(wait) if wait.isdigit() else None)
