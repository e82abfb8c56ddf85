"""The board as gunicorn loads it."""

import os

from classroom.board import create_app

application = create_app(os.environ["BOARD_SECRET_KEY"])
