{# Rows of a relation of counts with is_hidden: a count of customers from 1 to below minimum_cell, and in the same
   partition the smallest of the others, by which and a total it could be worked out: one of nobody only where
   there is no other.
   order_by: columns that tell rows of a partition apart. #}
{% macro hide_small_cells(relation, count, partition_by, order_by) %}
    select
        *,
        is_small or (has_small and size_rank = 1) as is_hidden
    from (
        select
            *,
            max(case when is_small then 1 else 0 end) over (partition by {{ partition_by }}) = 1 as has_small,
            row_number() over (
                partition by {{ partition_by }}, is_small
                order by {{ count }} = 0, {{ count }}, {{ order_by }}
            ) as size_rank
        from (
            select
                *,
                {{ count }} > 0 and {{ count }} < {{ var('minimum_cell') }} as is_small
            from {{ relation }}
        ) as sized
    ) as ranked
{% endmacro %}
