{# How a seed becomes a table: as dbt does it, unless it is there as its file has it. #}
{% materialization seed, adapter='duckdb' %}
    {# what the post-hook of the demo's seeds reads #}
    {% set inputs = ['source.' ~ project_name ~ '.history.erasures'] if post_hooks else [] %}
    {% set made_from = made_from_what(tojson([model.checksum, model.config.column_types]), inputs) %}
    {% if is_unchanged(this, made_from) %}
        {% do store_result('agate_table', response='KEPT', agate_table=none) %}
        {% call noop_statement('main', 'KEPT') %}{% endcall %}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {% endif %}
    {% do forget_built(this) %}
    {% set built = dbt.materialization_seed_default() %}
    {% do remember_built(this, made_from) %}
    {{ return(built) }}
{% endmaterialization %}
