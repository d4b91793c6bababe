{{ config(materialized='view') }}

{{ unite_systems('order_lines', provenance_columns() + canonical_columns('order_lines')) }}
