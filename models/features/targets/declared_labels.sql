-- What became of customers, by the columns of the customers file that the mapping declares: each is a target
-- of its own, learnt from what is known on the as-of date.

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('observations') }}
    where is_as_of

),

needs as (

    select
        customer_id,
        replace(field_name, 'need:', '') as target,
        {{ without_identifiers(
            {'name': 'field_value', 'type': 'varchar'}, ref('int_customer_fields')
        ) }} as need
    from {{ ref('int_customer_fields') }}
    where field_name like 'need:%'

),

counted as (

    select
        needs.*,
        yes_no_spellings.meaning,
        count(*) over (partition by needs.target, needs.need) as customers,
        count(*) over (partition by needs.target)
        = count(yes_no_spellings.meaning) over (partition by needs.target) as is_yes_or_no
    from needs
    left join {{ ref('yes_no_spellings') }} as yes_no_spellings
        on {{ spelling_key('needs.need') }} = yes_no_spellings.spelling

)

select
    counted.target,
    counted.customer_id,
    observations.observation_date,
    case
        when counted.is_yes_or_no then counted.meaning
        -- texts that differ in case only are one: the spelling that most customers have
        else first_value(counted.need) over (
            partition by counted.target, {{ spelling_key('counted.need') }}
            order by counted.customers desc, counted.need asc
        )
    end as label
from counted
inner join observations
    on counted.customer_id = observations.customer_id
