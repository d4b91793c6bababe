-- How often one of the five was bought within the horizon, for each method, beside the best baseline.

with

methods as (
    {% for kind, method in [
        ('discover', 'item_neighbours'),
        ('discover', 'popular_30d'),
        ('discover', 'popular_90d'),
        ('discover', 'popular_ever'),
        ('discover', 'popular_same_window_last_year'),
        ('buy_again', 'weighted_repeats'),
        ('buy_again', 'own_repeats'),
        ('buy_again', 'own_recent'),
    ] %}
    select
        '{{ kind }}' as kind,
        '{{ method }}' as method,
        {{ 'false' if method in ('item_neighbours', 'weighted_repeats') else 'true' }} as is_baseline
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

later as (

    select * from {{ ref('products_bought_later') }}

),

known as (

    select
        dates.observation_date,
        count(*) as customers
    from {{ ref('recommendation_dates') }} as dates
    inner join {{ ref('int_customers_known') }} as customers
        on dates.observation_date > customers.known_on
    group by dates.observation_date

),

buyers as (

    -- where there are many, only a sample of them is looked at
    select
        observation_date,
        max(buyers) as buyers,
        count(distinct customer_id) as sampled_buyers
    from later
    group by observation_date

),

judged as (

    select distinct
        observation_date,
        kind,
        customer_id
    from later

),

found as (

    select distinct
        lists.observation_date,
        lists.kind,
        lists.method,
        lists.customer_id
    from {{ ref('recommendation_lists') }} as lists
    inner join later
        on
            lists.observation_date = later.observation_date
            and lists.kind = later.kind
            and lists.customer_id = later.customer_id
            and lists.product_id = later.product_id

),

outcomes as (

    select
        judged.observation_date,
        judged.kind,
        methods.method,
        methods.is_baseline,
        judged.customer_id,
        case when found.customer_id is null then 0 else 1 end as is_hit
    from judged
    inner join methods
        on judged.kind = methods.kind
    left join found
        on
            judged.observation_date = found.observation_date
            and judged.kind = found.kind
            and methods.method = found.method
            and judged.customer_id = found.customer_id

),

totals as (

    select
        observation_date,
        kind,
        method,
        is_baseline,
        count(*) as customers,
        sum(is_hit) as hits
    from outcomes
    group by observation_date, kind, method, is_baseline

),

baselines as (

    select
        observation_date,
        kind,
        method,
        customers,
        hits,
        row_number() over (
            partition by observation_date, kind order by hits desc, method asc
        ) as baseline_rank
    from totals
    where is_baseline

),

best_baselines as (

    select *
    from baselines
    where baseline_rank = 1

),

compared as (

    -- the same customers under both: the difference of each is -1, 0 or 1
    select
        outcomes.observation_date,
        outcomes.kind,
        outcomes.method,
        sum(outcomes.is_hit - baseline_outcomes.is_hit) as gained,
        sum(abs(outcomes.is_hit - baseline_outcomes.is_hit)) as differing
    from outcomes
    inner join best_baselines
        on
            outcomes.observation_date = best_baselines.observation_date
            and outcomes.kind = best_baselines.kind
            and outcomes.method != best_baselines.method
    inner join outcomes as baseline_outcomes
        on
            outcomes.observation_date = baseline_outcomes.observation_date
            and outcomes.kind = baseline_outcomes.kind
            and outcomes.customer_id = baseline_outcomes.customer_id
            and best_baselines.method = baseline_outcomes.method
    group by outcomes.observation_date, outcomes.kind, outcomes.method

),

rates as (

    select
        totals.observation_date,
        dates.is_newest,
        totals.kind,
        totals.method,
        totals.is_baseline,
        totals.customers,
        totals.hits,
        {{ ratio('totals.hits', 'totals.customers') }} as hit_rate,
        {{ ratio('totals.hits * buyers.buyers', 'buyers.sampled_buyers * known.customers') }}
            as hit_rate_among_all,
        best_baselines.method as baseline_method,
        {{ ratio('best_baselines.hits', 'best_baselines.customers') }} as baseline_value,
        {{ ratio('compared.gained', 'totals.customers') }} as difference,
        -- half a 95 % interval; a normal approximation says little about fewer than 30 customers
        case
            when totals.customers >= 30
                then 1.96 * sqrt(
                    {{ ratio('totals.hits * (totals.customers - totals.hits)', 'totals.customers') }}
                ) / totals.customers
        end as value_margin,
        case
            when totals.customers >= 30
                then 1.96 * sqrt(
                    (
                        compared.differing
                        - {{ ratio('compared.gained * compared.gained', 'totals.customers') }}
                    )
                    / (totals.customers - 1) / totals.customers
                )
        end as difference_margin
    from totals
    inner join {{ ref('recommendation_dates') }} as dates
        on totals.observation_date = dates.observation_date
    inner join buyers
        on totals.observation_date = buyers.observation_date
    inner join known
        on totals.observation_date = known.observation_date
    inner join best_baselines
        on
            totals.observation_date = best_baselines.observation_date
            and totals.kind = best_baselines.kind
    left join compared
        on
            totals.observation_date = compared.observation_date
            and totals.kind = compared.kind
            and totals.method = compared.method

),

gates as (

    -- on the newest date the method has to beat the best baseline beyond chance, or that takes its place
    select
        kind,
        case
            when difference - difference_margin <= 0 then baseline_method
            else method
        end as champion_method
    from rates
    where is_newest and not is_baseline

)

select
    rates.observation_date,
    rates.is_newest,
    rates.kind,
    rates.method,
    rates.is_baseline,
    coalesce(rates.method = gates.champion_method, not rates.is_baseline) as is_champion,
    cast(rates.customers as integer) as customers,
    cast(rates.hits as integer) as hits,
    rates.hit_rate,
    rates.hit_rate_among_all,
    case
        when rates.value_margin <= rates.hit_rate then rates.hit_rate - rates.value_margin
        when rates.value_margin > rates.hit_rate then 0
    end as value_low,
    case
        when rates.value_margin <= 1 - rates.hit_rate then rates.hit_rate + rates.value_margin
        when rates.value_margin > 1 - rates.hit_rate then 1
    end as value_high,
    rates.baseline_method,
    rates.baseline_value,
    rates.difference,
    rates.difference - rates.difference_margin as difference_low,
    rates.difference + rates.difference_margin as difference_high
from rates
left join gates
    on rates.kind = gates.kind
