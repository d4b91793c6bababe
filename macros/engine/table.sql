{#
    How a model becomes a table: one statement puts it in the old one's place, within the transaction of the model. The
    old table stays where the model fails, and whoever reads it meanwhile, in another thread or the model itself, reads
    on. (dbt-duckdb's own materialization takes eight statements: it fills a second table, renames both, and looks up
    indexes, constraints and what an earlier run left behind.)
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set is_with_spark = target.name == 'spark' and model.language == 'sql' %}
    {% set is_computed_elsewhere = is_with_spark and config.get('meta', {}).engine != 'duckdb' %}
    {% set kind = 'view' if is_computed_elsewhere and not config.get('contract').enforced else 'table' %}
    {% set target_relation = this.incorporate(type=kind) %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set made_from = made_from_what(compiled_code, model.depends_on.nodes) %}
    {% if not config.get('meta', {}).is_always_built and is_unchanged(this, made_from) %}
        {% call noop_statement('main', 'KEPT') %}
            {{ compiled_code }}
        {% endcall %}
        {{ return({'relations': [target_relation]}) }}
    {% endif %}
    {% do forget_built(this) %}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation is not none and existing_relation.type != kind %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% if is_with_spark and not is_computed_elsewhere %}
        {% do forget_on_spark(this) %}
    {% endif %}
    {% set rows = rows_from_spark(compiled_code, this) if is_computed_elsewhere else compiled_code %}
    {% call statement('main', language=model.language) %}
    {% if model.language == 'python' %}
{{ compiled_code }}

# dbt-duckdb calls it with what the model returns
def materialize(rows, connection):
    connection.register('{{ this.identifier }}_rows', rows)
    connection.execute('create or replace table {{ this }} as select * from {{ this.identifier }}_rows')
    connection.unregister('{{ this.identifier }}_rows')
    {% elif config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ this }} {{ get_table_columns_and_constraints() }};
        insert into {{ this }} {{ get_column_names() }} (
            {{ get_select_subquery(rows) }}
        );
    {% else %}
        create or replace {{ kind }} {{ this }} as (
            {{ rows }}
        );
    {% endif %}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(target_relation, model) %}
    {% do remember_built(this, made_from) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
