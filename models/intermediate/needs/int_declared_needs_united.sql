{{ config(materialized='view') }}

{{ unite_systems('declared_needs', provenance_columns() + united_columns('declared_needs')) }}
