#!/usr/bin/env bash
# The steps of action.yml: `action.sh install`, then `action.sh scan`. Inputs arrive as environment variables and are
# never evaluated. The scanned tree is hostile: Python runs isolated (-I), for `python -m` would import from it.
set -euo pipefail

venv=$RUNNER_TEMP/chipsieve
sarif=$RUNNER_TEMP/chipsieve.sarif
table=$RUNNER_TEMP/chipsieve.md

# Where the environment has its programs: `Scripts` on Windows.
programs() {
  if [ -d "$venv/Scripts" ]; then echo "$venv/Scripts"; else echo "$venv/bin"; fi
}

install() {
  "$PYTHON" -I -m venv --clear "$venv"
  "$(programs)/python" -I -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
}

# Writes SARIF to a file and the verdict to the job's summary. A condition that is met (exit code 1) ends the job only
# after the upload, so the code is handed on; without SARIF there is nothing to hand on.
scan() {
  local words=(--no-progress --format sarif --output "$sarif" --also "markdown=$table") further=() code=0 condition
  [ -z "$POLICY" ] || words+=(--policy "$POLICY")
  [ -z "$ROLE" ] || words+=(--role "$ROLE")
  while IFS= read -r condition; do
    [ -z "${condition//[[:space:]]/}" ] || words+=(--fail-on "$condition")
  done <<<"$FAIL_ON"
  read -r -d '' -a further <<<"$ARGS" || true # splits at white space; its status says that the text ended
  rm -f -- "$sarif" "$table"
  cd -- "$SCAN_PATH"
  "$(programs)/chipsieve" scan "${words[@]}" ${further[@]+"${further[@]}"} . || code=$?
  if ! [ -s "$sarif" ] || ! [ -s "$table" ]; then
    echo "chipsieve wrote no report (exit code $code)" >&2
    exit $((code ? code : 70))
  fi
  cat -- "$table" >>"$GITHUB_STEP_SUMMARY"
  printf 'sarif=%s\nexit-code=%s\n' "$sarif" "$code" >>"$GITHUB_OUTPUT"
}

case ${1-} in
  install | scan) "$1" ;;
  *)
    echo "usage: action.sh install|scan" >&2
    exit 2
    ;;
esac
