"""Features, personas and predictions with pandas and scikit-learn, as textbooks do it.

``python pandas_way.py RECORDS OBSERVATIONS FEATURES SCORES [--features-only]``. Personas are
K-means with four to eight clusters, the number by silhouette; a decision tree and a support vector
machine predict who buys within 90 days; everybody is scored.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

records, observations_path, features_path, scores_path = sys.argv[1:5]
HORIZON = pd.Timedelta("90D")
YEAR = pd.Timedelta("364D")
ROWS = 10_000  # for what does not get through more: silhouettes and the support vector machine
now = pd.Timestamp.now()


def read(entity: str) -> pd.DataFrame:
    """Read the records of an entity, exact duplicates left out."""
    files = sorted(Path(records).glob(f"{entity}*.parquet"))
    return pd.concat([pd.read_parquet(file) for file in files]).drop_duplicates()


def times(column: pd.Series) -> pd.Series:
    """Read times; what is none is missing."""
    return pd.to_datetime(column, format="%Y-%m-%d %H:%M:%S", errors="coerce")


def numbers(column: pd.Series) -> pd.Series:
    """Read numbers; what is none is missing."""
    return pd.to_numeric(column, errors="coerce").astype(float)


def plausible(column: pd.Series) -> pd.Series:
    """Say which times can be true."""
    return column.between("1990-01-01", now)


def cleaned_customers() -> pd.DataFrame:
    """Keep the newest version of each customer."""
    frame = read("customers")
    frame["signed_up_at"] = times(frame.signed_up_at)
    frame["updated_at"] = times(frame.updated_at)
    frame = frame[frame.customer_id.notna() & (frame.signed_up_at <= now)]
    frame = frame.sort_values("updated_at", kind="stable")
    return frame.drop_duplicates("customer_id", keep="last").set_index("customer_id")


def cleaned_lines() -> pd.DataFrame:
    """Keep sound order lines, and give their amounts."""
    frame = read("order_lines")
    for column in ("ordered_at", "updated_at"):
        frame[column] = times(frame[column])
    for column in ("quantity", "unit_price", "discount_amount"):
        frame[column] = numbers(frame[column])
    products = frame.product_id.fillna("")
    frame = frame[
        frame.customer_id.notna()
        & frame.order_id.notna()
        & plausible(frame.ordered_at)
        & frame.quantity.notna()
        & (frame.quantity != 0)
        & (frame.unit_price >= 0)
        & ~products.str.fullmatch(r"TEST[0-9]*|POST|FEE|ADJUST[0-9]*")
    ]
    frame = frame.sort_values("updated_at", kind="stable")
    frame = frame.drop_duplicates(["order_id", "order_line_number"], keep="last")
    status = frame.order_status.str.lower()
    is_return = status.isin(["returned", "refunded"]) | (frame.quantity < 0)
    is_cancelled = status.isin(["cancelled", "canceled"])
    frame["kind"] = np.select([is_cancelled, is_return], ["cancelled", "return"], "sale")
    frame["quantity"] = frame.quantity.abs()
    frame["gross"] = (frame.quantity * frame.unit_price).round(2)
    discount = frame.discount_amount.clip(lower=0).fillna(0)
    frame["amount"] = (frame.quantity * frame.unit_price - discount).clip(lower=0).round(2)
    frame["net"] = frame.amount * frame.kind.map({"sale": 1, "return": -1, "cancelled": 0})
    frame["category"] = frame.product_category.str.lower()
    frame["day"] = frame.ordered_at.dt.normalize()
    return frame


def cleaned_events() -> pd.DataFrame:
    """Keep sound web events of known customers."""
    frame = read("web_events")
    frame["occurred_at"] = times(frame.occurred_at)
    sound = frame.event_id.notna() & frame.customer_id.notna() & plausible(frame.occurred_at)
    frame = frame[sound].drop_duplicates("event_id", keep="last")
    frame["category"] = frame.product_category.str.lower()
    frame["day"] = frame.occurred_at.dt.normalize()
    return frame


def cleaned_feedback() -> pd.DataFrame:
    """Keep sound feedback, and give satisfaction in per cent."""
    frame = read("feedback")
    frame["submitted_at"] = times(frame.submitted_at)
    rating, scale = numbers(frame.rating), numbers(frame.rating_scale_max).fillna(5)
    frame["satisfaction"] = (100 * rating / scale).round(3)
    sound = (
        frame.feedback_id.notna()
        & frame.customer_id.notna()
        & plausible(frame.submitted_at)
        & (frame.rating.isna() | rating.between(0, scale))
    )
    frame = frame[sound].drop_duplicates("feedback_id", keep="last")
    frame["is_complaint"] = frame.feedback_type.eq("complaint")
    frame["day"] = frame.submitted_at.dt.normalize()
    return frame


def sessions_of(events: pd.DataFrame) -> pd.DataFrame:
    """Put events together that lie less than half an hour apart."""
    events = events.sort_values(["customer_id", "occurred_at", "event_id"])
    same = (events.customer_id == events.customer_id.shift()) & (events.day == events.day.shift())
    begins = ~same | (events.occurred_at.diff() > pd.Timedelta("30min"))
    kind = events.event_type
    counted = events.assign(
        session=begins.cumsum(),
        pages=kind.isin(["page_view", "product_view"]),
        products=kind.eq("product_view"),
        searches=kind.eq("search"),
        carts=kind.eq("add_to_cart"),
    )
    sessions = counted.groupby("session").agg(
        customer_id=("customer_id", "first"),
        day=("day", "first"),
        start=("occurred_at", "min"),
        end=("occurred_at", "max"),
        pages=("pages", "sum"),
        products=("products", "sum"),
        searches=("searches", "sum"),
        carts=("carts", "any"),
        device=("device_type", "min"),
    )
    sessions["seconds"] = (sessions.end - sessions.start).dt.total_seconds()
    return sessions


observations = pd.read_parquet(observations_path)
observations["observation_date"] = pd.to_datetime(observations.observation_date)
customers, lines, events, feedback = (
    cleaned_customers(),
    cleaned_lines(),
    cleaned_events(),
    cleaned_feedback(),
)
sales = lines[lines.kind == "sale"]
sessions = sessions_of(events)
orders = sales.groupby(["customer_id", "order_id"]).ordered_at.min().reset_index()
orders["day"] = orders.ordered_at.dt.normalize()
early = sales[sales.day < observations.observation_date.min()]
categories = early.category.value_counts().index[:12]


def within(frame: pd.DataFrame, date: pd.Timestamp, days: int, years: int = 0) -> pd.DataFrame:
    """Take the rows of a window before a date."""
    until = date - years * YEAR
    return frame[(frame.day >= until - pd.Timedelta(days=days)) & (frame.day < until)]


def shares(frame: pd.DataFrame, amount: str, name: str) -> pd.DataFrame:
    """Give the share of each category in an amount."""
    amounts = frame.groupby(["customer_id", "category"])[amount].sum().unstack(fill_value=0)
    whole = amounts.sum(axis=1)
    amounts = amounts.reindex(columns=categories, fill_value=0)
    return amounts.div(whole.where(whole != 0), axis=0).add_prefix(f"{name}_")


def purchase_features(features: pd.DataFrame, date: pd.Timestamp) -> None:
    """Add what orders say."""
    placed, before, sold = (frame[frame.day < date] for frame in (orders, lines, sales))
    by_customer = placed.groupby("customer_id")
    features["recency_days"] = (date - by_customer.day.max()).dt.days
    features["days_since_first_order"] = (date - by_customer.day.min()).dt.days
    features["frequency"] = by_customer.size()
    days = placed[["customer_id", "day"]].drop_duplicates().sort_values(["customer_id", "day"])
    features["order_days"] = days.groupby("customer_id").size()
    gaps = days.groupby("customer_id").day.diff().dt.days.groupby(days.customer_id)
    features["order_gap_mean_days"], features["order_gap_stddev_days"] = gaps.mean(), gaps.std()
    hour, weekday = placed.ordered_at.dt.hour, placed.ordered_at.dt.day_of_week
    for name, is_then in {
        "weekend": weekday >= 5,
        "night": hour < 6,
        "morning": hour.between(6, 11),
        "afternoon": hour.between(12, 17),
        "evening": hour >= 18,
    }.items():
        features[f"{name}_order_share"] = is_then.groupby(placed.customer_id).mean()
    features["monetary_value"] = before.groupby("customer_id").net.sum()
    sums = sold.groupby("customer_id")[["amount", "gross", "quantity"]].sum()
    features["average_order_value"] = sums.amount / features.frequency
    features["discount_share"] = (sums.gross - sums.amount) / sums.gross
    features["quantity_per_order"] = sums.quantity / features.frequency
    features["lines_per_order"] = sold.groupby("customer_id").size() / features.frequency
    features["products_bought"] = sold.groupby("customer_id").product_id.nunique()
    returned = before[before.kind == "return"].groupby("customer_id").amount.sum()
    features["return_rate"] = returned / sums.amount
    for days_back in (30, 90, 180, 365):
        for years, suffix in ((0, ""), (1, "_year_before")):
            window = f"{days_back}d{suffix}"
            of_orders = within(orders, date, days_back, years).groupby("customer_id")
            of_lines = within(lines, date, days_back, years).groupby("customer_id")
            features[f"orders_{window}"] = of_orders.size()
            features[f"spend_{window}"] = of_lines.net.sum()
    lately = within(sales, date, 90).groupby("customer_id").amount.sum()
    half_year = within(sales, date, 180).groupby("customer_id").amount.sum()
    features["spend_trend_180d"] = 2 * lately.reindex(half_year.index, fill_value=0) / half_year - 1


def category_features(date: pd.Timestamp) -> list[pd.DataFrame]:
    """Give shares of categories."""
    sold = sales[sales.day < date]
    viewed = events[events.category.notna()].assign(views=1)
    seen = viewed[viewed.day < date]
    season = within(sales, date - YEAR + HORIZON, 90)
    last = sold[sold.day == sold.groupby("customer_id").day.transform("max")]
    columns = ["customer_id", "category", "interest"]
    interest = pd.concat([sold.assign(interest=10)[columns], seen.assign(interest=3)[columns]])
    buyers = within(sales, date, 30).groupby("product_id").customer_id.nunique().rename("buyers")
    bought = within(sales, date, 365).groupby(["customer_id", "category", "day", "product_id"])
    selling = bought.amount.sum().reset_index().merge(buyers, on="product_id")
    age = (date - selling.day).dt.days
    selling["selling"] = np.sqrt(selling.amount * selling.buyers) * 0.5 ** (age / 180)
    kinds = sold.groupby("customer_id").category.nunique().rename("categories_bought").to_frame()
    return [
        kinds,
        shares(sold, "amount", "category_share"),
        shares(within(sales, date, 180), "amount", "habit_180d"),
        shares(season, "amount", "habit_year_before"),
        shares(last, "amount", "habit_last"),
        shares(selling, "selling", "habit_selling"),
        shares(interest, "interest", "interest_share"),
        shares(within(viewed, date, 90), "views", "view_share"),
    ]


def web_features(features: pd.DataFrame, date: pd.Timestamp) -> None:
    """Add what web sessions say."""
    before = sessions[sessions.day < date]
    by_customer = before.groupby("customer_id")
    features["days_since_last_visit"] = (date - by_customer.day.max()).dt.days
    for days in (30, 90, 365):
        features[f"sessions_{days}d"] = within(sessions, date, days).groupby("customer_id").size()
    lately = within(sessions, date, 90).groupby("customer_id")
    features["page_views_90d"], features["product_views_90d"] = (
        lately.pages.sum(),
        lately.products.sum(),
    )
    means = by_customer[["seconds", "pages", "carts", "searches"]].mean()
    features["session_minutes_mean"] = means.seconds / 60
    features["pages_per_session"] = means.pages
    features["cart_rate"] = means.carts
    features["search_rate"] = means.searches
    for device in ("mobile", "desktop", "tablet"):
        is_device = before.device.eq(device)
        features[f"{device}_share"] = is_device.groupby(before.customer_id).mean()


def features_of(date: pd.Timestamp, observed: pd.DataFrame) -> pd.DataFrame:
    """Compute the features of those who are observed on a date."""
    ids = pd.Index(observed.customer_id, name="customer_id")
    features = pd.DataFrame(index=ids)
    known = customers.reindex(ids)
    features["tenure_days"] = (date - known.signed_up_at.dt.normalize()).dt.days
    birth = pd.to_datetime(known.birth_date, format="%Y-%m-%d", errors="coerce")
    features["age_years"] = (date - birth).dt.days // 365.25
    features["annual_income"] = numbers(known.annual_income)
    purchase_features(features, date)
    web_features(features, date)
    said = feedback[feedback.day < date].groupby("customer_id")
    features["feedback_count"] = said.size()
    features["satisfaction"] = said.satisfaction.mean()
    features["complaints"] = said.is_complaint.sum()
    features["days_since_last_feedback"] = (date - said.day.max()).dt.days
    for part in category_features(date):
        features = features.join(part)
    features.insert(0, "observation_date", date)
    features["is_as_of"] = observed.is_as_of.to_numpy()
    later = orders[(orders.day >= date) & (orders.day < date + HORIZON)].customer_id.unique()
    features["buys"] = features.index.isin(later)
    return features.reset_index()


table = pd.concat(
    [features_of(date, observed) for date, observed in observations.groupby("observation_date")],
    ignore_index=True,
)
table.to_parquet(features_path)
if "--features-only" in sys.argv:
    sys.exit()

# imported here, so that the features alone do not pay for it
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.metrics import silhouette_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import SVC  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

inputs = [
    name
    for name in table.columns
    if name not in ("customer_id", "observation_date", "is_as_of", "buys")
]
table[inputs] = table[inputs].astype(float).fillna(0)
today = table[table.is_as_of]
past = table[~table.is_as_of]
is_test = past.observation_date == past.observation_date.max()
train, test = past[~is_test], past[is_test]
random = np.random.default_rng(0)

points = StandardScaler().fit_transform(today[inputs])
some = random.permutation(len(points))[:ROWS]
clusterings = [KMeans(k, n_init=10, random_state=0).fit(points) for k in range(4, 9)]
personas = max(clusterings, key=lambda fit: silhouette_score(points[some], fit.labels_[some]))

tree = DecisionTreeClassifier(max_depth=8, random_state=0).fit(train[inputs], train.buys)
some = random.permutation(len(train))[:ROWS]
machine = make_pipeline(StandardScaler(), SVC(random_state=0))
machine.fit(train[inputs].iloc[some], train.buys.iloc[some])
some = random.permutation(len(test))[:ROWS]
tested = test.iloc[some]
print(f"{personas.n_clusters} personas")
print(f"tree right in {tree.score(tested[inputs], tested.buys):.3f} of the test rows")
print(f"support vector machine in {machine.score(tested[inputs], tested.buys):.3f}")

scores = today[["customer_id"]].assign(
    persona=personas.labels_,
    tree=tree.predict_proba(today[inputs])[:, 1],
    machine=machine.decision_function(today[inputs]),
)
scores.to_parquet(scores_path)
