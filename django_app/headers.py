"""Security headers that Django's middlewares do not set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from shared_db.headers import headers_for

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def add_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers to every response of the application (a middleware)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in headers_for(response.headers.get("Content-Type", "")).items():
            response.headers[name] = value
        return response

    return middleware
