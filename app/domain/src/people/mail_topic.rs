//! What mail is about, and which of it somebody may do without.

use super::Role;

/// What a mail is about, as people choose what they get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailTopic {
    /// Incidents that they filed or are assigned to.
    Own,
    /// Incidents that a customer escalated to them; to administrators, those of a customer without an account manager.
    Escalations,
    /// The end of a Subscription Term.
    Term,
    /// Incidents that they follow.
    Watched,
    /// Incidents that nobody is assigned to, and objections.
    Desk,
    /// Due times that come near or were missed.
    Warnings,
    /// Their certification, before it expires.
    Certification,
}

impl MailTopic {
    /// Every topic; what is required comes first. Of two for the same mail the first one counts.
    pub const ALL: [Self; 7] = [
        Self::Own,
        Self::Escalations,
        Self::Term,
        Self::Watched,
        Self::Desk,
        Self::Warnings,
        Self::Certification,
    ];

    /// Its name in records, forms and links.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Escalations => "escalations",
            Self::Term => "term",
            Self::Watched => "watched",
            Self::Desk => "desk",
            Self::Warnings => "warnings",
            Self::Certification => "certification",
        }
    }

    /// The topic of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// Whether nobody can do without it: it is part of what the contract promises.
    pub const fn required(self) -> bool {
        matches!(self, Self::Own | Self::Escalations | Self::Term)
    }

    /// Whether somebody of this role gets such mail.
    pub const fn of(self, role: Role) -> bool {
        match self {
            Self::Own => role.of_customer() || matches!(role, Role::Engineer),
            Self::Watched | Self::Certification => role.of_customer(),
            Self::Desk | Self::Warnings => matches!(role, Role::Engineer),
            Self::Escalations => matches!(role, Role::AccountManager | Role::Administrator),
            Self::Term => matches!(role, Role::Coordinator | Role::AccountManager),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_as_they_are_written() {
        for topic in MailTopic::ALL {
            assert_eq!(MailTopic::parse(topic.name()), Some(topic));
        }
        assert_eq!(MailTopic::parse(""), None);
    }

    #[test]
    fn what_is_required_comes_first_and_every_topic_is_somebodys() {
        assert!(MailTopic::ALL.is_sorted());
        assert!(MailTopic::ALL.is_sorted_by_key(|topic| !topic.required()));
        for topic in MailTopic::ALL {
            assert!(Role::OF_PEOPLE.into_iter().any(|role| topic.of(role)));
            assert!(!topic.of(Role::Anonymous) && !topic.of(Role::Operator));
        }
        for role in Role::OF_PEOPLE {
            assert!(MailTopic::ALL.into_iter().any(|topic| topic.of(role)));
        }
    }
}
