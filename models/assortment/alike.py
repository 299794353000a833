"""What customers who buy alike buy beside it: products that a customer never bought, and those most like it lately did.

Similarity is the cosine between the products two customers bought; a product's score is the share of the most similar
that bought it, each counting by its similarity. Source: neighbourhoods of users (Breese, Heckerman & Kadie 1998),
on implicit feedback. How often what it suggests is bought, beside the bestsellers, is measured in `benchmarks/talk.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.assortment.purchases import Array, Bought, Longs

NEIGHBOURS = 100
"""The most similar customers that are asked; those exactly as similar as the last of them, too."""
FEWEST_PRODUCTS = 3
"""Products of a year, at least, by which a customer can be like others."""
FEWEST_BUYERS = 5
"""Buyers among the most similar, at least: fewer tell more of themselves than of a taste they share."""
LEAST_SHARE = 0.2
"""Of the most similar customers, at least, that bought it: six of a hundred convince nobody. Ours; what it gains and
leaves out is measured in `benchmarks/findings/products.md`."""
DECIMALS = 9
"""Places of a similarity that count: equals stay equal however they were computed."""
BASKET_DAYS = 365
"""Days before the cutoff whose products make customers alike."""
MOST_ASKED = 10_000
"""Customers who can be among the most similar, at most: the cost of each grows with their number."""


@dataclass(frozen=True)
class Suggested:
    """Products for customers (n,), the best first: `product` (n, count) codes, -1 where there is none.

    `buyers` (n, count) of the `asked` (n,) most similar customers bought it.
    """

    product: Longs
    buyers: Longs
    asked: Longs


@dataclass(frozen=True)
class Crowd:
    """Customers (r,) that may be similar: what each bought in a year, at length 1, and what lately.

    `customer` (r,) ascending codes; `lately` (r, p) of the `products` (p,) that enough of them bought to be suggested.
    """

    customer: Longs
    basket: Bought
    lately: Bought
    products: Longs

    @classmethod
    def of(cls, customer: Longs, basket: Bought, lately: Bought) -> Crowd:
        """Of customers (r,) with what they bought in a year and lately, (r, products) each."""
        common = np.flatnonzero(np.asarray(lately.sum(axis=0)).ravel() >= FEWEST_BUYERS)
        return cls(customer, _at_length_one(basket), lately.tocsc()[:, common].tocsr(), common)

    def suggested(self, customer: Longs, basket: Bought, ever: Bought, count: int) -> Suggested:
        """What customers (n,) might try: of what their most similar bought lately, what they never did.

        Args:
            customer: codes (n,), for nobody is similar to himself.
            basket: what each bought in a year, (n, products).
            ever: what each ever bought, (n, products): never suggested.
            count: products for each.
        """
        near = self._neighbours(customer, basket)
        score = (near @ self.lately).toarray()
        buyers = (_ones(near) @ self.lately).toarray()
        asked = np.diff(near.indptr).astype(np.int64)
        few = buyers < np.maximum(FEWEST_BUYERS, LEAST_SHARE * asked)[:, None]
        score[few | (ever.tocsc()[:, self.products].toarray() > 0)] = 0.0
        return Suggested(*_best(score, buyers, self.products, count), asked)

    def _neighbours(self, customer: Longs, basket: Bought) -> sparse.csr_matrix:
        """The similarity (n, r) of the most similar; nothing for all others."""
        alike = (_at_length_one(basket) @ self.basket.T).tocsr()
        alike.data = alike.data.round(DECIMALS)
        whose = np.repeat(np.arange(customer.size), np.diff(alike.indptr))
        able = np.asarray(basket.sum(axis=1)).ravel() >= FEWEST_PRODUCTS
        alike.data[(self.customer[alike.indices] == customer[whose]) | ~able[whose]] = 0.0
        least = np.zeros(customer.size)
        for row, (first, last) in enumerate(zip(alike.indptr[:-1], alike.indptr[1:], strict=True)):
            if last - first > NEIGHBOURS:
                least[row] = np.partition(alike.data[first:last], -NEIGHBOURS)[-NEIGHBOURS]
        alike.data[alike.data < least[whose]] = 0.0
        alike.eliminate_zeros()
        return alike


def _ones(of: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(of.data.size), of.indices, of.indptr), of.shape)


def _best(score: Array, buyers: Array, products: Longs, count: int) -> tuple[Longs, Longs]:
    """The `count` products with the highest score above 0 in each row, and who bought them; equals by code."""
    product = np.full((len(score), count), -1, dtype=np.int64)
    number = np.zeros((len(score), count), dtype=np.int64)
    rows = np.arange(len(score))
    for place in range(count if products.size else 0):
        at = score.argmax(axis=1)
        found = score[rows, at] > 0
        product[found, place] = products[at[found]]
        number[found, place] = buyers[rows[found], at[found]]
        score[rows, at] = 0.0
    return product, number


def spread_out(customer: Longs) -> Longs:
    """Of customers (n,) those that may be among the most similar, in the same order: all, or as many as are asked."""
    if customer.size <= MOST_ASKED:
        return customer
    return customer[np.linspace(0, customer.size - 1, MOST_ASKED).astype(np.int64)]


def _at_length_one(bought: Bought) -> Bought:
    length = np.sqrt(np.asarray(bought.sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(length, 1.0)) @ bought).tocsr()
