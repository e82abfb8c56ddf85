"""Nobody ever goes."""

from django_app.models import User
from stage.refusals import Refused


def resign(user: User) -> None:
    raise Refused
