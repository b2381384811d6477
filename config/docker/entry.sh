#!/bin/sh
# Hands the database's password to libpq by a file of our own, then becomes the command that follows. A secret is mounted readable to
# more than its owner, and libpq takes no such file; in an address or in the environment, process lists and logs would show it.
set -eu

secret=${LOWPOINT_POSTGRES_PASSWORD_FILE:-/run/secrets/postgres_password}
if [ -r "$secret" ]; then
    PGPASSFILE=${LOWPOINT_PASSFILE:-/tmp/pgpass}
    export PGPASSFILE
    umask 077
    # a colon separates fields there, a backslash escapes
    printf '*:*:*:*:%s\n' "$(sed -e 's/[\\:]/\\&/g' "$secret")" >"$PGPASSFILE"
    umask 022
fi
exec "$@"
