{# Hands what came of a run to Python, which writes the run summary: as a line of dbt's debug log, to which the plugin
   listens. Tables are read where this run built them. Emits no SQL. #}
{% macro hand_over_run(results, findings, reason) %}
    {% set nodes = [] %}
    {% set refusals = [] %}
    {% for result in results %}
        {% do nodes.append({
            'name': result.node.name, 'status': result.status | string, 'seconds': result.execution_time
        }) %}
        {% if result.node.name == 'publish' and 'Not published: ' in (result.message or '') %}
            {% do refusals.append(result.message) %}
        {% endif %}
    {% endfor %}
    {% set versions = rows_if_built(results, 'publish', ['version']) %}
    {% do log('run summary: ' ~ tojson({
        'reason': reason,
        'refusal': refusals | length > 0,
        'version': none if reason else versions[0].version,
        'nodes': nodes,
        'findings': findings,
        'records': rows_if_built(results, 'record_reconciliation', [
            'source_system', 'entity', 'received', 'accepted', 'duplicates', 'superseded', 'quarantined', 'erased'
        ]),
        'feature_drift': rows_if_built(results, 'feature_drift', ['feature_name', 'psi', 'is_drifted']),
        'persona_drift': rows_if_built(results, 'persona_drift', ['persona_id', 'share_change', 'is_drifted']),
    })) %}
{% endmacro %}
