{#
    All that is asked of the rows of one table, looked up in one scan. One row per rule that does not hold, in words,
    with the number of rows that break it; the end of the run prints them.

    key: columns that tell rows apart: no two rows agree in all of them, and none of them is null
    nullable: columns of the key that may be null
    not_null: further columns that are never null
    in_range: by column, the least and the greatest value there may be, both belonging to the range; null: no bound
    accepted_values: by column, the values there may be
#}
{% test valid_rows(model, key=[], nullable=[], not_null=[], in_range={}, accepted_values={}) %}
{%- set rules = [] %}
{%- for column in key + not_null if column not in nullable %}
    {%- do rules.append((column ~ ' is null', column ~ ' is null')) %}
{%- endfor %}
{%- for column, (least, greatest) in in_range.items() %}
    {%- if least is not none %}
        {%- do rules.append((column ~ ' is below ' ~ least, column ~ ' < ' ~ least)) %}
    {%- endif %}
    {%- if greatest is not none %}
        {%- do rules.append((column ~ ' is above ' ~ greatest, column ~ ' > ' ~ greatest)) %}
    {%- endif %}
{%- endfor %}
{%- for column, values in accepted_values.items() %}
    {%- do rules.append((
        column ~ ' is none of ' ~ values | join(', '),
        column ~ " not in ('" ~ values | join("', '") ~ "')"
    )) %}
{%- endfor %}
with

counted as (

    select
        count(*) as row_count
        {%- for _, breaks in rules %},
        count(case when {{ breaks }} then 1 end) as rule_{{ loop.index }}
        {%- endfor %}
    from {{ model }}

)

{%- if key %},

repeated as (

    select count(*) as row_count
    from (
        select {{ key | join(', ') }}
        from {{ model }}
        group by {{ key | join(', ') }}
        having count(*) > 1
    ) as repeats

)

select
    'rows agree in {{ key | join(', ') }}' as broken_rule,
    row_count as broken_rows
from repeated
where row_count > 0
{%- endif %}
{%- for rule, _ in rules %}
{% if key or not loop.first %}union all{% endif %}
select
    '{{ rule }}' as broken_rule,
    rule_{{ loop.index }} as broken_rows
from counted
where rule_{{ loop.index }} > 0
{%- endfor %}
{% endtest %}
