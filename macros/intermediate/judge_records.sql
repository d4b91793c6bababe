{#
    Each record's one place: erased, duplicate, quarantined, superseded or accepted.

    records: a relation with the provenance and united columns of the entity and
      - rejection_reason: what speaks against the record, null if nothing does
      - value_issues: names of problems with single values of it, comma-separated
      - version_key: records of one system with the same key may be versions of one thing; null: of nothing else
      - version_at: what says which version is newer; null, or implausibly early: nothing but the order of files and records
      - owner_key, happened_at: whose it is, and when it happened (null where that is no part of the thing)
      - occasion: undated records of one owner are versions of one thing only where it is the same

    The order of the five is what makes the counts add up: of a record of an erased customer nothing is left but its
    place; a repeated record is a duplicate whatever else is wrong with it; only records with nothing against them can supersede each other. Of equal records the last one
    stands: who goes back to an earlier version is not overruled by the one in between.

    A correction changes the owner or the time, not both: records of one key that differ in both are two things, and both
    stand. Of two owners at one time one is wrong; where version_at does not say which, none is believed.

    Only records that share a hash or a key with another one are ranked, without their other columns.
#}
{% macro judge_records(records, entity) %}
    {%- set of_key = 'partition by source_system, version_key, is_version' %}
    select
        records.source_system,
        records.source_file,
        records.record_number,
        case
            when records.rejection_reason is null and not coalesce(repeats.is_conflicting, false)
                then records.value_issues
        end as value_issues
        {%- for column in united_columns(entity) %},
        records.{{ column.name }}
        {%- endfor %},
        case
            when repeats.is_repeated or records.erased_customer_hash is not null then null
            when repeats.is_conflicting then 'conflicting_key'
            else records.rejection_reason
        end as rejection_reason,
        case
            when records.erased_customer_hash is not null then 'erased'
            when repeats.is_repeated then 'duplicate'
            when records.rejection_reason is not null or repeats.is_conflicting then 'quarantined'
            when repeats.record_number is not null then 'superseded'
            else 'accepted'
        end as disposition,
        records.erased_customer_hash
    from {{ records }} as records
    left join (
        with

        hashed as (

            select
                source_system,
                source_file,
                record_number,
                customer_id,
                version_key,
                {{ plausible_time('version_at') }} as version_at,
                owner_key,
                happened_at,
                occasion,
                rejection_reason is null as is_acceptable,
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

        ),

        sorted as (

            select
                *,
                is_acceptable and not is_repeated and version_key is not null as is_version
            from hashed

        ),

        compared as (

            select
                *,
                max(version_at) over ({{ of_key }}, owner_key) is not null as is_dated,
                {%- for owner in ['owner_key', 'customer_id'] %}
                {{ 'or' if not loop.first }} min({{ owner }}) over ({{ of_key }}, happened_at, version_at)
                != max({{ owner }}) over ({{ of_key }}, happened_at, version_at)
                {%- endfor %} as has_rivals
            from sorted

        ),

        ranked as (

            select
                *,
                row_number() over (
                    {{ of_key }}, owner_key, case when not is_dated then occasion end
                    order by version_at desc nulls last, source_file desc, record_number desc
                ) as rank_of_owner,
                rank() over (
                    {{ of_key }}, happened_at order by version_at desc nulls last
                ) as rank_at_time
            from compared

        )

        select
            source_system,
            source_file,
            record_number,
            is_repeated,
            is_version and has_rivals and rank_at_time = 1 as is_conflicting
        from ranked
        where is_repeated or (is_version and (rank_of_owner > 1 or rank_at_time > 1 or has_rivals))
    ) as repeats
        on
            records.source_system = repeats.source_system
            and records.source_file = repeats.source_file
            and records.record_number = repeats.record_number
{% endmacro %}
