-- Warns where nothing could be trusted, and RFM segments or everybody stand in for personas. The status says
-- why.

{{ config(severity='warn') }}

select
    persona_kind,
    champion_status,
    count(*) as personas
from {{ ref('personas') }}
where persona_kind in ('RFM segments', 'everybody')
group by persona_kind, champion_status
