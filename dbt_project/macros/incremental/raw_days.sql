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

{#- The names of a relation's columns. -#}
{% macro column_names(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list if execute else []) }}
{%- endmacro %}
