{#
    The canonical entities: the columns every source system is brought to, and their types.

    Each column is a dict of name and type; `reads` names the column of the source it is read from
    where that is another one: a direct identifier is read as text and kept as a keyed hash only,
    normalised as `identifier` says (email, phone or name). `attributes` of customers holds all further
    fields of the record as JSON. What is `private` stays in staging: downstream knows only whether it was there.
    `is_key` marks ids of records, which a hash may stand for; `is_of_product` what tells products apart.
    Everything that knows about canonical columns (casting, uniting systems, absent entities) asks here.
#}
{% macro canonical_columns(entity) %}
    {% set entities = {
        'customers': [
            {'name': 'customer_id', 'type': 'varchar'},
            {'name': 'email_hash', 'type': 'varchar', 'reads': 'email', 'identifier': 'email'},
            {'name': 'phone_hash', 'type': 'varchar', 'reads': 'phone', 'identifier': 'phone'},
            {'name': 'full_name_hash', 'type': 'varchar', 'reads': 'full_name', 'identifier': 'name'},
            {'name': 'birth_date', 'type': 'date'},
            {'name': 'age', 'type': 'integer'},
            {'name': 'gender', 'type': 'varchar'},
            {'name': 'occupation', 'type': 'varchar'},
            {'name': 'annual_income', 'type': 'decimal(18, 2)'},
            {'name': 'country', 'type': 'varchar'},
            {'name': 'region', 'type': 'varchar'},
            {'name': 'signed_up_at', 'type': 'timestamp'},
            {'name': 'marketing_consent', 'type': 'varchar'},
            {'name': 'need', 'type': 'varchar'},
            {'name': 'updated_at', 'type': 'timestamp'},
            {'name': 'attributes', 'type': 'varchar', 'private': true},
        ],
        'order_lines': [
            {'name': 'order_id', 'type': 'varchar', 'is_key': true},
            {'name': 'order_line_number', 'type': 'integer'},
            {'name': 'customer_id', 'type': 'varchar'},
            {'name': 'ordered_at', 'type': 'timestamp'},
            {'name': 'product_id', 'type': 'varchar', 'is_of_product': true},
            {'name': 'product_name', 'type': 'varchar', 'is_of_product': true},
            {'name': 'product_category', 'type': 'varchar', 'is_of_product': true},
            {'name': 'quantity', 'type': 'decimal(18, 3)'},
            {'name': 'unit_price', 'type': 'decimal(18, 8)'},
            {'name': 'discount_amount', 'type': 'decimal(18, 4)'},
            {'name': 'currency', 'type': 'varchar'},
            {'name': 'order_status', 'type': 'varchar'},
            {'name': 'country', 'type': 'varchar'},
            {'name': 'updated_at', 'type': 'timestamp'},
        ],
        'web_events': [
            {'name': 'event_id', 'type': 'varchar', 'is_key': true},
            {'name': 'visitor_id', 'type': 'varchar', 'is_key': true},
            {'name': 'customer_id', 'type': 'varchar'},
            {'name': 'occurred_at', 'type': 'timestamp'},
            {'name': 'event_type', 'type': 'varchar'},
            {'name': 'page_url', 'type': 'varchar', 'private': true},
            {'name': 'product_id', 'type': 'varchar', 'is_of_product': true},
            {'name': 'product_category', 'type': 'varchar', 'is_of_product': true},
            {'name': 'device_type', 'type': 'varchar'},
            {'name': 'updated_at', 'type': 'timestamp'},
        ],
        'feedback': [
            {'name': 'feedback_id', 'type': 'varchar', 'is_key': true},
            {'name': 'customer_id', 'type': 'varchar'},
            {'name': 'submitted_at', 'type': 'timestamp'},
            {'name': 'channel', 'type': 'varchar'},
            {'name': 'feedback_type', 'type': 'varchar'},
            {'name': 'rating', 'type': 'decimal(9, 3)'},
            {'name': 'rating_scale_max', 'type': 'decimal(9, 3)'},
            {'name': 'comment', 'type': 'varchar', 'private': true},
            {'name': 'updated_at', 'type': 'timestamp'},
        ],
        'declared_needs': [
            {'name': 'customer_id', 'type': 'varchar'},
            {'name': 'need', 'type': 'varchar'},
            {'name': 'declared_at', 'type': 'timestamp'},
            {'name': 'updated_at', 'type': 'timestamp'},
        ],
    } %}
    {% if entity not in entities %}
        {% do exceptions.raise_compiler_error(
            "'" ~ entity ~ "' is no canonical entity; known are " ~ entities.keys() | join(', ')
            ~ ". Mend the var source_systems in dbt_project.yml or --vars."
        ) %}
    {% endif %}
    {{ return(entities[entity]) }}
{% endmacro %}
