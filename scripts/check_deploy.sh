#!/usr/bin/env bash
# `manage.py check --deploy` must be clean with production settings.
set -euo pipefail
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
secret=$("$1" -c 'import secrets; print(secrets.token_urlsafe(64))')
CS_AGENT_MODE=production SECRET_KEY="$secret" CS_AGENT_DATA_DIR="$data" CS_AGENT_ALLOWED_HOSTS=console.example.com \
    "$1" manage.py check --deploy --fail-level WARNING
