{{ config(materialized='view') }}

{{ unite_systems('declared_needs', provenance_columns() + canonical_columns('declared_needs')) }}
