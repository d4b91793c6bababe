{{ config(materialized='view') }}

{{ unite_systems('order_lines', provenance_columns() + united_columns('order_lines')) }}
