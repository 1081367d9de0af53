"""What the OpenAPI document says beyond what the code shows by itself."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from appointments.api.outputs import ProblemOut, RefusalOut

MEANING = {
    400: "What was sent cannot be read, or the time cannot be booked; `fields` says where.",
    401: "No valid API key.",
    403: "The session lacks the right or the CSRF token.",
    404: "Not here, or another company's.",
    405: "Not this method.",
    406: "Only JSON can be answered.",
    409: "What stands already forbids it: `slot_taken`, `stale` or `not_allowed`.",
    413: "Too large.",
    415: "Only JSON can be read.",
    422: "`idempotency_key_reused`: the key belongs to another request.",
    429: "`throttled`: more than 600 requests a minute with a key. `Retry-After` says when to go on.",
    503: "`busy`: others are changing the same, nothing was done. `unavailable`: no database. Try again.",
}
ALWAYS = (400, 401, 403, 404, 406, 429, 503)
WITH_BODY = (*ALWAYS, 409, 413, 415)

COMPANY = OpenApiParameter(
    "company",
    description="The company's short name. Needed with the admin's session, which has no company of its own.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="Chosen by you. Repeated within 24 hours, a request has no effect and gets the first answer.",
)


def answers(success: Mapping[int, Any], problems: tuple[int, ...] = ALWAYS) -> dict[int, Any]:
    """The documented answers of an operation."""
    return {
        **success,
        **{
            status: OpenApiResponse(RefusalOut if status == 409 else ProblemOut, MEANING[status])
            for status in problems
        },
    }


def only_ours(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The document is of the API; the voice platform's addresses are described elsewhere."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "appointments.api.authentication.TokenAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "From `create_api_token` or the admin."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "appointments.api.authentication.AdminSession"
    name = "adminSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A superuser's."}
