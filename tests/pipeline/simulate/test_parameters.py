"""Every number of the world states its unit and its reason."""

from dataclasses import fields, is_dataclass

import pytest

from pipeline.simulate.parameters import Parameters
from pipeline.simulate.parameters_tables import TableParameters
from pipeline.simulate.supplier import explained


def leaves(branch, path=""):
    for each in fields(branch):
        value = getattr(branch, each.name)
        yield from leaves(value, f"{path}{each.name}.") if is_dataclass(value) else [(path + each.name, each.metadata)]


@pytest.mark.parametrize("tree", [Parameters(), TableParameters()], ids=["parameters", "tables"])
def test_every_parameter_has_a_unit_and_a_reason(tree):
    bare = [name for name, about in leaves(tree) if not about.get("unit") or len(about.get("reason", "")) < 10]
    assert bare == []


def test_the_mark_explains_the_world():
    assert explained(Parameters())["course"]["warm_up"] == {
        "value": 104,
        "unit": "weeks",
        "reason": "before the history begins, so that it begins in the middle of life",
    }
