with final as (

    select
        {{ surrogate_key(['policies.item_id', 'policies.location']) }} as inventory_policy_id,
        policies.item_id,
        coalesce(items.item_name, items.source_item_id) as item_name,
        items.family,
        items.supplier,
        policies.location,

        policies.abc,
        policies.xyz,
        policies.is_lumpy,

        {%- for figure in [
            'mean_daily_demand', 'sigma_daily_demand', 'lead_time_days', 'sigma_lead_time_days', 'protection_days',
            'sigma_protection', 'safety_stock', 'reorder_point', 'order_quantity', 'position',
        ] %}
        {{ round_float('policies.' ~ figure) }} as {{ figure }},
        {%- endfor %}
        policies.is_below_reorder_point
    from {{ source('planning', 'inventory_policy') }} as policies
    left join {{ ref('stg_erp__items') }} as items on policies.item_id = items.item_id

)

select * from final
