{{ config(materialized='view') }}

{{ unite_systems('order_lines') }}
