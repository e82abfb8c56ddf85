"""The application."""

import settings
from ihatemoney.run import create_app

application = create_app(settings)
