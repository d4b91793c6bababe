{{ config(materialized='view') }}

{{ unite_systems('feedback', provenance_columns() + canonical_columns('feedback')) }}
