{#-
    The raw tables that grow by what happened, not by what exists: their staging models are incremental, a day at a time. `day`
    are the columns that say when, the first that is filled; `stored_key` is the key as the staging model names it.
-#}
{% macro raw_days() -%}
    {{ return({
        'encharge__events': {'day': ['timestamp'], 'stored_key': ['source_event_id']},
        'hubspot__calls': {'day': ['hs_timestamp', 'hs_createdate'], 'stored_key': ['source_call_id']},
        'hubspot__emails': {'day': ['hs_timestamp', 'hs_createdate'], 'stored_key': ['source_email_id']},
        'hubspot__meetings': {
            'day': ['hs_meeting_start_time', 'hs_timestamp', 'hs_createdate'],
            'stored_key': ['source_meeting_id'],
        },
        'hubspot__property_history': {
            'day': ['timestamp'],
            'stored_key': ['object_type', 'source_object_id', 'property', 'changed_at'],
        },
        'hubspot__tasks': {
            'day': ['hs_task_completion_date', 'hs_timestamp', 'hs_createdate'],
            'stored_key': ['source_task_id'],
        },
        'salesforce__event': {'day': ['StartDateTime', 'CreatedDate'], 'stored_key': ['source_meeting_id']},
        'salesforce__lead_history': {'day': ['CreatedDate'], 'stored_key': ['source_history_id']},
        'salesforce__opportunity_field_history': {
            'day': ['CreatedDate'],
            'stored_key': ['source_opportunity_field_history_id'],
        },
        'salesforce__opportunity_history': {'day': ['CreatedDate'], 'stored_key': ['source_opportunity_history_id']},
        'salesforce__task': {
            'day': ['CompletedDateTime', 'ActivityDate', 'CreatedDate'],
            'stored_key': ['source_task_id'],
        },
    }) }}
{%- endmacro %}

{#- The partition of a row of a raw table: a day, never NULL. -#}
{% macro raw_day(table) -%}
    coalesce(
        {% for column in raw_days()[table].day %}cast({{ column }} as date), {% endfor %}cast('1900-01-01' as date)
    )
{%- endmacro %}

{#- The rows of a raw table that its incremental staging model has to read again: of records that the days that changed hold, or held. -#}
{% macro raw_rows_of_changed_days(table, key) -%}
    (
        select raw_rows.*
        from {{ source('raw', table) }} as raw_rows
        inner join (
            select
                _source,
                {{ key }}
            from {{ source('raw', table) }}
            where {{ raw_day(table) }} in ({{ changed_days() }})
            union
            select
                source,
                {{ raw_days()[table].stored_key | join(', ') }}
            from {{ this }}
            where _partition_day in ({{ changed_days() }})
        ) as changed_records
            on
                raw_rows._source = changed_records._source
                {% for column in key.split(', ') %}and raw_rows.{{ column }} = changed_records.{{ column }}
                {% endfor %}
    )
{%- endmacro %}

{#-
    What of a raw table changed since its staging model was built, by day. Where a full snapshot says what was deleted, one
    file more can change any day: there the fingerprint of each day begins with all of the table.
-#}
{% macro raw_day_fingerprints(table) -%}
    {%- set row = row_hash(column_names(source('raw', table))) -%}
    select
        days.partition_day,
        md5(
            run_context.settings_hash
            || coalesce(snapshots.fingerprint || cast(days.table_sum as string), '')
        ) || cast(days.day_sum as string) as day_fingerprint
    from (
        select
            {{ raw_day(table) }} as partition_day,
            sum({{ row }}) as day_sum,
            sum(sum({{ row }})) over () as table_sum
        from {{ source('raw', table) }}
        group by 1
    ) as days
    cross join {{ source('config', 'run_context') }} as run_context
    cross join (
        select cast(sum({{ row_hash(['_source', '_extract_time']) }}) as string) as fingerprint
        from {{ source('meta', 'full_load') }}
        where table_name = '{{ table }}'
    ) as snapshots
{%- endmacro %}

{#- The names of a relation's columns. -#}
{% macro column_names(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list if execute else []) }}
{%- endmacro %}
