#!/bin/sh
# A mailbox for tests, on 127.0.0.1, for user "portal" with password "secret": mailbox_server.sh FOLDER PORT TLS_PORT.
# It runs as whoever starts it, or as nobody where that is root, and serves the maildir FOLDER/mail.
set -eu
folder=$1 port=$2 tls_port=$3
user=$(id -un)
[ "$user" = root ] && user=nobody
group=$(id -gn "$user")

cat >"$folder/certificate.cnf" <<END
[req]
distinguished_name = name
x509_extensions = extensions
[name]
[extensions]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost
END
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -config "$folder/certificate.cnf" -keyout "$folder/key.pem" -out "$folder/ca.pem" 2>/dev/null

cat >"$folder/dovecot.conf" <<END
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/log
protocols = imap
listen = 127.0.0.1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 1
mail_location = maildir:$folder/mail
ssl_cert = <$folder/ca.pem
ssl_key = <$folder/key.pem
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = $tls_port
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$folder/home
}
END
for part in run state home mail/cur mail/new mail/tmp; do mkdir -p "$folder/$part"; done
if [ "$(id -u)" = 0 ]; then
  chown -R "$user" "$folder"
  exec runuser -u "$user" -- /usr/sbin/dovecot -F -c "$folder/dovecot.conf"
fi
exec /usr/sbin/dovecot -F -c "$folder/dovecot.conf"
