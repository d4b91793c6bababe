with

source_customers as (
    {% for entity in canonical_entities() %}
    select
        source_system,
        customer_id as source_customer_id
    from {{ ref('int_' ~ entity ~ '_judged') }}
    where disposition = 'accepted' and customer_id is not null
    {% if not loop.last %}
    union distinct
    {% endif %}
    {%- endfor %}
)

select
    source_system,
    source_customer_id,
    {% if var('source_systems') | length > 1 -%}
        -- two systems may use the same id for two people
        source_system || ':' || source_customer_id
    {%- else -%}
    source_customer_id
    {%- endif %} as customer_id
from source_customers
