{# Where a staged record came from and what it looked like: in front of the canonical columns of every staging model. #}
{% macro provenance_columns() %}
    {{ return([
        {'name': 'source_file', 'type': 'varchar'},
        {'name': 'record_number', 'type': 'bigint'},
        {'name': 'record', 'type': 'varchar'},
        {'name': 'record_hash', 'type': 'varchar'},
        {'name': 'read_error', 'type': 'varchar'},
        {'name': 'unreadable_columns', 'type': 'varchar'},
    ]) }}
{% endmacro %}
