"""Superset on this machine alone: its own data beside the project, nothing open to others."""

import os
import secrets
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])


def _keep(name: str) -> str:
    """Read a secret of this installation; make it at the first start."""
    path = HOME / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


SECRET_KEY = _keep("secret_key")
ADMIN_PASSWORD = _keep("password")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# it is served to this machine, without https
TALISMAN_ENABLED = False
SESSION_COOKIE_SAMESITE = "Lax"
ROW_LIMIT = 10_000
# answers are asked for anew, so that a refresh shows what was published last
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
