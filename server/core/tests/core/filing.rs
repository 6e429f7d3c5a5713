use std::collections::BTreeSet;

use domain::{
    calendar::{Instant, tzdata_version},
    incident::{By, Channel, Entry, Event, Field, FieldProblem, IncidentNumber, Party, State, Who},
    plan::{ClauseId, Severity},
    triage::{AnswerProblem, Answers, Basis},
};
use portal_core::{
    Portal, Setup,
    incidents::{self, Filed, NewIncident, NotFiled},
    plans::Plans,
};

use crate::{
    both,
    common::{NOW, RELEASE},
};

both! {
    async fn what_was_filed_is_read_back(world: World) {
        world.filled().await;
        let person = world.person(2).await;
        let mut new = world.severe("  <b>All</b> down & “out” ");
        new.draft.description = "one\r\ntwo\t가나다 \u{1F6AB}\n".into();
        new.draft.business_impact = "'); DROP TABLE incidents; --".into();
        let answers = new.answers.clone();
        let number = world.file(person.actor, new).await;

        let incident = incidents::get(&world.portal, person.actor, number).await.unwrap().expect("filed");
        let plan = world.portal.plans().current();
        let zone = plan.zone("pacific").unwrap();
        let severity = Severity::new(1).unwrap();
        let target = plan.tier("platinum").unwrap().response(severity).unwrap();
        let calendar = world.portal.calendar(zone).unwrap();
        let due = calendar.due(NOW, target.into()).unwrap();

        assert_eq!(incident.number, number);
        assert_eq!(incident.title, "<b>All</b> down & “out”");
        assert_eq!(incident.description, "one\ntwo\t가나다 \u{1F6AB}");
        assert_eq!(incident.steps, "");
        assert_eq!(incident.business_impact, "'); DROP TABLE incidents; --");
        assert_eq!((incident.standing.claimed, incident.standing.state()), (severity, State::AwaitingResponse));
        assert_eq!(incident.outcome.basis, Basis::Words);
        assert!(incident.outcome.excluded.is_empty() && incident.outcome.unmet.is_empty());
        // In the guide's order, whatever the order in which they came.
        let by_question = |answers: &Answers| -> BTreeSet<_> {
            answers.pairs().map(|(question, option)| (question.to_owned(), option.to_owned())).collect()
        };
        assert_eq!(by_question(&incident.answers), by_question(&answers));
        assert_eq!((incident.release.as_str(), incident.release_name.as_str()), (RELEASE, "Interactor Gateway 5.1.0"));
        assert_eq!(incident.plan_version, "2026.1");
        assert_eq!(incident.calendar_version, calendar.version());
        assert_eq!(incident.tz_version, tzdata_version());
        assert_eq!((incident.tier.as_str(), incident.zone.as_str()), ("platinum", "pacific"));
        assert_eq!((incident.standing.received, incident.standing.due), (NOW, due));
        assert_eq!(incident.explanation, calendar.explain(NOW, target.into()).unwrap());
        assert_eq!((incident.filed_by.as_str(), incident.filed_by_you), (person.name.as_str(), true));
        let Event::Received { filed: Some(filed), .. } = &incident.events[0].event else { panic!("{:?}", incident.events) };
        assert_eq!(filed.len(), 64);
        let event = Event::Received {
            channel: Channel::Portal,
            claimed: severity,
            due: due.0,
            prepared_by: None,
            logged_by: None,
            logged_at: None,
            filed: Some(filed.clone()),
        };
        let by = By { party: Party::Customer, who: Some(Who { id: person.id, name: person.name }) };
        assert_eq!(incident.events, [Entry { at: NOW, by, event }]);
    }

    async fn what_fits_the_fields_fits_the_tables(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        // The longest in characters is the longest in bytes, too, and one that grows when it is folded.
        for c in ["\u{1F6AB}", "\u{130}"] {
            let mut new = world.severe(&c.repeat(Field::Title.most()));
            new.draft.description = c.repeat(Field::Description.most());
            new.draft.steps = c.repeat(Field::Steps.most());
            new.draft.business_impact = c.repeat(Field::BusinessImpact.most());
            let draft = new.draft.clone();
            let number = world.file(actor, new).await;
            let incident = incidents::get(&world.portal, actor, number).await.unwrap().unwrap();
            assert_eq!(incident.title, draft.title);
            assert_eq!(incident.description, draft.description);
            assert_eq!((incident.steps, incident.business_impact), (draft.steps, draft.business_impact));
        }
    }

    async fn the_deadline_is_the_calendars(world: World) {
        world.filled().await;
        let plan = world.portal.plans().current().clone();
        for position in [0, 2, 4] {
            let person = world.person(position).await;
            let customer = person.customer.as_ref().unwrap();
            let zone = plan.zone(&customer.zone).unwrap();
            let target = plan.tier(&customer.tier).unwrap().response(Severity::new(3).unwrap()).unwrap();
            // A holiday, a weekend, after hours, a day on which the clocks change.
            for at in [NOW, Instant(1_772_845_200_123), Instant(1_772_800_000_000), Instant(1_772_964_000_001)] {
                world.clock.set(at);
                let number = world.file(person.actor, world.question("When?", RELEASE)).await;
                let incident = incidents::get(&world.portal, person.actor, number).await.unwrap().unwrap();
                let due = world.portal.calendar(zone).unwrap().due(at, target.into()).unwrap();
                assert_eq!((incident.standing.received, incident.standing.due), (at, due));
            }
        }
    }

    async fn the_same_form_twice_is_one_incident(world: World) {
        world.filled().await;
        let (one, colleague) = (world.actor(0).await, world.actor(1).await);
        let before = world.count("incidents").await;
        let new = world.severe("Once");
        let number = world.file(one, new.clone()).await;
        // Changed, later, even invalid by now: it is the same form.
        world.clock.advance(1_000);
        for again in [new.clone(), NewIncident { draft: world.severe("Changed").draft, ..new.clone() }, NewIncident { answers: Answers::default(), ..new.clone() }] {
            assert_eq!(incidents::file(&world.portal, one, again).await.unwrap(), Ok(Filed::Already(number)));
        }
        assert_eq!(world.count("incidents").await, before + 1);
        // Somebody else's form of the same key is another form.
        let other = world.file(colleague, new).await;
        assert_ne!(other, number);
    }

    async fn twenty_at_once_with_one_key_are_one_incident(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        let (incidents_before, events_before) = (world.count("incidents").await, world.count("events").await);
        let new = world.severe("Race");
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (portal, new) = (world.portal.clone(), new.clone());
                tokio::spawn(async move { incidents::file(&portal, actor, new).await })
            })
            .collect();
        let mut anew = 0;
        let mut numbers = BTreeSet::new();
        for task in tasks {
            let filed = task.await.unwrap().unwrap().unwrap();
            anew += usize::from(matches!(filed, Filed::New(_)));
            numbers.insert(filed.number());
        }
        assert_eq!((anew, numbers.len()), (1, 1));
        assert_eq!(world.count("incidents").await, incidents_before + 1);
        assert_eq!(world.count("events").await, events_before + 1);
        // The others left no gap behind.
        let next = world.file(actor, world.severe("Next")).await;
        assert_eq!(Some(next.count), numbers.first().map(|number| number.count + 1));
    }

    async fn twenty_at_once_get_consecutive_numbers(world: World) {
        world.filled().await;
        let actors = [world.actor(0).await, world.actor(3).await];
        let first = world.file(actors[0], world.severe("First")).await;
        let tasks: Vec<_> = (0..20)
            .map(|index| {
                let (portal, new) = (world.portal.clone(), world.severe("Race"));
                tokio::spawn(async move { incidents::file(&portal, actors[index % 2], new).await })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for task in tasks {
            match task.await.unwrap().unwrap().unwrap() {
                Filed::New(number) => numbers.insert(number),
                Filed::Already(number) => panic!("{number} has another key"),
            };
        }
        let expected: Vec<_> = (1..=20).map(|more| IncidentNumber { year: 2026, count: first.count + more }).collect();
        assert_eq!(numbers.into_iter().collect::<Vec<_>>(), expected);
    }

    async fn two_servers_on_one_database_file_as_one(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        let first = world.file(actor, world.severe("First")).await;
        let mut setup = Setup::new(&world.url, Plans::load(None).unwrap());
        setup.clock = world.clock.clone();
        let other = Portal::open(setup).await.unwrap();
        let same = world.severe("Both");
        let tasks: Vec<_> = (0..40)
            .map(|index| {
                let portal = if index % 2 == 0 { world.portal.clone() } else { other.clone() };
                let new = if index < 4 { same.clone() } else { world.severe("One of them") };
                tokio::spawn(async move { incidents::file(&portal, actor, new).await })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for task in tasks {
            numbers.insert(task.await.unwrap().unwrap().unwrap().number().count);
        }
        other.close().await;
        assert_eq!(numbers, (first.count + 1..=first.count + 37).collect());
    }

    async fn each_year_in_utc_counts_from_one(world: World) {
        world.filled().await;
        world.without_end().await;
        let actor = world.actor(0).await;
        // 31 December 2026, 23:59:59.999 UTC: already the new year in Seoul.
        world.clock.set(Instant(1_798_761_599_999));
        assert_eq!(world.file(actor, world.severe("Old year")).await.year, 2026);
        world.clock.advance(1);
        assert_eq!(world.file(actor, world.severe("New year")).await, IncidentNumber { year: 2027, count: 1 });
    }

    async fn what_is_wrong_is_said_and_nothing_is_stored(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        let before = (world.count("incidents").await, world.count("events").await);
        let counters: (i64, i64) = world.query_one("SELECT year, last_number FROM counters WHERE year = 2026".into()).await;

        let mut empty = world.severe(" ");
        empty.draft.description = "가".repeat(10_001);
        empty.draft.steps = "a\0b".into();
        assert_eq!(
            world.refused(actor, empty).await,
            NotFiled::Invalid {
                fields: vec![
                    (Field::Title, FieldProblem::Empty),
                    (Field::Description, FieldProblem::TooLong { is: 10_001 }),
                    (Field::Steps, FieldProblem::Control),
                ],
                answers: Vec::new(),
                form_key: false,
            }
        );
        for key in ["", "x", "5A3B1E00-0000-4000-8000-000000000000", "5a3b1e00-0000-4000-8000-00000000000'"] {
            let new = NewIncident { form_key: key.into(), ..world.severe("No key") };
            assert_eq!(
                world.refused(actor, new).await,
                NotFiled::Invalid { fields: Vec::new(), answers: Vec::new(), form_key: true }
            );
        }

        let id = |question: &str| question.to_owned();
        let severe = world.severe("x").answers;
        let mut contradiction = severe.clone();
        contradiction.set("causes", vec!["none".into(), "modified".into()]);
        let forged = [
            (Answers::default(), AnswerProblem::Missing { question: id("kind") }),
            (severe.with("kind", "question"), AnswerProblem::NotAsked { question: id("recreated") }),
            (severe.with("harm", "maybe"), AnswerProblem::NoSuchOption { question: id("harm") }),
            (severe.with("severity", "S1"), AnswerProblem::NotAsked { question: id("severity") }),
            (severe.with("release", "gateway:99.0.0"), AnswerProblem::NoSuchOption { question: id("release") }),
            (severe.with("release", "nothing:5.1.0"), AnswerProblem::NoSuchOption { question: id("release") }),
            (contradiction, AnswerProblem::Contradiction { question: id("causes") }),
        ];
        for (answers, problem) in forged {
            let new = NewIncident { answers, ..world.severe("Forged") };
            match world.refused(actor, new).await {
                NotFiled::Invalid { fields, answers, form_key: false } => {
                    assert!(fields.is_empty());
                    assert!(answers.contains(&problem), "{answers:?} lacks {problem:?}");
                }
                other => panic!("{problem:?}: {other:?}"),
            }
        }

        assert_eq!((world.count("incidents").await, world.count("events").await), before);
        assert_eq!(world.query_one::<(i64, i64)>("SELECT year, last_number FROM counters WHERE year = 2026".into()).await, counters);
    }

    async fn a_discontinued_release_is_probably_excluded(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        let cases = [("gateway:4.8.2", Some("7-iv"), None), ("gateway:5.0.3", None, Some("6-c")), (RELEASE, None, None), ("unlisted", None, None)];
        for (release, excluded, unmet) in cases {
            let number = world.file(actor, world.question("Old", release)).await;
            let incident = incidents::get(&world.portal, actor, number).await.unwrap().unwrap();
            let clause = |id: &str| ClauseId(id.to_owned());
            assert_eq!(incident.outcome.excluded.iter().map(|one| one.clause.clone()).next(), excluded.map(clause), "{release}");
            assert_eq!(incident.outcome.unmet.iter().map(|one| one.clause.clone()).next(), unmet.map(clause), "{release}");
            assert_eq!(incident.release, release);
            let page = incidents::list(&world.portal, actor, None, &incidents::Filter::default(), None, 1).await.unwrap().unwrap();
            assert_eq!((page.rows[0].number, page.rows[0].excluded), (number, excluded.is_some()));
        }
    }

    async fn nothing_is_promised_beyond_the_calendar(world: World) {
        world.filled().await;
        world.without_end().await;
        let actor = world.actor(0).await;
        let before = world.count("incidents").await;
        // 15 January 2036; and 31 December 2035 in Seoul, whose answer would be due in 2036.
        for at in [Instant(2_084_140_800_000), Instant(2_082_700_800_000)] {
            world.clock.set(at);
            let refused = world.refused(actor, world.severe("Too late")).await;
            assert!(matches!(refused, NotFiled::NotCovered(_)), "{refused:?}");
        }
        assert_eq!(world.count("incidents").await, before);
        assert_eq!(world.query_one::<(i64,)>("SELECT COUNT(*) FROM counters WHERE year > 2030".into()).await, (0,));
    }

    async fn a_contract_that_is_not_loaded_promises_nothing(world: World) {
        world.filled().await;
        let actor = world.actor(0).await;
        for change in ["plan_version = '1999.1'", "plan_version = '2026.1', tier = 'gold'", "tier = 'core', zone = 'moon'"] {
            world.execute(&format!("UPDATE customers SET {change}")).await.unwrap();
            assert_eq!(world.refused(actor, world.severe("No plan")).await, NotFiled::UnknownPlan);
        }
    }

    async fn the_schema_refuses_what_the_operation_should_have(world: World) {
        world.filled().await;
        for change in ["title = ''", "state = 'gone'", "severity = 0", "form_key = 'x'", "number = 0", "customer_id = 12345"] {
            world.execute(&format!("UPDATE incidents SET {change}")).await.expect_err(change);
        }
        let long = format!("UPDATE incidents SET title = '{}'", "가".repeat(201));
        world.execute(&long).await.expect_err("too long");
    }
}
