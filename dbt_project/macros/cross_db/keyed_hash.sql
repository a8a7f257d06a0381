{#- HMAC-SHA256 of a text, 64 hexadecimal digits; the pads are those of the key (RFC 2104), in hexadecimal. -#}
{% macro keyed_hash(value, inner_pad, outer_pad) -%}
    {{ return(adapter.dispatch('keyed_hash', 'salesops')(value, inner_pad, outer_pad)) }}
{%- endmacro %}

{% macro default__keyed_hash(value, inner_pad, outer_pad) -%}
    sha2(concat(unhex({{ outer_pad }}), unhex(sha2(concat(unhex({{ inner_pad }}), encode({{ value }}, 'UTF-8')), 256))), 256)
{%- endmacro %}

{% macro duckdb__keyed_hash(value, inner_pad, outer_pad) -%}
    sha256(unhex({{ outer_pad }}) || unhex(sha256(unhex({{ inner_pad }}) || encode({{ value }}))))
{%- endmacro %}

{% macro expect_keyed_hash() %}
    {#- Test case 2 of RFC 4231: the key is Jefe. -#}
    {% set inner = '7c535053' ~ '36' * 60 %}
    {% set outer = '16393a39' ~ '5c' * 60 %}
    select
        'keyed_hash is HMAC-SHA256' as expectation,
        cast({{ keyed_hash("'what do ya want for nothing?'", "'" ~ inner ~ "'", "'" ~ outer ~ "'") }} as string) as actual,
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843' as expected
{% endmacro %}
