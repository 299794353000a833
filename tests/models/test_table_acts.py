"""Acts that other tables show: equal to a plain reference, blind to what came later, null where not observable."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.contract_acts import commitment_raised, contract_lost, contract_renewed
from models.event_rows import Asked, Rows
from models.order_acts import discount_no_higher, price_rise
from models.supply_acts import delivery_failed, invested, lead_time_raised, wallet_share_kept, win_rate_kept
from tests.models import table_outcomes as reference

FAILURE = {"late_days": 7, "least_filled": 0.9, "most_faulty": 0.05}
FINDINGS = {
    contract_lost: ("contracts", {"grace_days": 30}),
    contract_renewed: ("contracts", {"early_days": 60}),
    commitment_raised: ("contracts", {}),
    discount_no_higher: ("order_lines", {"tolerance": 0.01}),
    price_rise: ("order_lines", {"least_rise": 0.05}),
    invested: ("investments", {"least_amount": 2000.0}),
    delivery_failed: ("deliveries", FAILURE),
    lead_time_raised: ("deliveries", {"least_rise": 0.1, "least_orders": 2}),
    wallet_share_kept: ("wallet", {"tolerance": 0.0}),
    win_rate_kept: ("quotes", {"least_quotes": 2, "tolerance": 0.02}),
}
by_name = pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.__name__)
CUSTOMERS, START, END = 40, 15_000, 16_500
ASKED = [(customer, cutoff) for customer in range(CUSTOMERS) for cutoff in (15_500, 15_800, 16_100)]


def asked(gap: int = 14, horizon: int = 180) -> Asked:
    customer, cutoff = np.array(ASKED, dtype=np.int64).T
    return Asked(customer, cutoff, cutoff + gap, cutoff + gap + horizon)


@cache
def table(name: str, seed: int = 0) -> Rows:
    """Rows of a table at random, dense enough for every act to be done, not done and unobservable by somebody."""
    chance = np.random.default_rng(seed)
    size = {"order_lines": 1500, "wallet": 900, "investments": 60, "contracts": 120}.get(name, 500)
    happened = chance.integers(START, END, size)
    known = happened + chance.choice([0, 0, 0, 5, 200], size)
    columns = COLUMNS[name](chance, happened.astype(float))
    return Rows(chance.integers(0, CUSTOMERS, size), happened, known, columns)


def some(chance: np.random.Generator, values: np.ndarray, share: float = 0.8) -> np.ndarray:
    """The values, some of them null."""
    return np.where(chance.random(values.size) < share, values, np.nan)


def contracts(chance: np.random.Generator, signed: np.ndarray) -> dict[str, np.ndarray]:
    size = signed.size
    starts = signed + chance.integers(0, 60, size)
    ends = starts + chance.choice([90, 180, 365], size)
    names = np.array([f"c{number}" for number in range(size)], dtype=object)
    renewed = np.where(chance.random(size) < 0.5, names[chance.integers(0, size, size)], None)
    return {
        "contract_id": names,
        "starts_on": starts,
        "ends_on": ends,
        "cancelled_on": some(chance, signed + chance.integers(0, 400, size), 0.2),
        "committed_amount": some(chance, chance.choice([1e4, 2e4, 5e4], size)),
        "renewal_of": renewed,
    }


def order_lines(chance: np.random.Generator, day: np.ndarray) -> dict[str, np.ndarray]:
    size, pieces = day.size, chance.integers(1, 5, day.size)
    net = pieces * chance.integers(80, 120, size)
    found = {
        "cents": net,
        "product": chance.integers(0, 3, size),
        "category": chance.integers(0, 3, size),
        "list_cents": some(chance, net * chance.choice([1.0, 1.1, 1.3], size), 0.3),
    }
    return found | {"thousandths": np.where(chance.random(size) < 0.1, 0, pieces * 1000)}


def deliveries(chance: np.random.Generator, promised: np.ndarray) -> dict[str, np.ndarray]:
    ordered = chance.integers(1, 30, promised.size).astype(float)
    came = ordered - (chance.random(promised.size) < 0.02) * ordered / 2
    return {
        "promised_on": promised,
        "ordered_on": some(chance, promised - chance.integers(0, 40, promised.size)),
        "delivered_on": some(chance, promised + chance.choice([-2, 0, 1, 6, 7, 30], promised.size, p=PUNCTUAL), 0.98),
        "quantity_ordered": some(chance, ordered),
        "quantity_delivered": some(chance, came),
        "quantity_defective": some(chance, (chance.random(promised.size) < 0.02) * came),
    }


PUNCTUAL = [0.3, 0.5, 0.1, 0.06, 0.02, 0.02]


def investments(chance: np.random.Generator, day: np.ndarray) -> dict[str, np.ndarray]:
    payers = np.array(["customer", "supplier", "joint", None], dtype=object)
    return {"amount": chance.integers(0, 5000, day.size), "paid_by": chance.choice(payers, day.size)}


def wallet(chance: np.random.Generator, day: np.ndarray) -> dict[str, np.ndarray]:
    total = chance.integers(0, 100, day.size).astype(float)
    return {"total_amount": total, "our_amount": np.floor(total * chance.random(day.size))}


def quotes(chance: np.random.Generator, day: np.ndarray) -> dict[str, np.ndarray]:
    outcomes = np.array(["won", "won", "lost", "open"], dtype=object)
    return {
        "outcome": chance.choice(outcomes, day.size),
        "decided_on": some(chance, day + chance.integers(0, 30, day.size)),
        "price_gap": some(chance, chance.normal(0, 0.05, day.size), 0.5),
    }


COLUMNS: dict[str, Callable[..., dict[str, np.ndarray]]] = {
    made.__name__: made for made in (contracts, order_lines, deliveries, investments, wallet, quotes)
}


def found(finding, rows: Rows | None = None, questions: Asked | None = None) -> np.ndarray:
    name, settings = FINDINGS[finding]
    return finding(table(name) if rows is None else rows, questions or asked(), settings)


@by_name
@pytest.mark.parametrize(("gap", "seed"), [(0, 1), (14, 2)])
def test_findings_equal_reference(finding, gap, seed):
    name, settings = FINDINGS[finding]
    rows, questions = table(name, seed), asked(gap)
    slowly = getattr(reference, finding.__name__)
    plain = reference.plain(rows)
    expected = [slowly(question, plain, **settings) for question in reference.questions(questions)]
    np.testing.assert_array_equal(found(finding, rows, questions), np.array(expected, dtype=float))


@by_name
def test_every_finding_is_shown_done_and_not_done(finding):
    assert set(found(finding)[~np.isnan(found(finding))]) == {0.0, 1.0}


# Blindness: rows that no finding may see, and mutants that would


def poisoned(name: str, when: str) -> Rows:
    """The table and, for every customer, rows that would decide any act: after the last window, or known too late."""
    last = int(asked().closes.max())
    day = {"later": last, "late": 15_700}[when]
    rows = table(name)
    copies = Rows(
        np.repeat(np.arange(CUSTOMERS), 8),
        np.full(8 * CUSTOMERS, day),
        np.full(8 * CUSTOMERS, day if when == "later" else 10**6),
        {key: strange(key, column, day, 8 * CUSTOMERS) for key, column in rows.columns.items()},
    )
    both = zip(vars(rows).values(), vars(copies).values(), strict=False)
    customer, happened, known = (np.concatenate(pair) for pair, _ in zip(both, range(3), strict=False))
    columns = {key: np.concatenate([column, copies.columns[key]]) for key, column in rows.columns.items()}
    return Rows(customer, happened, known, columns)


def strange(key: str, column: np.ndarray, day: int, size: int) -> np.ndarray:
    texts = {"outcome": ["won"], "paid_by": ["customer"], "contract_id": ["new"], "renewal_of": [None]}
    if key in texts:
        return np.array(texts[key] * size, dtype=object)
    far = {"ends_on": day + 5000, "delivered_on": np.nan, "cancelled_on": np.nan, "promised_on": day, "decided_on": day}
    if key in ("starts_on", "ordered_on") or key in far:
        return np.full(size, far.get(key, day), dtype=float)
    amounts = {"list_cents": 1e9, "cents": 1e9, "total_amount": 1e9, "our_amount": 1e9, "price_gap": -9.0}
    return np.full(size, amounts.get(key, 1 if key in ("product", "category") else 1e6)).astype(column.dtype)


@by_name
def test_finding_does_not_see_what_happened_after_the_window(finding):
    name, _ = FINDINGS[finding]
    np.testing.assert_array_equal(found(finding, poisoned(name, "later")), found(finding))


OF_THE_WINDOW = (invested, delivery_failed)
"""Those that look at nothing before the outcome window, known or not."""
IN_FORCE = (contract_lost, contract_renewed)
"""Those that ask which contracts were in force; a successor counts whenever it became known, with hindsight."""
BEFORE = [f for f in FINDINGS if f not in OF_THE_WINDOW + IN_FORCE]


@pytest.mark.parametrize("finding", BEFORE, ids=lambda finding: finding.__name__)
def test_finding_does_not_see_the_past_that_was_known_too_late(finding):
    name, _ = FINDINGS[finding]
    now = asked()
    past = now.take(now.cutoff > 15_700)
    np.testing.assert_array_equal(found(finding, poisoned(name, "late"), past), found(finding, None, past))


@by_name
def test_a_window_that_closes_too_late_would_be_caught(finding):
    name, _ = FINDINGS[finding]
    longer = replace(
        asked(), closes=asked().closes + (400 if finding in (delivery_failed, price_rise, contract_lost) else 60)
    )
    assert not np.array_equal(found(finding, poisoned(name, "later"), longer), found(finding), equal_nan=True)


@pytest.mark.parametrize("finding", BEFORE, ids=lambda finding: finding.__name__)
def test_a_finding_that_ignored_when_rows_were_known_would_be_caught(finding):
    name, _ = FINDINGS[finding]
    now = asked()
    past, rows = now.take(now.cutoff > 15_700), poisoned(name, "late")
    ignorant = replace(rows, known=rows.happened)
    assert not np.array_equal(found(finding, ignorant, past), found(finding, None, past), equal_nan=True)


def signed_unnoticed(known: int) -> tuple[Rows, Asked]:
    """Customers without other contracts: one signed on 15,700 that is lost, or renewed, from 15,830 on."""
    people = np.arange(CUSTOMERS, 2 * CUSTOMERS)
    first = {"contract_id": "old", "starts_on": 15_700, "ends_on": 15_850, "renewal_of": None}
    second = {"contract_id": "new", "starts_on": 15_850, "ends_on": 16_400, "renewal_of": "old"}
    renewing = people[people % 2 == 0]
    mine = Asked(people, *(np.full(people.size, at) for at in (15_800, 15_814, 15_994)))
    parts = []
    for whose, row, signed, seen in ((people, first, 15_700, known), (renewing, second, 15_830, 15_830)):
        columns = {key: np.full(whose.size, value, dtype=object) for key, value in row.items()}
        columns |= {name: np.full(whose.size, np.nan) for name in ("cancelled_on", "committed_amount")}
        parts.append(Rows(whose, np.full(whose.size, signed), np.full(whose.size, seen), columns))
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in ("customer", "happened", "known")]
    columns = {key: np.concatenate([part.columns[key] for part in parts]) for key in parts[0].columns}
    return Rows(*joined, columns), mine


@pytest.mark.parametrize("finding", IN_FORCE, ids=lambda finding: finding.__name__)
def test_a_contract_that_was_known_too_late_was_not_in_force(finding):
    assert np.isnan(found(finding, *signed_unnoticed(known=15_800))).all()


@pytest.mark.parametrize("finding", IN_FORCE, ids=lambda finding: finding.__name__)
def test_a_finding_that_ignored_when_contracts_were_known_would_be_caught(finding):
    rows, mine = signed_unnoticed(known=15_800)
    ignorant = found(finding, replace(rows, known=rows.happened), mine)
    assert set(ignorant.tolist()) == {0.0, 1.0}, "and known a day earlier it counts"
    np.testing.assert_array_equal(found(finding, *signed_unnoticed(known=15_799)), ignorant)


@pytest.mark.parametrize("finding", OF_THE_WINDOW, ids=lambda finding: finding.__name__)
@pytest.mark.parametrize("known", [15_700, 15_800, 10**6])
def test_a_finding_of_the_window_sees_nothing_from_before_it_whenever_it_was_known(finding, known):
    name, _ = FINDINGS[finding]
    past, rows = asked().take(asked().cutoff > 15_700), poisoned(name, "late")
    told = replace(rows, known=np.where(rows.known == 10**6, known, rows.known))
    np.testing.assert_array_equal(found(finding, told, past), found(finding, None, past))


@pytest.mark.parametrize("finding", OF_THE_WINDOW, ids=lambda finding: finding.__name__)
def test_a_finding_of_the_window_that_looked_before_it_would_be_caught(finding):
    name, _ = FINDINGS[finding]
    past = asked().take(asked().cutoff > 15_700)
    early = replace(past, opens=np.minimum(past.opens, 15_690))
    assert not np.array_equal(found(finding, poisoned(name, "late"), early), found(finding, None, early))


@by_name
def test_nobody_asked_and_no_rows_give_nothing(finding):
    name, _ = FINDINGS[finding]
    nobody, nothing = (
        asked().take(np.zeros(len(ASKED), dtype=bool)),
        table(name).take(np.zeros(table(name).known.size, bool)),
    )
    assert found(finding, None, nobody).shape == (0,)
    assert set(found(finding, nothing).tolist()) <= {0.0} or np.isnan(found(finding, nothing)).all()
