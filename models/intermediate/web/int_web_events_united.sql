{{ config(materialized='view') }}

{{ unite_systems('web_events') }}
