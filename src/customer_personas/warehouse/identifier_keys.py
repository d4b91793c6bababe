"""dbt-duckdb plugin: gives the engine the key under which direct identifiers are hashed.

The key comes from the environment variable ``PERSONA_PII_KEY`` and reaches the engine as two
session variables (the padded inner and outer key of HMAC, RFC 2104), never as SQL text, so that it
shows up in no compiled model, log or manifest. ``macros/engine/keyed_hash.sql`` uses them.
"""

import hashlib
import hmac
import os
import warnings
from itertools import zip_longest
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

KEY_VARIABLE = "PERSONA_PII_KEY"
# The key before the present one, while it is being replaced: erasures are known by it.
PREVIOUS_KEY_VARIABLE = "PERSONA_PII_KEY_PREVIOUS"
DEMO_KEY = "public-demo-key-not-a-secret"
SHORTEST_KEY = 16
_BLOCK_BYTES = 64  # SHA-256 works on blocks of 64 bytes


def padded_keys(key: bytes) -> tuple[bytes, bytes]:
    """Return HMAC-SHA256's inner and outer padded key.

    Parameters
    ----------
    key : bytes
        The secret, of any length; longer than 64 bytes it is hashed first.

    Returns
    -------
    inner, outer : bytes
        64 bytes each. ``sha256(outer + sha256(inner + message))`` is the HMAC of a message.

    References
    ----------
    RFC 2104, section 2.
    """
    block = hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key
    block = block.ljust(_BLOCK_BYTES, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def identifier_keys() -> list[bytes]:
    """Return the key in force and, where there is one, the key before it.

    Returns
    -------
    list of bytes
        One or two keys; without ``PERSONA_PII_KEY`` the public demo key.
    """
    present = os.environ.get(KEY_VARIABLE) or DEMO_KEY
    previous = os.environ.get(PREVIOUS_KEY_VARIABLE)
    return [key.encode() for key in (present, previous) if key]


def key_variables() -> dict[str, bytes | None]:
    """Return the session variables that ``keyed_hash`` reads.

    Returns
    -------
    dict
        Padded inner and outer key of the present and the previous key, None where there is none.
    """
    variables: dict[str, bytes | None] = {}
    for name, key in zip_longest(("identifier_key", "identifier_key_previous"), identifier_keys()):
        padded = padded_keys(key) if key is not None else (None, None)
        variables[f"{name}_inner"], variables[f"{name}_outer"] = padded
    return variables


def keyed_hash(text: str, key: bytes) -> str:
    """Hash a text as ``macros/engine/keyed_hash.sql`` does.

    Parameters
    ----------
    text : str
        The text.
    key : bytes
        The key.

    Returns
    -------
    str
        HMAC-SHA256 in lower-case hex.
    """
    return hmac.new(key, text.encode(), "sha256").hexdigest()


class Plugin(BasePlugin):
    """Set the identifier key on every cursor, and make the folders that DuckDB would not."""

    def initialize(self, plugin_config):
        """Read the key once; refuse to start where the profile requires one and none is set."""
        key = os.environ.get(KEY_VARIABLE, "")
        if not key and plugin_config.get("key_required"):
            raise DbtRuntimeError(
                f"{KEY_VARIABLE} is not set. This target hashes e-mail addresses, phone numbers "
                "and names with it and does not start without: "
                f"export {KEY_VARIABLE}=<a long random text that you keep>, or use the dev target "
                "for the demo."
            )
        if plugin_config.get("key_required") and (len(key) < SHORTEST_KEY or key == DEMO_KEY):
            raise DbtRuntimeError(
                f"{KEY_VARIABLE} is {'the public demo key' if key == DEMO_KEY else 'too short'}: "
                f"whoever tries keys out would find it. Give {SHORTEST_KEY} characters or more, "
                "such as those of `openssl rand -hex 32`."
            )
        if not key:
            warnings.warn(
                f"{KEY_VARIABLE} is not set: identifiers are hashed with the public demo key. "
                "Good for the demo, no protection for real customers.",
                stacklevel=2,
            )
        self._variables = key_variables()

    def update_connection_config(self, creds, config):
        """Make the folders of the warehouse and of all attached databases."""
        paths = [creds.path, *(attachment.path for attachment in creds.attach or [])]
        for path in paths:
            if not path.startswith(":"):
                Path(path).parent.mkdir(parents=True, exist_ok=True)

    def configure_cursor(self, cursor):
        """Set the session variables that ``keyed_hash`` reads."""
        for name, value in self._variables.items():
            cursor.execute(f"set variable {name} = ?", [value])
