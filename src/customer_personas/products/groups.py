"""Groups of products whose names are alike, for companies that give no product categories."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer

# The group of products whose names have nothing in common with the others.
OTHER = "other"

FEWEST_PRODUCTS = 30
# Groups are found among the products sold most; the others are placed in them.
MOST_PRODUCTS = 5_000
FEWEST_GROUPS = 6
MOST_GROUPS = 12
PRODUCTS_PER_GROUP = 10
LARGEST_SHARE = 0.25

MOST_GRAMS = 8_000
MOST_WORDS = 3
SHORTEST_WORD = 3
MOST_CANDIDATES = 200
# Sweeps of the factorisation: a few show how large the groups of a number are, only the number
# chosen is fitted to the end.
TRIAL_SWEEPS = 30
FIT_SWEEPS = 200
# Sweeps of the placing of a name: always as many, so that no name's place depends on the names
# beside it.
PLACING_SWEEPS = 50
CHUNK = 10_000

# Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3005, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)

SCHEMA = pa.schema(
    [
        ("product_id", pa.string()),
        ("product_group", pa.string()),
        ("similarity", pa.float64()),
        ("overall_similarity", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Groups:
    """Groups of products, fitted: what a name is placed by.

    Parameters
    ----------
    vectorizer : TfidfVectorizer
        Weighs the n-grams of a name.
    factors : NMF
        The topics that the groups are.
    names : list of str
        Name of each group, by topic; empty for a topic that no fitted product belongs to.
    sums : numpy.ndarray
        Sum of the vectors of the fitted products of each group, and, last, of all.
    sale_line_shares : list of float
        Share of the fitted products' sale lines in each group.
    """

    vectorizer: TfidfVectorizer
    factors: NMF
    names: list[str]
    sums: np.ndarray
    sale_line_shares: list[float]


@dataclass(frozen=True)
class _Product:
    """A product with a name, as it was known when its group was decided."""

    product_id: str
    name: str
    sale_lines: int
    first_sold_on: date


def group_products(
    products: pa.Table,
    observation_dates: Sequence[date],
    *,
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
) -> pa.Table:
    """Put products in groups by their names.

    Groups are found among the products that had been sold before the first observation date; the
    others are placed in them. Where a range changes, later names have nothing in common with them:
    at each later date, those of them that were sold by then form groups of their own, in which
    products that come from that date on are placed. So nothing that comes later changes a group,
    nor the group of a product.

    Parameters
    ----------
    products : pyarrow.Table
        product_id, product_name, sale_lines (before the first observation date; 0 for products
        that came later) and first_sold_on, one row per product.
    observation_dates : sequence of date
        The dates at which groups may be found, in any order.
    seed : int
        Seed of the factorisation.
    progress : callable
        Takes a line that says what was found.

    Returns
    -------
    pyarrow.Table
        product_id, product_group, similarity (cosine similarity of the name to the mean of the
        other names of its group among the fitted ones) and overall_similarity (the same to all
        fitted ones); null where there is nothing to compare. Products without a name are left out.
        No row where no groups are found: then `progress` says why.
    """
    rows = [
        _Product(
            each["product_id"],
            each["product_name"],
            each["sale_lines"] or 0,
            each["first_sold_on"],
        )
        for each in products.to_pylist()
        if each["product_id"] is not None and (each["product_name"] or "").strip()
    ]
    rows.sort(key=lambda row: (-row.sale_lines, row.product_id))
    if not rows:
        return SCHEMA.empty_table()
    fitted = [row for row in rows if row.sale_lines > 0 and any(_grams(row.name))][:MOST_PRODUCTS]
    if len(fitted) < FEWEST_PRODUCTS:
        progress(
            f"none: {len(fitted)} products with a name were sold before the first observation "
            f"date, {FEWEST_PRODUCTS} are needed"
        )
        return SCHEMA.empty_table()
    groups = fit_groups([row.name for row in fitted], [row.sale_lines for row in fitted], seed=seed)
    if groups is None:
        progress("none: the names of the products do not tell them apart")
        return SCHEMA.empty_table()
    progress(
        f"{sum(map(bool, groups.names))} from the names of {len(fitted):,} products; the largest "
        f"has {max(groups.sale_line_shares):.0%} of their sale lines"
    )
    placed = _place_products(groups, rows, {row.product_id for row in fitted})
    placed |= _group_newcomers(rows, placed, observation_dates, set(groups.names), seed, progress)
    return pa.Table.from_pylist([placed[each] for each in sorted(placed)], schema=SCHEMA)


def _place_products(
    groups: Groups, products: list[_Product], fitted: Collection[str] = ()
) -> dict[str, dict]:
    """Give, by product, its row of the result."""
    rows: dict[str, dict] = {}
    for start in range(0, len(products), CHUNK):
        chunk = products[start : start + CHUNK]
        is_fitted = np.array([each.product_id in fitted for each in chunk])
        placed = _place(groups, [each.name for each in chunk], is_fitted)
        for each, *values in zip(chunk, *placed, strict=True):
            rows[each.product_id] = dict(zip(SCHEMA.names, [each.product_id, *values], strict=True))
    return rows


def _group_newcomers(
    products: list[_Product],
    placed: dict[str, dict],
    observation_dates: Sequence[date],
    taken: set[str],
    seed: int,
    progress: Callable[[str], None],
) -> dict[str, dict]:
    """Give the rows of products that are placed in groups found at later dates."""
    left = [
        each
        for each in products
        if placed[each.product_id]["product_group"] == OTHER and any(_grams(each.name))
    ]
    found: dict[str, dict] = {}
    for day in sorted(observation_dates):
        known = [each for each in left if each.first_sold_on < day]
        if len(known) < FEWEST_PRODUCTS:
            continue
        names = [each.name for each in known[:MOST_PRODUCTS]]
        groups = fit_groups(names, [1] * len(names), seed=seed, taken=taken)
        if groups is None:
            continue
        taken |= set(groups.names)
        rows = _place_products(groups, [each for each in left if each.first_sold_on >= day])
        rows = {key: row for key, row in rows.items() if row["product_group"] != OTHER}
        progress(
            f"{sum(map(bool, groups.names))} more on {day}, from {len(names):,} products whose "
            f"names are like none before; {len(rows):,} later products are in them"
        )
        found |= rows
        left = [each for each in left if each.first_sold_on >= day and each.product_id not in rows]
    return found


def fit_groups(
    names: list[str], sale_lines: list[int], *, seed: int, taken: Collection[str] = ()
) -> Groups | None:
    """Find groups of names.

    The number of groups is the smallest from 6 to 12 (at most one per ten products) whose largest
    group has at most a quarter of the sale lines; where none has, the one whose largest group is
    smallest.

    Parameters
    ----------
    names : list of str
        Names of the products, in an order that is always the same.
    sale_lines : list of int
        Sale lines of each.
    seed : int
        Seed of the factorisation.
    taken : collection of str, optional
        Names that no group may have.

    Returns
    -------
    Groups or None
        The groups; None where the names have too little in common for two.
    """
    vocabulary = _vocabulary(names)
    most = min(MOST_GROUPS, len(names) // PRODUCTS_PER_GROUP, len(vocabulary))
    if most < 2:
        return None
    vectorizer = TfidfVectorizer(analyzer=_grams, vocabulary=vocabulary, sublinear_tf=True)
    vectors = vectorizer.fit_transform(names)
    weights = np.array(sale_lines, dtype=float)
    k = _choose_count(vectors, weights, range(min(FEWEST_GROUPS, most), most + 1), seed)
    factors = _make_factors(k, seed, FIT_SWEEPS).fit(vectors)
    factors.set_params(max_iter=PLACING_SWEEPS)
    places = _find_strongest(factors, factors.transform(vectors))
    shares = _measure_shares(places, weights, k).tolist()
    if len(set(places[places >= 0])) < 2:
        return None
    members = csr_matrix(
        (np.ones((places >= 0).sum()), (places[places >= 0], np.flatnonzero(places >= 0))),
        shape=(k, len(names)),
    )
    sums = np.vstack([(members @ vectors).toarray(), np.asarray(vectors.sum(axis=0))])
    named = _group_names(names, places, len(shares), taken)
    return Groups(vectorizer, factors, named, sums, shares)


def _place(
    groups: Groups, names: list[str], is_fitted: np.ndarray
) -> tuple[list[str], list[float | None], list[float | None]]:
    """Give the group of each name, and its similarities to the group and to all."""
    vectors = groups.vectorizer.transform(names)
    places = _find_strongest(groups.factors, groups.factors.transform(vectors))
    # a topic without a fitted product is no group
    places[[place >= 0 and not groups.names[place] for place in places]] = -1
    to_sums = vectors @ groups.sums.T
    squares = (groups.sums**2).sum(axis=1)
    # a fitted product is compared with the others, not with itself
    own = is_fitted.astype(float)
    similar: list[list[float | None]] = []
    for column in (places, np.full(len(names), len(groups.sums) - 1)):
        to_sum = to_sums[np.arange(len(names)), column]
        rest = squares[column] - own * (2 * to_sum - 1)
        is_known = (places >= 0) & (rest > 1e-9)
        cosine = ((to_sum - own) / np.sqrt(np.where(is_known, rest, 1))).clip(0, 1).round(6)
        similar.append(
            [each if known else None for each, known in zip(cosine.tolist(), is_known, strict=True)]
        )
    own_similar, overall_similar = similar
    named = [groups.names[place] or OTHER if place >= 0 else OTHER for place in places]
    return named, own_similar, overall_similar


def _choose_count(vectors: csr_matrix, weights: np.ndarray, counts: range, seed: int) -> int:
    """Choose the number of groups by the share of sale lines that the largest one has."""
    largest: dict[int, float] = {}
    for k in counts:
        factors = _make_factors(k, seed, TRIAL_SWEEPS)
        places = _find_strongest(factors, factors.fit_transform(vectors))
        largest[k] = _measure_shares(places, weights, k).max()
        if largest[k] <= LARGEST_SHARE:
            return k
    return min(largest, key=lambda k: largest[k])


def _make_factors(k: int, seed: int, sweeps: int) -> NMF:
    return NMF(k, init="nndsvda", random_state=seed, tol=0, max_iter=sweeps)


def _find_strongest(factors: NMF, loadings: np.ndarray) -> np.ndarray:
    """Give the strongest topic of each row; -1 where there is none."""
    strengths = loadings * np.linalg.norm(factors.components_, axis=1)
    return np.where(strengths.max(axis=1) > 0, strengths.argmax(axis=1), -1)


def _measure_shares(places: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Measure the share of the sale lines in each topic."""
    is_placed = places >= 0
    return np.bincount(places[is_placed], weights[is_placed], minlength=k) / weights.sum()


def _vocabulary(names: list[str]) -> list[str]:
    """List the n-grams that enough names have, the most frequent where there are too many."""
    fewest = min(5, max(2, len(names) // 200))
    counts = Counter(gram for name in names for gram in set(_grams(name)))
    frequent = [gram for gram, count in counts.items() if count >= fewest]
    return sorted(sorted(frequent, key=lambda gram: (-counts[gram], gram))[:MOST_GRAMS])


def _group_names(
    names: list[str], places: np.ndarray, topics: int, taken: Collection[str]
) -> list[str]:
    """Name groups by the words that they have more than the others, the largest group first."""
    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    vectors = vectorizer.fit_transform(names)
    words = vectorizer.get_feature_names_out()
    sizes = Counter(places[places >= 0].tolist())
    named = [""] * topics
    for place, _ in sorted(sizes.items(), key=lambda size: (-size[1], size[0])):
        inside = places == place
        difference = np.asarray(vectors[inside].mean(axis=0) - vectors[~inside].mean(axis=0))
        scores = dict(zip(words, difference.ravel().round(6).tolist(), strict=True))
        named[place] = _free_name(_telling_words(scores), {*named, *taken, OTHER})
    return named


def _telling_words(scores: dict[str, float]) -> list[str]:
    """Rank words by their scores; those too alike to a better one are left out."""

    def rank(word: str) -> tuple:
        # "of" and "in" only where there is nothing else
        is_short = word.isascii() and len(word) < SHORTEST_WORD
        return scores[word] <= 0, is_short, -scores[word], -len(word), word

    chosen: list[str] = []
    for word in sorted(scores, key=rank)[:MOST_CANDIDATES]:
        if scores[word] <= 0 and chosen:
            break
        if not any(_is_alike(word, other) for other in chosen):
            chosen.append(word)
    return chosen


def _is_alike(word: str, other: str) -> bool:
    """Say whether one word holds the other, or n-grams of unparted words share a letter."""
    if _kind(word[0]) == "unspaced" and set(word) & set(other):
        return True
    return word in other or other in word


def _free_name(words: list[str], taken: set[str]) -> str:
    """Join the first words; the last gives way to the next ones where the name is taken."""
    first, rest = words[: MOST_WORDS - 1], words[MOST_WORDS - 1 :]
    for last in rest or [""]:
        name = ", ".join([*first, last] if last else first)
        if name not in taken:
            return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


def _grams(name: str) -> Iterator[str]:
    """Give the n-grams of a name: of 1 to 3 letters where words are not parted, else of 3 to 5."""
    for run, is_unspaced in _runs(name):
        text, lengths = (run, (1, 2, 3)) if is_unspaced else (f" {run} ", (3, 4, 5))
        for length in lengths:
            for start in range(len(text) - length + 1):
                yield text[start : start + length]


def _words(name: str) -> Iterator[str]:
    """Give what may name a group: words, or n-grams where words are not parted."""
    for run, is_unspaced in _runs(name):
        if not is_unspaced:
            yield run
            continue
        for length in (1, 2, 3):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]


def _runs(name: str) -> Iterator[tuple[str, bool]]:
    """Part a name into runs of letters of one kind of script; numbers and signs are left out."""
    text = unicodedata.normalize("NFKC", name).lower()
    for kind, letters in groupby(text, key=_kind):
        run = "".join(letters)
        # a single letter of an alphabet is a size or what an apostrophe leaves
        if kind == "unspaced" or (kind == "spaced" and len(run) > 1):
            yield run, kind == "unspaced"


@lru_cache(maxsize=65_536)
def _kind(character: str) -> str:
    if unicodedata.category(character)[0] not in "LM":
        return "none"
    code = ord(character)
    return "unspaced" if any(low <= code <= high for low, high in UNSPACED) else "spaced"
