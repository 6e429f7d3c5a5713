"""A mail server for tests, on 127.0.0.1: says `ready PORT`, then a line of JSON for each mail that it has taken.

    mail_server.py [--port PORT] [--refuse ADDRESS=REPLY]... [--later ADDRESS=TIMES]... [--slow SECONDS]
                   [--starttls FOLDER | --tls FOLDER] [--user USER:PASSWORD]

--refuse answers RCPT TO for an address with a reply such as `550 5.1.1 no such user`, --later answers it with 451 so many
times and takes the mail then, --slow waits before it says that a mail was taken, which it was by then.

--starttls offers to go on in TLS, --tls speaks it from the first byte, with a certificate for localhost that is made in the
folder, as ca.pem. Where STARTTLS is offered, a line of JSON says each command that came in the clear all the same. --user
takes mail only from who has signed in, which is offered in TLS alone.
"""

import argparse
import asyncio
import json
import ssl
import subprocess
import time
import traceback
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, TLSSetupException

CERTIFICATE = """[req]
distinguished_name = name
x509_extensions = extensions
[name]
[extensions]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost
"""
# What may be said before TLS begins.
OPEN = (b"EHLO", b"STARTTLS", b"QUIT")


class Server(SMTP):
    def data_received(self, data):
        if self.tls_context and self.session.ssl is None and not data.upper().startswith(OPEN):
            print(json.dumps({"clear": data.decode("latin-1").strip()}), flush=True)
        super().data_received(data)


class Mailbox:
    def __init__(self, options):
        self.refuse = dict(one.split("=", 1) for one in options.refuse)
        self.later = {to: int(times) for to, times in (one.split("=", 1) for one in options.later)}
        self.slow = options.slow
        self.user = options.user

    def knows(self, mechanism, login, password):
        return login + b":" + password == self.user.encode()

    async def handle_exception(self, error):
        # Who does not trust the certificate breaks off.
        if not isinstance(error, TLSSetupException):
            traceback.print_exception(error)
        return f"500 {error}"

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if self.user and not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        session.began = time.time()
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refuse:
            return self.refuse[address]
        if self.later.get(address, 0) > 0:
            self.later[address] -= 1
            return "451 4.7.1 later, please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        text = mail.get_body(("plain",))
        taken = {
            "id": mail["message-id"],
            # When the conversation began, in milliseconds since 1970: before whoever sent this was killed.
            "began": int(session.began * 1000),
            "user": session.auth_data.login.decode() if session.authenticated else None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["subject"],
            "text": text.get_content() if text else "",
        }
        print(json.dumps(taken), flush=True)
        await asyncio.sleep(self.slow)
        return "250 OK"


def encrypted(folder):
    with open(f"{folder}/certificate.cnf", "w") as file:
        file.write(CERTIFICATE)
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split()
    files = ["-config", f"{folder}/certificate.cnf", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/ca.pem"]
    subprocess.run(["openssl", *made, *files], check=True, stderr=subprocess.DEVNULL)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/ca.pem", f"{folder}/key.pem")
    return context


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", action="append", default=[])
    parser.add_argument("--later", action="append", default=[])
    parser.add_argument("--slow", type=float, default=0)
    parser.add_argument("--starttls")
    parser.add_argument("--tls")
    parser.add_argument("--user", default="")
    options = parser.parse_args()
    mailbox = Mailbox(options)
    upgrade = encrypted(options.starttls) if options.starttls else None
    always = encrypted(options.tls) if options.tls else None

    def conversation():
        return Server(
            mailbox,
            enable_SMTPUTF8=True,
            tls_context=upgrade,
            # It knows of the TLS that it began itself only.
            auth_require_tls=always is None,
            auth_callback=mailbox.knows,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "127.0.0.1", options.port, ssl=always)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
