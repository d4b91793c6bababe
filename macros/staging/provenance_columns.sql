{# Where a staged record came from: in every staging model, in front of the canonical columns. The record itself, as
   received, is staged beside them and goes no further than quarantine: it holds direct identifiers. #}
{% macro provenance_columns() %}
    {{ return([
        {'name': 'source_file', 'type': 'varchar'},
        {'name': 'record_number', 'type': 'bigint'},
        {'name': 'record_hash', 'type': fingerprint_type()},
        {'name': 'read_error', 'type': 'varchar'},
        {'name': 'unreadable_columns', 'type': 'varchar'},
        {'name': 'erased_customer_hash', 'type': 'varchar'},
    ]) }}
{% endmacro %}
