"""The secret keys under which direct identifiers are hashed, from the environment.

The engine gets a key as two session variables: the padded inner and outer key of HMAC, RFC 2104.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping

import duckdb

KEY_VARIABLE = "PERSONA_PII_KEY"
# The key before the present one, while it is being replaced: erasures are known by it.
PREVIOUS_KEY_VARIABLE = "PERSONA_PII_KEY_PREVIOUS"
DEMO_KEY = "public-demo-key-not-a-secret"
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


def key_variables() -> dict[str, bytes]:
    """Return the session variables that ``keyed_hash`` reads.

    Returns
    -------
    dict
        Padded inner and outer key of the present key and, where there is one, of the previous key.
    """
    variables: dict[str, bytes] = {}
    for name, key in zip(
        ("identifier_key", "identifier_key_previous"), identifier_keys(), strict=False
    ):
        variables[f"{name}_inner"], variables[f"{name}_outer"] = padded_keys(key)
    return variables


def set_variables(
    connection: duckdb.DuckDBPyConnection, variables: Mapping[str, bytes | str]
) -> None:
    """Set session variables, whose values are part of no SQL text.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The session.
    variables : mapping of str to bytes or str
        Values by name, such as those of :func:`key_variables`.
    """
    for name, value in variables.items():
        connection.execute(f"set variable {name} = ?", [value])


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
