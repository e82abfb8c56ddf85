"""A repair behind Flask and SQLAlchemy: the lab's models and settings, and a view for each door."""

from flask import Flask, Response, request

from flask_app.models import User, db
from flask_app.retry import conflicts
from flask_app.settings import settings
from stage import answers
from stage.doors import doors
from stage.marks import mark_sqlalchemy
from stage.repair import functions


def create_app() -> Flask:
    """Create the application; the last that it does is to import the repair."""
    app = Flask(__name__)
    app.config.from_mapping(settings())
    db.init_app(app)
    mark_sqlalchemy()
    wanted = doors()

    @app.get("/healthz")
    def healthz() -> str:
        db.session.execute(db.text("SELECT 1"))
        return "ok"

    @app.post("/<name>")
    def enter(name: str) -> Response:
        door = wanted[name]
        user = db.session.get(User, int(request.form["user"]))
        given, named = door.arguments(request.form)
        try:
            with conflicts():
                found[door.function](user, *given, **named)
        except BaseException as error:
            word, status = answers.answered(error)
        else:
            word, status = answers.PAID
        return Response(word, status=status, mimetype="text/plain")

    with app.test_request_context("/healthz"):
        app.dispatch_request()  # routing makes code of its own, once
    found = functions(tuple(door.function for door in wanted.values()))
    return app


application = create_app()
