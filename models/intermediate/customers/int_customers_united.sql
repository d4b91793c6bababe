{{ config(materialized='view') }}

{{ unite_systems('customers') }}
