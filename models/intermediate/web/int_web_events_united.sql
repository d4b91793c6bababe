{{ config(materialized='view') }}

{{ unite_systems('web_events', provenance_columns() + united_columns('web_events')) }}
