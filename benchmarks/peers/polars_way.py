"""Features with Polars: ``python polars_way.py RECORDS OBSERVATIONS FEATURES``.

The same features as the other peers, in lazy frames: cleaned and rolled up once, then summed up
date by date.
"""

import sys
from datetime import date, datetime, timedelta

import polars as pl

records, observations_path, features_path = sys.argv[1:4]
KEYS = ["customer_id", "observation_date"]
EARLIEST, NOW = datetime(1990, 1, 1), datetime.now()
DAY = timedelta(days=1)
DEVICES = ("mobile", "desktop", "tablet")
col = pl.col


def read(entity: str) -> pl.LazyFrame:
    """Read the records of an entity, exact duplicates left out."""
    return pl.scan_parquet(f"{records}/{entity}*.parquet").unique()


def time(column: str) -> pl.Expr:
    """Read times; what is none is missing."""
    return col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)


def number(column: str) -> pl.Expr:
    """Read numbers; what is none is missing."""
    return col(column).cast(pl.Float64, strict=False)


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Divide, with nothing where there is nothing to divide by."""
    return pl.when(whole != 0).then(part / whole)


def window(amount: str, on: date, days: int, years: int = 0) -> pl.Expr:
    """Sum an amount over a window before a date; a year has 364 days."""
    until = on - 364 * years * DAY
    return col(amount).filter((col("day") >= until - days * DAY) & (col("day") < until)).sum()


customers = (
    read("customers")
    .with_columns(time("signed_up_at"), time("updated_at"))
    .filter(col("customer_id").is_not_null() & (col("signed_up_at") <= NOW))
    .sort("updated_at")
    .unique("customer_id", keep="last")
    .select(
        "customer_id",
        col("signed_up_at").dt.date().alias("signed_up_on"),
        col("birth_date").str.to_date("%Y-%m-%d", strict=False),
        number("annual_income"),
    )
    .collect()
)
status, is_odd = col("order_status").str.to_lowercase(), r"^(TEST[0-9]*|POST|FEE|ADJUST[0-9]*)$"
lines = (
    read("order_lines")
    .with_columns(
        time("ordered_at"),
        time("updated_at"),
        *map(number, ("quantity", "unit_price", "discount_amount")),
    )
    .filter(
        col("customer_id").is_not_null()
        & col("order_id").is_not_null()
        & col("ordered_at").is_between(EARLIEST, NOW)
        & (col("quantity") != 0)
        & (col("unit_price") >= 0)
        & ~col("product_id").fill_null("").str.contains(is_odd)
    )
    .sort("updated_at")
    .unique(["order_id", "order_line_number"], keep="last")
    .with_columns(
        pl.when(status.is_in(["cancelled", "canceled"]))
        .then(pl.lit("cancelled"))
        .when(status.is_in(["returned", "refunded"]) | (col("quantity") < 0))
        .then(pl.lit("return"))
        .otherwise(pl.lit("sale"))
        .alias("kind"),
        col("quantity").abs(),
        col("discount_amount").clip(0).fill_null(0),
        col("ordered_at").dt.date().alias("day"),
        col("product_category").str.to_lowercase().alias("category"),
    )
    .with_columns(
        (col("quantity") * col("unit_price")).round(2).alias("gross"),
        (col("quantity") * col("unit_price") - col("discount_amount"))
        .clip(0)
        .round(2)
        .alias("amount"),
    )
    .select(
        *("customer_id", "order_id", "ordered_at", "day", "product_id", "category", "kind"),
        *("quantity", "gross", "amount"),
    )
    .collect()
    .lazy()
)
events = (
    read("web_events")
    .with_columns(time("occurred_at"))
    .filter(
        col("event_id").is_not_null()
        & col("customer_id").is_not_null()
        & col("occurred_at").is_between(EARLIEST, NOW)
    )
    .unique("event_id")
    .select(
        *("event_id", "customer_id", "occurred_at", "event_type", "device_type"),
        col("occurred_at").dt.date().alias("day"),
        col("product_category").str.to_lowercase().alias("category"),
    )
    .collect()
    .lazy()
)
feedback = (
    read("feedback")
    .with_columns(
        time("submitted_at"),
        number("rating"),
        number("rating_scale_max").fill_null(5),
        col("rating").is_null().alias("is_unrated"),
    )
    .filter(
        col("feedback_id").is_not_null()
        & col("customer_id").is_not_null()
        & col("submitted_at").is_between(EARLIEST, NOW)
        & (col("is_unrated") | col("rating").is_between(0, col("rating_scale_max")))
    )
    .unique("feedback_id")
    .select(
        "customer_id",
        col("submitted_at").dt.date().alias("day"),
        (100 * col("rating") / col("rating_scale_max")).round(3).alias("satisfaction"),
        (col("feedback_type") == "complaint").alias("is_complaint"),
    )
    .collect()
    .lazy()
)

# rollups: one row per customer and day
sales = lines.filter(col("kind") == "sale")
is_sale, is_return = col("kind") == "sale", col("kind") == "return"
hour = col("ordered_at").dt.hour()
placed = (
    sales.group_by("customer_id", "order_id")
    .agg(col("ordered_at").min())
    .group_by("customer_id", col("ordered_at").dt.date().alias("day"))
    .agg(
        pl.len().cast(pl.Int64).alias("orders"),
        (col("ordered_at").dt.weekday() >= 6).sum().alias("weekend"),
        (hour < 6).sum().alias("night"),
        hour.is_between(6, 11).sum().alias("morning"),
        hour.is_between(12, 17).sum().alias("afternoon"),
        (hour >= 18).sum().alias("evening"),
    )
    .sort("customer_id", "day")
    .with_columns(col("day").diff().over("customer_id").dt.total_days().alias("gap"))
)
order_days = (
    lines.group_by("customer_id", "day")
    .agg(
        col("amount").filter(is_sale).sum().alias("sale"),
        col("gross").filter(is_sale).sum(),
        col("amount").filter(is_return).sum().alias("returned"),
        col("quantity").filter(is_sale).sum().alias("units"),
        is_sale.sum().alias("lines"),
    )
    .with_columns((col("sale") - col("returned")).alias("net"))
    .join(placed, on=["customer_id", "day"], how="left")
    .collect()
    .lazy()
)
counted = ["customer_id", "day", "category", "sale", "lines", "views"]
category_days = (
    pl.concat(
        [
            sales.with_columns(
                col("amount").alias("sale"), pl.lit(1).alias("lines"), pl.lit(0).alias("views")
            ).select(counted),
            events.with_columns(
                pl.lit(0.0).alias("sale"), pl.lit(0).alias("lines"), pl.lit(1).alias("views")
            ).select(counted),
        ]
    )
    .filter(col("category").is_not_null())
    .group_by("customer_id", "day", "category")
    .sum()
    .collect()
    .lazy()
)
visit = ["customer_id", "day"]
kind = col("event_type")
web_days = (
    events.sort("customer_id", "occurred_at", "event_id")
    .with_columns(
        (col("occurred_at").diff() > timedelta(minutes=30))
        .fill_null(True)
        .cum_sum()
        .over(visit)
        .alias("session")
    )
    .group_by(*visit, "session")
    .agg(
        (col("occurred_at").max() - col("occurred_at").min()).dt.total_seconds().alias("seconds"),
        kind.is_in(["page_view", "product_view"]).sum().alias("pages"),
        (kind == "product_view").sum().alias("products"),
        (kind == "search").sum().alias("searches"),
        (kind == "add_to_cart").any().alias("carts"),
        col("device_type").min(),
    )
    .group_by(visit)
    .agg(
        pl.len().cast(pl.Int64).alias("sessions"),
        col("seconds", "pages", "products", "searches", "carts").sum(),
        *((col("device_type") == name).sum().alias(name) for name in DEVICES),
    )
    .collect()
    .lazy()
)
product_days = (
    sales.filter(col("category").is_not_null())
    .group_by("customer_id", "day", "product_id", "category")
    .agg(col("amount").sum())
    .collect()
    .lazy()
)
first_purchases = sales.group_by("customer_id", "product_id").agg(col("day").min()).collect().lazy()

observations = pl.read_parquet(observations_path)
categories = (
    category_days.filter(col("day") < observations["observation_date"].min())
    .group_by("category")
    .agg(col("lines").sum())
    .filter(col("lines") > 0)
    .sort("lines", "category", descending=[True, False])
    .limit(12)
    .collect()["category"]
    .to_list()
)


def purchase_features(on: date) -> pl.LazyFrame:
    """Sum up what orders say before a date."""
    orders, sale = col("orders").sum(), col("sale").sum()
    ordered = col("day").filter(col("orders") > 0)
    return (
        order_days.filter(col("day") < on)
        .group_by("customer_id")
        .agg(
            (pl.lit(on) - ordered.max()).dt.total_days().alias("recency_days"),
            (pl.lit(on) - ordered.min()).dt.total_days().alias("days_since_first_order"),
            orders.alias("frequency"),
            col("orders").count().alias("order_days"),
            col("net").sum().alias("monetary_value"),
            share(sale, orders).alias("average_order_value"),
            *(
                window(amount, on, days, years).alias(
                    f"{name}_{days}d{'_year_before' if years else ''}"
                )
                for name, amount in (("orders", "orders"), ("spend", "net"))
                for days in (30, 90, 180, 365)
                for years in (0, 1)
            ),
            col("gap").mean().alias("order_gap_mean_days"),
            col("gap").std().alias("order_gap_stddev_days"),
            (share(2 * window("sale", on, 90), window("sale", on, 180)) - 1).alias(
                "spend_trend_180d"
            ),
            share(col("returned").sum(), sale).alias("return_rate"),
            share((col("gross") - col("sale")).sum(), col("gross").sum()).alias("discount_share"),
            share(col("lines").sum(), orders).alias("lines_per_order"),
            share(col("units").sum(), orders).alias("quantity_per_order"),
            *(
                share(col(part).sum(), orders).alias(f"{part}_order_share")
                for part in ("weekend", "night", "morning", "afternoon", "evening")
            ),
        )
    )


def category_features(on: date) -> pl.LazyFrame:
    """Give shares of categories before a date."""
    bought = col("lines") > 0
    season = (col("day") >= on - 364 * DAY) & (col("day") < on - 274 * DAY)
    popular = (
        product_days.filter((col("day") < on) & (col("day") >= on - 30 * DAY))
        .group_by("product_id")
        .agg(col("customer_id").n_unique().alias("buyers"))
    )
    age = (pl.lit(on) - col("day")).dt.total_days()
    selling = (
        product_days.filter((col("day") < on) & (col("day") >= on - 365 * DAY))
        .join(popular, on="product_id")
        .group_by("customer_id", "category")
        .agg(
            ((col("amount") * col("buyers")).sqrt() * pl.lit(0.5).pow(age / 180))
            .sum()
            .alias("selling")
        )
    )
    amounts = (
        category_days.filter(col("day") < on)
        .group_by("customer_id", "category")
        .agg(
            col("sale").sum().alias("ever"),
            window("sale", on, 180).alias("lately"),
            col("sale").filter(season).sum().alias("year_before"),
            col("day").filter(bought).max().alias("last_day"),
            col("sale").filter(bought).get(col("day").filter(bought).arg_max()).alias("last_sale"),
            (10 * col("lines").sum() + 3 * col("views").sum()).alias("interest"),
            window("views", on, 90).alias("views_90d"),
        )
        .join(selling, on=["customer_id", "category"], how="left")
        .with_columns(
            pl.when(col("last_day") == col("last_day").max().over("customer_id"))
            .then("last_sale")
            .alias("last_sale")
        )
    )
    return amounts.group_by("customer_id").agg(
        col("last_day").count().alias("categories_bought"),
        *(
            share(col(amount).filter(col("category") == category).sum(), col(amount).sum()).alias(
                f"{name}_{category}"
            )
            for name, amount in (
                ("category_share", "ever"),
                ("habit_180d", "lately"),
                ("habit_year_before", "year_before"),
                ("habit_last", "last_sale"),
                ("habit_selling", "selling"),
                ("interest_share", "interest"),
                ("view_share", "views_90d"),
            )
            for category in categories
        ),
    )


def web_features(on: date) -> pl.LazyFrame:
    """Sum up web sessions before a date."""
    sessions = col("sessions").sum()
    return (
        web_days.filter(col("day") < on)
        .group_by("customer_id")
        .agg(
            (pl.lit(on) - col("day").max()).dt.total_days().alias("days_since_last_visit"),
            *(window("sessions", on, days).alias(f"sessions_{days}d") for days in (30, 90, 365)),
            window("pages", on, 90).alias("page_views_90d"),
            window("products", on, 90).alias("product_views_90d"),
            (col("seconds").sum() / (60 * sessions)).alias("session_minutes_mean"),
            (col("pages").sum() / sessions).alias("pages_per_session"),
            (col("carts").sum() / sessions).alias("cart_rate"),
            (col("searches").sum() / sessions).alias("search_rate"),
            *((col(device).sum() / sessions).alias(f"{device}_share") for device in DEVICES),
        )
    )


def features_of(on: date) -> pl.LazyFrame:
    """Compute the features of those who are observed on a date."""
    said = (
        feedback.filter(col("day") < on)
        .group_by("customer_id")
        .agg(
            pl.len().alias("feedback_count"),
            col("satisfaction").mean(),
            col("is_complaint").sum().alias("complaints"),
            (pl.lit(on) - col("day").max()).dt.total_days().alias("days_since_last_feedback"),
        )
    )
    products = (
        first_purchases.filter(col("day") < on)
        .group_by("customer_id")
        .agg(pl.len().alias("products_bought"))
    )
    features = (
        observations.lazy()
        .filter(col("observation_date") == on)
        .select(KEYS)
        .join(customers.lazy(), on="customer_id", how="left")
        .with_columns(
            (pl.lit(on) - col("signed_up_on")).dt.total_days().alias("tenure_days"),
            ((pl.lit(on) - col("birth_date")).dt.total_days() / 365.25).floor().alias("age_years"),
        )
        .drop("signed_up_on", "birth_date")
    )
    for part in (
        purchase_features(on),
        products,
        category_features(on),
        web_features(on),
        said,
    ):
        features = features.join(part, on="customer_id", how="left")
    return features


dates = observations["observation_date"].unique().sort().to_list()
pl.concat([features_of(on).collect() for on in dates]).write_parquet(features_path)
