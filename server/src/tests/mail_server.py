"""A mail server for tests, on 127.0.0.1: says `ready PORT`, then a line of JSON for each mail that it has taken.

    mail_server.py [--port PORT] [--refuse ADDRESS=REPLY]... [--later ADDRESS=TIMES]... [--slow SECONDS]

--refuse answers RCPT TO for an address with a reply such as `550 5.1.1 no such user`, --later answers it with 451 so many
times and takes the mail then, --slow waits before it says that a mail was taken, which it was by then.
"""

import argparse
import asyncio
import json
import time
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Mailbox:
    def __init__(self, options):
        self.refuse = dict(one.split("=", 1) for one in options.refuse)
        self.later = {to: int(times) for to, times in (one.split("=", 1) for one in options.later)}
        self.slow = options.slow

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
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["subject"],
            "text": text.get_content() if text else "",
        }
        print(json.dumps(taken), flush=True)
        await asyncio.sleep(self.slow)
        return "250 OK"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", action="append", default=[])
    parser.add_argument("--later", action="append", default=[])
    parser.add_argument("--slow", type=float, default=0)
    mailbox = Mailbox(parser.parse_args())
    loop = asyncio.get_running_loop()
    port = parser.parse_args().port
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True), "127.0.0.1", port)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
