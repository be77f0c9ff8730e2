#!/bin/sh
# Both linters over both documents: no error, no warning. Needs Node.js 20.
set -eu
cd "$(dirname "$0")"
export REDOCLY_SUPPRESS_UPDATE_NOTICE=true
[ node_modules -nt package-lock.json ] || npm ci --silent --no-audit --no-fund --ignore-scripts
for document in ../tenant-v1.yaml ../public-v1.yaml; do
    # Redocly ends well with warnings: so they are counted.
    node_modules/.bin/redocly lint "$document" --format=json 2>/dev/null | node -e '
        const told = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const open = told.problems.filter(problem => !problem.ignored);
        for (const one of open) console.log(one.severity, one.ruleId, one.message, one.location[0]?.pointer);
        process.exitCode = open.length ? 1 : 0;'
done
node_modules/.bin/spectral lint --fail-severity=hint ../tenant-v1.yaml ../public-v1.yaml
