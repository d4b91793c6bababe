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
# Served to this machine, without https. Pages may ask nobody but this server: as given they load
# a picture from a host that counts who uses Superset, which no setting of Superset switches off.
TALISMAN_ENABLED = True
_HERE = "'self'"
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": [_HERE],
        "base-uri": [_HERE],
        "object-src": ["'none'"],
        "img-src": [_HERE, "blob:", "data:"],
        "worker-src": [_HERE, "blob:"],
        "style-src": [_HERE, "'unsafe-inline'"],
        "script-src": [_HERE, "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_SAMESITE = "Lax"
ROW_LIMIT = 10_000
# answers are asked for anew, so that a refresh shows what was published last
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
