"""Ids of one customer written in two ways: whether two lists of them meet, and what would make them meet.

A spreadsheet that opens a file loses leading zeros, "00123" becomes "123"; a column with gaps turns whole numbers into
"123.0"; two systems disagree about capitals and blanks. Nothing breaks then: a customer is taken for two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

HARDLY = 0.1
"""Share of the shorter list. Fewer that meet point to two ways of writing, not to two groups of customers."""
MOSTLY = 0.5
"""Share of the shorter list. What would make as many meet is called the likely cause."""
FORM = 30
"""Characters of an id that its form is told of."""
Change = Callable[[pa.Array], pa.Array]


def _without_zeros(ids: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(ids, r"^0+(.)", r"\1")


def _without_fraction(ids: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(ids, r"[.,]0+$", "")


def _without_blanks(ids: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(ids, r"[\s\x{00a0}]+", "")


CAUSES: Mapping[str, tuple[Change, ...]] = {
    "leading zeros": (_without_zeros,),
    'a ".0" at the end': (_without_fraction,),
    "capitals": (pc.utf8_lower,),
    "blanks": (_without_blanks,),
    "several of leading zeros, a \".0\" at the end, capitals and blanks": (
        _without_blanks, _without_fraction, _without_zeros, pc.utf8_lower,
    ),
}  # fmt: skip
"""What ids may differ in, and what takes it away, simplest first."""


@dataclass(frozen=True)
class Meeting:
    """How two lists of ids meet: `met` of the `most` that could, an example of each, and what they differ in, or "".

    With a cause the two examples are of one customer; else each is the first that the other list does not hold.
    """

    met: int
    most: int
    left: str
    right: str
    cause: str = ""

    @property
    def share(self) -> float:
        """Of the shorter list, 0 to 1."""
        return self.met / self.most if self.most else 1.0


def meeting(left: pa.Array, right: pa.Array) -> Meeting:
    """How the ids of two lists meet; none occurs twice in either. Where more than hardly any do, no cause is sought."""
    met = pc.is_in(right, value_set=left)
    most, count = min(len(left), len(right)), pc.sum(met).as_py() or 0
    strange = right.filter(pc.invert(met))
    if not most or count >= HARDLY * most or not len(strange):
        return Meeting(count, most, "", "")
    apart = left.filter(pc.invert(pc.is_in(left, value_set=right)))
    for cause, changes in CAUSES.items():
        pair = _met_without(apart, strange, changes, MOSTLY * most - count)
        if pair is not None:
            return Meeting(count, most, *pair, cause)
    return Meeting(count, most, _first(apart), _first(strange))


def _met_without(left: pa.Array, right: pa.Array, changes: tuple[Change, ...], least: float) -> tuple[str, str] | None:
    """An id of each list that are one once changed, where at least so many would meet; else None."""
    one, other = left, right
    for change in changes:
        one, other = change(one), change(other)
    both = pc.is_in(other, value_set=one)
    if (pc.sum(both).as_py() or 0) < max(least, 1):
        return None
    place = pc.index(both, True).as_py()
    return left[pc.index(one, other[place]).as_py()].as_py(), right[place].as_py()


def written_otherwise(ids: pa.Array, asked: str) -> str:
    """The id that `asked` is, but for leading zeros, a ".0" at the end, capitals and blanks; "" where there is none."""
    *_, changes = CAUSES.values()
    plain, wanted = ids, pa.array([asked])
    for change in changes:
        plain, wanted = change(plain), change(wanted)
    place = pc.index(plain, wanted[0]).as_py()
    return str(ids[place].as_py()) if place >= 0 else ""


def _first(ids: pa.Array) -> str:
    return str(pc.min(ids).as_py()) if len(ids) else ""


def form_of(customer_id: str) -> str:
    """What an id looks like, quoted, without telling whose it is: digits as 9 and letters as a and A.

    Leading zeros and a ".0" at the end stay, and so do blanks and signs: they are what two ways of writing differ in.
    Logs hold no customer data, and warnings end up in logs.
    """
    kept = re.fullmatch(r"(0*)(.*?)((?:[.,]0+)?)", customer_id[:FORM], flags=re.DOTALL)
    zeros, middle, fraction = kept.groups() if kept else ("", customer_id[:FORM], "")
    letters = re.sub(r"[^\W\d_]", lambda found: "A" if found[0].isupper() else "a", middle)
    return repr(zeros + re.sub(r"\d", "9", letters) + fraction)


def advice(found: Meeting, column: str = "customer_id", *, once: bool = False) -> str:
    """What to do about ids of a column that do not meet; `once`: in one list, which holds some twice."""
    if not found.cause:
        return f"Check that both name {column.removesuffix('_id')}s by the same numbers."
    likely = f"They seem to differ in {found.cause}: without, most would meet."
    if once:
        likely = f"They differ in {found.cause}."
    if found.cause == "capitals":
        where = "[history.every_table]" if column == "customer_id" else "[history.order_lines] and [history.deliveries]"
        return f'{likely} uppercase = ["{column}"] in {where} makes them one.'
    if once:
        return f"{likely} Have them written alike throughout, as text, or list them in [history.customer_ids]."
    return f"{likely} Have the column delivered as text, written alike in both."


def rounded(ids: pa.Array) -> int:
    """How many ids a spreadsheet has written as powers of ten, "4.00638E+12": what it left out cannot be got back."""
    return int(pc.sum(pc.match_substring_regex(ids, r"^[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}$")).as_py() or 0)
