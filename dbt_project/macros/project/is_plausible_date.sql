{#-
    Whether a date can be an event of this company: from 60 years before as_of to 20 after. A mistyped year (9999-12-31) would
    otherwise stretch every dense mart over millennia.
-#}
{% macro is_plausible_date(date, as_of) -%}
    ({{ date }} between {{ add_years(as_of, -60) }} and {{ add_years(as_of, 20) }})
{%- endmacro %}
