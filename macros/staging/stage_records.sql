{#
    The body of a staging model whose records already have the canonical field names.

    source: a relation with source_file, record_number, record (JSON as received) and read_error.
    Gives provenance and canonical columns: read as text, blanks trimmed, cast, identifiers hashed.
    A field that the records do not have is null; a customer's further fields stay together as JSON.
#}
{% macro stage_records(entity, source) %}
    {%- set columns = canonical_columns(entity) %}
    {%- set fields = [] %}
    {%- for column in columns if column.name != 'attributes' %}
        {%- do fields.append(column.get('reads', column.name)) %}
    {%- endfor %}
    select
        source_file,
        record_number,
        record,
        {{ record_fingerprint('record') }} as record_hash,
        read_error,
        {{ unreadable_columns(columns) }} as unreadable_columns
        {%- for column in columns %}
        {%- set text = clean_text(column.get('reads', column.name)) %},
        {% if column.name == 'attributes' -%}
            {{ other_record_fields('record', fields) }}
        {%- elif column.identifier -%}
            {{ hash_identifier(column.reads, column.identifier) }}
        {%- elif column.type == 'varchar' -%}
            {{ text }}
        {%- else -%}
            {{ dbt.safe_cast(text, column.type) }}
        {%- endif %} as {{ column.name }}
        {%- endfor %}
    from (
        select
            source_file,
            record_number,
            record,
            read_error,
            {{ record_fields('record', fields) }}
        from {{ source }}
    ) as read_records
{% endmacro %}
