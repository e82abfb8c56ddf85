"""A repair behind Django: the lab's models and settings, and a view for each door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "stage.django_settings"
application = get_wsgi_application()  # before the models can be imported

from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import get_resolver, path  # noqa: E402

from django_app.models import User  # noqa: E402
from django_app.retry import conflicts  # noqa: E402
from stage import answers  # noqa: E402
from stage.doors import doors  # noqa: E402
from stage.marks import mark_django  # noqa: E402
from stage.repair import functions  # noqa: E402

_doors = doors()
mark_django()


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the repair was imported, and that the database is reached."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Call the repair as the lab's view calls a strategy."""
    door = _doors[name]
    form = {key: str(value) for key, value in request.POST.items()}
    user = User.objects.get(pk=int(form["user"]))
    given, named = door.arguments(form)
    try:
        with conflicts():
            _found[door.function](user, *given, **named)
    except BaseException as error:
        word, status = answers.answered(error)
    else:
        word, status = answers.PAID
    return HttpResponse(word, status=status, content_type="text/plain")


urlpatterns = [path("healthz", healthz), path("<str:name>", enter)]
get_resolver("stage.django_stage").resolve("/healthz")  # what it imports, it imports now
_found = functions(tuple(door.function for door in _doors.values()))
