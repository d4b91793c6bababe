{#
    Each record's one place: erased, duplicate, quarantined, superseded or accepted.

    records: a relation with the provenance and united columns of the entity and
      - rejection_reason: what speaks against the record, null if nothing does
      - value_issues: names of problems with single values of it, comma-separated
      - version_key: records of one system with the same key are versions of one thing; null: no versions

    The order of the five is what makes the counts add up: of a record of an erased customer nothing is left but its
    place; a repeated record is a duplicate whatever else is wrong with it; only records with nothing against them can supersede each other. Of equal records the last one
    stands: who goes back to an earlier version is not overruled by the one in between.

    Only records that share a hash or a key with another one are ranked, without their other columns.
#}
{% macro judge_records(records, entity) %}
    select
        records.source_system,
        records.source_file,
        records.record_number,
        case when records.rejection_reason is null then records.value_issues end as value_issues
        {%- for column in united_columns(entity) %},
        records.{{ column.name }}
        {%- endfor %},
        case
            when replaced.is_repeated or records.erased_customer_hash is not null then null
            else records.rejection_reason
        end as rejection_reason,
        case
            when records.erased_customer_hash is not null then 'erased'
            when replaced.is_repeated then 'duplicate'
            when records.rejection_reason is not null then 'quarantined'
            when replaced.record_number is not null then 'superseded'
            else 'accepted'
        end as disposition,
        records.erased_customer_hash
    from {{ records }} as records
    left join (
        select
            source_system,
            source_file,
            record_number,
            is_repeated
        from (
            select
                *,
                row_number() over (
                    partition by source_system, version_key, is_repeated or is_rejected
                    order by updated_at desc nulls last, source_file desc, record_number desc
                ) as version_rank
            from (
                select
                    source_system,
                    source_file,
                    record_number,
                    version_key,
                    updated_at,
                    rejection_reason is not null as is_rejected,
                    row_number() over (
                        partition by source_system, record_hash
                        order by source_file desc, record_number desc
                    ) > 1 as is_repeated
                from {{ records }}
                where
                    {%- for key in ['record_hash', 'version_key'] %}
                    {{ 'or' if not loop.first }} {{ key }} in (
                        select {{ key }} from {{ records }}
                        group by {{ key }}
                        having count(*) > 1
                    )
                    {%- endfor %}
            ) as repeats
        ) as ranked
        where is_repeated or (version_rank > 1 and version_key is not null)
    ) as replaced
        on
            records.source_system = replaced.source_system
            and records.source_file = replaced.source_file
            and records.record_number = replaced.record_number
{% endmacro %}
