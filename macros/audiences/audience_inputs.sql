{# What the queries of audiences may read. They are rendered while a model is built, when it is too late to say what has to
   be built before: so it is said here, for all of them. #}
{% macro audience_inputs() %}
    {% for name in [
        'customers', 'personas', 'persona_memberships', 'product_groups', 'customer_needs', 'customer_recommendations',
        'customer_declared_needs', 'crm_audience', 'customer_features', 'int_contacts', 'int_consents', 'int_holdout',
        'need_drivers',
    ] %}
        {% do ref(name) %}
    {% endfor %}
{% endmacro %}
