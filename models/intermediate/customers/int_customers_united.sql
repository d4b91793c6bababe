{{ config(materialized='view') }}

{{ unite_systems('customers', provenance_columns() + united_columns('customers')) }}
