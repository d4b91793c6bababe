{{ config(materialized='view') }}

{{ unite_systems('declared_needs') }}
