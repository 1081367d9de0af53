"""What every answer tells the browser, beside what Django's own middleware does."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# No page of ours asks for any of them.
FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)
# An answer that is no page does nothing, should a browser open it as one.
NOTHING = "default-src 'none'; frame-ancestors 'none'"


class HeadersMiddleware:
    """Outside of all others, so that no answer goes without: files, redirects and errors neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("X-Frame-Options", "DENY")
        # Almost every answer is about somebody; files that are the same for all say so themselves.
        headers.setdefault("Cache-Control", "no-store")
        if not headers.get("Content-Type", "").startswith("text/html"):
            headers["Content-Security-Policy"] = NOTHING
        return response
