"""What whoever builds with Spark is told where it is not there."""

import sys

import pytest
from dbt_common.exceptions import DbtRuntimeError

from customer_personas.spark.dbt_plugin import Plugin


def connect(address):
    plugin = Plugin.__new__(Plugin)
    plugin.initialize({"address": address})


@pytest.mark.parametrize("address", ["sc://127.0.0.1:9", "127.0.0.1:15002", "sc://", "sc://a:b"])
def test_a_server_that_does_not_answer_is_named(address, monkeypatch):
    monkeypatch.setitem(sys.modules, "customer_personas.spark.engine", sys)
    monkeypatch.setattr(sys, "SparkEngine", None, raising=False)
    with pytest.raises(DbtRuntimeError, match=f"answers at {address} .*PERSONA_SPARK"):
        connect(address)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "customer_personas.spark.engine", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DbtRuntimeError, match=r"pyspark.*requirements-spark\.txt"):
        connect("sc://127.0.0.1:9")
