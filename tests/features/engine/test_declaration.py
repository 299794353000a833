"""A declaration is refused, not defaulted; what it computes, and only that, makes its fingerprint."""

import hashlib
import re

import pytest

from features.engine.declaration import DeclarationError, Feature, Registry, feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

DOCS = """Days with an order.

Idea: frequency.
Source: ours, untested.
"""


def declare(docs=DOCS, name="order_days", returns=lambda h: h.order_days.count(90), **changes: object) -> Feature:
    registry = Registry()

    def written(h: HistoryView) -> Expression:
        return returns(h)

    written.__doc__, written.__name__ = docs, name
    parts = {"family": "rhythm", "unit": "days", "high": "{value:.0f} days", "low": "only {value:.0f} days", **changes}
    feature(**parts, registry=registry)(written)  # type: ignore[arg-type]
    return registry[name]


def test_a_complete_declaration_is_taken_in():
    declared = declare()
    assert (declared.name, declared.family, declared.unit) == ("order_days", "rhythm", "days")
    assert (declared.description, declared.idea, declared.source) == (
        "Days with an order.",
        "frequency.",
        "ours, untested.",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"family": ""}, "'order_days' lacks its family"),
        ({"family": "rythm"}, "family 'rythm' is none of rhythm, steadiness, breadth"),
        ({"unit": ""}, "lacks its unit"),
        ({"unit": "  "}, "lacks its unit"),
        ({"high": ""}, "lacks its high"),
        ({"low": ""}, "lacks its low"),
        ({"docs": None}, "lacks its description"),
        ({"docs": "Idea: x.\nSource: y.\n"}, "lacks its description"),
        ({"docs": "Days.\n\nSource: y.\n"}, "lacks its idea"),
        ({"docs": "Days.\n\nIdea: x.\n"}, "lacks its source"),
        ({"docs": "Days.\n\nIdea:\nSource: y.\n"}, "lacks its idea"),
        ({"name": "OrderDays"}, "names are lower case"),
        ({"name": "_order_days"}, "names are lower case"),
        ({"high": "many days"}, "the high phrase does not use {value}"),
        ({"low": "{{value}} days"}, "the low phrase does not use {value}"),
        ({"low": "few days"}, "the low phrase does not use {value}"),
        ({"high": "{value} of {days}"}, "the high phrase cannot be filled in: 'days'"),
        ({"high": "{valeu} days"}, "the high phrase cannot be filled in: 'valeu'"),
        ({"high": "{value} {}"}, "the high phrase cannot be filled in"),
        ({"high": "{value:d} days"}, "the high phrase cannot be filled in"),
        ({"high": "{value.days} days"}, "the high phrase cannot be filled in"),
        ({"high": "{value[0]} days"}, "the high phrase cannot be filled in"),
        ({"high": "{value days"}, "the high phrase cannot be filled in"),
        ({"returns": lambda h: None}, "'order_days' returns nothing; is a `return` missing?"),
        ({"returns": lambda h: h.order_days.total("spent", 90)}, "there is no 'spent', only days orders lines spend"),
        ({"returns": lambda h: h.returns.total("spend", 90)}, "there is no 'spend', only days orders lines amount"),
        ({"returns": lambda h: h.lines.total("spend", 90)}, "there is no 'spend', only nothing"),
        ({"returns": lambda h: h.order_days.decayed("spent", 9)}, "there is no 'spent'"),
        ({"returns": lambda h: h.lines.distinct("colour", 90)}, "there is no 'colour', only product category"),
        ({"returns": lambda h: h.order_days.gap("average")}, "there is no 'average', only mean deviation"),
        ({"returns": lambda h: h.order_days.count() / h.order_days.size("sum")}, "there is no 'sum'"),
        ({"returns": lambda h: h.peer_median(h.lines.distinct("colour"))}, "there is no 'colour'"),
        ({"returns": lambda h: h.contracts.total("price")}, "there is no 'price', only rows committed"),
        (
            {"returns": lambda h: h.interactions.where(kind="compliment").count()},
            "is never 'compliment', only visit",
        ),
        ({"returns": lambda h: h.deliveries.at_least("weight", 1).count()}, "there is no 'weight', only rows late"),
        ({"returns": lambda h: h.order_days.count(90, ending=-90)}, "[T-0d,T--90d)): a window ends at the cutoff or"),
        ({"returns": lambda h: h.quotes.count(-90)}, "there is no day in this window"),
        ({"returns": lambda h: h.peer_rank(h.lines.first_time("product", 0))}, "there is no day in this window"),
    ],
    ids=lambda part: part if isinstance(part, str) else "declared",
)
def test_an_incomplete_declaration_is_refused_naming_what_is_wrong(changes, message):
    with pytest.raises(DeclarationError, match=re.escape(message)):
        declare(**changes)


def test_a_name_declared_twice_is_refused():
    registry = Registry()
    registry.add(declare())
    with pytest.raises(DeclarationError, match="'order_days' is declared twice"):
        registry.add(declare(unit="other"))


def test_each_length_makes_a_feature_with_its_texts_filled_in():
    registry = Registry()

    @feature(
        family="rhythm", unit="days", days=(30, 90), high="{value} of {days}", low="only {value}", registry=registry
    )
    def seen(h, days):
        """Days in {days} days.

        Idea: {days}.
        Source: ours.
        """
        return h.order_days.count(days)

    assert list(registry) == ["seen_30d", "seen_90d"]
    assert [(f.description, f.idea, f.sentence(2, 1)) for f in registry.values()] == [
        ("Days in 30 days.", "30.", "2 of 30"),
        ("Days in 90 days.", "90.", "2 of 90"),
    ]


def test_each_kind_makes_a_feature_with_its_texts_filled_in():
    registry = Registry()

    @feature(
        family="investment", unit="x", kinds=("asset",), high="{value} {kind}", low="no {value}", registry=registry
    )
    def stock_in(h, kind):
        """Stock in {kind}.

        Idea: {kind}.
        Source: ours.
        """
        return h.investments.where(kind=kind).count()

    (declared,) = registry.values()
    assert (declared.name, declared.description, declared.sentence(2, 1)) == (
        "stock_in_asset",
        "Stock in asset.",
        "2 asset",
    )
    assert str(declared.expression) == "investments.total(rows,[T-ever,T-0d),kind is asset)"


def test_fingerprint_changes_with_a_condition_on_rows():
    with_calls = declare(returns=lambda h: h.interactions.where(kind="call").count(90))
    assert with_calls.fingerprint != declare(returns=lambda h: h.interactions.count(90)).fingerprint


def test_wrapped_lines_of_a_docstring_are_joined():
    declared = declare(docs="Days with\nan order.\n\nIdea: a long\n    thought.\nSource: a\n    book.\n")
    assert (declared.description, declared.idea, declared.source) == (
        "Days with an order.",
        "a long thought.",
        "a book.",
    )


@pytest.mark.parametrize(("value", "sentence"), [(5, "5 days"), (4, "only 4 days"), (3, "only 3 days")])
def test_a_value_above_the_usual_is_said_with_the_high_phrase(value, sentence):
    assert declare().sentence(value, usual=4) == sentence


def test_fingerprint_is_the_sha256_of_version_name_unit_and_expression():
    text = "2|order_days|days|order_days.total(days,[T-90d,T-0d))"
    assert declare().fingerprint == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "days_ordered"},
        {"unit": "weeks"},
        {"returns": lambda h: h.order_days.count(91)},
        {"returns": lambda h: h.order_days.count(90, ending=1)},
        {"returns": lambda h: h.order_days.count(90) * 1.0},
        {"returns": lambda h: h.order_days.total("orders", 90)},
        {"returns": lambda h: h.order_days.count(h.one_horizon)},
        {"returns": lambda h: h.peer_median(h.order_days.count(90))},
        {"returns": lambda h: h.peer_rank(h.order_days.count(90))},
    ],
    ids=["name", "unit", "length", "ending", "arithmetic", "column", "horizon", "median", "rank"],
)
def test_fingerprint_changes_with_what_is_computed(changes):
    assert declare(**changes).fingerprint != declare().fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"docs": DOCS.replace("frequency", "something else").replace("ours", "theirs").replace("Days", "All days")},
        {"high": "as many as {value}", "low": "as few as {value}"},
        {"bounds": (None, None)},
        {"family": "breadth"},
    ],
    ids=["docs", "phrases", "bounds", "family"],
)
def test_fingerprint_does_not_change_with_the_texts(changes):
    assert declare(**changes).fingerprint == declare().fingerprint


def test_fingerprint_changes_with_the_version_of_the_engine(monkeypatch):
    before = declare().fingerprint
    monkeypatch.setattr("features.engine.declaration.ENGINE_VERSION", 3)
    assert declare().fingerprint != before
