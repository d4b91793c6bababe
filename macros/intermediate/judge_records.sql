{#
    Each record's one place: erased, duplicate, quarantined, superseded or accepted.

    records: a relation with the provenance and united columns of the entity and
      - rejection_reason: what speaks against the record, null if nothing does
      - value_issues: names of problems with single values of it, comma-separated
      - version_key: records of one system with the same key are versions of one thing; null: no versions

    The order of the five is what makes the counts add up: of a record of an erased customer nothing is left but its
    place; a repeated record is a duplicate whatever else is wrong with it; only records with nothing against them can supersede each other. Of equal records the last one
    stands: who goes back to an earlier version is not overruled by the one in between.
#}
{% macro judge_records(records, entity) %}
    select
        source_system,
        source_file,
        record_number,
        case when rejection_reason is null then value_issues end as value_issues
        {%- for column in united_columns(entity) %},
        {{ column.name }}
        {%- endfor %},
        case when is_repeated or erased_customer_hash is not null then null else rejection_reason end as rejection_reason,
        case
            when erased_customer_hash is not null then 'erased'
            when is_repeated then 'duplicate'
            when rejection_reason is not null then 'quarantined'
            when version_rank > 1 then 'superseded'
            else 'accepted'
        end as disposition,
        erased_customer_hash
    from (
        select
            repeats.*,
            case
                when version_key is null then 1
                else row_number() over (
                    partition by
                        source_system, version_key, is_repeated or rejection_reason is not null
                    order by updated_at desc nulls last, source_file desc, record_number desc
                )
            end as version_rank
        from (
            select
                records.*,
                row_number() over (
                    partition by source_system, record_hash
                    order by source_file desc, record_number desc
                ) > 1 as is_repeated
            from {{ records }} as records
        ) as repeats
    ) as judged
{% endmacro %}
