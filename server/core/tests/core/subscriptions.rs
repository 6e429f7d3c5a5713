use domain::{
    calendar::LocalDate,
    incident::{FieldProblem, State},
    people::{Actor, Seats, attention::Reason},
    triage::SupportState,
};
use portal_core::{
    audit::Kind,
    contacts::{NotAnswered, answer_seats},
    products::{self, ReleaseKind},
    subscriptions::{self, Overview, Subscription},
};

use crate::{
    both,
    common::{HOUR, World, logged},
};

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// The id of the customer of the sample person at this position.
async fn customer_of(world: &World, position: usize) -> i64 {
    world.actor(position).await.customer().unwrap()
}

async fn subscription(world: &World, actor: Actor, customer: Option<i64>) -> Option<Subscription> {
    subscriptions::get(&world.portal, actor, customer)
        .await
        .unwrap()
}

async fn listed(world: &World, actor: Actor, search: &str) -> Option<Vec<Overview>> {
    subscriptions::list(&world.portal, actor, search)
        .await
        .unwrap()
}

fn names(list: &[Overview]) -> Vec<&str> {
    list.iter().map(|one| one.customer.name.as_str()).collect()
}

/// Who asked for seats: the customer, the id of its request.
async fn open_request(world: &World) -> (i64, i64) {
    world
        .query_one("SELECT customer_id, id FROM seat_requests WHERE answered_at IS NULL".into())
        .await
}

both! {
    async fn only_whoever_looks_after_a_customer_sees_its_subscription(world: World) {
        world.filled().await;
        let hangang = customer_of(&world, 0).await;
        // Its own people, its account manager, engineers and administrators; nobody else.
        for (position, sees) in [(0, true), (1, true), (7, true), (2, false), (4, false), (10, true), (11, false), (12, true), (14, true)] {
            let actor = world.actor(position).await;
            let found = subscription(&world, actor, Some(hangang)).await;
            assert_eq!(found.is_some(), sees, "person {position}");
            let summary = subscriptions::summary(&world.portal, actor, Some(hangang)).await.unwrap();
            assert_eq!(summary.is_some(), sees, "person {position}");
        }
        for actor in [Actor::Anonymous, Actor::Operator] {
            assert_eq!(subscription(&world, actor, Some(hangang)).await, None);
        }
        // One that does not exist is answered like another customer's.
        let grace = world.actor(10).await;
        assert_eq!(subscription(&world, grace, Some(i64::MAX)).await, None);
        // Without a customer it is one's own; the vendor's people have none.
        assert_eq!(subscription(&world, world.actor(1).await, None).await.unwrap().customer.id, hangang);
        assert_eq!(subscription(&world, grace, None).await, None);
        assert_eq!(subscriptions::installed(&world.portal, grace).await.unwrap(), None);
        assert_eq!(subscriptions::installed(&world.portal, Actor::Anonymous).await.unwrap(), None);
    }

    async fn an_assignment_that_is_taken_back_counts_at_once(world: World) {
        world.filled().await;
        let (hangang, grace) = (customer_of(&world, 0).await, world.actor(10).await);
        assert_eq!(listed(&world, grace, "").await.unwrap().len(), 2);
        world.execute(&format!("DELETE FROM assignments WHERE customer_id = {hangang}")).await.unwrap();
        assert_eq!(subscription(&world, grace, Some(hangang)).await, None);
        assert_eq!(names(&listed(&world, grace, "").await.unwrap()), ["Cascade Retail"]);
    }

    async fn what_needs_attention_first_comes_first(world: World) {
        world.filled().await;
        let grace = listed(&world, world.actor(10).await, "").await.unwrap();
        assert_eq!(names(&grace), ["Cascade Retail", "한강물류 (Hangang Logistics)"]);
        // In the Pacific zone it is still 1 March.
        assert_eq!(grace[0].today, Some(day("2026-03-01")));
        assert_eq!(grace[0].reasons, [
            Reason::TermEnds { days: 26, on: day("2026-03-27") },
            Reason::Expired { on: day("2026-02-18"), name: "Priya Raman".into() },
            Reason::Discontinued { product: "Interactor Gateway".into(), version: "4.8.2".into() },
            Reason::Awaiting(3),
        ]);
        assert_eq!(grace[1].reasons, [
            Reason::Escalated(1),
            Reason::ExpiresSoon { days: 20, on: day("2026-03-22"), name: "박지훈".into() },
            Reason::Awaiting(4),
            Reason::Behind {
                product: "Interactor Studio".into(),
                version: "8.3.0".into(),
                latest: "8.4.2".into(),
            },
        ]);
        assert_eq!(grace[0].managers, ["Grace Yoon"]);
        let tom = listed(&world, world.actor(11).await, "").await.unwrap();
        assert_eq!(names(&tom), ["Fjordline Media", "남산상호금융 (Namsan Mutual)", "Blue Spruce Foods"]);
        assert_eq!(tom[0].reasons, [Reason::TermEnded(day("2026-01-21"))]);
        assert_eq!(tom[1].reasons, [Reason::SeatsAsked(2)]);
        // What is not valid yet will be when the term begins.
        assert_eq!(tom[2].reasons, [Reason::TermNotBegun(day("2026-03-16"))]);
        // An administrator sees all of them, in one order.
        let all = listed(&world, world.actor(14).await, "").await.unwrap();
        assert_eq!(names(&all), [
            "Fjordline Media",
            "Cascade Retail",
            "한강물류 (Hangang Logistics)",
            "남산상호금융 (Namsan Mutual)",
            "Blue Spruce Foods",
        ]);
        for position in [0, 1, 12] {
            assert_eq!(listed(&world, world.actor(position).await, "").await, None, "person {position}");
        }
        assert_eq!(listed(&world, Actor::Anonymous, "").await, None);
    }

    async fn customers_are_found_by_any_part_of_their_name(world: World) {
        world.filled().await;
        let ines = world.actor(14).await;
        for (search, found) in [
            ("  RETAIL ", vec!["Cascade Retail"]),
            ("물류", vec!["한강물류 (Hangang Logistics)"]),
            ("an", vec!["한강물류 (Hangang Logistics)", "남산상호금융 (Namsan Mutual)"]),
            ("%", vec![]),
            ("_", vec![]),
        ] {
            assert_eq!(names(&listed(&world, ines, search).await.unwrap()), found, "{search}");
        }
        // Somebody else's customer is not found either.
        assert!(listed(&world, world.actor(10).await, "Namsan").await.unwrap().is_empty());
    }

    async fn a_subscription_tells_how_it_stands(world: World) {
        world.filled().await;
        let own = subscription(&world, world.actor(7).await, None).await.unwrap();
        assert_eq!(own.today, Some(day("2026-03-02")));
        assert_eq!(own.customer.term.days_left(day("2026-03-02")), Some(165));
        assert_eq!(own.seats, Seats { included: 3, elected: 0, used: 2 });
        assert_eq!(own.managers, ["Grace Yoon"]);
        let installed: Vec<_> = own.installed.iter().map(|one| (one.product.as_str(), one.version.as_str(), one.state.clone())).collect();
        assert_eq!(installed, [
            ("Interactor Studio", "8.3.0", SupportState::Superseded { by: "8.4.2".into() }),
            ("Interactor Gateway", "5.1.0", SupportState::Current),
        ]);
        assert_eq!(own.installed[0].missing, ["8.4.2"]);
        assert_eq!(own.expiring.len(), 1);
        assert_eq!((own.expiring[0].name.as_str(), own.expiring[0].expiry.days), ("박지훈", Some(20)));
        assert_eq!(own.incidents.iter().map(|(state, _)| *state).collect::<Vec<_>>(), State::ALL);
        assert_eq!(own.incidents.iter().map(|(_, count)| count).sum::<u32>(), 12);
        // 2 March itself is closed; 1 March was a Sunday and closed nothing.
        let days: Vec<_> = own.closed_days.iter().map(|day| day.date).collect();
        assert_eq!(days, ["2026-03-02", "2026-05-01", "2026-05-05", "2026-05-25", "2026-06-03"].map(day));
        assert!(own.closed_days.iter().flat_map(|day| &day.names).all(|name| name.ko.is_some()));

        let cascade = subscription(&world, world.actor(2).await, None).await.unwrap();
        let gateway = &cascade.installed[1];
        assert_eq!((gateway.version.as_str(), &gateway.state), ("4.8.2", &SupportState::Discontinued));
        assert_eq!(gateway.to_install.as_deref(), Some("5.1.0"));
        assert!(gateway.missing.is_empty());
        assert_eq!((cascade.expiring[0].name.as_str(), cascade.expiring[0].expiry.days), ("Priya Raman", None));
    }

    async fn a_plan_that_is_not_loaded_is_said_and_not_guessed(world: World) {
        world.filled().await;
        world.execute("UPDATE customers SET plan_version = '1999.1' WHERE name = 'Cascade Retail'").await.unwrap();
        let own = subscription(&world, world.actor(2).await, None).await.unwrap();
        assert_eq!((own.today, own.reasons.as_slice()), (None, &[Reason::PlanUnknown][..]));
        assert!(own.closed_days.is_empty() && own.expiring.is_empty());
        let all = listed(&world, world.actor(14).await, "").await.unwrap();
        assert_eq!(all[0].customer.name, "Cascade Retail");
    }

    async fn granted_seats_are_there_and_written_down(world: World) {
        world.filled().await;
        let (customer, request) = open_request(&world).await;
        let tom = world.actor(11).await;
        world.clock.advance(HOUR);
        assert_eq!(answer_seats(&world.portal, tom, customer, request, true, " Gladly. ").await.unwrap(), Ok(()));
        let own = subscription(&world, tom, Some(customer)).await.unwrap();
        assert_eq!(own.seats, Seats { included: 5, elected: 2, used: 1 });
        assert!(!own.reasons.contains(&Reason::SeatsAsked(2)));
        let answer = own.requests[0].answer.clone().unwrap();
        assert_eq!((answer.granted, answer.by.as_str(), answer.reply.as_str()), (true, "Tom Becker", "Gladly."));
        assert_eq!(answer.at, world.portal.now());
        let (by, kind, before, after): (String, String, String, String) = world.query_one(format!(
            "SELECT by_name, kind, before, after FROM audit WHERE customer_id = {customer}"
        )).await;
        assert_eq!((by.as_str(), kind.as_str()), ("Tom Becker", "seats_answered"));
        assert_eq!(before, r#"{"elected_seats":0}"#);
        assert_eq!(after, r#"{"elected_seats":2,"answer":{"seats":2,"granted":true,"reply":"Gladly."}}"#);
        // The first answer stands.
        let again = answer_seats(&world.portal, tom, customer, request, false, "No.").await.unwrap();
        assert_eq!(again, Err(NotAnswered::Already));
        assert_eq!(world.count("audit").await, 1);
    }

    async fn a_refusal_says_why_and_changes_no_seat(world: World) {
        world.filled().await;
        let (customer, request) = open_request(&world).await;
        let ines = world.actor(14).await;
        let decline = |reply: &'static str| answer_seats(&world.portal, ines, customer, request, false, reply);
        assert_eq!(decline(" \n").await.unwrap(), Err(NotAnswered::Reply(FieldProblem::Empty)));
        assert_eq!(decline("a\0b").await.unwrap(), Err(NotAnswered::Reply(FieldProblem::Control)));
        assert_eq!(world.count("audit").await, 0);
        assert_eq!(decline("Five are enough.").await.unwrap(), Ok(()));
        let own = subscription(&world, ines, Some(customer)).await.unwrap();
        assert_eq!(own.seats.elected, 0);
        assert!(!own.requests[0].answer.as_ref().unwrap().granted);
    }

    async fn nobody_else_answers_a_request_for_seats(world: World) {
        world.filled().await;
        let (customer, request) = open_request(&world).await;
        let answer = |actor, customer, request| answer_seats(&world.portal, actor, customer, request, true, "");
        for position in [0, 4, 10, 12] {
            let actor = world.actor(position).await;
            assert_eq!(answer(actor, customer, request).await.unwrap(), Err(NotAnswered::NotFound), "person {position}");
        }
        for actor in [Actor::Anonymous, Actor::Operator] {
            assert_eq!(answer(actor, customer, request).await.unwrap(), Err(NotAnswered::NotFound));
        }
        // Not through a customer of one's own, nor a request that does not exist.
        let (grace, hangang) = (world.actor(10).await, customer_of(&world, 0).await);
        assert_eq!(answer(grace, hangang, request).await.unwrap(), Err(NotAnswered::NotFound));
        assert_eq!(answer(world.actor(11).await, customer, i64::MAX).await.unwrap(), Err(NotAnswered::NotFound));
        // Each of the four who may not is in the log.
        assert_eq!((world.count("audit").await, logged(&world, Kind::Refused).await.len()), (4, 4));
    }

    async fn of_many_answers_at_once_one_counts(world: World) {
        world.filled().await;
        let (customer, request) = open_request(&world).await;
        let tom = world.actor(11).await;
        let answers: Vec<_> = (0..20).map(|index| {
            let portal = world.portal.clone();
            tokio::spawn(async move { answer_seats(&portal, tom, customer, request, index % 2 == 0, "Answered.").await.unwrap() })
        }).collect();
        let mut taken = 0;
        for answer in answers {
            match answer.await.unwrap() {
                Ok(()) => taken += 1,
                Err(problem) => assert_eq!(problem, NotAnswered::Already),
            }
        }
        assert_eq!((taken, world.count("audit").await), (1, 1));
        let own = subscription(&world, tom, Some(customer)).await.unwrap();
        let granted = own.requests[0].answer.as_ref().unwrap().granted;
        assert_eq!(own.seats.elected, if granted { 2 } else { 0 });
    }

    async fn everybody_reads_the_releases_with_their_notes(world: World) {
        world.filled().await;
        let published = products::published(&world.portal, Actor::Anonymous).await.unwrap();
        let studio = &published[0];
        assert_eq!(studio.product.name, "Interactor Studio");
        let versions: Vec<_> = studio.releases.iter().map(|one| one.version.as_str()).collect();
        assert_eq!(versions, ["8.4.2", "8.3.0", "7.9.5", "6.5.1"]);
        assert_eq!(studio.releases[1].state, SupportState::Superseded { by: "8.4.2".into() });
        assert_eq!(studio.releases[3].state, SupportState::Discontinued);
        assert_eq!(studio.releases[0].released_on, Some(day("2026-01-28")));
        assert!(studio.releases[0].notes.ko.as_ref().unwrap().contains("단계"));
        assert_eq!(published[2].releases[1].kind, ReleaseKind::Major);
        let products = products::catalog(&world.portal, Actor::Anonymous).await.unwrap().products;
        assert_eq!(products.len(), published.len());
        let fjordline = subscription(&world, world.actor(9).await, None).await.unwrap();
        assert_eq!(fjordline.installed[0].state, SupportState::Current);
        assert_eq!(fjordline.installed[0].included_major.as_deref(), Some("8.4.2"));
        // What comes out on a later day is nowhere yet.
        world.execute("UPDATE releases SET released_on = '2026-03-03' WHERE version = '8.4.2'").await.unwrap();
        let published = products::published(&world.portal, Actor::Anonymous).await.unwrap();
        assert_eq!((published[0].releases[0].version.as_str(), &published[0].releases[0].state), ("8.3.0", &SupportState::Current));
        let own = subscription(&world, world.actor(7).await, None).await.unwrap();
        assert_eq!(own.installed[0].state, SupportState::Current);
        assert!(own.installed[0].missing.is_empty());
        world.clock.advance(24 * HOUR);
        let published = products::published(&world.portal, Actor::Anonymous).await.unwrap();
        assert_eq!(published[0].releases[0].version, "8.4.2");
    }
}
