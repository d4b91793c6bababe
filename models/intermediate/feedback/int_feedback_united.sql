{{ config(materialized='view') }}

{{ unite_systems('feedback') }}
