#!/bin/sh
# A server that speaks S3, for tests, on 127.0.0.1: bucket_server.sh FOLDER PORT SEVEN_MORE_PORTS. It is SeaweedFS, as ./dev
# installs it, and keeps everything in FOLDER: started again, it has what it had. "owner" may do everything; "portal-test" may
# write, read and delete what is in the bucket "portal", and cannot even list it.
set -eu
folder=$1
cat >"$folder/keys.json" <<END
{
  "identities": [
    { "name": "owner", "actions": ["Admin"],
      "credentials": [{ "accessKey": "owner", "secretKey": "secret-of-owner" }] },
    { "name": "portal", "actions": ["Read:portal", "Write:portal"],
      "credentials": [{ "accessKey": "portal-test", "secretKey": "secret-of-portal" }] }
  ]
}
END
# Nobody is told that it runs, and it does not wait long for others of its kind: there are none.
exec "${XDG_CACHE_HOME:-$HOME/.cache}/service-portal/seaweedfs/bin/weed" -logtostderr=true server -dir="$folder" \
  -ip=127.0.0.1 -ip.bind=127.0.0.1 \
  -s3 -s3.port="$2" -s3.port.grpc="$3" -s3.port.iceberg=0 -s3.port.lance=0 -s3.config="$folder/keys.json" \
  -s3.localSocket="$folder/s3.sock" \
  -master.port="$4" -master.port.grpc="$5" -master.telemetry=false -master.electionTimeout=1s \
  -master.volumeSizeLimitMB=64 \
  -volume.port="$6" -volume.port.grpc="$7" -volume.max=4 \
  -filer -filer.port="$8" -filer.port.grpc="$9" -filer.localSocket="$folder/filer.sock" 2>"$folder/log"
