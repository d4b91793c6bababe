-- A campaign is sent on the first day of its coupons; the first one that a household redeems is its response.

with

campaigns as (

    select
        row_number() over () as record_number,
        campaigns.*
    from {{ source('complete_journey', 'campaigns') }} as campaigns

),

redemptions as (

    select
        campaign_id,
        household_id,
        min(redemption_date) as redeemed_on
    from {{ source('complete_journey', 'coupon_redemptions') }}
    group by campaign_id, household_id

),

received as (

    select
        campaigns.record_number,
        {{ clean_text('campaigns.household_id') }} as customer_id,
        {{ clean_text('campaigns.campaign_id') }} as campaign,
        {{ clean_text('descriptions.campaign_type') }} as campaign_type,
        'mail' as channel,
        descriptions.start_date as sent_at,
        case when redemptions.redeemed_on is not null then 'redeemed' end as response,
        redemptions.redeemed_on as responded_at
    from campaigns
    left join {{ source('complete_journey', 'campaign_descriptions') }} as descriptions
        on campaigns.campaign_id = descriptions.campaign_id
    left join redemptions
        on
            campaigns.campaign_id = redemptions.campaign_id
            and campaigns.household_id = redemptions.household_id

),

source as (

    select
        'campaigns.csv' as source_file,
        record_number,
        {{ record_as_json('received') }} as record,
        cast(null as varchar) as read_error
    from received

),

staged as (

    {{ stage_records('contacts', 'source') }}

)

{{ without_erased('staged', 'complete_journey', 'contacts') }}
