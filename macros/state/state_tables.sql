{# The tables of the state database, with their columns: what raw records do not determine. #}
{% macro state_tables() %}
    {% set fit = {
        'source_systems': 'varchar', 'fitted_on': 'date', 'model_id': 'varchar', 'role': 'varchar',
        'feature_set': 'varchar', 'algorithm': 'varchar', 'cluster_count': 'integer', 'input_count': 'integer',
        'customer_count': 'integer', 'metrics': 'map(varchar, double)', 'is_continuum': 'boolean', 'reason': 'varchar'
    } %}
    {% set champion = {
        'champion_id': 'varchar', 'checked_on': 'date', 'features': 'varchar[]', 'parameters': 'varchar',
        'scoring_sql': 'varchar', 'status': 'varchar',
        'personas': 'struct(persona_id varchar, persona_name varchar, customer_share double, jaccard double)[]',
        'feature_profiles': 'struct(feature_name varchar, bounds double[], levels varchar[], shares double[], '
            ~ 'missing_share double)[]',
        'lifecycle': 'struct(event varchar, persona_id varchar, related_persona_id varchar, customers_before integer, '
            ~ 'customers_after integer, shared_customers integer, jaccard double)[]'
    } %}
    {% do champion.update(fit) %}
    {% set candidate = {'is_champion': 'boolean'} %}
    {% do candidate.update(fit) %}
    {{ return({
        'segmentation_champions': champion,
        'segmentation_candidates': candidate,
        'persona_names': {
            'source_systems': 'varchar', 'persona_id': 'varchar', 'persona_name': 'varchar',
            'persona_description': 'varchar', 'named_on': 'date'
        },
        'persona_changes': {
            'source_systems': 'varchar', 'customer_id': 'varchar', 'as_of_date': 'date', 'persona_id': 'varchar'
        },
        'persona_builds': {'source_systems': 'varchar', 'as_of_date': 'date'},
        'erasures': {'customer_hash': 'varchar', 'erased_on': 'date'},
        'quarantined_records': {
            'source_systems': 'varchar', 'source_system': 'varchar', 'entity': 'varchar',
            'record_hash': fingerprint_type(), 'first_seen_on': 'date'
        }
    }) }}
{% endmacro %}
