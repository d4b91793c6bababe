"""Features, personas and predictions with PySpark on two cores of one machine, and its MLlib.

``python spark_way.py RECORDS OBSERVATIONS FEATURES SCORES``. Features in Spark SQL; personas are
K-means with four to eight clusters, the number by silhouette; a decision tree and a linear support
vector machine predict who buys within 90 days; everybody is scored.
"""

import sys

from pyspark.ml.classification import DecisionTreeClassifier, LinearSVC
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import ClusteringEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, lit
from pyspark.sql.types import NumericType

records, observations, features_path, scores_path = sys.argv[1:5]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "8g")
    .config("spark.sql.shuffle.partitions", "4")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.ansi.enabled", "false")  # what cannot be read is missing
    .config("spark.ui.enabled", "false")
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)


def table(name: str, query: str) -> None:
    """Compute a query and keep its rows; those who read it plan no further back."""
    spark.sql(query).localCheckpoint().createOrReplaceTempView(name)


def read(entity: str) -> None:
    """Name the records of an entity, exact duplicates left out."""
    frame = spark.read.parquet(f"{records}/{entity}*.parquet").distinct()
    frame.createOrReplaceTempView(entity)


def total(amount: str, days: int, years_before: int = 0) -> str:
    """Sum an amount over a window before the observation date; a year has 364 days."""
    until = 364 * years_before
    return (
        f"sum(if(day >= date_sub(observation_date, {days + until})"
        f" and day < date_sub(observation_date, {until}), {amount}, 0))"
    )


for entity in ("customers", "order_lines", "web_events", "feedback"):
    read(entity)
plausible = "between timestamp '1990-01-01' and now()"
spark.read.parquet(observations).createOrReplaceTempView("observations")
table(
    "profiles",
    """
    select
        customer_id,
        cast(birth_date as date) as birth_date,
        cast(annual_income as double) as annual_income,
        cast(signed_up_at as date) as signed_up_on
    from (
        select *, row_number() over (
            partition by customer_id order by cast(updated_at as timestamp) desc
        ) as version
        from customers
        where customer_id is not null and cast(signed_up_at as timestamp) <= now()
    )
    where version = 1
    """,
)
table(
    "lines",
    f"""
    with typed as (
        select
            *,
            cast(ordered_at as timestamp) as placed_at,
            cast(quantity as double) as units,
            cast(unit_price as double) as price,
            greatest(coalesce(cast(discount_amount as double), 0), 0) as discount
        from order_lines
    ),
    versions as (
        select *, row_number() over (
            partition by order_id, order_line_number order by cast(updated_at as timestamp) desc
        ) as version
        from typed
        where
            customer_id is not null and order_id is not null and placed_at {plausible}
            and units != 0 and price >= 0
            and not coalesce(product_id, '') rlike '^(TEST[0-9]*|POST|FEE|ADJUST[0-9]*)$'
    )
    select
        customer_id,
        order_id,
        placed_at,
        cast(placed_at as date) as day,
        product_id,
        lower(product_category) as category,
        case
            when lower(order_status) in ('cancelled', 'canceled') then 'cancelled'
            when lower(order_status) in ('returned', 'refunded') or units < 0 then 'return'
            else 'sale'
        end as kind,
        abs(units) as units,
        round(abs(units) * price, 2) as gross,
        greatest(round(abs(units) * price - discount, 2), 0) as amount
    from versions
    where version = 1
    """,
)
table(
    "events",
    f"""
    select
        event_id,
        customer_id,
        cast(occurred_at as timestamp) as occurred_at,
        cast(occurred_at as date) as day,
        event_type,
        lower(product_category) as category,
        device_type
    from (
        select *, row_number() over (partition by event_id order by occurred_at) as version
        from web_events
        where
            event_id is not null and customer_id is not null
            and cast(occurred_at as timestamp) {plausible}
    )
    where version = 1
    """,
)
table(
    "answers",
    f"""
    select
        customer_id,
        cast(submitted_at as date) as day,
        round(100 * rating / scale, 3) as satisfaction,
        feedback_type = 'complaint' as is_complaint
    from (
        select
            *,
            coalesce(cast(rating_scale_max as double), 5) as scale,
            row_number() over (partition by feedback_id order by submitted_at) as version
        from feedback
        where
            feedback_id is not null and customer_id is not null
            and cast(submitted_at as timestamp) {plausible}
    )
    where version = 1 and (rating is null or rating between 0 and scale)
    """,
)

# rollups: one row per customer and day
table(
    "order_days",
    """
    with line_days as (
        select
            customer_id,
            day,
            sum(case kind when 'sale' then amount when 'return' then -amount else 0 end) as net,
            sum(if(kind = 'sale', amount, 0)) as sale,
            sum(if(kind = 'sale', gross, 0)) as gross,
            sum(if(kind = 'return', amount, 0)) as returned,
            count_if(kind = 'sale') as lines,
            sum(if(kind = 'sale', units, 0)) as units
        from lines
        group by customer_id, day
    ),
    orders as (
        select customer_id, order_id, min(placed_at) as placed_at
        from lines
        where kind = 'sale'
        group by customer_id, order_id
    ),
    placed as (
        select
            customer_id,
            cast(placed_at as date) as day,
            count(*) as orders,
            count_if(weekday(placed_at) >= 5) as weekend,
            count_if(hour(placed_at) < 6) as night,
            count_if(hour(placed_at) between 6 and 11) as morning,
            count_if(hour(placed_at) between 12 and 17) as afternoon,
            count_if(hour(placed_at) >= 18) as evening
        from orders
        group by customer_id, cast(placed_at as date)
    ),
    spaced as (
        select
            *,
            datediff(day, lag(day) over (partition by customer_id order by day)) as gap
        from placed
    )
    select * from line_days left join spaced using (customer_id, day)
    """,
)
table(
    "category_days",
    """
    select customer_id, day, category, sum(sale) as sale, sum(lines) as lines, sum(views) as views
    from (
        select customer_id, day, category, amount as sale, 1 as lines, 0 as views
        from lines
        where kind = 'sale' and category is not null
        union all
        select customer_id, day, category, 0, 0, 1 from events where category is not null
    )
    group by customer_id, day, category
    """,
)
table(
    "web_days",
    """
    with spaced as (
        select
            *,
            unix_timestamp(occurred_at) - unix_timestamp(lag(occurred_at) over (
                partition by customer_id, day order by occurred_at, event_id
            )) as pause
        from events
    ),
    numbered as (
        select
            *,
            sum(if(pause is null or pause > 1800, 1, 0)) over (
                partition by customer_id, day order by occurred_at, event_id
                rows between unbounded preceding and current row
            ) as session
        from spaced
    ),
    sessions as (
        select
            customer_id,
            day,
            session,
            unix_timestamp(max(occurred_at)) - unix_timestamp(min(occurred_at)) as seconds,
            count_if(event_type in ('page_view', 'product_view')) as pages,
            count_if(event_type = 'product_view') as products,
            count_if(event_type = 'search') as searches,
            count_if(event_type = 'add_to_cart') > 0 as has_cart,
            min(device_type) as device
        from numbered
        group by customer_id, day, session
    )
    select
        customer_id,
        day,
        count(*) as sessions,
        sum(seconds) as seconds,
        sum(pages) as pages,
        sum(products) as products,
        sum(searches) as searches,
        count_if(has_cart) as carts,
        count_if(device = 'mobile') as mobile,
        count_if(device = 'desktop') as desktop,
        count_if(device = 'tablet') as tablet
    from sessions
    group by customer_id, day
    """,
)
table(
    "first_purchases",
    """
    select customer_id, product_id, min(day) as day
    from lines
    where kind = 'sale'
    group by customer_id, product_id
    """,
)

windows = ", ".join(
    f"{total(amount, days, year)} as {name}_{days}d{'_year_before' if year else ''}"
    for name, amount in (("orders", "orders"), ("spend", "net"))
    for days in (30, 90, 180, 365)
    for year in (0, 1)
)
parts_of_day = ", ".join(
    f"sum({part}) / sum(orders) as {part}_order_share"
    for part in ("weekend", "night", "morning", "afternoon", "evening")
)
by_observation = "group by customer_id, observation_date"
table(
    "purchase_features",
    f"""
    select
        customer_id,
        observation_date,
        datediff(observation_date, max(if(orders > 0, day, null))) as recency_days,
        datediff(observation_date, min(if(orders > 0, day, null))) as days_since_first_order,
        coalesce(sum(orders), 0) as frequency,
        count(orders) as order_days,
        sum(net) as monetary_value,
        sum(sale) / sum(orders) as average_order_value,
        {windows},
        avg(gap) as order_gap_mean_days,
        stddev_samp(gap) as order_gap_stddev_days,
        2 * {total("sale", 90)} / {total("sale", 180)} - 1 as spend_trend_180d,
        sum(returned) / sum(sale) as return_rate,
        sum(gross - sale) / sum(gross) as discount_share,
        sum(lines) / sum(orders) as lines_per_order,
        sum(units) / sum(orders) as quantity_per_order,
        {parts_of_day}
    from observations inner join order_days using (customer_id)
    where day < observation_date
    {by_observation}
    """,
)
table(
    "product_features",
    f"""
    select customer_id, observation_date, count(*) as products_bought
    from observations inner join first_purchases using (customer_id)
    where day < observation_date
    {by_observation}
    """,
)
table(
    "selling",
    f"""
    with dates as (select distinct observation_date from observations),
    popular as (
        select observation_date, product_id, count(distinct customer_id) as buyers
        from lines
        inner join dates on day < observation_date and day >= date_sub(observation_date, 30)
        where kind = 'sale'
        group by observation_date, product_id
    ),
    bought as (
        select customer_id, day, product_id, category, sum(amount) as sale
        from lines
        where kind = 'sale' and category is not null
        group by customer_id, day, product_id, category
    )
    select
        customer_id,
        observation_date,
        category,
        sum(sqrt(sale * buyers) * pow(0.5, datediff(observation_date, day) / 180)) as selling
    from observations
    inner join bought using (customer_id)
    inner join popular using (observation_date, product_id)
    where day < observation_date and day >= date_sub(observation_date, 365)
    {by_observation}, category
    """,
)
categories = [
    row.category
    for row in spark.sql(
        """
        select category, sum(lines) as sold from category_days
        where day < (select min(observation_date) from observations)
        group by category having sum(lines) > 0
        order by sold desc, category limit 12
        """
    ).collect()
]
shares = ", ".join(
    f"sum(if(category = '{category}', {amount}, 0)) / sum({amount}) as `{name}_{category}`"
    for name, amount in (
        ("category_share", "ever"),
        ("habit_180d", "lately"),
        ("habit_year_before", "year_before"),
        ("habit_last", "if(last_day = newest, last_sale, 0)"),
        ("habit_selling", "selling"),
        ("interest_share", "interest"),
        ("view_share", "views_90d"),
    )
    for category in categories
)
table(
    "category_features",
    f"""
    with amounts as (
        select
            customer_id,
            observation_date,
            category,
            sum(sale) as ever,
            {total("sale", 180)} as lately,
            sum(if(
                day between date_sub(observation_date, 364) and date_sub(observation_date, 275),
                sale, 0
            )) as year_before,
            max(if(lines > 0, day, null)) as last_day,
            max_by(sale, if(lines > 0, day, null)) as last_sale,
            10 * sum(lines) + 3 * sum(views) as interest,
            {total("views", 90)} as views_90d
        from observations inner join category_days using (customer_id)
        where day < observation_date
        {by_observation}, category
    ),
    joined as (
        select *, max(last_day) over (partition by customer_id, observation_date) as newest
        from amounts left join selling using (customer_id, observation_date, category)
    )
    select customer_id, observation_date, count(last_day) as categories_bought, {shares}
    from joined
    {by_observation}
    """,
)
table(
    "web_features",
    f"""
    select
        customer_id,
        observation_date,
        datediff(observation_date, max(day)) as days_since_last_visit,
        {total("sessions", 30)} as sessions_30d,
        {total("sessions", 90)} as sessions_90d,
        {total("sessions", 365)} as sessions_365d,
        {total("pages", 90)} as page_views_90d,
        {total("products", 90)} as product_views_90d,
        sum(seconds) / (60 * sum(sessions)) as session_minutes_mean,
        sum(pages) / sum(sessions) as pages_per_session,
        sum(carts) / sum(sessions) as cart_rate,
        sum(searches) / sum(sessions) as search_rate,
        sum(mobile) / sum(sessions) as mobile_share,
        sum(desktop) / sum(sessions) as desktop_share,
        sum(tablet) / sum(sessions) as tablet_share
    from observations inner join web_days using (customer_id)
    where day < observation_date
    {by_observation}
    """,
)
table(
    "feedback_features",
    f"""
    select
        customer_id,
        observation_date,
        count(*) as feedback_count,
        avg(satisfaction) as satisfaction,
        count_if(is_complaint) as complaints,
        datediff(observation_date, max(day)) as days_since_last_feedback
    from observations inner join answers using (customer_id)
    where day < observation_date
    {by_observation}
    """,
)
features = spark.sql(
    """
    with buyers as (
        select distinct customer_id, observation_date, true as buys
        from observations inner join order_days using (customer_id)
        where orders > 0 and day >= observation_date and day < date_add(observation_date, 90)
    )
    select
        observations.*,
        annual_income,
        datediff(observation_date, signed_up_on) as tenure_days,
        floor(months_between(observation_date, birth_date) / 12) as age_years,
        purchase.* except (customer_id, observation_date),
        products_bought,
        category.* except (customer_id, observation_date),
        web.* except (customer_id, observation_date),
        said.* except (customer_id, observation_date),
        coalesce(buys, false) as buys
    from observations
    left join profiles using (customer_id)
    left join purchase_features as purchase using (customer_id, observation_date)
    left join product_features using (customer_id, observation_date)
    left join category_features as category using (customer_id, observation_date)
    left join web_features as web using (customer_id, observation_date)
    left join feedback_features as said using (customer_id, observation_date)
    left join buyers using (customer_id, observation_date)
    """
)
features.write.parquet(features_path)
features = spark.read.parquet(features_path)

inputs = [field.name for field in features.schema if isinstance(field.dataType, NumericType)]
numbers = features.select(
    *("customer_id", "observation_date", "is_as_of"),
    col("buys").cast("int").alias("label"),
    *(col(name).cast("double").alias(name) for name in inputs),
).fillna(0)
assembled = VectorAssembler(inputCols=inputs, outputCol="raw").transform(numbers)
scaler = StandardScaler(inputCol="raw", outputCol="features", withMean=True)
scaled = scaler.fit(assembled).transform(assembled).drop(*inputs, "raw").persist()
today, past = scaled.where("is_as_of"), scaled.where("not is_as_of")
newest = past.agg({"observation_date": "max"}).first()[0]
train, test = (past.where(f"observation_date {sign} date '{newest}'") for sign in ("<", "="))

silhouette = ClusteringEvaluator()
clusterings = [KMeans(k=k, seed=0).fit(today) for k in range(4, 9)]
personas = max(clusterings, key=lambda fit: silhouette.evaluate(fit.transform(today)))
tree = DecisionTreeClassifier(maxDepth=8, seed=0).fit(train)
machine = LinearSVC(regParam=0.01).fit(train)
right = MulticlassClassificationEvaluator(metricName="accuracy")
print(f"{personas.getK()} personas")
print(f"tree right in {right.evaluate(tree.transform(test)):.3f} of the test rows")
print(f"support vector machine in {right.evaluate(machine.transform(test)):.3f}")

persona = personas.setPredictionCol("persona").transform(today)
by_tree = tree.transform(today).select(
    "customer_id", vector_to_array("probability")[1].alias("tree")
)
by_machine = machine.transform(today).select(
    "customer_id", vector_to_array("rawPrediction")[lit(1)].alias("machine")
)
scores = persona.select("customer_id", "persona").join(by_tree, "customer_id")
scores.join(by_machine, "customer_id").write.parquet(scores_path)

# the engine is a process of its own; waited for, it counts in the figures of this one
engine = spark.sparkContext._gateway.proc
spark.stop()
engine.stdin.close()
engine.wait()
