-- Where a mail went: whoever it is for may have another address when it comes back.

-- Empty for mail that was sent before this migration, and for mail that was not sent.
ALTER TABLE mails ADD COLUMN sent_to TEXT CHECK (length(sent_to) BETWEEN 3 AND 254);
