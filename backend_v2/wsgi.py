"""The entry point for a WSGI server: `gunicorn backend_v2.wsgi:app`."""

import logging

from backend_v2.app import create_app
from backend_v2.http.request_id import RequestIdFilter

handler = logging.StreamHandler()
handler.addFilter(RequestIdFilter())
handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[handler])

app = create_app()
