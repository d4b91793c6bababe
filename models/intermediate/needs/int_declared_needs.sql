-- A customer's declared need: from a record of its own, else from the need column of the profile.

with

judged as (

    select * from {{ ref('int_declared_needs_judged') }}
    where disposition = 'accepted'

),

customer_identities as (

    select * from {{ ref('customer_identities') }}

),

profiles as (

    select * from {{ ref('int_customer_versions') }}
    where is_current and need is not null

),

declared as (

    select
        customer_identities.customer_id,
        category_spellings.spelling as need,
        {{ plausible_time('judged.declared_at') }} as declared_at
    from judged
    inner join customer_identities
        on
            judged.source_system = customer_identities.source_system
            and judged.customer_id = customer_identities.source_customer_id
    inner join {{ ref('category_spellings') }} as category_spellings
        on
            category_spellings.category_kind = 'need'
            and {{ spelling_key('judged.need') }} = category_spellings.spelling_key

),

profile_needs as (

    select
        profiles.customer_id,
        profiles.need,
        profiles.known_from as declared_at
    from profiles
    left join declared
        on profiles.customer_id = declared.customer_id
    where declared.customer_id is null

)

select * from declared
union all
select * from profile_needs
