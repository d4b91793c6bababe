-- Who is in which audience now, and who of them may be sent something. The audiences are read while the
-- model is built, so that a new file in models/audiences/ is all that a new one takes.

{%- do audience_inputs() %}

with

members as (
    {% for node in audience_nodes() %}
    {%- set settings = audience_settings(node.name, node.config.meta) %}
    {{ members_of_audience(node.name, render(node.raw_code), settings) }}
    union all
    {%- endfor %}
    select
        cast(null as varchar) as audience,
        cast(null as varchar) as customer_id,
        cast(null as double) as priority,
        cast(null as boolean) as has_consent,
        cast(null as boolean) as is_held_out
    where false

)

select
    audience,
    customer_id,
    priority,
    has_consent,
    is_held_out,
    has_consent and not is_held_out as is_reachable
from members
