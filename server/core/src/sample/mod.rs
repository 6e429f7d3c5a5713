//! Sample data: customers, contacts, products and incidents to look at, and many incidents to measure with.
//!
//! The incidents are filed as [`incidents::file()`] files them, with a clock that shows an earlier time. Every name is
//! invented, every address ends in `.example` (RFC 2606), and the passwords are public: never fill a database with it
//! that holds anything real.

mod data;

use std::{collections::HashMap, sync::Arc};

use domain::{
    calendar::{Instant, LocalDate},
    incident::{ACCEPTED_AFTER, By, Draft, Event, Party, Solution, Step, Who},
    people::{Actor, Certification, Role},
    plan::Plan,
    triage::Answers,
};
use tokio::sync::OnceCell;

use self::data::{
    ASSIGNMENTS, CUSTOMERS, GRANTED_REQUEST, HANA, INCIDENTS, INVITED, PEOPLE, PRODUCTS,
    SEAT_REQUEST, Sample, TOTP_SECRET, WAITING_DRAFT,
};
use crate::{
    CoreError, Portal,
    accounts::{self, fold_email},
    clock::TestClock,
    contacts,
    db::{Tx, execute, row},
    incidents::{
        self, Filed, NewIncident, Rules,
        events::History,
        file::{Filing, file_from},
    },
    products,
};

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePerson {
    /// Their name.
    pub name: &'static str,
    /// Their e-mail address.
    pub email: &'static str,
    /// Their password.
    pub password: &'static str,
    /// What they are to the portal.
    pub role: Role,
    /// Their customer; the vendor's people have none.
    pub customer: Option<SampleCustomer>,
    /// The secret of their authenticator app, in base32, if they have one.
    pub totp_secret: Option<&'static str>,
}

/// A customer of the sample data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleCustomer {
    /// Its name.
    pub name: &'static str,
    /// The id of its tier.
    pub tier: &'static str,
    /// The id of its zone.
    pub zone: &'static str,
}

/// The hashes of the passwords, in the order of [`PEOPLE`]. What everybody knows is hashed once in a process, however many
/// databases it fills: a third of the tests' time went there.
static HASHES: [OnceCell<String>; PEOPLE.len()] = [const { OnceCell::const_new() }; PEOPLE.len()];

/// Fills in the sample data and gives the people to sign in as.
///
/// What is there already is left as it is, so that calling it again changes nothing. Everything is filed under the
/// plan that ships with the portal, and at fixed distances before [`Portal::now`].
///
/// # Errors
/// [`CoreError`] if the database fails, or the incidents cannot be filed under the plan.
pub async fn fill(portal: &Portal) -> Result<Vec<SamplePerson>, CoreError> {
    // Nobody is told of what never happened.
    let portal = &portal.without_mail();
    let plan = domain::plan::embedded().map_err(|error| CoreError::Sample(error.to_string()))?;
    let mut hashes = Vec::new();
    for (person, hash) in PEOPLE.iter().zip(&HASHES) {
        let make = || accounts::hash(portal, person.password);
        hashes.push(if id_of(portal, person.email).await?.is_none() {
            Some(hash.get_or_try_init(make).await?.clone())
        } else {
            None
        });
    }
    let mut tx = portal.db().write().await?;
    fill_products(&mut tx, portal.now()).await?;
    fill_customers(&mut tx, &plan, portal.now()).await?;
    fill_people(&mut tx, &plan, portal.now(), hashes).await?;
    tx.commit().await?;
    file_all(portal).await?;
    Ok(people())
}

/// The people of the sample data, the order of which stays.
pub fn people() -> Vec<SamplePerson> {
    PEOPLE
        .iter()
        .map(|person| SamplePerson {
            name: person.name,
            email: person.email,
            password: person.password,
            role: person.role,
            customer: person.customer.map(|customer| SampleCustomer {
                name: CUSTOMERS[customer].name,
                tier: CUSTOMERS[customer].tier,
                zone: CUSTOMERS[customer].zone,
            }),
            totp_secret: person.role.needs_second_factor().then_some(TOTP_SECRET),
        })
        .collect()
}

/// The day so many days after `now`.
fn day(now: Instant, days: i32) -> LocalDate {
    let today = i32::try_from(now.0.div_euclid(86_400_000)).unwrap_or(0);
    LocalDate::from_epoch_days(today)
        .unwrap_or_default()
        .plus_days(days)
}

async fn fill_customers(tx: &mut Tx, plan: &Plan, now: Instant) -> Result<(), CoreError> {
    for customer in CUSTOMERS {
        let seats = plan
            .tier(customer.tier)
            .map_or(0, |tier| i64::from(tier.contacts));
        execute!(
            tx,
            "INSERT INTO customers (name, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (name) DO NOTHING",
            customer.name,
            &plan.version,
            customer.tier,
            customer.zone,
            day(now, customer.term.0).to_string(),
            day(now, customer.term.1).to_string(),
            seats,
            customer.elected,
        )?;
        execute!(
            tx,
            "INSERT INTO customer_domains (domain, customer_id) SELECT $2, id FROM customers WHERE name = $1
             ON CONFLICT (domain) DO NOTHING",
            customer.name,
            customer.domain,
        )?;
        for (product, version) in customer.installed {
            execute!(
                tx,
                "INSERT INTO installations (customer_id, product_id, version)
                 SELECT customers.id, products.id, $3 FROM customers, products
                 WHERE customers.name = $1 AND products.slug = $2
                 ON CONFLICT (customer_id, product_id, version) DO NOTHING",
                customer.name,
                *product,
                *version,
            )?;
        }
    }
    Ok(())
}

/// People who are not there yet have a hash of their password.
async fn fill_people(
    tx: &mut Tx,
    plan: &Plan,
    now: Instant,
    hashes: Vec<Option<String>>,
) -> Result<(), CoreError> {
    let mut ids = Vec::new();
    for (index, (person, hash)) in PEOPLE.iter().zip(hashes).enumerate() {
        let email = fold_email(person.email);
        if let Some(hash) = hash {
            let customer = person.customer.map(|customer| CUSTOMERS[customer].name);
            let second_factor = person.role.needs_second_factor();
            execute!(
                tx,
                "INSERT INTO people (customer_id, role, name, email, email_folded, password_hash, designated_at,
                                     totp_secret, totp_since)
                 VALUES ((SELECT id FROM customers WHERE name = $1), $2, $3, $4, $5, $6, $7, $8, $9)",
                customer,
                person.role.name(),
                person.name,
                person.email,
                &email,
                hash,
                person.designated.then_some(now.0),
                second_factor.then_some(TOTP_SECRET),
                second_factor.then_some(now.0),
            )?;
        }
        let id: Option<(i64,)> = row!(tx, "SELECT id FROM people WHERE email_folded = $1", &email)?;
        let (id,) = id.ok_or(sqlx::Error::RowNotFound)?;
        ids.push(id);
        if let Some(certified) = &person.certified {
            let number = format!("SAMPLE-{:04}", index + 1);
            let (issued, expires) = certified.days;
            certify(
                tx,
                plan,
                id,
                number,
                certified.level,
                (day(now, issued), day(now, expires)),
            )
            .await?;
        }
    }
    for (manager, customer) in ASSIGNMENTS {
        execute!(
            tx,
            "INSERT INTO assignments (customer_id, person_id) SELECT id, $2 FROM customers WHERE name = $1
             ON CONFLICT (customer_id, person_id) DO NOTHING",
            CUSTOMERS[*customer].name,
            ids[*manager],
        )?;
    }
    fill_asked(tx, now, &ids).await
}

/// What people asked for and prepared, and who is only invited; `ids` are those of [`PEOPLE`].
async fn fill_asked(tx: &mut Tx, now: Instant, ids: &[i64]) -> Result<(), CoreError> {
    let (asks, seats, note) = SEAT_REQUEST;
    execute!(
        tx,
        "INSERT INTO seat_requests (customer_id, asked_by, asked_at, seats, note)
         SELECT customer_id, id, $2, $3, $4 FROM people
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM seat_requests WHERE asked_by = $1)",
        ids[asks],
        now.0 - 2 * 86_400_000,
        seats,
        note,
    )?;
    let (asked, grants, granted_seats, reason, reply) = GRANTED_REQUEST;
    execute!(
        tx,
        "INSERT INTO seat_requests (customer_id, asked_by, asked_at, seats, note, answered_by, answered_at, granted,
                                    reply)
         SELECT customer_id, id, $2, $3, $4, $5, $6, TRUE, $7 FROM people
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM seat_requests WHERE asked_by = $1)",
        ids[asked],
        now.0 - 9 * 86_400_000,
        granted_seats,
        reason,
        ids[grants],
        now.0 - 8 * 86_400_000,
        reply,
    )?;
    let (customer, name, email) = INVITED;
    execute!(
        tx,
        "INSERT INTO people (customer_id, role, name, email, email_folded)
         SELECT id, $2, $3, $4, $5 FROM customers WHERE name = $1
         ON CONFLICT (email_folded) DO NOTHING",
        CUSTOMERS[customer].name,
        Role::Contact.name(),
        name,
        email,
        fold_email(email),
    )?;
    let (prepares, files, query, title, description) = WAITING_DRAFT;
    execute!(
        tx,
        "INSERT INTO drafts (customer_id, prepared_by, prepared_at, handed_to, form_key, answers, title, description,
                             steps, business_impact)
         SELECT customer_id, id, $2, $3, $4, $5, $6, $7, '', '' FROM people WHERE id = $1
         ON CONFLICT (form_key) DO NOTHING",
        ids[prepares],
        now.0 - 3 * 3_600_000,
        ids[files],
        // Always the same, so that it is prepared once.
        "5a3b1e00-0000-4000-8002-000000000000",
        Answers::from_query(query).to_query(),
        title,
        description,
    )?;
    Ok(())
}

/// `days` are the first and the last on which it is valid.
async fn certify(
    tx: &mut Tx,
    plan: &Plan,
    person: i64,
    number: String,
    level: usize,
    days: (LocalDate, LocalDate),
) -> Result<(), CoreError> {
    let asked = &plan.certification;
    let certification = Certification {
        track: asked.track.en.clone(),
        level: asked
            .ladder
            .get(level)
            .map_or_else(String::new, |level| level.en.clone()),
        number,
        issued: days.0,
        expires: days.1,
    };
    let added: Option<(i64,)> = row!(
        tx,
        "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO NOTHING RETURNING id",
        person,
        &certification.track,
        &certification.level,
        &certification.number,
        certification.issued.to_string(),
        certification.expires.to_string(),
    )?;
    match added {
        Some((id,)) => contacts::plan_reminders(tx, id, &certification).await,
        None => Ok(()),
    }
}

async fn fill_products(tx: &mut Tx, now: Instant) -> Result<(), CoreError> {
    for (position, product) in (1_i64..).zip(PRODUCTS) {
        execute!(
            tx,
            "INSERT INTO products (slug, name, position) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
            product.slug,
            product.name,
            position,
        )?;
        for release in product.releases {
            execute!(
                tx,
                "INSERT INTO releases (product_id, version, discontinued, kind, released_on, notes_en, notes_ko)
                 SELECT id, $2, $3, $4, $5, $6, $7 FROM products WHERE slug = $1
                 ON CONFLICT (product_id, version) DO NOTHING",
                product.slug,
                release.version,
                release.discontinued,
                if release.major { "major" } else { "minor" },
                day(now, -release.days_ago).to_string(),
                release.notes.0,
                release.notes.1,
            )?;
        }
    }
    Ok(())
}

/// Files the incidents, the oldest first, as each customer would have, and then what came of them.
async fn file_all(portal: &Portal) -> Result<(), CoreError> {
    let now = portal.now();
    let mut people = Actors::default();
    let mut oldest_first: Vec<(usize, &Sample)> = INCIDENTS.iter().enumerate().collect();
    oldest_first.sort_by_key(|(_, sample)| std::cmp::Reverse(sample.minutes_ago));
    for (index, sample) in oldest_first {
        let actor = people.actor(portal, sample.contact).await?;
        let received = minutes_later(now, -sample.minutes_ago);
        let then = portal.with_clock(Arc::new(TestClock::at(received)));
        let new = NewIncident {
            // Always the same, so that it is filed once.
            form_key: format!("5a3b1e00-0000-4000-8000-{index:012x}"),
            answers: Answers::from_query(sample.answers),
            draft: Draft {
                title: sample.title.to_owned(),
                description: sample.description.to_owned(),
                steps: sample.steps.to_owned(),
                business_impact: sample.business_impact.to_owned(),
            },
        };
        let filed = file_from(&then, actor, new, None, true)
            .await?
            .map_err(|not_filed| CoreError::Sample(format!("“{}”: {not_filed:?}", sample.title)))?;
        let Some(Filed::New(number)) = filed else {
            continue;
        };
        for (place, (minutes, who, step)) in sample.then.iter().enumerate() {
            let actor = people.actor(portal, *who).await?;
            let at = minutes_later(received, *minutes);
            let step = with_whoever_takes_it(step(), actor);
            // Its own key for each step, so that it is taken once.
            let form_key = format!("5a3b1e00-0000-4000-8001-{:012x}", index * 100 + place);
            let then = portal.with_clock(Arc::new(TestClock::at(at)));
            incidents::take_once(&then, actor, number, step, form_key)
                .await?
                .map_err(|not| {
                    CoreError::Sample(format!("“{}”, {place}: {not:?}", sample.title))
                })?;
        }
    }
    Ok(())
}

/// Whoever acknowledges is assigned.
fn with_whoever_takes_it(mut step: Step, actor: Actor) -> Step {
    if let (Step::Acknowledge { to, .. }, Some(id)) = (&mut step, actor.person()) {
        to.id = id;
    }
    step
}

/// Who is who in the sample, looked up once.
#[derive(Default)]
struct Actors(HashMap<usize, Actor>);

impl Actors {
    async fn actor(&mut self, portal: &Portal, person: usize) -> Result<Actor, CoreError> {
        if let Some(actor) = self.0.get(&person) {
            return Ok(*actor);
        }
        let email = PEOPLE[person].email;
        let missing = || CoreError::Sample(format!("{email} is missing"));
        let id = id_of(portal, email).await?.ok_or_else(missing)?;
        let found = accounts::person(portal, id).await?.ok_or_else(missing)?;
        self.0.insert(person, found.actor);
        Ok(found.actor)
    }
}

/// The id of the person with this address, if there is one.
async fn id_of(portal: &Portal, email: &str) -> Result<Option<i64>, CoreError> {
    let found: Option<(i64,)> = row!(
        portal.db().read().await?,
        "SELECT id FROM people WHERE email_folded = $1",
        fold_email(email),
    )?;
    Ok(found.map(|(id,)| id))
}

const fn minutes_later(at: Instant, minutes: i64) -> Instant {
    Instant(at.0 + minutes * 60_000)
}

/// Rows in one transaction of [`many`].
const AT_ONCE: usize = 500;

/// Files `n` further incidents for a customer, spread evenly over the 300 days before now and mostly resolved: to see
/// and to measure the portal under load. Each call adds `n` more.
///
/// # Errors
/// [`CoreError`] if the database fails, the customer has no contact, or its plan is not the one that ships with the
/// portal.
pub async fn many(portal: &Portal, customer: i64, n: usize) -> Result<(), CoreError> {
    let portal = &portal.without_mail();
    let mut reader = portal.db().read().await?;
    let first: Option<(i64,)> = row!(
        reader,
        "SELECT id FROM people WHERE customer_id = $1 ORDER BY id LIMIT 1",
        customer
    )?;
    let person = match first {
        Some((contact,)) => accounts::find(&mut reader, contact).await?,
        None => None,
    }
    .ok_or_else(|| CoreError::Sample("the customer has no contact".to_owned()))?;
    let own = person
        .customer
        .as_ref()
        .ok_or_else(|| CoreError::Sample("the contact has no customer".to_owned()))?;
    let catalog = products::read(portal, &mut reader).await?;
    drop(reader);
    let id = id_of(portal, PEOPLE[HANA].email).await?;
    let engineer = Who {
        id: id.ok_or_else(|| CoreError::Sample("the engineer is missing".to_owned()))?,
        name: PEOPLE[HANA].name.to_owned(),
    };
    let rules = Rules::of(portal, own, catalog)
        .ok_or_else(|| CoreError::Sample("the customer's plan is not loaded".to_owned()))?;
    let mut checked = Vec::new();
    for sample in INCIDENTS {
        let draft = Draft {
            title: sample.title.to_owned(),
            description: sample.description.to_owned(),
            steps: sample.steps.to_owned(),
            business_impact: sample.business_impact.to_owned(),
        };
        let answers = rules.check(&Answers::from_query(sample.answers));
        checked.push(
            draft
                .check()
                .ok()
                .zip(answers.ok())
                .ok_or_else(|| CoreError::Sample(sample.title.to_owned()))?,
        );
    }

    let now = portal.now();
    let step = 300 * 86_400_000 / i64::try_from(n.max(1)).unwrap_or(i64::MAX);
    let mut at = Instant(now.0 - 300 * 86_400_000);
    let mut todo = (0..n).zip(checked.iter().cycle()).peekable();
    while todo.peek().is_some() {
        let mut tx = portal.db().write().await?;
        for (index, (draft, answers)) in todo.by_ref().take(AT_ONCE) {
            at = Instant(at.0 + step);
            let decision = rules
                .decide(answers.clone(), at)
                .map_err(|not_filed| CoreError::Sample(format!("{not_filed:?}")))?;
            let form_key = portal.new_form_key();
            let filing = Filing {
                customer,
                contact: person.id,
                contact_name: &person.name,
                form_key: &form_key,
                draft,
                decision: &decision,
                from: None,
                logged: None,
            };
            let (id, number) = incidents::file::insert(portal, &mut tx, &filing).await?;
            let mut history = History::read(&mut tx, id, number).await?;
            for (at, by, events) in lived(index, at, now, &engineer) {
                history
                    .append(portal, &mut tx, at, &by, &events, None)
                    .await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// What has happened by `now` to the incident at `index` of [`many`], which was filed at `at`: of ten, one waits, two are
/// worked on, seven are done, and what has been resolved for so long the portal has closed since.
fn lived(
    index: usize,
    at: Instant,
    now: Instant,
    engineer: &Who,
) -> Vec<(Instant, By, Vec<Event>)> {
    let by = By {
        party: Party::Engineer,
        who: Some(engineer.clone()),
    };
    let place = index % 10;
    let mut events = Vec::new();
    if place > 0 {
        events.push(Event::Responded {
            engineer: engineer.name.clone(),
            text: String::new(),
            next_update: None,
        });
    }
    let done = place > 2;
    if done {
        events.push(Event::Resolved {
            solution: Solution::Other,
            text: String::new(),
        });
    }
    let mut lived = vec![(at, by, events)];
    let accepted = at.plus_ms(ACCEPTED_AFTER);
    if done && accepted < now {
        lived.push((accepted, By::PORTAL, vec![Event::Closed]));
    }
    lived
}
