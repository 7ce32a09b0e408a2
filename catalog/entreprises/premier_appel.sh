#!/bin/sh
# Un jeton, puis le périmètre : URL, CLIENT_ID, CLIENT_SECRET ; AUTORITE, le certificat de l'autorité.
set -eu
jeton=$(curl -fsS --cacert "$AUTORITE" "$URL/oauth2/v3/token" -d grant_type=client_credentials \
    -d "client_id=$CLIENT_ID" -d "client_secret=$CLIENT_SECRET" |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -fsS --cacert "$AUTORITE" "$URL/usage_point_id_perimeter/v1/usage_point_id" \
    -H "Authorization: Bearer $jeton" -H 'Content-Type: application/json' -d '{"page_number": 1}'
