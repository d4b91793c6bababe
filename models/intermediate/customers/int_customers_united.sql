{{ config(materialized='view') }}

{{ unite_systems('customers', provenance_columns() + canonical_columns('customers')) }}
