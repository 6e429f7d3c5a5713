//! Sample data: customers, contacts, products and incidents to look at, and many incidents to measure with.
//!
//! The incidents are filed through [`incidents::file()`], with a clock that shows an earlier time. Every name is
//! invented, every address ends in `.example` (RFC 2606), and the passwords are public: never fill a database with it
//! that holds anything real.

mod data;

use std::{collections::HashMap, sync::Arc};

use domain::{
    calendar::Instant,
    incident::{Draft, Event},
    people::Actor,
    triage::Answers,
};

use self::data::{CONTACTS, CUSTOMERS, INCIDENTS, PRODUCTS, Sample, Then};
use crate::{
    CoreError, Portal,
    accounts::{self, fold_email},
    clock::TestClock,
    db::{Tx, execute, row},
    incidents::{self, Filed, NewIncident, Rules, events, file::Filing},
    products,
};

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleContact {
    /// Their name.
    pub name: &'static str,
    /// Their e-mail address.
    pub email: &'static str,
    /// Their password.
    pub password: &'static str,
    /// Their customer's name.
    pub customer: &'static str,
    /// The id of the customer's tier.
    pub tier: &'static str,
    /// The id of the customer's zone.
    pub zone: &'static str,
}

/// Fills in the sample data and gives the contacts to sign in as.
///
/// What is there already is left as it is, so that calling it again changes nothing. Everything is filed under the
/// plan that ships with the portal, and at fixed distances before [`Portal::now`].
///
/// # Errors
/// [`CoreError`] if the database fails, or the incidents cannot be filed under the plan.
pub async fn fill(portal: &Portal) -> Result<Vec<SampleContact>, CoreError> {
    let plan = domain::plan::embedded().map_err(|error| CoreError::Sample(error.to_string()))?;
    let mut hashes = Vec::new();
    for contact in CONTACTS {
        hashes.push(match known(portal, contact.email).await? {
            Some(_) => None,
            None => Some(accounts::hash(portal, contact.password).await?),
        });
    }
    let mut tx = portal.db().write().await?;
    for customer in CUSTOMERS {
        execute!(
            tx,
            "INSERT INTO customers (name, plan_version, tier, zone) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO NOTHING",
            customer.name,
            &plan.version,
            customer.tier,
            customer.zone,
        )?;
    }
    for (contact, hash) in CONTACTS.iter().zip(hashes) {
        let Some(hash) = hash else { continue };
        execute!(
            tx,
            "INSERT INTO contacts (customer_id, name, email, email_folded, password_hash)
             SELECT id, $2, $3, $4, $5 FROM customers WHERE name = $1
             ON CONFLICT (email_folded) DO NOTHING",
            CUSTOMERS[contact.customer].name,
            contact.name,
            contact.email,
            fold_email(contact.email),
            hash,
        )?;
    }
    fill_products(&mut tx).await?;
    tx.commit().await?;
    file_all(portal).await?;

    Ok(CONTACTS
        .iter()
        .map(|contact| {
            let customer = &CUSTOMERS[contact.customer];
            SampleContact {
                name: contact.name,
                email: contact.email,
                password: contact.password,
                customer: customer.name,
                tier: customer.tier,
                zone: customer.zone,
            }
        })
        .collect())
}

async fn fill_products(tx: &mut Tx) -> Result<(), CoreError> {
    for (position, product) in (1_i64..).zip(PRODUCTS) {
        execute!(
            tx,
            "INSERT INTO products (slug, name, position) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
            product.slug,
            product.name,
            position,
        )?;
        for (version, discontinued) in product.releases {
            execute!(
                tx,
                "INSERT INTO releases (product_id, version, discontinued)
                 SELECT id, $2, $3 FROM products WHERE slug = $1
                 ON CONFLICT (product_id, version) DO NOTHING",
                product.slug,
                *version,
                *discontinued,
            )?;
        }
    }
    Ok(())
}

/// Files the incidents, the oldest first, as each customer would have, and then what came of them.
async fn file_all(portal: &Portal) -> Result<(), CoreError> {
    let now = portal.now();
    let mut actors: HashMap<usize, Actor> = HashMap::new();
    let mut oldest_first: Vec<(usize, &Sample)> = INCIDENTS.iter().enumerate().collect();
    oldest_first.sort_by_key(|(_, sample)| std::cmp::Reverse(sample.minutes_ago));
    for (index, sample) in oldest_first {
        let actor = if let Some(actor) = actors.get(&sample.contact) {
            *actor
        } else {
            let email = CONTACTS[sample.contact].email;
            let actor = known(portal, email)
                .await?
                .ok_or_else(|| CoreError::Sample(format!("the contact {email} is missing")))?;
            *actors.entry(sample.contact).or_insert(actor)
        };
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
        let filed = incidents::file(&then, actor, new)
            .await?
            .map_err(|not_filed| CoreError::Sample(format!("“{}”: {not_filed:?}", sample.title)))?;
        let Filed::New(number) = filed else { continue };
        for (minutes, then) in sample.then {
            let (by, event) = match then {
                Then::Responded(engineer) => (
                    engineer,
                    Event::Responded {
                        engineer: (*engineer).to_owned(),
                    },
                ),
                Then::Resolved(engineer) => (engineer, Event::Resolved),
            };
            events::append(
                portal,
                number,
                minutes_later(received, *minutes),
                Some(by),
                &event,
            )
            .await?;
        }
    }
    Ok(())
}

/// As whom the contact with this address acts, if there is one.
async fn known(portal: &Portal, email: &str) -> Result<Option<Actor>, CoreError> {
    let found: Option<(i64, i64)> = row!(
        portal.db().read().await?,
        "SELECT id, customer_id FROM contacts WHERE email_folded = $1",
        fold_email(email),
    )?;
    Ok(found.map(|(contact, customer)| Actor::Contact { contact, customer }))
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
    let mut reader = portal.db().read().await?;
    let first: Option<(i64,)> = row!(
        reader,
        "SELECT id FROM contacts WHERE customer_id = $1 ORDER BY id LIMIT 1",
        customer
    )?;
    let person = match first {
        Some((contact,)) => accounts::find(&mut reader, contact).await?,
        None => None,
    }
    .ok_or_else(|| CoreError::Sample("the customer has no contact".to_owned()))?;
    let catalog = products::read(&mut reader).await?;
    drop(reader);
    let rules = Rules::of(portal, &person.customer, catalog)
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
                contact: person.contact,
                contact_name: &person.name,
                form_key: &form_key,
                draft,
                decision: &decision,
            };
            let (id, _) = incidents::file::insert(&mut tx, &filing).await?;
            // Of ten, one waits, two are worked on, seven are done.
            if index % 10 > 0 {
                let event = Event::Responded {
                    engineer: data::ENGINEER.to_owned(),
                };
                events::append_in(&mut tx, id, at, Some(data::ENGINEER), &event).await?;
            }
            if index % 10 > 2 {
                events::append_in(&mut tx, id, at, Some(data::ENGINEER), &Event::Resolved).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}
