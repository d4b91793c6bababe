{#
    How a model becomes a table: dbt-duckdb's own materialization writes a second table, gives both new names, and looks
    up indexes, foreign keys and leftovers on the way; here one statement takes the old table's place. In a transaction,
    so the old table stays where the model fails, and a reader of it in another thread reads on. (The old table may be
    read by the model itself: the engine reads what was there before.)
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set existing_relation = load_cached_relation(this) %}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation is not none and not existing_relation.is_table %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main', language=model.language) %}
        {{ table_from_python(target_relation) if model.language == 'python' else table_from_sql(target_relation) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# With a contract the columns stand first, and what the query gives has to fit them. #}
{% macro table_from_sql(relation) %}
    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ relation }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
        );
    {% else %}
        create or replace table {{ relation }} as (
            {{ compiled_code }}
        );
    {% endif %}
{% endmacro %}

{# dbt-duckdb calls `materialize` with what the model returns. #}
{% macro table_from_python(relation) %}
{{ compiled_code }}

def materialize(rows, connection):
    connection.register('{{ relation.identifier }}_rows', rows)
    connection.execute('create or replace table {{ relation }} as select * from {{ relation.identifier }}_rows')
    connection.unregister('{{ relation.identifier }}_rows')
{% endmacro %}
