"""What a tested model is looked into for: each check finds the fault planted for it, and nothing where none was."""

from dataclasses import replace

import numpy as np
import pytest

from features.catalogue import FEATURES
from models.evaluation.metrics import measure
from models.evaluation.strength import BEHAVIOUR, BOTH, STRENGTH
from pipeline.evaluation.ageing import ageing
from pipeline.evaluation.audit import (
    UNEXAMINED,
    Examined,
    _year_before,
    acts_shown,
    behaviour_features,
    mean_rank,
    strength_audit,
    strength_features,
)
from pipeline.evaluation.check_figures import check_figures
from pipeline.evaluation.checks import Checks, look_into
from pipeline.evaluation.shuffling import shuffle_alarm, shuffled_auc
from pipeline.learning.drawing import some_customers
from pipeline.learning.learning import learn
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.segment_kinds import segment_kinds
from pipeline.training.fallback import fallback, recipe
from tests.pipeline.made_rows import NAMES, TASK, made, parts, settings, tried


@pytest.fixture(scope="module")
def checks() -> Checks:
    config = settings()
    return look_into(tried(made(), config), TASK, "churn", config, {"customer 001": "north"})


def with_leak(data: Dataset) -> Dataset:
    """The rows with a feature that was computed from the outcome window, blurred."""
    values = data.values.copy(order="F")
    values[:, NAMES.index("gap_median")] = data.label + np.random.default_rng(0).normal(0, 0.2, len(data))
    return replace(data, values=values)


def test_honest_features_raise_no_alarm(checks: Checks) -> None:
    assert checks.alarms == []
    assert checks.refusal() == ""
    assert 0.5 < checks.alone[0].auc < 0.95


def test_a_feature_from_the_future_is_caught_and_forbids_promotion() -> None:
    config = settings(checks="quick")
    found = look_into(tried(with_leak(made()), config), TASK, "churn", config, {})
    assert [alarm.name for alarm in found.alarms] == ["gap_median"]
    assert found.refusal().startswith("leakage alarm: gap_median alone ranks with AUC 1.000: nearly")
    trusted = settings(checks="quick", trusted_features=["gap_median"])
    assert look_into(tried(with_leak(made()), trusted), TASK, "churn", trusted, {}).refusal() == ""


def test_a_baseline_that_stands_in_is_not_held_to_features_it_does_not_look_at() -> None:
    config = settings(checks="quick")
    leaking = tried(with_leak(made()), config)
    line = recipe(fallback(leaking.past, TASK, "churn", config, "few"), TASK, "churn", config)(leaking.past)
    assert "gap_median" not in line.names
    assert look_into(replace(leaking, model=line), TASK, "churn", config, {}).refusal() == ""


def test_labels_dealt_at_random_are_predicted_only_by_who_saw_them() -> None:
    config, data = settings(), made()
    past, later = (np.unique(part.cutoff) for part in parts(data, config))
    honest = shuffled_auc(data, past, later, TASK, config)
    assert honest is not None and honest.holds(0.5)
    assert shuffle_alarm(honest) == []
    seen = shuffled_auc(data, later, later, TASK, config)  # the mutant: it learns from the rows it is tested on
    assert seen is not None and seen.low > 0.5
    assert shuffle_alarm(seen)[0].rule == "shuffled"


def test_a_model_is_behind_where_what_it_learned_has_turned() -> None:
    config, data = settings(), made(turns_after=15)
    _, later = parts(data, config)
    fresh = learn(data.take(data.cutoff < later.cutoff.min()), TASK, config).probability(later.values, NAMES)
    refit = recipe(None, TASK, "churn", config)
    found = ageing(data, later, fresh, TASK, "churn", config, refit)
    assert found is not None
    assert found.behind["roc_auc"].high < 0
    assert [age.months for age in found.ages] == list(range(14))
    assert found.ages[0].auc > 0.6 > found.ages[-1].auc


def test_a_short_history_has_no_older_model() -> None:
    config, data = settings(), made(months=10)
    _, later = parts(data, config)
    assert ageing(data, later, later.label, TASK, "churn", config, recipe(None, TASK, "churn", config)) is None


def test_size_stands_in_for_strength_and_behaviour_is_without_its_copies(checks: Checks) -> None:
    past, _ = parts(made(), settings())
    assert strength_features(past) == (["spend_365d"], True)
    copied = past.values.copy(order="F")
    copied[:, NAMES.index("gap_median")] = 2 * past.column("spend_365d")
    chosen = behaviour_features(replace(past, values=copied), ["spend_365d"], proxy=True)
    assert "gap_median" not in chosen
    assert "spend_365d" not in chosen
    assert "order_days_365d" in chosen
    assert checks.audit is not None and checks.audit.proxy
    assert checks.audit.figures[STRENGTH]["roc_auc"].holds(0.5)  # spend is drawn without regard to the habit
    assert checks.audit.figures[BEHAVIOUR]["roc_auc"].low > 0.6


def test_the_family_of_strength_is_used_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    strong = tuple(replace(each, family="strength") if each.name == "gap_median" else each for each in FEATURES)
    monkeypatch.setattr("pipeline.evaluation.audit.FEATURES", strong)
    past, _ = parts(made(), settings())
    assert strength_features(past) == (["gap_median"], False)
    chosen = behaviour_features(past, ["gap_median"], proxy=False)
    assert set(chosen) == set(NAMES) - {"gap_median"}


def test_strength_that_the_model_did_not_learn_from_is_audited_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    strong = tuple(replace(each, family="strength") if each.name == "gap_median" else each for each in FEATURES)
    monkeypatch.setattr("pipeline.evaluation.audit.FEATURES", strong)
    config, data = settings(), made()
    past, later = parts(data, config)
    learned = tuple(name for name in NAMES if name != "gap_median")
    tested = Examined(learned, later.column("days_since_last_order"))
    found = strength_audit(data, np.unique(past.cutoff), np.unique(later.cutoff), tested, TASK, config)
    assert found is not None and not found.proxy
    recency = measure(later.label, later.column("days_since_last_order"))[0]["roc_auc"]
    assert found.figures[BEHAVIOUR]["roc_auc"].value == recency  # the tested model is the one from behaviour
    assert found.figures[BOTH]["roc_auc"].value != recency


def test_strength_is_the_mean_rank_of_what_is_known_within_a_cutoff() -> None:
    days = np.array(["2024-01-01"] * 3 + ["2024-02-01"], dtype="datetime64[D]")
    columns = np.array([[1.0, np.nan], [5, 1], [5, 3], [np.nan, np.nan]])
    np.testing.assert_allclose(mean_rank(columns, days), [1 / 6, (4 / 6 + 1 / 4) / 2, (4 / 6 + 3 / 4) / 2, np.nan])


NOT_SEEN = np.nan


def test_an_act_nobody_could_observe_was_not_shown() -> None:
    data = made().take(np.arange(len(made())) < 3)
    acts = {"stays": [1, 0, NOT_SEEN], "invests": [NOT_SEEN] * 3, "withstands": [1, NOT_SEEN, NOT_SEEN]}
    data = replace(data, acts={name: np.array(act, dtype=np.float32) for name, act in acts.items()})
    np.testing.assert_array_equal(acts_shown(data), [2, 0, np.nan])
    assert acts_shown(replace(data, acts={"stays": data.acts["stays"]})) is None


def test_acts_of_leaving_are_no_commitment() -> None:
    """Churn in part is a drop or a category stopped: who does both has not shown most commitment."""
    data = made().take(np.arange(len(made())) < 3)
    acts = {name: np.array([1, 0, 1], dtype=np.float32) for name in ("dropped", "category_stopped")}
    assert acts_shown(replace(data, acts=acts)) is None


def test_acts_of_tables_that_are_missing_leave_the_overlap_as_it_is() -> None:
    config, data = settings(), made()
    past, later = (np.unique(part.cutoff) for part in parts(data, config))
    stays = (1 - data.label).astype(np.float32)
    expands = np.where(data.column("order_days_365d") > np.median(data.column("order_days_365d")), 1, 0)
    seen = replace(data, acts={"stays": stays, "expands": expands.astype(np.float32)})
    unseen = replace(seen, acts={**seen.acts, "invests": np.full(len(data), NOT_SEEN, dtype=np.float32)})
    tested = Examined(NAMES, parts(data, config)[1].column("days_since_last_order"))
    found = [strength_audit(each, past, later, tested, TASK, config) for each in (seen, unseen)]
    assert found[0] is not None and found[1] is not None
    assert set(found[1].overlap) == {STRENGTH, BEHAVIOUR}
    assert found[1].overlap == found[0].overlap


def test_size_is_ranked_as_it_was_a_year_before() -> None:
    data = made()
    values = data.values.copy(order="F")
    values[:, NAMES.index("spend_365d")] = data.column("tenure_days")  # 100 + 30 a month
    data = replace(data, values=values)
    _, later = parts(data, settings())
    assert (_year_before(later, data, "spend_365d") == later.column("tenure_days") - 360).all()


def test_without_amounts_and_customers_there_is_no_audit() -> None:
    data = made()
    values = data.values.copy(order="F")
    values[:, NAMES.index("spend_365d")] = np.nan
    config, data = settings(), replace(data, values=values)
    past, later = parts(data, config)
    tested = Examined(NAMES, later.label.astype(float))
    assert strength_audit(data, np.unique(past.cutoff), np.unique(later.cutoff), tested, TASK, config) is None


def test_quick_checks_grow_no_further_model() -> None:
    config = settings(checks="quick")
    found = look_into(tried(made(), config), TASK, "churn", config, {})
    assert (found.audit, found.ageing, found.shuffled, found.families) == (None, None, None, {})
    assert found.segments and found.tenths and found.alone and found.campaigns


def test_customers_drawn_by_chance_are_there_with_all_their_rows() -> None:
    data = made(customers=50, months=4)
    drawn = some_customers(data, settings(check_customers=20))
    assert np.unique(drawn.customer).size == 20
    assert len(drawn) == 20 * 4
    assert (drawn.customer == some_customers(data, settings(check_customers=20)).customer).all()
    assert set(drawn.customer) != set(some_customers(data, settings(check_customers=20, seed=8)).customer)
    assert all(some_customers(data, settings(check_customers=most)) is data for most in (0, 50))


def test_among_many_customers_no_model_is_compared_with_one_that_learned_from_more(
    checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant takes the tested model, of all customers, for the one of both: it would keep its scores."""
    seen: list[Examined] = []

    def audited(every: Dataset, past: object, later: object, tested: Examined, *rest: object) -> None:
        assert np.unique(every.customer).size == 150
        seen.append(tested)

    monkeypatch.setattr("pipeline.evaluation.checks.strength_audit", audited)
    config = settings(check_customers=150)
    found = look_into(tried(made(), config), TASK, "churn", config, {})
    assert seen == [UNEXAMINED]
    assert found.shuffled is not None and found.shuffled.holds(0.5) and found.shuffled != checks.shuffled
    assert found.ageing == checks.ageing  # an older model of fewer customers would be behind for that alone


def test_every_figure_of_a_full_check_is_kept(checks: Checks) -> None:
    found = check_figures(checks)
    assert {"audit_strength_roc_auc", "aged_roc_auc_behind", "shuffled_roc_auc", "profit_at_acceptance_30"} <= set(
        found
    )
    assert found["leakage_alarms"] == 0
    assert {"rhythm"} <= set(checks.families)


@pytest.mark.parametrize(("own", "margin"), [(None, None), (0.1, 0.1), (0.0, 0.0)])
def test_profit_rests_on_the_margin_of_each_row(own: float | None, margin: float | None) -> None:
    config = settings(checks="quick")
    found = tried(made(), config)
    plain = look_into(found, TASK, "churn", config, {})
    share = found.share if own is None else np.full(len(found.later), own)
    told = look_into(replace(found, share=share), TASK, "churn", config, {})
    assert told.margin == (None if margin is None else pytest.approx(margin))
    assert told.summary()["margin_by_unit_costs"] == told.margin
    offered = [each.contacted for each in told.campaigns]
    assert (offered == [each.contacted for each in plain.campaigns]) == (own is None)
    assert own != 0 or offered == [0, 0, 0]


def test_segments_say_region_where_it_is_known() -> None:
    found = segment_kinds(made(customers=3, months=2), {"customer 001": "north"})
    assert found["region"].tolist() == ["", "", "north", "north", "", ""]
    assert set(found) == {"size", "tenure", "evidence", "region"}
    assert "region" not in segment_kinds(made(customers=3, months=2), {})


def test_segments_say_how_much_is_known_where_customers_differ_in_it() -> None:
    data = made(customers=3, months=2)
    parts = ("renewals_730d", "contacts_365d", "joint_projects_730d", "wallet_share_365d")
    holes = np.full((6, 4), np.nan, dtype=np.float32)
    for row, known in enumerate((0, 1, 2, 3, 4, 4)):
        holes[row, :known] = 0.0
    wide = replace(data, names=(*data.names, *parts), values=np.column_stack([data.values, holes]))
    known = segment_kinds(wide, {})["known"]
    assert [name[0] for name in known] == ["1", "1", "2", "3", "3", "3"]
    alike = replace(wide, values=np.column_stack([data.values, holes[[2] * 6]]))
    assert "known" not in segment_kinds(alike, {})


def test_one_and_two_threads_grow_the_same_trees() -> None:
    data = made(customers=60, months=6)
    one, two = (learn(data, TASK, settings(threads=number), calibrated=False) for number in (1, 2))
    assert one.trees == two.trees
