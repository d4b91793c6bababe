select persona_id, driver, measure, share, company_share, share_index
from marts.persona_need_drivers
where share is not null and company_share is not null and share_index is not null
order by persona_id, abs(ln(greatest(share_index, 1) / 100)) desc, measure
