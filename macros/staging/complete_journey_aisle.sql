{# The aisle of a product of Complete Journey: its department, groceries (two thirds of all lines) split further. #}
{% macro complete_journey_aisle(department, category) -%}
    case
        when {{ department }} != 'GROCERY'
            then
                case
                    when {{ department }} like 'MEAT%' then 'meat'
                    when {{ department }} like 'SEAFOOD%' then 'seafood'
                    when {{ department }} = 'PASTRY' then 'bread and pastry'
                    when {{ department }} in ('DRUG GM', 'COSMETICS', 'NUTRITION') then 'drugstore'
                    when {{ department }} in ('DELI', 'SALAD BAR', 'CHEF SHOPPE', 'RESTAURANT') then 'deli'
                    when {{ department }} not in ('COUPON', 'MISCELLANEOUS') then lower({{ department }})
                end
        when {{ category }} like 'FRZN%' or {{ category }} like 'FROZEN%' or {{ category }} like 'ICE CREAM%'
            then 'frozen food'
        when
            {{ category }} like '%MILK%' or {{ category }} like '%DAIRY%' or {{ category }} in (
                'CHEESE', 'YOGURT', 'EGGS', 'BUTTER', 'MARGARINES', 'REFRGRATD DOUGH PRODUCTS'
            )
            then 'dairy and eggs'
        when {{ category }} like '%WINE%' or {{ category }} in ('BEERS/ALES', 'LIQUOR') then 'beer and wine'
        when
            {{ category }} like '%DRINK%' or {{ category }} like '%JUICE%' or {{ category }} like '%DRNK%'
            or {{ category }} in ('COFFEE', 'TEAS', 'COCOA MIXES', 'NEW AGE')
            then 'drinks'
        when {{ category }} like 'BAKED%' then 'bread and pastry'
        when
            {{ category }} like '%SNACK%' or {{ category }} like 'COOKIES%' or {{ category }} like 'CRACKERS%'
            then 'snacks'
        when
            {{ category }} like 'CAT %' or {{ category }} like 'DOG %' or {{ category }} like 'PET %'
            or {{ category }} = 'BIRD SEED'
            then 'pets'
        when
            {{ category }} like '%TISS%' or {{ category }} like 'PAPER%' or {{ category }} like '%DETERGENTS'
            or {{ category }} like 'HOUSEHOLD%' or {{ category }} like 'FD WRAPS%'
            or {{ category }} in ('LAUNDRY ADDITIVES', 'AIR CARE', 'BLEACH')
            then 'household'
        when {{ category }} is not null then 'pantry'
    end
{%- endmacro %}
