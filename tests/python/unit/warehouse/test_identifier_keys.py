import hashlib
import hmac

import pytest
from dbt_common.exceptions import DbtRuntimeError
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.warehouse.dbt_plugin import Plugin
from customer_personas.warehouse.identifier_keys import DEMO_KEY, padded_keys


@given(key=st.binary(min_size=1, max_size=200), message=st.binary(max_size=200))
def test_padded_keys_make_the_standard_hmac(key, message):
    inner, outer = padded_keys(key)
    found = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).hexdigest()
    assert found == hmac.new(key, message, "sha256").hexdigest()


def test_production_does_not_start_without_a_key(monkeypatch):
    monkeypatch.delenv("PERSONA_PII_KEY", raising=False)
    with pytest.raises(DbtRuntimeError, match="PERSONA_PII_KEY is not set"):
        Plugin("identifier_keys", {"key_required": True})


@pytest.mark.parametrize(("key", "what"), [("secret", "too short"), (DEMO_KEY, "the public demo")])
def test_production_does_not_start_with_a_key_that_can_be_guessed(monkeypatch, key, what):
    monkeypatch.setenv("PERSONA_PII_KEY", key)
    with pytest.raises(DbtRuntimeError, match=f"PERSONA_PII_KEY is {what}"):
        Plugin("identifier_keys", {"key_required": True})


def test_the_demo_key_is_used_with_a_warning(monkeypatch):
    monkeypatch.delenv("PERSONA_PII_KEY", raising=False)
    with pytest.warns(UserWarning, match="public demo key"):
        plugin = Plugin("identifier_keys", {})
    inner, outer = padded_keys(DEMO_KEY.encode())
    keys = {name: value for name, value in plugin._variables.items() if "key" in name}
    assert keys == {"identifier_key_inner": inner, "identifier_key_outer": outer}
