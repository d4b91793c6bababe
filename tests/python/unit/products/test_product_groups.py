"""Groups of products by their names."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_personas.products.groups import (
    FEWEST_PRODUCTS,
    MOST_GROUPS,
    OTHER,
    SCHEMA,
    _place,
    fit_groups,
    group_products,
)

KINDS = {
    "candle": ["scented candle", "candle in a glass", "birthday candles", "citronella candle"],
    "cushion": ["cushion cover", "round cushion", "velvet cushion", "floor cushion"],
    "necklace": ["silver necklace", "necklace with pearls", "bead necklace", "long necklace"],
    "teapot": ["teapot for two", "cast iron teapot", "glazed teapot", "little teapot"],
    "umbrella": ["umbrella", "folding umbrella", "umbrella stand", "beach umbrella"],
    "notebook": ["notebook lined", "notebook plain", "pocket notebook", "notebook set of 3"],
}
LOOKS = ["red", "blue", "large", "small", "vintage", "striped", "12 pieces", "of 2020"]

CHINESE_KINDS = {
    "茶": ["绿茶", "红茶", "乌龙茶", "普洱茶", "花茶"],
    "手机": ["手机壳", "手机支架", "手机充电器", "手机贴膜"],
    "鞋": ["运动鞋", "跑步鞋", "登山鞋", "皮鞋"],
    "笔记本": ["笔记本 A5", "线圈笔记本", "皮面笔记本", "笔记本封套"],
    "杯": ["保温杯", "玻璃杯", "陶瓷杯", "咖啡杯"],
    "雨伞": ["雨伞", "折叠雨伞", "儿童雨伞", "自动雨伞"],
}
CHINESE_LOOKS = ["新款", "经典", "男士", "女士", "大号", "小号", "特价", "进口"]


FIRST = date(2025, 1, 1)
DATES = [FIRST + timedelta(30 * n) for n in range(5)]


def table(names, sale_lines=None, ids=None, first_sold_on=None):
    return pa.table(
        {
            "product_id": pa.array(ids or [f"p{n:05}" for n in range(len(names))], pa.string()),
            "product_name": pa.array(names, pa.string()),
            "sale_lines": pa.array(sale_lines or [10] * len(names), pa.int64()),
            "first_sold_on": pa.array(first_sold_on or [date(2024, 1, 1)] * len(names)),
        }
    )


def catalogue(kinds, looks):
    """Make products whose kind is known: names, and the kind of each."""
    made = [
        (f"{look} {name}", kind)
        for kind, names in kinds.items()
        for name, look in product(names, looks)
    ]
    return [name for name, _ in made], [kind for _, kind in made]


NAMES, TRUTH = catalogue(KINDS, LOOKS)


def grouped(products, **options):
    lines = []
    found = group_products(products, DATES, seed=1, progress=lines.append, **options)
    assert found.schema == SCHEMA
    return {row["product_id"]: row for row in found.to_pylist()}, lines


def share_in_the_right_group(names, truth):
    found, _ = grouped(table(names))
    groups = [found[f"p{n:05}"]["product_group"] for n in range(len(names))]
    counts = {}
    for pair in zip(groups, truth, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    best = {group: max(n for (each, _), n in counts.items() if each == group) for group in groups}
    return sum(best.values()) / len(names), set(groups)


def test_products_of_a_kind_are_together_and_the_group_is_named_after_them():
    share, groups = share_in_the_right_group(NAMES, TRUTH)
    assert share >= 0.95
    assert 6 <= len(groups) <= MOST_GROUPS
    for kind in KINDS:
        assert any(kind in group for group in groups), (kind, groups)
    # numbers and small words name nothing
    words = {word for group in groups for word in group.split(", ")}
    assert not words & {"of", "in", "a", "for", "with"}
    assert not any(character.isdigit() for word in words for character in word)


def test_chinese_names_are_grouped_without_blanks_between_words():
    names, truth = catalogue(CHINESE_KINDS, CHINESE_LOOKS)
    share, groups = share_in_the_right_group([name.replace(" ", "") for name in names], truth)
    assert share >= 0.85
    words = {word for group in groups for word in group.split(", ")}
    assert {"茶", "手机", "鞋", "笔记本", "杯", "雨伞"} <= words
    for group in groups:
        held = group.split(", ")
        assert not any(one != other and one in other for one in held for other in held)


def test_mixed_scripts_are_grouped_together():
    names, truth = catalogue(KINDS, LOOKS)
    chinese, chinese_truth = catalogue(CHINESE_KINDS, CHINESE_LOOKS)
    share, _ = share_in_the_right_group(names + chinese, truth + chinese_truth)
    # twelve kinds and at most twelve groups
    assert share >= 0.7


def test_the_order_of_the_rows_changes_nothing():
    first = group_products(table(NAMES), DATES, seed=1)
    ids = [f"p{n:05}" for n in range(len(NAMES))]
    rows = list(zip(NAMES, ids, strict=True))
    random.Random(3).shuffle(rows)
    again = group_products(
        table([name for name, _ in rows], ids=[product for _, product in rows]), DATES, seed=1
    )
    assert again.equals(first)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(NAMES) | st.text(max_size=12), min_size=1, max_size=30))
def test_products_that_come_later_change_nothing(later):
    before, _ = grouped(table(NAMES))
    after, _ = grouped(table(NAMES + later, [10] * len(NAMES) + [0] * len(later)))
    assert {key: after[key] for key in before} == before
    # and where they come to does not depend on one another
    alone, _ = grouped(table([*NAMES, later[0]], [10] * len(NAMES) + [0]))
    key = f"p{len(NAMES):05}"
    assert alone.get(key) == after.get(key)


CHINESE, CHINESE_TRUTH = catalogue(CHINESE_KINDS, CHINESE_LOOKS)
SHUFFLED = random.Random(5).sample(range(len(CHINESE)), len(CHINESE))


def with_a_new_range(days):
    """Make a catalogue to which another range is added, one product for each of the days."""
    count = len(NAMES)
    later = [CHINESE[n].replace(" ", "") for n in SHUFFLED[: len(days)]]
    return table(
        [*NAMES, *later],
        [10] * count + [0] * len(days),
        first_sold_on=[date(2024, 1, 1)] * count + [FIRST + timedelta(day) for day in days],
    )


def test_a_new_range_gets_groups_of_its_own_time():
    days = [n // 2 for n in range(len(SHUFFLED))]
    found, lines = grouped(with_a_new_range(days))
    groups = [found[f"p{len(NAMES) + n:05}"]["product_group"] for n in range(len(days))]
    # until the first date with thirty of them nobody knows what they are
    first = next(day for day in range(0, 150, 30) if sum(each < day for each in days) >= 30)
    assert {group for group, day in zip(groups, days, strict=True) if day < first} == {OTHER}
    later = [n for n, day in enumerate(days) if day >= first]
    counts = {}
    for n in later:
        pair = groups[n], CHINESE_TRUTH[SHUFFLED[n]]
        counts[pair] = counts.get(pair, 0) + 1
    named = {group for group, _ in counts} - {OTHER}
    best = sum(max(c for (each, _), c in counts.items() if each == group) for group in named)
    assert best >= 0.7 * len(later)
    assert len(named) >= 3
    assert any("more on 2025-01-31" in line for line in lines)
    # nothing of the range there was is another one
    assert {key: found[key] for key in grouped(table(NAMES))[0]} == grouped(table(NAMES))[0]


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.integers(0, 140), min_size=40, max_size=120),
    st.integers(10, 140),
)
def test_the_group_of_a_product_rests_on_nothing_later(days, end):
    days = sorted(days)
    found, _ = grouped(with_a_new_range(days))
    before, _ = grouped(with_a_new_range([day for day in days if day <= end]))
    assert {key: found[key] for key in before} == before


def test_a_new_product_joins_those_with_names_like_its_own():
    found, _ = grouped(
        table([*NAMES, "Teapot, green", "xyzzy", "12345", None], [9] * 192 + [0] * 4)
    )
    teapots = [
        found[f"p{n:05}"]["product_group"] for n, kind in enumerate(TRUTH) if kind == "teapot"
    ]
    assert found["p00192"]["product_group"] in teapots
    assert found["p00192"]["similarity"] > found["p00192"]["overall_similarity"]
    for key in ("p00193", "p00194"):
        assert found[key]["product_group"] == OTHER
        assert found[key]["similarity"] is found[key]["overall_similarity"] is None
    assert "p00195" not in found


def test_no_group_but_the_rest_is_called_other():
    names = [f"other {name}" for name in ["cup", "cup large", "cup small", "cup red"] * 10] + NAMES
    found, _ = grouped(table(names))
    assert OTHER not in {row["product_group"] for row in found.values()}


def test_similar_names_are_more_alike_than_all():
    found, _ = grouped(table(NAMES))
    own = sum(row["similarity"] for row in found.values()) / len(found)
    overall = sum(row["overall_similarity"] for row in found.values()) / len(found)
    assert own > overall + 0.2


def test_a_product_is_compared_with_the_others_only():
    found, _ = grouped(table(NAMES))
    vectors = fit_groups(NAMES, [10] * len(NAMES), seed=1).vectorizer.transform(NAMES).toarray()
    groups = np.array([found[f"p{n:05}"]["product_group"] for n in range(len(NAMES))])
    for n in range(0, len(NAMES), 17):
        others = np.arange(len(NAMES)) != n
        for column, who in (
            ("similarity", others & (groups == groups[n])),
            ("overall_similarity", others),
        ):
            mean = vectors[who].mean(axis=0)
            expected = vectors[n] @ mean / np.linalg.norm(mean)
            assert found[f"p{n:05}"][column] == pytest.approx(expected, abs=1e-6)


def test_too_few_products_get_no_groups_and_a_reason():
    found, lines = grouped(table(NAMES[: FEWEST_PRODUCTS - 1]))
    assert found == {}
    assert lines == [
        "none: 29 products with a name were sold before the first observation date, 30 are needed"
    ]
    # products that came later do not help, nor do names without letters
    later = table(NAMES[:80], [10] * 20 + [0] * 60)
    assert grouped(later)[0] == {}
    assert grouped(table([*NAMES[:20], *["12/34"] * 20, *[" "] * 20, *[None] * 20]))[0] == {}


def test_no_product_is_no_line():
    assert grouped(table([])) == ({}, [])


def test_thirty_products_are_enough():
    names = NAMES[:15] + NAMES[100:115]
    found, lines = grouped(table(names))
    assert len(found) == 30
    assert lines[0].startswith("3 from the names of 30 products")


@pytest.mark.parametrize("name", ["thing", "t", "东", "a b c"])
def test_names_that_are_all_the_same_give_no_groups(name):
    found, lines = grouped(table([name] * 50))
    assert found == {}
    assert lines[0].startswith("none: ")


def test_names_without_a_common_part_give_no_groups():
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [letters[n] + letters[-n - 1] for n in range(13)] + ["123"] * 40
    assert grouped(table(names))[0] == {}


def test_a_company_with_one_best_seller_still_gets_groups():
    # no number of groups brings the largest below a quarter
    found, _ = grouped(table(NAMES, [100_000] + [1] * (len(NAMES) - 1)))
    assert len({row["product_group"] for row in found.values()}) >= 6


def test_a_later_name_in_a_topic_without_members_is_other():
    groups = fit_groups(NAMES, [10] * len(NAMES), seed=1)
    kept = _place(groups, ["teapot"], np.array([False]))
    assert kept[0] != [OTHER]
    emptied = ["" if name == kept[0][0] else name for name in groups.names]
    without = _place(replace(groups, names=emptied), ["teapot"], np.array([False]))
    assert without == ([OTHER], [None], [None])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(), st.text(max_size=20), st.sampled_from(NAMES), st.sampled_from("茶杯鞋")
        ),
        max_size=60,
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_names_every_named_product_has_one_group_or_none_has(names, chance):
    products = table(names, [chance.randint(0, 5) for _ in names] or [])
    found, lines = grouped(products)
    named = [name for name in names if name and name.strip()]
    assert len(found) in (0, len(named))
    groups = {row["product_group"] for row in found.values()}
    assert all(group and group == group.strip() for group in groups)
    assert bool(found) == (bool(lines) and not lines[0].startswith("none"))
