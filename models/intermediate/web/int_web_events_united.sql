{{ config(materialized='view') }}

{{ unite_systems('web_events', provenance_columns() + canonical_columns('web_events')) }}
