-- The row of expectations that each macro carries, in one query: what a new engine must pass before its figures can be trusted.
with expectations as (

    {{ expect_add_days() }}
    {%- for expectation in [
        expect_add_months, expect_add_years, expect_days_between, expect_epoch_micros, expect_iso_weekday,
        expect_known_time_zone, expect_month_start, expect_ordered_list, expect_ordered_text, expect_to_local, expect_to_utc,
        expect_whole_numbers, expect_complete_months, expect_fiscal_year_start, expect_fiscal_quarter_start, expect_fiscal_columns,
        expect_decayed_points, expect_exact, expect_money, expect_p_at_most, expect_ratio, expect_round_float, expect_surrogate_key,
        expect_wilson,
    ] %}

    union all

    {{ expectation() }}
    {%- endfor %}

)

select *
from expectations
where
    actual <> expected
    or actual is null
