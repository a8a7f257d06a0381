{#-
    Incremental models keep with each row its day and a fingerprint of all that this day's rows are made of. Their `meta` names
    the model that has the fingerprints of now (`days`). A day whose fingerprint is another, or that is gone, is built again
    as a whole; so an incremental run and a full refresh give the same rows.
-#}
{% macro days_of_now() -%}
    select
        partition_day as day_of_now,
        day_fingerprint as fingerprint_of_now
    from {{ ref(model.config.meta.days) }}
{%- endmacro %}

{#- The days that the model has to build again, as a query of one column. -#}
{% macro changed_days() -%}
    select coalesce(now.day_of_now, built.day_built)
    from ({{ days_of_now() }}) as now
    full outer join (
        select distinct
            _partition_day as day_built,
            _day_fingerprint as fingerprint_built
        from {{ this }}
    ) as built
        on
            now.day_of_now = built.day_built
            and now.fingerprint_of_now = built.fingerprint_built
    where
        now.day_of_now is null
        or built.day_built is null
{%- endmacro %}

{#-
    The fingerprint of a day: 32 digits of what holds for the model as a whole, then the sum of its rows' hashes.
    Another beginning than the stored rows have means that the model is built anew.
-#}
{% macro day_fingerprint(whole, columns) -%}
    md5({{ whole }}) || cast(sum({{ row_hash(columns) }}) as string)
{%- endmacro %}

{#- dbt's own macro, which `is_incremental` and the materialization ask, and what is said above. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}{%- set asked = flags.FULL_REFRESH -%}{%- endif -%}
    {%- if asked or not execute or not model.config.meta.days -%}{{ return(asked) }}{%- endif -%}
    {%- set stored = load_relation(this) -%}
    {%- if stored is none -%}{{ return(true) }}{%- endif -%}
    {%- set names = adapter.get_columns_in_relation(stored) | map(attribute='name') | list -%}
    {%- if '_day_fingerprint' not in names -%}{{ return(true) }}{%- endif -%}
    {%- set same -%}
        select 1
        from {{ this }} as built
        where substring(built._day_fingerprint, 1, 32) in (
            select substring(now.fingerprint_of_now, 1, 32) from ({{ days_of_now() }}) as now
        )
        limit 1
    {%- endset -%}
    {{ return(run_query(same).rows | length == 0) }}
{%- endmacro %}

{#- The incremental strategy `replace_days`: what was built of another day than it is now goes, and what was built again comes. -#}
{% macro get_incremental_replace_days_sql(arguments) -%}
    {%- set target = arguments.target_relation -%}
    {%- set names = get_quoted_csv(arguments.dest_columns | map(attribute='name')) -%}
    delete from {{ target }}
    where not exists (
        select 1
        from ({{ days_of_now() }}) as now
        where
            now.day_of_now = _partition_day
            and now.fingerprint_of_now = _day_fingerprint
    );
    {%- if arguments.unique_key %}
    {#- A record that moved to another day leaves a day that did not change. #}
    delete from {{ target }}
    where {{ arguments.unique_key }} in (select {{ arguments.unique_key }} from {{ arguments.temp_relation }});
    {%- endif %}
    insert into {{ target }} ({{ names }})
    select {{ names }} from {{ arguments.temp_relation }}
{%- endmacro %}
