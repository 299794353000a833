"""What the prediction store lets go of: cutoffs that are old, and files that nobody can be reading any more."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import date, timedelta

from deltalake import CommitProperties, DeltaTable

from features.errors import BusyProblem, UsageProblem
from pipeline.export.origin import PREFIX
from pipeline.export.store import PredictionStore
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.settings.training import Storage

logger = logging.getLogger(__name__)
HOURS_A_DAY = 24
A_DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def expire(store: PredictionStore, rule: Storage) -> tuple[date, ...]:
    """Take away the cutoffs that `rule` does not keep, then files replaced or left unfinished longer ago than it says.

    The age of a cutoff is counted from the newest one, not from today: what is kept does not depend on when this runs.
    A reader keeps every file of the version it opened for `keep_replaced_days`.

    Args:
        store: holds at least one cutoff.
        rule: `keep_cutoffs_days` (0: all are kept) and `keep_replaced_days`.

    Returns:
        The cutoffs taken away, ascending.
    """
    with locked(store.lock("commit")):
        oldest = oldest_kept(store, rule)
        gone = tuple(cutoff for cutoff in store.cutoffs() if oldest and cutoff < oldest)
        if gone:
            said = CommitProperties(custom_metadata={f"{PREFIX}run_id": run_id(), f"{PREFIX}expired": str(len(gone))})
            DeltaTable(str(store.folder)).delete(f"cutoff < '{oldest}'", commit_properties=said)
        _vacuum(store, HOURS_A_DAY * rule.keep_replaced_days)
    _without_locks(store)
    return gone


def _without_locks(store: PredictionStore) -> None:
    """Take away the lock files of dates that nobody holds: earlier versions left two of each date, for ever."""
    for path in store.folder.parent.glob(store.lock(f"{A_DATE}*").name):
        with suppress(BusyProblem), locked(path, busy="using it", passing=True):
            pass


def _vacuum(store: PredictionStore, hours: int) -> None:
    """Remove the files that no version younger than so many hours names; none behind a link, which Delta would follow.

    Where there is a link nothing is removed at all.
    """
    links = [path for path in store.folder.rglob("*") if path.is_symlink()]
    if links:
        logger.warning("the prediction store is not cleaned up: %s is a link, take it away", links[0])
        return
    table = DeltaTable(str(store.folder))
    table.vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True)


def oldest_kept(store: PredictionStore, rule: Storage) -> date | None:
    """Cutoffs before this one are taken away; None where all are kept."""
    there = store.cutoffs()
    return there[-1] - timedelta(days=rule.keep_cutoffs_days) if there and rule.keep_cutoffs_days else None


def check_kept(store: PredictionStore, rule: Storage, cutoff: date) -> None:
    """Refuse to score a cutoff that would be taken away at once.

    Raises:
        UsageProblem: it lies before those that are kept.
    """
    oldest = oldest_kept(store, rule)
    if oldest is None or cutoff >= oldest:
        return
    raise UsageProblem(
        "Predictions of this date would not be kept.",
        where="setting storage.keep_cutoffs_days",
        got=f"{rule.keep_cutoffs_days} days, and {cutoff} to be scored",
        expected=f"a date from {oldest} on: the newest in the store is {store.cutoffs()[-1]}",
        todo="raise the setting, set it to 0 to keep every date, or score a later date",
    )
