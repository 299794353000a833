"""When the invented customers order: a renewal process in each customer's own time, stretched over the calendar."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.simulate.customers import Customers, Floats, Ints

WEEK = 7
CHANCES_TO_PAUSE = 3
PAUSES = 0.3
SEASON = (0.85, 0.95, 1.05, 1.05, 1.05, 1.0, 0.9, 0.75, 1.1, 1.15, 1.2, 0.9)
"""Orders in each month against the usual: a dip in August and around the new year, a peak in autumn."""


def engagement(customers: Customers, days: int) -> Floats:
    """How engaged each customer is on each day (customers, days).

    1 in full, towards 0.25 while it lets go, 0 before it comes and after it has gone.
    """
    day = np.arange(days)[None, :]
    left = customers.end[:, None] - day
    fading = np.maximum(customers.fading, 1e-9)[:, None]
    level = np.clip(0.25 + 0.75 * left / fading, 0.25, 1.0)
    return np.where((left > 0) & (day >= customers.start[:, None]), level, 0.0)


def draw_orders(
    random: np.random.Generator, customers: Customers, engaged: Floats, calendar: npt.NDArray[np.datetime64]
) -> tuple[Ints, Ints]:
    """The orders as (customer, day) (orders,), sorted by customer, then day.

    Gaps are gamma distributed in a time that runs fast when a customer is engaged and in season, and stands still
    at weekends, over Christmas, and while a customer pauses.
    """
    count, days = engaged.shape
    speed = customers.rate[:, None] * engaged * _season(calendar)[None, :] * _pauses(random, count, days)
    elapsed = np.cumsum(speed, axis=1)
    most = int(elapsed[:, -1].max(initial=0) * 1.6 + 30)
    gaps = random.standard_gamma(np.repeat(customers.evenness[:, None], most, axis=1)) / customers.evenness[:, None]
    moments = np.cumsum(gaps, axis=1) - gaps[:, :1] * random.random((count, 1))
    apart = elapsed[:, -1].max(initial=0) + moments.max(initial=0) + 1
    shift = np.arange(count)[:, None] * apart
    place = np.searchsorted((elapsed + shift).ravel(), (moments + shift).ravel(), side="left")
    customer = np.repeat(np.arange(count), most)
    kept = (place < (customer + 1) * days) & (moments <= elapsed[:, -1:]).ravel()
    return customer[kept], (place - customer * days)[kept]


def _season(calendar: npt.NDArray[np.datetime64]) -> Floats:
    month = calendar.astype("datetime64[M]").astype(np.int64) % 12
    day_of_month = (calendar - calendar.astype("datetime64[M]")).astype(np.int64) + 1
    weekday = (calendar.astype(np.int64) + 3) % WEEK
    closed = (weekday >= 5) | ((month == 11) & (day_of_month >= 24)) | ((month == 0) & (day_of_month == 1))
    return np.where(closed, 0.0, np.array(SEASON)[month] * WEEK / 5)


def _pauses(random: np.random.Generator, count: int, days: int) -> Floats:
    """0 on days of a pause, else 1: each customer may pause up to three times, for one to eight months."""
    day = np.arange(days)[None, :]
    going = np.ones((count, days))
    for _ in range(CHANCES_TO_PAUSE):
        pausing = random.random((count, 1)) < PAUSES
        start = random.uniform(0, days, (count, 1))
        length = random.uniform(30, 240, (count, 1))
        going[pausing & (day >= start) & (day < start + length)] = 0.0
    return going
