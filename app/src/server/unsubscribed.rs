//! What came of following a link that ends one kind of mail.

use domain::people::MailTopic;

/// For the page of the link: the kind of mail that was ended; nothing if the link is none of the portal's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsubscribed(pub Option<MailTopic>);
