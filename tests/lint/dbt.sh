#!/usr/bin/env bash
# dbt-bouncer over a fresh manifest, then sqlfluff with the dbt templater, against a database whose tables are empty.
set -euo pipefail
bin="$(cd "${1:-.venv/bin}" && pwd)"
home="$(mktemp -d)"
trap 'rm -rf "$home"' EXIT
export SALESOPS_HOME="$home" DBT_TARGET_PATH="$home/dbt/target" DBT_LOG_PATH="$home/dbt/logs" PATH="$bin:$PATH"
"$bin/python" -m tests.lint.empty_home
"$bin/dbt" --quiet parse --project-dir dbt_project --profiles-dir dbt_project
sed "s|^dbt_artifacts_dir:.*|dbt_artifacts_dir: $DBT_TARGET_PATH|" dbt-bouncer.yml > "$home/dbt-bouncer.yml"
"$bin/dbt-bouncer" --config-file "$home/dbt-bouncer.yml"
"$bin/sqlfluff" lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests
