"""Features in bare DuckDB SQL: ``python sql_floor.py RECORDS OBSERVATIONS FEATURES``.

What an experienced analyst writes when nothing has to be kept, explained or tested: the folder of
Parquet files is cleaned in one statement an entity, rolled up by customer and day, and summed up
as of each observation.
"""

import sys

import duckdb

records, observations, features = sys.argv[1:]
connection = duckdb.connect()
connection.execute("set threads = 2; set timezone = 'UTC'; set preserve_insertion_order = false")


def table(name: str, query: str) -> None:
    """Make a table of a query."""
    connection.execute(f"create table {name} as {query}")


def read(entity: str) -> str:
    """Give the records of an entity, exact duplicates left out."""
    return f"(select distinct * from '{records}/{entity}*.parquet')"


def in_window(days: int, years_before: int = 0) -> str:
    """Say that a day lies in a window before the observation date; a year has 364 days."""
    until = 364 * years_before
    return f"day >= observation_date - {days + until} and day < observation_date - {until}"


def total(amount: str, days: int, years_before: int = 0) -> str:
    """Sum an amount over a window; zero where there is nothing."""
    return f"coalesce(sum({amount}) filter ({in_window(days, years_before)}), 0)"


plausible = "between timestamp '1990-01-01' and cast(now() as timestamp)"

table(
    "observations",
    f"select customer_id, observation_date from '{observations}' order by customer_id",
)
table("dates", "select distinct observation_date from observations")
table(
    "customers",
    f"""
    select distinct on (customer_id)
        customer_id,
        try_cast(birth_date as date) as birth_date,
        try_cast(annual_income as double) as annual_income,
        cast(try_cast(signed_up_at as timestamp) as date) as signed_up_on
    from {read("customers")}
    where customer_id is not null and try_cast(signed_up_at as timestamp) <= now()
    order by customer_id, try_cast(updated_at as timestamp) desc
    """,
)
table(
    "lines",
    f"""
    with typed as (
        select
            *,
            try_cast(ordered_at as timestamp) as placed_at,
            try_cast(quantity as double) as units,
            try_cast(unit_price as double) as price,
            greatest(coalesce(try_cast(discount_amount as double), 0), 0) as discount
        from {read("order_lines")}
    ),
    sound as (
        select distinct on (order_id, order_line_number) *
        from typed
        where
            customer_id is not null and order_id is not null and placed_at {plausible}
            and units != 0 and price >= 0
            and not regexp_full_match(coalesce(product_id, ''), 'TEST[0-9]*|POST|FEE|ADJUST[0-9]*')
        order by order_id, order_line_number, try_cast(updated_at as timestamp) desc
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
        cast(round(abs(units) * price, 2) as decimal(18, 2)) as gross,
        cast(greatest(round(abs(units) * price - discount, 2), 0) as decimal(18, 2)) as amount
    from sound
    """,
)
table(
    "events",
    f"""
    select distinct on (event_id)
        event_id,
        customer_id,
        try_cast(occurred_at as timestamp) as occurred_at,
        cast(try_cast(occurred_at as timestamp) as date) as day,
        event_type,
        lower(product_category) as category,
        device_type
    from {read("web_events")}
    where
        event_id is not null and customer_id is not null
        and try_cast(occurred_at as timestamp) {plausible}
    """,
)
table(
    "feedback",
    f"""
    with typed as (
        select
            *,
            try_cast(submitted_at as timestamp) as said_at,
            try_cast(rating as double) as stars,
            coalesce(try_cast(rating_scale_max as double), 5) as scale
        from {read("feedback")}
    )
    select distinct on (feedback_id)
        customer_id,
        cast(said_at as date) as day,
        round(100 * stars / scale, 3) as satisfaction,
        feedback_type = 'complaint' as is_complaint
    from typed
    where
        feedback_id is not null and customer_id is not null and said_at {plausible}
        and (rating is null or stars between 0 and scale)
    """,
)

# rollups: one row per customer and day, stored together
table(
    "order_days",
    """
    with line_days as (
        select
            customer_id,
            day,
            sum(case kind when 'sale' then amount when 'return' then -amount else 0 end) as net,
            sum(amount) filter (kind = 'sale') as sale,
            sum(gross) filter (kind = 'sale') as gross,
            sum(amount) filter (kind = 'return') as returned,
            count(*) filter (kind = 'sale') as lines,
            sum(units) filter (kind = 'sale') as units
        from lines
        group by all
    ),
    orders as (
        select customer_id, order_id, min(placed_at) as placed_at
        from lines
        where kind = 'sale'
        group by all
    ),
    placed as (
        select
            customer_id,
            cast(placed_at as date) as day,
            count(*) as orders,
            count(*) filter (isodow(placed_at) >= 6) as weekend,
            count(*) filter (hour(placed_at) < 6) as night,
            count(*) filter (hour(placed_at) between 6 and 11) as morning,
            count(*) filter (hour(placed_at) between 12 and 17) as afternoon,
            count(*) filter (hour(placed_at) >= 18) as evening
        from orders
        group by all
    ),
    spaced as (
        select *, day - lag(day) over (partition by customer_id order by day) as gap
        from placed
    )
    select * from line_days left join spaced using (customer_id, day) order by customer_id
    """,
)
table(
    "category_days",
    """
    with counted as (
        select customer_id, day, category, amount as sale, 1 as lines, 0 as views
        from lines
        where kind = 'sale' and category is not null
        union all
        select customer_id, day, category, 0, 0, 1 from events where category is not null
    )
    select customer_id, day, category, sum(sale) as sale, sum(lines) as lines, sum(views) as views
    from counted
    group by all
    order by customer_id
    """,
)
table(
    "web_days",
    """
    with spaced as (
        select
            *,
            occurred_at - lag(occurred_at) over (
                partition by customer_id, day order by occurred_at, event_id
            ) as pause
        from events
    ),
    numbered as (
        select
            *,
            sum(case when pause is null or pause > interval 30 minute then 1 else 0 end) over (
                partition by customer_id, day order by occurred_at, event_id
                rows unbounded preceding
            ) as session
        from spaced
    ),
    sessions as (
        select
            customer_id,
            day,
            session,
            epoch(max(occurred_at) - min(occurred_at)) as seconds,
            count(*) filter (event_type in ('page_view', 'product_view')) as pages,
            count(*) filter (event_type = 'product_view') as products,
            count(*) filter (event_type = 'search') as searches,
            count(*) filter (event_type = 'add_to_cart') > 0 as has_cart,
            min(device_type) as device
        from numbered
        group by all
    )
    select
        customer_id,
        day,
        count(*) as sessions,
        sum(seconds) as seconds,
        sum(pages) as pages,
        sum(products) as products,
        sum(searches) as searches,
        count(*) filter (has_cart) as carts,
        count(*) filter (device = 'mobile') as mobile,
        count(*) filter (device = 'desktop') as desktop,
        count(*) filter (device = 'tablet') as tablet
    from sessions
    group by all
    order by customer_id
    """,
)
table(
    "first_purchases",
    """
    select customer_id, product_id, min(day) as day
    from lines
    where kind = 'sale'
    group by all
    order by customer_id
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
table(
    "purchase_features",
    f"""
    select
        customer_id,
        observation_date,
        observation_date - max(day) filter (orders > 0) as recency_days,
        observation_date - min(day) filter (orders > 0) as days_since_first_order,
        coalesce(sum(orders), 0) as frequency,
        count(orders) as order_days,
        sum(net) as monetary_value,
        sum(sale) / sum(orders) as average_order_value,
        {windows},
        avg(gap) as order_gap_mean_days,
        stddev_samp(gap) as order_gap_stddev_days,
        2 * {total("sale", 90)} / nullif({total("sale", 180)}, 0) - 1 as spend_trend_180d,
        coalesce(sum(returned), 0) / nullif(sum(sale), 0) as return_rate,
        sum(gross - sale) / nullif(sum(gross), 0) as discount_share,
        sum(lines) / sum(orders) as lines_per_order,
        sum(units) / sum(orders) as quantity_per_order,
        {parts_of_day}
    from observations inner join order_days using (customer_id)
    where day < observation_date
    group by customer_id, observation_date
    """,
)
table(
    "product_features",
    """
    select customer_id, observation_date, count(*) as products_bought
    from observations inner join first_purchases using (customer_id)
    where day < observation_date
    group by customer_id, observation_date
    """,
)
table(
    "selling",
    """
    with popular as (
        select observation_date, product_id, count(distinct customer_id) as buyers
        from lines inner join dates on day < observation_date and day >= observation_date - 30
        where kind = 'sale'
        group by all
    ),
    bought as (
        select customer_id, day, product_id, category, sum(amount) as sale
        from lines
        where kind = 'sale' and category is not null
        group by all
    )
    select
        customer_id,
        observation_date,
        category,
        sum(sqrt(sale * buyers) * pow(0.5, (observation_date - day) / 180e0)) as selling
    from observations
    inner join bought using (customer_id)
    inner join popular using (observation_date, product_id)
    where day < observation_date and day >= observation_date - 365
    group by customer_id, observation_date, category
    """,
)
categories = [
    category
    for (category,) in connection.execute(
        """
        select category from category_days
        where day < (select min(observation_date) from dates)
        group by category having sum(lines) > 0
        order by sum(lines) desc, category limit 12
        """
    ).fetchall()
]
shares = ", ".join(
    f"sum({amount}) filter (category = '{category}') / nullif(sum({amount}), 0)"
    f' as "{name}_{category}"'
    for name, amount in (
        ("category_share", "ever"),
        ("habit_180d", "lately"),
        ("habit_year_before", "year_before"),
        ("habit_last", "case when last_day = newest then last_sale end"),
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
            coalesce(
                sum(sale) filter (day between observation_date - 364 and observation_date - 275), 0
            ) as year_before,
            max(day) filter (lines > 0) as last_day,
            max_by(sale, day) filter (lines > 0) as last_sale,
            10 * sum(lines) + 3 * sum(views) as interest,
            {total("views", 90)} as views_90d
        from observations inner join category_days using (customer_id)
        where day < observation_date
        group by all
    ),
    joined as (
        select *, max(last_day) over (partition by customer_id, observation_date) as newest
        from amounts left join selling using (customer_id, observation_date, category)
    )
    select
        customer_id,
        observation_date,
        count(*) filter (last_day is not null) as categories_bought,
        {shares}
    from joined
    group by all
    """,
)
table(
    "web_features",
    f"""
    select
        customer_id,
        observation_date,
        observation_date - max(day) as days_since_last_visit,
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
    group by customer_id, observation_date
    """,
)
table(
    "feedback_features",
    """
    select
        customer_id,
        observation_date,
        count(*) as feedback_count,
        avg(satisfaction) as satisfaction,
        count(*) filter (is_complaint) as complaints,
        observation_date - max(day) as days_since_last_feedback
    from observations inner join feedback using (customer_id)
    where day < observation_date
    group by customer_id, observation_date
    """,
)
connection.execute(
    f"""
    copy (
        select
            * exclude (birth_date, signed_up_on),
            observation_date - signed_up_on as tenure_days,
            datesub('year', birth_date, observation_date) as age_years
        from observations
        left join customers using (customer_id)
        left join purchase_features using (customer_id, observation_date)
        left join product_features using (customer_id, observation_date)
        left join category_features using (customer_id, observation_date)
        left join web_features using (customer_id, observation_date)
        left join feedback_features using (customer_id, observation_date)
    ) to '{features}' (format parquet)
    """
)
