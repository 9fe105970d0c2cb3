"""The web application, for `uvicorn service:app`."""

from coach.web import create_app

app = create_app()
