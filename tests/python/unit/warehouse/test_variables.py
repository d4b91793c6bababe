"""A variable that the project does not know is named, with what was meant."""

from customer_personas.warehouse.variables import describe_unknown

KNOWN = ["source_systems", "as_of_date", "refit"]


def test_known_ones_pass():
    assert describe_unknown([], KNOWN) is None
    assert describe_unknown(["refit", "as_of_date"], KNOWN) is None


def test_a_slip_is_named_with_what_was_meant():
    said = describe_unknown(["refit", "source_system"], KNOWN)
    assert said.startswith("There is no var source_system. Did you mean source_systems?")


def test_one_of_ones_own_has_to_be_listed():
    assert "one of your own has to stand there" in describe_unknown(["zzz"], KNOWN)
