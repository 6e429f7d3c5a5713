use std::collections::BTreeSet;

use domain::people::{Actor, Bar};
use portal_core::{
    contacts, drafts,
    incidents::{self, Filter, NewIncident},
    sample, subscriptions,
};

use crate::{
    both,
    common::{HOUR, NOW, World},
};

const TABLES: [&str; 12] = [
    "customers",
    "people",
    "products",
    "releases",
    "incidents",
    "events",
    "certifications",
    "reminders",
    "installations",
    "assignments",
    "seat_requests",
    "drafts",
];

async fn counts(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(world.count(table).await);
    }
    counts
}

/// Every incident of a customer.
async fn all(world: &World, actor: Actor) -> Vec<incidents::Incident> {
    let page = incidents::list(&world.portal, actor, None, &Filter::default(), None, 100)
        .await
        .unwrap()
        .unwrap();
    let mut all = Vec::new();
    for row in page.rows {
        let incident = incidents::get(&world.portal, actor, row.number)
            .await
            .unwrap()
            .expect("listed");
        assert_eq!(
            (
                &row.title,
                row.state,
                row.severity,
                row.due_at,
                row.excluded
            ),
            (
                &incident.title,
                incident.standing.state(),
                incident.standing.severity,
                incident.standing.due,
                !incident.outcome.excluded.is_empty()
            )
        );
        all.push(incident);
    }
    assert_eq!(page.total, i64::try_from(all.len()).unwrap());
    all
}

both! {
    async fn filling_again_changes_nothing(world: World) {
        let contacts = world.filled().await;
        let before = counts(&world).await;
        assert_eq!(before[0..2], [5, 18]);
        assert!((12..=60).contains(&before[4]), "{before:?}");
        world.clock.advance(50 * HOUR);
        assert_eq!(sample::fill(&world.portal).await.unwrap(), contacts);
        assert_eq!(counts(&world).await, before);
    }

    async fn a_customer_whose_term_has_not_begun_is_among_them(world: World) {
        world.filled().await;
        let amara = world.person(16).await;
        let own = subscriptions::get(&world.portal, amara.actor, None).await.unwrap().expect("permitted");
        assert_eq!((own.seats.included, own.seats.elected, own.seats.used), (5, 2, 1));
        let answer = own.requests[0].answer.as_ref().expect("answered");
        assert_eq!((answer.granted, answer.by.as_str()), (true, "Tom Becker"));
        let mine = contacts::mine(&world.portal, amara.actor).await.unwrap().expect("a contact");
        let first_day = own.customer.term.starts;
        assert_eq!(mine.bars, [Bar::TermNotBegun(first_day), Bar::NotYetValid(first_day)]);
        assert_eq!(world.count("people WHERE password_hash IS NULL").await, 1);
        let noah = world.actor(15).await;
        let rows = drafts::list(&world.portal, noah).await.unwrap().expect("a contact");
        assert_eq!((rows.len(), rows[0].prepared_by.as_str(), rows[0].handed_to_you), (1, "Priya Raman", true));
        let draft = drafts::get(&world.portal, noah, rows[0].id).await.unwrap().expect("handed over");
        let new = NewIncident { form_key: draft.form_key, answers: draft.answers, draft: draft.texts };
        drafts::file(&world.portal, noah, rows[0].id, new).await.unwrap().expect("filed");
    }

    async fn a_row_is_what_its_events_add_up_to(world: World) {
        world.filled().await;
        let (mut states, mut severities, mut excluded, mut late) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
        for position in [0, 2, 4] {
            for incident in all(&world, world.actor(position).await).await {
                assert!(incident.events.is_sorted_by_key(|recorded| recorded.at), "{}", incident.number);
                assert!(incident.events.iter().all(|recorded| recorded.at <= NOW), "{}", incident.number);
                assert_eq!(incident.events[0].at, incident.standing.received);
                assert_eq!(incident.promise().due.at, incident.standing.due);
                states.insert(incident.standing.state().name());
                severities.insert(incident.standing.severity);
                excluded += usize::from(!incident.outcome.excluded.is_empty());
                late += usize::from(incident.standing.in_time(NOW) == Some(false));
            }
        }
        assert_eq!(severities.len(), 4);
        for state in ["awaiting_response", "acknowledged", "designated", "in_work", "resolved", "closed"] {
            assert!(states.contains(state), "{state}");
        }
        assert!(excluded >= 3, "{excluded}");
        assert!(late >= 1, "{late}");
        assert!(all(&world, world.actor(4).await).await.is_empty());
    }

    async fn many_are_as_good_as_filed_ones(world: World) {
        world.filled().await;
        let person = world.person(4).await;
        sample::many(&world.portal, person.customer.unwrap().id, 60).await.unwrap();
        let all = all(&world, person.actor).await;
        assert_eq!(all.len(), 60);
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
        assert!(verified.incidents > 60);
        for incident in &all {
            assert!(incident.standing.received <= NOW);
        }
    }
}
