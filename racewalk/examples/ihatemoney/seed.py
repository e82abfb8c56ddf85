"""A journey of two people who share what it costs."""

from ihatemoney.models import Person, Project, db
from werkzeug.security import generate_password_hash
from wsgi import application

with application.app_context():
    trip = Project(
        id="trip",
        name="trip",
        # One round: each request asks for it.
        password=generate_password_hash("trip", "pbkdf2:sha256:1"),
        contact_email="trip@example.com",
        default_currency="XXX",
    )
    db.session.add(trip)
    db.session.add_all([Person(name=name, project=trip) for name in ("Ann", "Ben")])
    db.session.commit()
