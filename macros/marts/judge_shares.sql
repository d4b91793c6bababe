{# Rows of a relation of traits with is_safe, is_withheld and is_of_nearly_all, so that no figure tells about fewer
   than minimum_cell members: a share where so many have it and so many do not, and of a category one level less where
   the others would give the rest away.
   relation: persona_id, feature_name, feature_level, known_count, members_with, is_share and is_level. #}
{% macro judge_shares(relation) %}
    {%- set cell = var('minimum_cell') %}
    -- where the rest is of few, or as large as few can be in each, the smallest level that could be told is
    -- not
    select
        *,
        known_count < {{ cell }}
        or (
            is_safe
            and coalesce(
                (rest > 0 and rest < {{ cell }})
                or (not has_nearly_all and hidden_levels > 0 and rest >= {{ cell - 1 }} * hidden_levels),
                false
            )
            and row_number() over (
                partition by persona_id, feature_name, is_safe
                order by members_with, feature_level
            ) = 1
        ) as is_withheld
    from (
        -- of each persona's categories what the levels that are not told have together, and how many these are
        select
            *,
            case when is_level then max(known_count) over category
                - sum(case when is_safe then members_with else 0 end) over category end as rest,
            count(case when not is_safe then 1 end) over category as hidden_levels,
            max(case when is_of_nearly_all then 1 else 0 end) over category = 1 as has_nearly_all
        from (
            select
                *,
                known_count >= {{ cell }}
                and (
                    not is_share or (members_with >= {{ cell }} and known_count - members_with >= {{ cell }})
                ) as is_safe,
                is_share and known_count - members_with < {{ cell }} as is_of_nearly_all
            from {{ relation }}
        ) as sized
        window category as (partition by persona_id, feature_name, is_level)
    ) as counted
{% endmacro %}
