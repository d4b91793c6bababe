-- Everything known about a customer on an observation date, from records strictly before it.
-- The last six parts have columns that follow from the records; feature_catalog describes every column.

with

observations as (

    select
        customer_id,
        observation_date,
        is_as_of
    from {{ ref('observations') }}

),

profile as (

    select * from {{ ref('profile_features') }}

),

purchases as (

    select * from {{ ref('purchase_features') }}

),

categories as (

    select * from {{ ref('category_features') }}

),

web as (

    select * from {{ ref('web_features') }}

),

feedback as (

    select * from {{ ref('feedback_features') }}

),

contacts as (

    select * from {{ ref('contact_features') }}

),

category_shares as (

    select * from {{ ref('category_share_features') }}

),

interest_shares as (

    select * from {{ ref('interest_share_features') }}

),

category_habits as (

    select * from {{ ref('category_habit_features') }}

),

category_views as (

    select * from {{ ref('category_view_features') }}

),

attribute_numbers as (

    -- undated: they are known today, and nobody knows since when
    select
        observations.observation_date,
        attributes.*
    from {{ ref('attribute_number_features') }} as attributes
    inner join observations
        on attributes.customer_id = observations.customer_id
    where observations.is_as_of

),

attribute_categories as (

    select
        observations.observation_date,
        attributes.*
    from {{ ref('attribute_category_features') }} as attributes
    inner join observations
        on attributes.customer_id = observations.customer_id
    where observations.is_as_of

)

select * -- noqa: AM04, RF02
from observations
left join profile using (customer_id, observation_date)
left join purchases using (customer_id, observation_date)
left join categories using (customer_id, observation_date)
left join web using (customer_id, observation_date)
left join feedback using (customer_id, observation_date)
left join contacts using (customer_id, observation_date)
left join category_shares using (customer_id, observation_date)
left join interest_shares using (customer_id, observation_date)
left join category_habits using (customer_id, observation_date)
left join category_views using (customer_id, observation_date)
left join attribute_numbers using (customer_id, observation_date)
left join attribute_categories using (customer_id, observation_date)
