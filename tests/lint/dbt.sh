#!/usr/bin/env bash
# sqlfluff with the dbt templater, and dbt-bouncer over a fresh manifest. The database they compile against is an empty one.
set -euo pipefail
bin="$(cd "${1:-.venv/bin}" && pwd)"
home="$(mktemp -d)"
trap 'rm -rf "$home"' EXIT
export SALESOPS_HOME="$home" DBT_TARGET_PATH="$home/dbt/target" DBT_LOG_PATH="$home/dbt/logs" PATH="$bin:$PATH"
"$bin/python" -m tests.lint.empty_home
"$bin/sqlfluff" lint --nofail --disable-progress-bar -q dbt_project/models dbt_project/tests
