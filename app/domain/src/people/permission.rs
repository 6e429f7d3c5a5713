//! The permission table: role × relation × operation. What it does not say is denied.

use serde::{Deserialize, Serialize};

/// What somebody is to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nobody has signed in.
    Anonymous,
    /// A contact of a customer, designated or not.
    Contact,
    /// A contact who manages their colleagues.
    Coordinator,
    /// The vendor's: looks after the customers assigned to them.
    AccountManager,
    /// The vendor's technical personnel.
    Engineer,
    /// The vendor's: keeps customers, people, releases and closed days.
    Administrator,
    /// Whoever runs the process, at its command line.
    Operator,
}

impl Role {
    /// Every role, for tests that walk the table.
    pub const ALL: [Self; 7] = [
        Self::Anonymous,
        Self::Contact,
        Self::Coordinator,
        Self::AccountManager,
        Self::Engineer,
        Self::Administrator,
        Self::Operator,
    ];

    /// The roles that a person can have.
    pub const OF_PEOPLE: [Self; 5] = [
        Self::Contact,
        Self::Coordinator,
        Self::AccountManager,
        Self::Engineer,
        Self::Administrator,
    ];

    /// Its name in records and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Contact => "contact",
            Self::Coordinator => "coordinator",
            Self::AccountManager => "account_manager",
            Self::Engineer => "engineer",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }

    /// The role of a person with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::OF_PEOPLE.into_iter().find(|role| role.name() == name)
    }

    /// Whether they belong to a customer.
    pub const fn of_customer(self) -> bool {
        matches!(self, Self::Contact | Self::Coordinator)
    }

    /// Whether they are the vendor's.
    pub const fn of_vendor(self) -> bool {
        matches!(
            self,
            Self::AccountManager | Self::Engineer | Self::Administrator
        )
    }

    /// Whether they must have a second factor before they may do anything else.
    pub const fn needs_second_factor(self) -> bool {
        matches!(self, Self::Administrator)
    }
}

/// Who asks. Every operation of `portal-core` takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A contact of a customer, signed in.
    Contact {
        /// The person's id.
        contact: i64,
        /// The id of the customer (organization) that the contact belongs to.
        customer: i64,
        /// Whether they manage their colleagues.
        coordinator: bool,
    },
    /// One of the vendor's people, signed in.
    Vendor {
        /// The person's id.
        person: i64,
        /// [`Role::AccountManager`], [`Role::Engineer`] or [`Role::Administrator`]; any other may do nothing.
        role: Role,
    },
    /// Whoever runs the process, at its command line.
    Operator,
}

impl Actor {
    /// What they are to the portal.
    pub const fn role(self) -> Role {
        match self {
            Self::Contact {
                coordinator: false, ..
            } => Role::Contact,
            Self::Contact {
                coordinator: true, ..
            } => Role::Coordinator,
            Self::Vendor { role, .. } if role.of_vendor() => role,
            Self::Anonymous | Self::Vendor { .. } => Role::Anonymous,
            Self::Operator => Role::Operator,
        }
    }

    /// The id of the person; nobody for a visitor and for the operator.
    pub const fn person(self) -> Option<i64> {
        match self {
            Self::Contact { contact: id, .. } | Self::Vendor { person: id, .. } => Some(id),
            Self::Anonymous | Self::Operator => None,
        }
    }

    /// The id of the customer that they belong to.
    pub const fn customer(self) -> Option<i64> {
        match self {
            Self::Contact { customer, .. } => Some(customer),
            _ => None,
        }
    }

    /// What a record of `customer` is to this actor, as far as they themselves tell: which customers are assigned to
    /// an account manager only the records say (`portal_core::accounts::relation`).
    pub fn relation_to(self, customer: i64) -> Relation {
        match self {
            Self::Contact { customer: own, .. } if own == customer => Relation::OwnCustomer,
            _ => Relation::OtherCustomer,
        }
    }

    /// What a record of a person alone, such as their sessions, is to this actor.
    pub fn relation_to_person(self, person: i64) -> Relation {
        if self.person() == Some(person) {
            Relation::Own
        } else {
            Relation::Foreign
        }
    }
}

/// What the record asked for is to the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Relation {
    /// It belongs to nobody: the plan, the catalog.
    Public,
    /// It is their own: their certifications, password, sessions.
    Own,
    /// It is another person's own.
    Foreign,
    /// It belongs to the actor's own customer.
    OwnCustomer,
    /// It belongs to a customer that is assigned to the actor.
    Assigned,
    /// It belongs to another customer: where this is denied, the actor must not even learn that it exists.
    OtherCustomer,
    /// It is the vendor's: all customers, releases, closed days, the audit log as a whole.
    Vendor,
}

impl Relation {
    /// Every relation, for tests that walk the table.
    pub const ALL: [Self; 7] = [
        Self::Public,
        Self::Own,
        Self::Foreign,
        Self::OwnCustomer,
        Self::Assigned,
        Self::OtherCustomer,
        Self::Vendor,
    ];

    /// Whether it is a record of some customer.
    const fn of_customer(self) -> bool {
        matches!(
            self,
            Self::OwnCustomer | Self::Assigned | Self::OtherCustomer
        )
    }
}

macro_rules! operations {
    ($($(#[$about:meta])* $name:ident),* $(,)?) => {
        /// What can be asked of the portal's records. A new operation gets its row in [`allows`] or does not compile.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$about])* $name),* }

        impl Operation {
            /// Every operation, for tests that walk the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in records.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

operations! {
    /// Read the plan, the products, the guide.
    ReadPlan,
    /// Read the releases with their notes.
    ReadReleases,
    /// Try to sign in, follow an invitation or a link to a new password.
    SignIn,
    /// See one's own certification, choices, sessions.
    ReadSelf,
    /// Change one's own language, zone, password and second factor; end one's own sessions.
    ChangeSelf,
    /// Read a customer's incidents: the list, one of them, its history.
    ReadIncident,
    /// File an incident for a customer; section 4 asks for more, see [`bars`](super::bars).
    FileIncident,
    /// Take a customer's steps with an incident: write, object, escalate, accept, reopen, rate, withdraw.
    FollowIncident,
    /// Attach a file to an incident.
    AttachFile,
    /// Read a file that is attached to an incident; one for the vendor's people only asks for [`ReadNotes`](Self::ReadNotes), too.
    ReadFile,
    /// Take the steps of the vendor's technical personnel: acknowledge, verify, designate, resolve.
    WorkOnIncident,
    /// Take the steps of an account manager: answer an escalation.
    AccompanyIncident,
    /// Read what the vendor's people write down about an incident for themselves.
    ReadNotes,
    /// See the queue of all customers' incidents.
    ReadDesk,
    /// Log a notice that came by e-mail or telephone.
    LogIncident,
    /// Look at mail that came in and could not be taken as a message.
    HandleMail,
    /// Follow a link that ends one kind of mail; who it is for stands in the link.
    EndMail,
    /// Keep the reply templates and write with them.
    KeepTemplates,
    /// Prepare an incident for a colleague, read and discard what was prepared.
    PrepareIncident,
    /// See a customer's contacts, their certifications and seats.
    ReadContacts,
    /// Designate and withdraw a customer's contacts, invite them, say who coordinates.
    ManageContacts,
    /// Ask for more seats.
    RequestSeats,
    /// Grant or decline more seats.
    AnswerSeats,
    /// See what a customer subscribed to.
    ReadAccount,
    /// See how many Responses were in time: a customer's, or all customers'.
    ReadAttainment,
    /// See the list of the customers that one looks after.
    ListAccounts,
    /// Read the audit log: a customer's, or all of it.
    ReadAudit,
    /// Add customers, change their subscriptions, domains and installations.
    ManageCustomers,
    /// Add, change and remove people of every role, and say which account manager looks after whom.
    ManagePeople,
    /// Add, change and remove certifications.
    ManageCertifications,
    /// Add and change releases.
    ManageReleases,
    /// Add and withdraw closed days.
    ManageClosedDays,
    /// See the work in the background, and have it tried again.
    ManageWork,
    /// Make the first administrator.
    CreateAdministrator,
    /// Check the histories of all incidents.
    VerifyHistory,
    /// Check the certificate of a due time.
    CheckCertificate,
    /// Say which key signs certificates from now on.
    ChangeSigningKey,
}

/// The permission table: may `actor` do `operation` on a record that is `relation` to them? What is not said is denied.
pub const fn allows(actor: Actor, relation: Relation, operation: Operation) -> bool {
    permits(actor.role(), relation, operation)
}

const fn permits(role: Role, relation: Relation, operation: Operation) -> bool {
    use Role::{AccountManager, Administrator, Coordinator, Engineer, Operator};
    let own_customer = matches!(relation, Relation::OwnCustomer) && role.of_customer();
    let assigned = matches!(relation, Relation::Assigned) && matches!(role, AccountManager);
    let any_customer = relation.of_customer() && matches!(role, Administrator);
    let vendors = matches!(relation, Relation::Vendor) && matches!(role, Administrator);
    match operation {
        Operation::ReadPlan
        | Operation::ReadReleases
        | Operation::SignIn
        | Operation::CheckCertificate
        | Operation::EndMail => {
            matches!(relation, Relation::Public)
        }
        Operation::ReadSelf | Operation::ChangeSelf => {
            matches!(relation, Relation::Own) && (role.of_customer() || role.of_vendor())
        }
        Operation::FileIncident | Operation::PrepareIncident | Operation::FollowIncident => {
            own_customer
        }
        Operation::WorkOnIncident | Operation::LogIncident => {
            relation.of_customer() && matches!(role, Engineer)
        }
        Operation::HandleMail => matches!(relation, Relation::Vendor) && matches!(role, Engineer),
        Operation::AttachFile => {
            own_customer || assigned || (relation.of_customer() && matches!(role, Engineer))
        }
        Operation::AccompanyIncident => assigned,
        Operation::ReadNotes => {
            assigned || any_customer || (relation.of_customer() && matches!(role, Engineer))
        }
        Operation::ReadDesk | Operation::KeepTemplates => {
            matches!(relation, Relation::Vendor) && matches!(role, Engineer | Administrator)
        }
        Operation::ReadIncident
        | Operation::ReadFile
        | Operation::ReadContacts
        | Operation::ReadAccount => {
            own_customer
                || assigned
                || any_customer
                || (relation.of_customer() && matches!(role, Engineer))
        }
        Operation::ReadAttainment => {
            own_customer
                || assigned
                || any_customer
                || vendors
                || (matches!(role, Engineer)
                    && (relation.of_customer() || matches!(relation, Relation::Vendor)))
        }
        Operation::RequestSeats => own_customer && matches!(role, Coordinator),
        Operation::ManageContacts => (own_customer && matches!(role, Coordinator)) || any_customer,
        Operation::AnswerSeats => assigned || any_customer,
        Operation::ListAccounts => {
            matches!(relation, Relation::Vendor) && matches!(role, AccountManager | Administrator)
        }
        Operation::ReadAudit => (own_customer && matches!(role, Coordinator)) || vendors,
        Operation::ManageCustomers
        | Operation::ManagePeople
        | Operation::ManageCertifications
        | Operation::ManageReleases
        | Operation::ManageClosedDays
        | Operation::ManageWork => vendors,
        Operation::CreateAdministrator | Operation::VerifyHistory | Operation::ChangeSigningKey => {
            matches!(relation, Relation::Vendor) && matches!(role, Operator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role) -> Actor {
        match role {
            Role::Anonymous => Actor::Anonymous,
            Role::Contact | Role::Coordinator => Actor::Contact {
                contact: 1,
                customer: 7,
                coordinator: role == Role::Coordinator,
            },
            Role::Operator => Actor::Operator,
            vendor => Actor::Vendor {
                person: 2,
                role: vendor,
            },
        }
    }

    /// The whole table, written out once more by hand: who may do what on which relation.
    #[test]
    fn the_table_says_exactly_this() {
        use Operation as O;
        use Relation::{Assigned, OtherCustomer, Own, OwnCustomer, Public, Vendor};
        use Role::{AccountManager, Administrator, Contact, Coordinator, Engineer, Operator};
        let people = &[
            Contact,
            Coordinator,
            AccountManager,
            Engineer,
            Administrator,
        ][..];
        let read = |role| match role {
            Contact | Coordinator => vec![OwnCustomer],
            AccountManager => vec![Assigned],
            Engineer | Administrator => vec![OwnCustomer, Assigned, OtherCustomer],
            _ => vec![],
        };
        for &operation in O::ALL {
            for role in Role::ALL {
                let expected = match operation {
                    O::ReadPlan
                    | O::ReadReleases
                    | O::SignIn
                    | O::CheckCertificate
                    | O::EndMail => vec![Public],
                    O::HandleMail if role == Engineer => vec![Vendor],
                    O::ReadSelf | O::ChangeSelf if people.contains(&role) => vec![Own],
                    O::AttachFile if role != Administrator => read(role),
                    O::ReadAttainment if matches!(role, Engineer | Administrator) => {
                        [read(role), vec![Vendor]].concat()
                    }
                    O::ReadIncident
                    | O::ReadFile
                    | O::ReadContacts
                    | O::ReadAccount
                    | O::ReadAttainment => read(role),
                    O::FileIncident | O::PrepareIncident | O::FollowIncident
                        if matches!(role, Contact | Coordinator) =>
                    {
                        vec![OwnCustomer]
                    }
                    O::WorkOnIncident | O::LogIncident if role == Engineer => read(role),
                    O::ReadNotes if matches!(role, AccountManager | Engineer | Administrator) => {
                        read(role)
                    }
                    O::ReadDesk | O::KeepTemplates if matches!(role, Engineer | Administrator) => {
                        vec![Vendor]
                    }
                    O::RequestSeats | O::ManageContacts | O::ReadAudit if role == Coordinator => {
                        vec![OwnCustomer]
                    }
                    O::ManageContacts | O::AnswerSeats if role == Administrator => read(role),
                    O::AnswerSeats | O::AccompanyIncident if role == AccountManager => {
                        vec![Assigned]
                    }
                    O::ListAccounts if matches!(role, AccountManager | Administrator) => {
                        vec![Vendor]
                    }
                    O::ReadAudit
                    | O::ManageCustomers
                    | O::ManagePeople
                    | O::ManageCertifications
                    | O::ManageReleases
                    | O::ManageClosedDays
                    | O::ManageWork
                        if role == Administrator =>
                    {
                        vec![Vendor]
                    }
                    O::CreateAdministrator | O::VerifyHistory | O::ChangeSigningKey
                        if role == Operator =>
                    {
                        vec![Vendor]
                    }
                    _ => vec![],
                };
                for relation in Relation::ALL {
                    assert_eq!(
                        allows(actor(role), relation, operation),
                        expected.contains(&relation),
                        "{role:?} {relation:?} {operation:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn whose_a_record_is() {
        let contact = actor(Role::Contact);
        assert_eq!(contact.relation_to(7), Relation::OwnCustomer);
        assert_eq!(contact.relation_to(8), Relation::OtherCustomer);
        assert_eq!(contact.relation_to_person(1), Relation::Own);
        assert_eq!(contact.relation_to_person(2), Relation::Foreign);
        assert_eq!(Actor::Anonymous.relation_to_person(1), Relation::Foreign);
        assert_eq!(Actor::Anonymous.relation_to(7), Relation::OtherCustomer);
    }

    #[test]
    fn a_vendors_actor_with_a_customers_role_is_nobody() {
        let forged = Actor::Vendor {
            person: 2,
            role: Role::Coordinator,
        };
        assert_eq!(forged.role(), Role::Anonymous);
    }

    #[test]
    fn roles_are_read_as_they_are_written() {
        for role in Role::OF_PEOPLE {
            assert_eq!(Role::parse(role.name()), Some(role));
            assert_ne!(role.of_customer(), role.of_vendor());
        }
        assert_eq!(Role::parse("anonymous"), None);
        assert_eq!(Role::parse("operator"), None);
    }
}
