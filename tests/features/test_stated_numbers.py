"""Every number that a value rests on is in its fingerprint: with another number, a model of before is refused."""

import importlib
import pkgutil
import re
from datetime import date
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from histories import busy_supplier, day, tables_of, to_matrix

import features
from features import btyd, catalogue, cohort
from features.catalogue import FEATURES, fingerprints
from features.engine import assumptions, declaration, facts, order_columns, primitives
from features.engine.declaration import Feature, Registry

STATED = {
    ("adoption days", "commitment", "ADOPTION_DAYS", 30): {"products_adopted_early_365d"},
    ("sequel days", "commitment", "SEQUEL_DAYS", 30): {"volume_kept_after_late_deliveries_730d"},
    ("early days", "commitment", "EARLY_DAYS", 90): {"early_renewals"},
    ("rare share", "embeddedness", "FEW", 0.3): {"share_of_spend_on_rare_products_365d"},
    ("specific share", "risk", "FEW", 0.3): {"volatility_of_specific_demand"},
    ("held share", "risk", "HELD", 0.5): {"single_source_share_365d"},
    ("staple share", "risk", "STAPLE", (1, 3)): {"share_of_spend_on_staple_products_365d"},
    ("staple days", "risk", "FEWEST_DAYS", 40): {"share_of_spend_on_staple_products_365d"},
    ("quarter", "risk", "QUARTER", 30): {"share_of_spend_in_steady_categories", "share_of_spend_on_steady_products"},
    ("days ahead", "ahead", "AHEAD_DAYS", 30): {
        "share_of_deliveries_ordered_ahead_365d",
        "share_of_deliveries_ordered_ahead_change_180d",
    },
    ("deep discount", "alternatives", "DEEP", 0.3): {"discount_dependence_365d"},
    ("clear price change", "alternatives", "CLEAR", 0.6): {"price_sensitivity_365d"},
    ("unanswered", "alternatives", "UNANSWERED", 9): {"price_sensitivity_365d"},
    ("near a minimum", "pressure", "NEAR", 60.0): {"share_of_orders_at_minimum_365d"},
    ("common minimum", "pressure", "COMMON", 0.9): {"share_of_orders_at_minimum_365d"},
    ("days of a minimum", "pressure", "FEWEST_DAYS", 40): {"share_of_orders_at_minimum_365d"},
    ("severe", "pressure", "SEVERE", 5): {"severe_complaints_unsettled", "severe_complaints_365d"},
    ("old", "pressure", "OLD_DAYS", 200): {"severe_complaints_unsettled"},
    ("memory", "investment", "MEMORY_DAYS", 400): {"trained_people"},
}
"""Numbers that a feature states, each with another value, and who uses it."""

FITTED = {feature.name for feature in FEATURES if "buying." in str(feature.expression)}
OF_DECISIONS = {feature.name for feature in FEATURES if "decisions." in str(feature.expression)}
OF_STOCK = {feature.name for feature in FEATURES if "investments.stock" in str(feature.expression)}
ASSUMED = {
    ("integrated", order_columns, "INTEGRATED", ("phone",)): {"integrated_share_of_lines_365d"},
    ("undecided days", facts, "UNDECIDED_DAYS", 10): OF_DECISIONS | {"quotes_open_90d"},
    ("month", facts, "DAYS_A_MONTH", 20.0): OF_STOCK,
    ("year", primitives, "DAYS_A_YEAR", 300.0): {"season_of_spring", "season_of_winter"},
    ("week", cohort, "DAYS_A_WEEK", 5.0): FITTED,
    ("most fitted", btyd, "MOST_FITTED", 30): FITTED,
    ("fewest fitted", btyd, "FEWEST_FITTED", 1000): FITTED,
    ("bound", btyd, "BOUND", 0.5): FITTED,
}
"""Numbers that hold for all who read a table or ask for a fit, each with another value, and who rests on it."""

WITHOUT_EFFECT = {
    "ENGINE_VERSION": "is in every fingerprint",
    "EVER": "is called ever in the text: a century",
    "LONGEST_WINDOW": "as EVER",
    "THOUSANDTHS": "the unit of quantities",
    "LARGEST_WHOLE": "up to where sums are exact; beyond, the same is added up otherwise",
    "CENTS": "a place in a row", "PIECES": "a place in a row", "OWNER": "a place in a row", "DAY": "a place in a row",
    "KNOWN": "a place in a row", "ALWAYS": "a mark", "NO_DAY": "a mark",
    "NEVER": "a mark", "NEVER_KNOWN": "a mark", "WAS_KNOWN": "a mark", "BUYERS": "a place in a row",
    "RARE": "a mark", "ALONE": "a mark", "MISSING": "a mark",
    "FIRST_OF_KEY": "a mark", "FIRST_OF_DAY": "a mark", "ELIGIBLE": "a mark", "NEW": "a mark", "LAPSED": "a mark",
    "COLUMN": "a mark", "CONSTANT": "a mark", "STORE": "a mark", "KEEP": "a mark", "KEEP_DAYS": "a mark",
    "FIRST_BINARY": "a mark",
    "LINES_A_PART": "memory", "ROWS_A_CHUNK": "memory", "CUSTOMERS_A_CHUNK": "memory", "CHUNKS_TO_SETTLE": "memory",
    "CUSTOMERS_A_PART": "memory",
    "BLOCK": "memory", "PAGE": "memory", "MOST_TOUCHED": "memory", "PARTS": "memory", "PARTS_BITS": "memory",
    "NUMBERS_TOGETHER": "memory", "MOST_CUTOFFS": "memory", "WORD": "memory", "WIDEST": "memory",
    "LEAST_SPAN": "memory", "DIGIT_BITS": "memory", "DIGITS": "memory", "CELLS_A_ROW": "memory",
    "GOLDEN": "a hash", "FIRST": "a hash", "SECOND": "a hash",
}  # fmt: skip
"""Numbers of the engine that change no value, and why."""

NAMES = {feature.name: feature for feature in FEATURES}


@cache
def declared_with(module: str, constant: str, value: object) -> dict[str, Feature]:
    """The features of a family, by name, as they would be declared with another number in its module."""
    source = Path(importlib.import_module(f"features.{module}").__file__ or "").read_text(encoding="utf-8")
    changed, times = re.subn(rf"^{constant} = .+$", f"{constant} = {value!r}", source, flags=re.M)
    assert times == 1, f"features/{module}.py states {constant} {times} times"
    registry = Registry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(declaration, "feature", partial(declaration.feature, registry=registry))
        exec(compile(changed, module, "exec"), {"__name__": f"mutant of {module}"})
    return dict(registry)


def called(case: tuple[object, ...]) -> str:
    return str(case[0])


@pytest.mark.parametrize("case", STATED, ids=called)
def test_a_stated_number_is_in_the_fingerprint_of_who_uses_it_and_of_nobody_else(case):
    found = declared_with(*case[1:])
    assert {name for name, each in found.items() if each.fingerprint != NAMES[name].fingerprint} == STATED[case]


@pytest.mark.parametrize("case", ASSUMED, ids=called)
def test_an_assumed_number_is_in_the_fingerprint_of_who_rests_on_it_and_of_nobody_else(case, monkeypatch):
    before = fingerprints()
    monkeypatch.setattr(*case[1:])
    assert {name for name, mark in fingerprints().items() if mark != before[name]} == ASSUMED[case]


def values(asked: tuple[Feature, ...]) -> list[bytes]:
    lines = busy_supplier()
    cutoffs: tuple[date, ...] = (day(0), day(200))
    matrix = to_matrix(lines, cutoffs, features=asked, tables=tables_of(lines))
    return [column.tobytes() for column in matrix.values.T]


@cache
def unchanged(name: str) -> bytes:
    return values((NAMES[name],))[0]


@pytest.mark.parametrize("case", STATED, ids=called)
def test_the_number_that_is_stated_is_the_one_that_is_used(case):
    found = declared_with(*case[1:])
    assert all(values((found[name],))[0] != unchanged(name) for name in STATED[case])


@pytest.mark.parametrize("case", ASSUMED, ids=called)
def test_the_number_that_is_assumed_is_the_one_that_is_used(case, monkeypatch):
    """Ranks may stay where all values move together, and what is bounded only where it comes to the bound."""
    asked = sorted(ASSUMED[case])
    before = [unchanged(name) for name in asked]
    monkeypatch.setattr(*case[1:])
    after = values(tuple(NAMES[name] for name in asked))
    moved = {name for name, was, now in zip(asked, before, after, strict=True) if was != now}
    assert {name for name in moved ^ ASSUMED[case] if "rank" not in name} == set()


def test_every_assumption_has_its_mutant():
    assert {name for _, _, name, _ in ASSUMED} == {each.name for each in assumptions.ASSUMPTIONS}


def test_a_definition_shows_every_number():
    assert NAMES["products_adopted_early_365d"].definition.count("purchases.adopted(product,[T-365d,T-0d),90)") == 1
    assert NAMES["quotes_open_90d"].definition == "quotes.standing(rows,[T-90d,T-0d)); UNDECIDED_DAYS=90"
    assert NAMES["quotes_365d"].definition == "quotes.total(rows,[T-365d,T-0d))"


def numbers_of(module: object) -> set[str]:
    """The constants of a module that are numbers, or made of numbers or words."""
    kinds = (int, float, np.number, tuple)
    return {
        name
        for name, value in vars(module).items()
        if re.fullmatch(r"[A-Z][A-Z_]+", name)
        and isinstance(value, kinds)
        and re.search(rf"^{name}\b|, {name}\b", text(module), re.M)
    }


@cache
def text(module: object) -> str:
    """What a module assigns at its top."""
    source = Path(module.__file__).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    return "\n".join(re.findall(r"^[A-Z][A-Z_, ]+(?=(?:: .+)? = )", source, re.M))


def test_no_number_of_the_engine_is_in_neither_a_fingerprint_nor_the_list_of_those_without_effect():
    rooms = pkgutil.iter_modules(importlib.import_module("features.engine").__path__, "features.engine.")
    engine = [importlib.import_module(room.name) for room in rooms]
    found = {name for module in (*engine, btyd, cohort, features.opening) for name in numbers_of(module)}
    told = {each.name for each in assumptions.ASSUMPTIONS} | {*WITHOUT_EFFECT}
    words = {"STATUS", "STATISTICS", "DAILY_COLUMNS", "ROW_COLUMNS", "OPTIONAL_COLUMNS", "BUYING", "ASSUMPTIONS"}
    assert found - told - words == set(), "state it in the leaf, or name it in features/engine/assumptions.py"
    assert {"UNDECIDED_DAYS", "INTEGRATED", "BOUND", "LINES_A_PART"} <= found


def test_every_number_that_a_family_states_is_used():
    """A number that no fingerprint knows would be a comment."""
    for module in catalogue.FAMILY_MODULES:
        name = module.__name__.removeprefix("features.")
        for constant in sorted(numbers_of(module)):
            value = getattr(module, constant)
            other = tuple(part + 1 for part in value) if isinstance(value, tuple) else value * 2
            found = declared_with(name, constant, other)
            moved = [each for each in found if found[each].fingerprint != NAMES[each].fingerprint]
            assert moved, f"features/{name}.py: {constant}"
