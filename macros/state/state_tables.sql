{# The tables of the state database, with their columns: what raw records do not determine. #}
{% macro state_tables() %}
    {% set text = ['role', 'feature_set', 'algorithm', 'model_id', 'jaccards', 'features', 'parameters', 'scoring_sql'] %}
    {% set figures = [
        'inertia', 'silhouette', 'davies_bouldin', 'calinski_harabasz', 'smallest_share', 'surrogate_fidelity',
        'own_assignment_agreement', 'seed_adjusted_rand_index', 'later_spend_explained',
        'later_categories_explained', 'usefulness', 'inertia_to_shuffled', 'silhouette_over_shuffled',
        'inertia_to_correlated', 'silhouette_over_correlated', 'bootstrap_adjusted_rand_index', 'smallest_jaccard'
    ] %}
    {% set fit = {'source_systems': 'varchar', 'fitted_on': 'date', 'reason': 'varchar', 'is_continuum': 'boolean'} %}
    {% for name in text %}{% do fit.update({name: 'varchar'}) %}{% endfor %}
    {% for name in figures %}{% do fit.update({name: 'double'}) %}{% endfor %}
    {% for name in ['cluster_count', 'input_count', 'customer_count'] %}{% do fit.update({name: 'integer'}) %}{% endfor %}
    {% set champion = {'champion_id': 'varchar', 'checked_on': 'date'} %}
    {% do champion.update(fit) %}
    {% for name in ['persona_ids', 'persona_names', 'persona_shares', 'feature_profiles', 'lifecycle', 'status'] %}
        {% do champion.update({name: 'varchar'}) %}
    {% endfor %}
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
