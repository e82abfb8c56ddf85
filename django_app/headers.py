"""The header that says which lab answers; Django's own middleware sets those for security."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shared_db.lab_id import LAB_HEADER, lab_id

GetResponse = Callable[[HttpRequest], HttpResponse]


def lab_header(get_response: GetResponse) -> GetResponse:
    """Add the lab's id to every response (a middleware)."""
    own = lab_id()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if own:
            response.headers[LAB_HEADER] = own
        return response

    return middleware
