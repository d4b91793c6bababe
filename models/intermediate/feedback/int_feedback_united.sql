{{ config(materialized='view') }}

{{ unite_systems('feedback', provenance_columns() + united_columns('feedback')) }}
