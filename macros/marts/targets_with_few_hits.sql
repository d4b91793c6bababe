{# Targets of a relation of fits with a published model of which a tenth or a bin has hits, or misses, of few
   customers. #}
{% macro targets_with_few_hits(fits) %}
    select distinct target
    from (
        {%- for listed in ['gains', 'calibration'] %}
        select
            target,
            hits,
            customers
        from (
            select
                target,
                {{ struct_rows(listed) }}
            from {{ fits }}
            where is_champion or is_published
        ) as {{ listed }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as cells
    where {{ is_small_side('hits', 'customers') }}
{% endmacro %}
