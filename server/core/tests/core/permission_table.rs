//! The permission table, walked: everybody asks for every operation of the portal, and gets what the table says. What is
//! refused changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use domain::{
    incident::{Channel, IncidentNumber, Step, Who},
    people::{Actor, MailTopic, Operation, Relation, allows},
    text::Lang,
};
use futures_util::stream;
use portal_core::{
    Portal, Setup,
    accounts::{self, Changed, Identity, LinkKind, Made, PasswordChange},
    audit::{self, Kind},
    certificates::{self, NewKey},
    certifications::{self, CertificationForm},
    clock::TestChance,
    closed_days::{self, Change, NotChanged},
    contacts::{self, NotAnswered, NotAsked, NotDesignated, NotInvited},
    customers::{self, CustomerForm},
    drafts::{self, NewDraft, NotFiledFromDraft, NotPrepared, Prepared},
    files::{self, FileStore, Files, NewFile, NotAttached},
    forms::NotSaved,
    imports::{self, ImportKind, NotRun},
    incidents::{self, DeskFilter, NewIncident, NewNotice, NotFiled, NotLogged, NotTaken, Scope},
    mail, overview,
    people::{self, NotLeft, PersonForm},
    products,
    releases::{self, ProductForm, ReleaseForm},
    subscriptions,
    templates::{self, TemplateForm},
    work,
};
use tempfile::TempDir;

use crate::common::{Engine, HOUR, NOW, RELEASE, World, run};

/// Of Hangang: a coordinator, a designated contact, two who are not designated.
const SEOYEON: usize = 0;
const JIHOON: usize = 1;
const HANEUL: usize = 6;
const SERA: usize = 7;
/// Account managers: one who looks after Hangang, one who does not.
const GRACE: usize = 10;
const TOM: usize = 11;
const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;

/// Who asks, by their place in the sample, and what Hangang's records are to them.
const WHO: [(&str, usize, Relation); 9] = [
    ("a coordinator", SEOYEON, Relation::OwnCustomer),
    ("a designated contact", JIHOON, Relation::OwnCustomer),
    ("a contact", SERA, Relation::OwnCustomer),
    ("another's coordinator", 2, Relation::OtherCustomer),
    ("another's contact", 3, Relation::OtherCustomer),
    ("its account manager", GRACE, Relation::Assigned),
    ("another's account manager", TOM, Relation::OtherCustomer),
    ("an engineer", HANA, Relation::OtherCustomer),
    ("an administrator", ADMINISTRATOR, Relation::OtherCustomer),
];

async fn everybody(world: &World) -> Vec<(&'static str, Actor, Relation)> {
    let mut everybody = vec![
        ("a visitor", Actor::Anonymous, Relation::OtherCustomer),
        ("the operator", Actor::Operator, Relation::OtherCustomer),
    ];
    for (who, place, relation) in WHO {
        everybody.push((who, world.actor(place).await, relation));
    }
    everybody
}

/// Whose the record is that an operation is about.
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// Nobody's.
    Everybodys,
    /// The vendor's.
    Vendors,
    /// Hangang's.
    Hangangs,
    /// That of any customer, whoever asks.
    AnyCustomers,
    /// That of the customer of whoever asks.
    OwnCustomers,
    /// That of whoever asks.
    Own,
    /// The same, where only contacts have one.
    Contacts,
    /// The same, where only those have one who get mail.
    MailReaders,
}

impl Whose {
    /// What it is to somebody to whom Hangang's records are `hangangs`.
    fn to(self, actor: Actor, hangangs: Relation) -> Relation {
        let gets_mail = || MailTopic::ALL.into_iter().any(|one| one.of(actor.role()));
        match self {
            Self::Everybodys => Relation::Public,
            Self::Vendors => Relation::Vendor,
            Self::Hangangs => hangangs,
            Self::AnyCustomers => Relation::OtherCustomer,
            Self::OwnCustomers if actor.customer().is_some() => Relation::OwnCustomer,
            Self::Own if actor.person().is_some() => Relation::Own,
            Self::Contacts if actor.customer().is_some() => Relation::Own,
            Self::MailReaders if gets_mail() => Relation::Own,
            // They have none: nobody's is theirs.
            Self::OwnCustomers | Self::Own | Self::Contacts | Self::MailReaders => {
                Relation::Foreign
            }
        }
    }
}

/// What the operations are about: made once, so that there is something for each of them.
struct Records {
    hangang: i64,
    jihoon: i64,
    sera: i64,
    grace: i64,
    tom: i64,
    hana: i64,
    /// Somebody who has left.
    left: i64,
    administrator: Actor,
    number: IncidentNumber,
    /// One that can be filed.
    new: NewIncident,
    draft: i64,
    certification: i64,
    template: i64,
    /// A request for seats that waits for its answer.
    request: i64,
    /// A file that is attached.
    file: String,
    /// A file that each began who may.
    begun: Vec<(Actor, String)>,
    /// An administrator's.
    import: String,
    /// What a session of the coordinator's is called.
    session: String,
    /// What a link carries that ends somebody's mail.
    end: String,
    /// The secret of an authenticator app.
    secret: &'static str,
}

impl Records {
    /// The file that the actor began; somebody else's, if they began none.
    fn begun_by(&self, actor: Actor) -> &str {
        let own = self.begun.iter().find(|(by, _)| *by == actor);
        &own.or(self.begun.first()).unwrap().1
    }

    fn prepared(&self) -> NewDraft {
        NewDraft {
            incident: self.new.clone(),
            to: self.jihoon,
        }
    }

    fn notice(&self) -> NewNotice {
        NewNotice {
            contact: self.jihoon,
            channel: None,
            received: String::new(),
            which: None,
            incident: self.new.clone(),
        }
    }
}

fn named(name: &str) -> NewFile<'_> {
    NewFile {
        name,
        internal: false,
        form_key: None,
        length: None,
    }
}

fn write(text: &str) -> Step {
    Step::Write {
        text: text.to_owned(),
        channel: Channel::Portal,
    }
}

fn who(id: i64) -> Who {
    Who {
        id,
        name: String::new(),
    }
}

/// Whom a customer's provider of single sign-on knows.
fn identity() -> Identity {
    Identity {
        provider: "acme".to_owned(),
        issuer: "https://id.example".to_owned(),
        subject: "s-1".to_owned(),
        email: "jihoon.park@hangang.example".to_owned(),
        email_verified: true,
        domains: vec!["hangang.example".to_owned()],
        vendor: false,
    }
}

/// A release of the sample.
fn release() -> ReleaseForm {
    ReleaseForm {
        product: "gateway".to_owned(),
        version: "5.1.0".to_owned(),
        ..ReleaseForm::default()
    }
}

/// How many entries of a kind the audit log has: what an operation did that answers nothing.
async fn entries(portal: &Portal, on: &Records, kind: Kind) -> i64 {
    let filter = audit::Filter {
        kind: Some(kind),
        ..audit::Filter::default()
    };
    let page = audit::list(portal, on.administrator, &filter, None, 1)
        .await
        .unwrap();
    page.unwrap().total
}

/// The id that a query finds.
async fn id(world: &World, sql: String) -> i64 {
    let (id,): (i64,) = world.query_one(sql).await;
    id
}

/// What a link of one of the mails carries that ends its kind.
async fn end_of_mail(world: &World) -> String {
    let most = id(world, "SELECT COALESCE(MAX(id), 0) FROM mails".to_owned()).await;
    for id in 1..=most {
        let Some(queued) = mail::queued(&world.portal, id).await.unwrap() else {
            continue;
        };
        let tidings = mail::told(&world.portal, &queued).await.unwrap();
        if let Some(end) = tidings.and_then(|tidings| tidings.end) {
            return end;
        }
    }
    panic!("no mail that somebody can do without");
}

/// Records that are put there past the portal: of each person a session and an authenticator app, a mail put aside.
async fn put(world: &World, secret: &str) {
    let (now, later) = (NOW.0, NOW.0 + 24 * HOUR);
    for sql in [
        format!("UPDATE people SET totp_secret = '{secret}', totp_since = {now}"),
        format!(
            "INSERT INTO sessions (id, data, person_id, expires_at, begun_at, seen_at)
             SELECT 's' || id, '{{}}', id, {later}, {now}, {now} FROM people"
        ),
        "INSERT INTO mails_aside (id, key, at, reason, sender, subject, text, raw, size)
         VALUES (1, printf('%064d', 1), 1, 'empty', '', '', '', x'', 0)"
            .to_owned(),
    ] {
        world.execute(&sql).await.unwrap();
    }
}

async fn file_of(portal: &Portal, engineer: Actor, number: IncidentNumber) -> String {
    let mut bytes = stream::iter([Ok::<_, ()>(b"GIF89a".to_vec())]);
    let attached = files::attach(portal, engineer, number, named("a.gif"), &mut bytes)
        .await
        .unwrap();
    attached.unwrap().file.id
}

/// The id of a draft that somebody prepared who may not file.
async fn prepared(world: &World, by: Actor, to: i64) -> i64 {
    let incident = world.severe("Prepared");
    let prepared = drafts::prepare(&world.portal, by, &NewDraft { incident, to }).await;
    match prepared.unwrap() {
        Ok(Prepared::Open(id)) => id,
        other => panic!("not prepared: {other:?}"),
    }
}

/// What a file with one contact waits as.
async fn uploaded(portal: &Portal, by: Actor) -> String {
    let content = "customer,name,email,role,designated\n\
                   한강물류 (Hangang Logistics),One,one@hangang.example,contact,\n";
    let kind = ImportKind::Contacts;
    imports::upload(portal, by, kind, "a.csv", content.as_bytes())
        .await
        .unwrap()
        .unwrap()
}

/// The files that those began who may.
async fn begun(world: &World, number: IncidentNumber) -> Vec<(Actor, String)> {
    let mut begun = Vec::new();
    for place in [SEOYEON, JIHOON, SERA, GRACE, HANA] {
        let actor = world.actor(place).await;
        let upload = files::begin(&world.portal, actor, number, named("b.txt")).await;
        begun.push((actor, upload.unwrap().unwrap().id));
    }
    begun
}

async fn records(world: &World) -> Records {
    world.filled().await;
    let p = &world.portal;
    let [seoyeon, jihoon, sera, hana, administrator] = [
        world.actor(SEOYEON).await,
        world.actor(JIHOON).await,
        world.actor(SERA).await,
        world.actor(HANA).await,
        world.actor(ADMINISTRATOR).await,
    ];
    let left = world.actor(HANEUL).await.person().unwrap();
    people::leave(p, administrator, left)
        .await
        .unwrap()
        .unwrap();
    certificates::prepare(p).await.unwrap();
    mail::looked(p, Some("the password is wrong"))
        .await
        .unwrap();
    let hangang = seoyeon.customer().unwrap();
    let jihoon = jihoon.person().unwrap();

    let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
    world
        .take(seoyeon, number, Step::Watch { who: who(jihoon) })
        .await
        .unwrap();
    contacts::request_seats(p, seoyeon, 1, "")
        .await
        .unwrap()
        .unwrap();
    let template = TemplateForm {
        language: "en".into(),
        name: "Hello".into(),
        body: "Hello.".into(),
    };
    templates::add(p, hana, &template).await.unwrap().unwrap();
    let end = end_of_mail(world).await;
    let secret = portal_core::sample::people()
        .remove(ADMINISTRATOR)
        .totp_secret
        .unwrap();
    put(world, secret).await;
    let mut sessions = accounts::sessions(p, seoyeon, None).await.unwrap();

    Records {
        hangang,
        jihoon,
        sera: sera.person().unwrap(),
        grace: world.person(GRACE).await.id,
        tom: world.person(TOM).await.id,
        hana: hana.person().unwrap(),
        left,
        administrator,
        number,
        new: world.severe("Filed"),
        draft: prepared(world, sera, jihoon).await,
        certification: id(
            world,
            format!("SELECT id FROM certifications WHERE person_id = {jihoon}"),
        )
        .await,
        template: id(world, "SELECT MAX(id) FROM templates".to_owned()).await,
        request: id(
            world,
            format!("SELECT id FROM seat_requests WHERE customer_id = {hangang}"),
        )
        .await,
        file: file_of(p, hana, number).await,
        begun: begun(world, number).await,
        import: uploaded(p, administrator).await,
        session: sessions.remove(0).handle,
        end,
        secret,
    }
}

type Asked<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// An operation: what the table has to say of it, and how it is asked for.
struct Row {
    /// Its module and its name.
    name: &'static str,
    /// What it takes: one of these.
    takes: &'static [(Whose, Operation)],
    /// Asks for it, and says whether it was allowed.
    ask: for<'a> fn(&'a Portal, &'a Records, Actor) -> Asked<'a>,
}

macro_rules! table {
    (
        [$p:ident, $on:ident, $actor:ident]
        $($name:literal: $($whose:ident $operation:ident)|+ => $allowed:expr;)*
    ) => {
        &[$(Row {
            name: $name,
            takes: &[$((Whose::$whose, Operation::$operation)),+],
            ask: |$p, $on, $actor| {
                Box::pin(async move {
                    // Not all of them are about a record.
                    let _ = ($p, $on, $actor);
                    $allowed
                })
            },
        }),*]
    };
}

/// Every operation that takes an actor. What is not refused may still have been filled in wrongly.
const TABLE: &[Row] = table! {
    [p, on, actor]
    "accounts::create_administrator": Vendors CreateAdministrator
        => !matches!(accounts::create_administrator(p, actor, "new@interactor.example", "New").await.unwrap(), Made::NotPermitted);
    "accounts::reset_link": Vendors ManagePeople | Vendors CreateAdministrator | Hangangs ManageContacts
        => accounts::reset_link(p, actor, "jihoon.park@hangang.example").await.unwrap().is_some();
    "accounts::make_link": Vendors ManagePeople | Vendors CreateAdministrator | Hangangs ManageContacts
        => accounts::make_link(p, actor, LinkKind::Reset, on.jihoon).await.unwrap().is_some();
    "accounts::set_language": Own ChangeSelf
        => accounts::set_language(p, actor, Some(Lang::Ko)).await.unwrap();
    "accounts::set_zone": Own ChangeSelf
        => accounts::set_zone(p, actor, Some("pacific")).await.unwrap();
    "accounts::sign_in_with": Everybodys SignIn
        => accounts::sign_in_with(p, actor, &identity()).await.unwrap().is_some();
    "accounts::refuse_answer": Everybodys SignIn => {
        let before = entries(p, on, Kind::SignInRefused).await;
        accounts::refuse_answer(p, actor, "acme").await.unwrap();
        entries(p, on, Kind::SignInRefused).await > before
    };
    "accounts::change_password": Own ChangeSelf
        => !matches!(accounts::change_password(p, actor, "x", "lantern willow 7 tide", None).await.unwrap(), PasswordChange::NotPermitted);
    "accounts::turn_on": Own ChangeSelf
        => !matches!(accounts::turn_on(p, actor, on.secret, "000000").await.unwrap(), Changed::NotPermitted);
    "accounts::new_recovery_codes": Own ChangeSelf
        => !matches!(accounts::new_recovery_codes(p, actor, "000000").await.unwrap(), Changed::NotPermitted);
    "accounts::turn_off": Own ChangeSelf
        => !matches!(accounts::turn_off(p, actor, "000000").await.unwrap(), Changed::NotPermitted);
    "accounts::recovery_codes_left": Own ChangeSelf
        => accounts::recovery_codes_left(p, actor).await.unwrap().is_some();
    "accounts::signed_out": Own ChangeSelf => {
        let before = entries(p, on, Kind::SignedOut).await;
        accounts::signed_out(p, actor).await.unwrap();
        entries(p, on, Kind::SignedOut).await > before
    };
    "accounts::sessions": Own ReadSelf
        => !accounts::sessions(p, actor, None).await.unwrap().is_empty();
    "accounts::end_session": Own ChangeSelf => {
        let own = accounts::sessions(p, actor, None).await.unwrap();
        let handle = own.first().map_or(&on.session, |one| &one.handle);
        accounts::end_session(p, actor, handle).await.unwrap()
    };
    "accounts::end_other_sessions": Own ChangeSelf
        => accounts::end_other_sessions(p, actor, None).await.unwrap() > 0;

    "audit::list": Vendors ReadAudit | OwnCustomers ReadAudit
        => audit::list(p, actor, &audit::Filter::default(), None, 10).await.unwrap().is_some();
    "audit::export": Vendors ReadAudit | OwnCustomers ReadAudit
        => audit::export(p, actor, &audit::Filter::default()).await.unwrap().is_some();

    "certificates::published": Everybodys CheckCertificate
        => !certificates::published(p, actor).await.unwrap().is_empty();
    "certificates::add_key": Vendors ChangeSigningKey
        => !matches!(certificates::add_key(p, actor, None).await.unwrap(), NewKey::NotPermitted);
    "certificates::issue": Hangangs ReadIncident
        => certificates::issue(p, actor, on.number, 1, "https://portal.example").await.unwrap().is_some();
    "certificates::known": Everybodys CheckCertificate
        => !certificates::known(p, actor, "https://portal.example").await.unwrap().keys.is_empty();

    "certifications::add": Vendors ManageCertifications
        => !matches!(certifications::add(p, actor, on.sera, &CertificationForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "certifications::change": Vendors ManageCertifications
        => !matches!(certifications::change(p, actor, on.jihoon, on.certification, &CertificationForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "certifications::remove": Vendors ManageCertifications
        => certifications::remove(p, actor, on.jihoon, on.certification).await.unwrap();

    "closed_days::review": Vendors ManageClosedDays
        => !matches!(closed_days::review(p, actor, &Change::Withdraw(0)).await.unwrap(), Err(NotChanged::NotPermitted));
    "closed_days::save": Vendors ManageClosedDays
        => !matches!(closed_days::save(p, actor, &Change::Withdraw(0), "").await.unwrap(), Err(NotChanged::NotPermitted));
    "closed_days::list": Vendors ManageClosedDays
        => closed_days::list(p, actor).await.unwrap().is_some();

    "contacts::answer_seats": Hangangs AnswerSeats
        => !matches!(contacts::answer_seats(p, actor, on.hangang, on.request, false, "No.").await.unwrap(), Err(NotAnswered::NotFound));
    "contacts::board": Hangangs ReadContacts
        => contacts::board(p, actor, Some(on.hangang)).await.unwrap().is_some();
    "contacts::board": OwnCustomers ReadContacts
        => contacts::board(p, actor, None).await.unwrap().is_some();
    "contacts::set_coordinator": Hangangs ManageContacts
        => !matches!(contacts::set_coordinator(p, actor, on.jihoon, true).await.unwrap(), Err(contacts::NotChanged::NotFound));
    "contacts::designate": Hangangs ManageContacts
        => !matches!(contacts::designate(p, actor, on.sera).await.unwrap(), Err(NotDesignated::NotFound));
    "contacts::withdraw": Hangangs ManageContacts
        => !matches!(contacts::withdraw(p, actor, on.jihoon).await.unwrap(), Err(contacts::NotChanged::NotFound));
    "contacts::invite": Hangangs ManageContacts
        => !matches!(contacts::invite(p, actor, on.hangang, "New", "new@hangang.example").await.unwrap(), Err(NotInvited::NotFound));
    "contacts::leave": Hangangs ManageContacts
        => !matches!(contacts::leave(p, actor, on.jihoon).await.unwrap(), Err(contacts::NotChanged::NotFound));
    "contacts::mine": Contacts ReadSelf
        => contacts::mine(p, actor).await.unwrap().is_some();
    "contacts::request_seats": OwnCustomers RequestSeats
        => !matches!(contacts::request_seats(p, actor, 1, "").await.unwrap(), Err(NotAsked::NotPermitted));

    "customers::add": Vendors ManageCustomers
        => !matches!(customers::add(p, actor, &CustomerForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "customers::assign": Vendors ManagePeople
        => !matches!(customers::assign(p, actor, on.hangang, on.tom).await.unwrap(), Err(NotSaved::NotFound));
    "customers::unassign": Vendors ManagePeople
        => customers::unassign(p, actor, on.hangang, on.grace).await.unwrap();
    "customers::change": Vendors ManageCustomers
        => !matches!(customers::change(p, actor, on.hangang, &CustomerForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "customers::get": Vendors ManageCustomers
        => customers::get(p, actor, on.hangang).await.unwrap().is_some();
    "customers::managers": Vendors ManagePeople
        => !customers::managers(p, actor).await.unwrap().is_empty();
    "customers::names": Vendors ManageCustomers
        => !customers::names(p, actor).await.unwrap().is_empty();
    "customers::list": Vendors ManageCustomers
        => customers::list(p, actor, "", None, 10).await.unwrap().is_some();

    "drafts::discard": Hangangs PrepareIncident
        => drafts::discard(p, actor, on.draft).await.unwrap();
    "drafts::file": Hangangs PrepareIncident
        => !matches!(drafts::file(p, actor, on.draft, on.new.clone()).await.unwrap(), Err(NotFiledFromDraft::Gone));
    "drafts::get": Hangangs PrepareIncident
        => drafts::get(p, actor, on.draft).await.unwrap().is_some();
    "drafts::list": OwnCustomers PrepareIncident
        => drafts::list(p, actor).await.unwrap().is_some();
    "drafts::standing": OwnCustomers PrepareIncident
        => drafts::standing(p, actor).await.unwrap().is_some();
    "drafts::prepare": OwnCustomers PrepareIncident
        => !matches!(drafts::prepare(p, actor, &on.prepared()).await.unwrap(), Err(NotPrepared::NotPermitted));
    "drafts::prepare_for": Hangangs LogIncident
        => !matches!(drafts::prepare_for(p, actor, on.sera, &on.prepared()).await.unwrap(), Err(NotPrepared::NotPermitted));

    "files::find": Hangangs ReadFile
        => files::find(p, actor, on.number, &on.file).await.unwrap().is_some();
    "files::begin": Hangangs AttachFile
        => !matches!(files::begin(p, actor, on.number, named("c.txt")).await.unwrap(), Err(NotAttached::NotThere));
    "files::upload": Hangangs AttachFile
        => files::upload(p, actor, on.number, on.begun_by(actor)).await.unwrap().is_some();
    "files::append": Hangangs AttachFile => {
        let mut bytes = stream::iter([Ok::<_, ()>(b"More.".to_vec())]);
        let appended = files::append(p, actor, on.number, on.begun_by(actor), 0, &mut bytes).await.unwrap();
        !matches!(appended, Err(NotAttached::NotThere))
    };
    "files::finish": Hangangs AttachFile
        => !matches!(files::finish(p, actor, on.number, on.begun_by(actor)).await.unwrap(), Err(NotAttached::NotThere));
    "files::give_up": Hangangs AttachFile
        => files::give_up(p, actor, on.number, on.begun_by(actor)).await.unwrap();
    "files::attach": Hangangs AttachFile => {
        let mut bytes = stream::iter([Ok::<_, ()>(b"More.".to_vec())]);
        let attached = files::attach(p, actor, on.number, named("d.txt"), &mut bytes).await.unwrap();
        !matches!(attached, Err(NotAttached::NotThere))
    };
    "files::may_attach": Hangangs AttachFile
        => files::may_attach(p, actor, on.number).await.unwrap();

    "imports::permitted": Vendors ManagePeople
        => imports::permitted(p, actor).await.unwrap();
    "imports::upload": Vendors ManagePeople
        => !matches!(imports::upload(p, actor, ImportKind::Contacts, "a.csv", b"").await.unwrap(), Err(imports::NotTaken::NotPermitted));
    "imports::look": Vendors ManagePeople
        => imports::look(p, actor, &on.import).await.unwrap().is_some();
    "imports::run": Vendors ManagePeople
        => !matches!(imports::run(p, actor, &on.import, false).await.unwrap(), Err(NotRun::NotThere));

    "incidents::attained": Hangangs ReadAttainment
        => incidents::attained(p, actor, Scope::Customer(on.hangang), None).await.unwrap().is_some();
    "incidents::attained": OwnCustomers ReadAttainment
        => incidents::attained(p, actor, Scope::Own, None).await.unwrap().is_some();
    "incidents::attained": Vendors ReadAttainment
        => incidents::attained(p, actor, Scope::Everybody, None).await.unwrap().is_some();
    "incidents::counted_customers": Vendors ReadAttainment
        => incidents::counted_customers(p, actor).await.unwrap().is_some();
    "incidents::deadline": Hangangs ReadIncident
        => incidents::deadline(p, actor, on.number, 1).await.unwrap().is_some();
    "incidents::desk": Vendors ReadDesk
        => incidents::desk(p, actor, &DeskFilter::default()).await.unwrap().is_some();
    "incidents::file": OwnCustomers FileIncident
        => !matches!(incidents::file(p, actor, on.new.clone()).await.unwrap(), Err(NotFiled::NotPermitted));
    "incidents::review": OwnCustomers FileIncident
        => !matches!(incidents::review(p, actor, &on.new).await.unwrap(), Err(NotFiled::NotPermitted));
    "incidents::get": Hangangs ReadIncident
        => incidents::get(p, actor, on.number).await.unwrap().is_some();
    "incidents::verify": Vendors VerifyHistory
        => incidents::verify(p, actor).await.unwrap().is_some();
    "incidents::take": Hangangs FollowIncident | Hangangs WorkOnIncident | Hangangs AccompanyIncident
        => !matches!(incidents::take(p, actor, on.number, write("Hello."), &p.new_form_key()).await.unwrap(), Err(NotTaken::NotThere));
    "incidents::take": Hangangs FollowIncident => {
        let step = Step::Escalate { reason: "Help.".to_owned() };
        !matches!(incidents::take(p, actor, on.number, step, &p.new_form_key()).await.unwrap(), Err(NotTaken::NotThere))
    };
    "incidents::take": Hangangs WorkOnIncident => {
        let step = Step::Acknowledge { to: who(on.hana), text: "We have it.".to_owned() };
        !matches!(incidents::take(p, actor, on.number, step, &p.new_form_key()).await.unwrap(), Err(NotTaken::NotThere))
    };
    "incidents::take": Hangangs WorkOnIncident | Hangangs AccompanyIncident => {
        let step = Step::Note { text: "Their proxy?".to_owned() };
        !matches!(incidents::take(p, actor, on.number, step, &p.new_form_key()).await.unwrap(), Err(NotTaken::NotThere))
    };
    "incidents::list": Hangangs ReadIncident
        => incidents::list(p, actor, Some(on.hangang), &incidents::Filter::default(), None, 10).await.unwrap().is_some();
    "incidents::list": OwnCustomers ReadIncident
        => incidents::list(p, actor, None, &incidents::Filter::default(), None, 10).await.unwrap().is_some();
    "incidents::callers": AnyCustomers LogIncident
        => incidents::callers(p, actor, "").await.unwrap().is_some();
    "incidents::caller": Hangangs LogIncident
        => incidents::caller(p, actor, on.jihoon).await.unwrap().is_some();
    "incidents::log": Hangangs LogIncident
        => !matches!(incidents::log(p, actor, &on.notice()).await.unwrap(), Err(NotLogged::NotThere));
    "incidents::review_log": Hangangs LogIncident
        => !matches!(incidents::review_log(p, actor, &on.notice()).await.unwrap(), Err(NotLogged::NotThere));
    "incidents::nameable": Hangangs FollowIncident | Hangangs WorkOnIncident => {
        let nameable = incidents::nameable(p, actor, on.hangang).await.unwrap();
        !(nameable.engineers.is_empty() && nameable.colleagues.is_empty())
    };
    "incidents::shown": Hangangs ReadIncident
        => incidents::shown(p, actor, on.number).await.unwrap().is_some();
    "incidents::sees_desk": Vendors ReadDesk
        => incidents::sees_desk(p, actor).await.unwrap();

    "incidents::stages": Vendors ReadDesk
        => incidents::stages(p, actor).await.unwrap().is_some();

    "mail::inbox_problem": Vendors ManageWork
        => mail::inbox_problem(p, actor).await.unwrap().is_some();
    "mail::aside": Vendors HandleMail
        => mail::aside(p, actor, None, 10).await.unwrap().is_some();
    "mail::aside_waiting": Vendors HandleMail
        => mail::aside_waiting(p, actor).await.unwrap().is_some();
    "mail::aside_one": Vendors HandleMail
        => mail::aside_one(p, actor, 1).await.unwrap().is_some();
    "mail::deal_with": Vendors HandleMail
        => mail::deal_with(p, actor, 1).await.unwrap().is_some();
    "mail::choices": MailReaders ReadSelf
        => !mail::choices(p, actor).await.unwrap().is_empty();
    "mail::choose": Own ChangeSelf
        => mail::choose(p, actor, &[]).await.unwrap();
    "mail::ended_by": Everybodys EndMail
        => mail::ended_by(p, actor, &on.end).await.unwrap().is_some();
    "mail::end": Everybodys EndMail
        => mail::end(p, actor, &on.end).await.unwrap().is_some();

    "overview::overview": Vendors ManageCustomers
        => overview::overview(p, actor).await.unwrap().is_some();

    "people::add": Vendors ManagePeople
        => !matches!(people::add(p, actor, &PersonForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "people::change": Vendors ManagePeople
        => !matches!(people::change(p, actor, on.jihoon, &PersonForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "people::get": Vendors ManagePeople
        => people::get(p, actor, on.jihoon).await.unwrap().is_some();
    "people::leave": Vendors ManagePeople
        => !matches!(people::leave(p, actor, on.jihoon).await.unwrap(), Err(NotLeft::NotFound));
    "people::come_back": Vendors ManagePeople
        => people::come_back(p, actor, on.left).await.unwrap();
    "people::link": Vendors ManagePeople
        => people::link(p, actor, LinkKind::Reset, on.jihoon).await.unwrap().is_some();
    "people::list": Vendors ManagePeople
        => people::list(p, actor, &people::Filter::default(), None, 10).await.unwrap().is_some();
    "people::remove_second_factor": Vendors ManagePeople
        => people::remove_second_factor(p, actor, on.jihoon).await.unwrap();

    "products::catalog": Everybodys ReadPlan
        => !products::catalog(p, actor).await.unwrap().products.is_empty();
    "products::published": Everybodys ReadReleases
        => !products::published(p, actor).await.unwrap().is_empty();

    "releases::list": Vendors ManageReleases
        => releases::list(p, actor).await.unwrap().is_some();
    "releases::add_product": Vendors ManageReleases
        => !matches!(releases::add_product(p, actor, &ProductForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "releases::add_release": Vendors ManageReleases
        => !matches!(releases::add_release(p, actor, &release()).await.unwrap(), Err(NotSaved::NotFound));
    "releases::change_release": Vendors ManageReleases
        => !matches!(releases::change_release(p, actor, &release()).await.unwrap(), Err(NotSaved::NotFound));

    "subscriptions::get": Hangangs ReadAccount
        => subscriptions::get(p, actor, Some(on.hangang)).await.unwrap().is_some();
    "subscriptions::get": OwnCustomers ReadAccount
        => subscriptions::get(p, actor, None).await.unwrap().is_some();
    "subscriptions::summary": Hangangs ReadAccount
        => subscriptions::summary(p, actor, Some(on.hangang)).await.unwrap().is_some();
    "subscriptions::installed": OwnCustomers ReadAccount
        => subscriptions::installed(p, actor).await.unwrap().is_some();
    "subscriptions::list": Vendors ListAccounts
        => subscriptions::list(p, actor, "").await.unwrap().is_some();

    "templates::list": Vendors KeepTemplates
        => templates::list(p, actor).await.unwrap().is_some();
    "templates::get": Vendors KeepTemplates
        => templates::get(p, actor, on.template).await.unwrap().is_some();
    "templates::add": Vendors KeepTemplates
        => !matches!(templates::add(p, actor, &TemplateForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "templates::change": Vendors KeepTemplates
        => !matches!(templates::change(p, actor, on.template, &TemplateForm::default()).await.unwrap(), Err(NotSaved::NotFound));
    "templates::remove": Vendors KeepTemplates
        => templates::remove(p, actor, on.template).await.unwrap();

    "work::list": Vendors ManageWork
        => work::list(p, actor).await.unwrap().is_some();
    "work::retry": Vendors ManageWork
        => work::retry(p, actor, 1).await.unwrap().is_some();
};

/// Every function that takes no actor, and why it needs none.
const WITHOUT_ACTOR: &[(&str, &str)] = &[
    (
        "accounts::accept_link",
        "what the link carries says who may",
    ),
    ("accounts::device", "of whoever has just signed in"),
    (
        "accounts::follow_link",
        "what the link carries says who may",
    ),
    ("accounts::forget_tries", "work in the background"),
    ("accounts::person", "says who the actor is"),
    ("accounts::second_step", "says who the actor is"),
    ("accounts::sign_in", "says who the actor is"),
    ("certificates::prepare", "the process, as it starts"),
    ("closed_days::refresh", "reads the calendars anew"),
    ("contacts::remind", "work in the background"),
    ("files::delete_abandoned", "work in the background"),
    ("imports::delete_expired", "work in the background"),
    ("incidents::close_silent", "work in the background"),
    ("incidents::warn", "work in the background"),
    ("mail::queued", "work in the background"),
    (
        "mail::looked",
        "a job in the background: nobody asks for it",
    ),
    (
        "mail::receive",
        "the sender and the address answered to say who may",
    ),
    ("mail::refused", "work in the background"),
    ("mail::sent", "work in the background"),
    (
        "mail::told",
        "work in the background, as whoever is told sees it",
    ),
    ("news::listen", "the process itself"),
    ("news::next", "says that there is news, and not what"),
    ("portal::close", "the process itself"),
    (
        "portal::issued",
        "of a form's key, which says nothing of anybody",
    ),
    ("portal::migrate", "the process itself"),
    ("portal::open", "the process itself"),
    ("portal::ready", "the process itself"),
    ("portal::woken", "the process itself"),
    ("sample::fill", "the process, as it starts"),
    ("sample::many", "for measuring"),
    ("sessions::by_itself", "reads and changes no record"),
    ("sessions::delete_expired", "work in the background"),
    ("sessions::holder", "says who the actor is"),
    ("work::claim", "work in the background"),
    ("work::done", "work in the background"),
    ("work::failed", "work in the background"),
    ("work::give_up", "work in the background"),
    ("work::plan", "work in the background"),
    ("work::renew", "work in the background"),
    ("work::run", "work in the background"),
];

/// What lies in a folder and in those in it, by its path from there.
fn lying_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
            }
        }
    }
    found
}

/// Writes the query of every row of every table but the audit log, which keeps that somebody was refused.
const EVERYTHING: &str = r#"
    SELECT group_concat(line, ' UNION ALL ') FROM (
        SELECT 'SELECT ''' || name || ''' || ' || (
            SELECT group_concat('quote("' || name || '")', ' || ') FROM pragma_table_info(tables.name)
        ) || ' AS line FROM "' || name || '"' AS line
        FROM sqlite_master AS tables WHERE type = 'table' AND name <> 'audit' AND name NOT LIKE 'sqlite_%'
    )"#;

/// A portal with the same records, to be changed and thrown away.
struct Copied {
    world: World,
    folder: TempDir,
    /// The query of every row.
    rows: String,
}

impl Copied {
    async fn of(base: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("portal.db");
        let copy = format!("VACUUM INTO '{}'", database.display());
        base.execute(&copy).await.unwrap();
        let files = folder.path().join("files");
        for (path, bytes) in lying_in(&base.files) {
            let path = files.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let url = format!("sqlite:{}", database.display());
        let mut setup = Setup::new(&url, base.portal.plans().clone());
        setup.clock = base.clock.clone();
        setup.chance = Arc::new(TestChance::seeded(7));
        setup.files = Some(Files::open(&FileStore::Folder(files.clone())).unwrap());
        let world = World {
            portal: Portal::open(setup).await.unwrap(),
            clock: Arc::clone(&base.clock),
            url,
            engine: Engine::Sqlite,
            files,
            unverified: Arc::default(),
        };
        let (rows,): (String,) = world.query_one(EVERYTHING.to_owned()).await;
        let rows = format!("SELECT group_concat(line, char(10)) FROM ({rows})");
        Self {
            world,
            folder,
            rows,
        }
    }

    /// Everything that there is: what a refusal leaves as it was.
    async fn state(&self) -> (String, BTreeMap<PathBuf, Vec<u8>>) {
        let (rows,): (String,) = self.world.query_one(self.rows.clone()).await;
        (rows, lying_in(&self.world.files))
    }

    async fn close(self) {
        self.world.portal.close().await;
        self.folder.close().unwrap();
    }
}

async fn walk(world: World) {
    let on = records(&world).await;
    let everybody = everybody(&world).await;
    let mut copied = Copied::of(&world).await;
    let before = copied.state().await;
    let mut wrong = Vec::new();
    for row in TABLE {
        for (who, actor, hangangs) in &everybody {
            let may = row
                .takes
                .iter()
                .any(|(whose, operation)| allows(*actor, whose.to(*actor, *hangangs), *operation));
            let did = (row.ask)(&copied.world.portal, &on, *actor).await;
            let changed = copied.state().await != before;
            if did != may || (changed && !may) {
                let takes = row.takes;
                wrong.push(format!(
                    "{} {takes:?}, {who}: may {may}, did {did}, changed something {changed}",
                    row.name
                ));
            }
            if changed {
                copied.close().await;
                copied = Copied::of(&world).await;
            }
        }
    }
    copied.close().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

// On one engine: the permissions are not in the SQL, and there is much to ask.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_allowed_what_the_table_says_and_nothing_else() {
    run(Engine::Sqlite, walk).await;
}

/// An operation that is added without a row fails here.
#[test]
fn no_operation_is_left_out() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for (path, bytes) in lying_in(&source) {
        let path = path.to_str().unwrap();
        if path.strip_suffix(".rs").is_none() {
            continue;
        }
        let first = path.split(['/', '\\']).next().unwrap();
        let module = first.trim_end_matches(".rs");
        let text = String::from_utf8(bytes).unwrap();
        for function in text.split("pub async fn ").skip(1) {
            let signature = function.split('{').next().unwrap();
            let name = signature.split(['(', '<']).next().unwrap();
            let found = if signature.contains("actor: Actor") {
                &mut with
            } else {
                &mut without
            };
            found.insert(format!("{module}::{name}"));
        }
    }
    let rows: BTreeSet<String> = TABLE.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(with, rows);
    let listed: BTreeSet<String> = WITHOUT_ACTOR
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(without, listed);
}
