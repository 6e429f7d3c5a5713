use domain::{
    calendar::{DayOutcome, Instant, LocalDate},
    incident::{Designation, Event, IncidentNumber, State, Step, Who},
    people::Actor,
    plan::Severity,
    text::Lang,
};
use portal_core::{
    Portal, Setup,
    audit::Kind,
    closed_days::{
        self, CalendarDays, Change, DayField, DayProblem, NewClosedDay, NotChanged, Review,
    },
    incidents::{self, Incident},
    plans::Plans,
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World, events, logged},
};

const SEOUL: &str = "Asia/Seoul kr";
const ADMINISTRATOR: usize = 14;
const HANA: usize = 12;

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn election(date: &str) -> Change {
    Change::Add(NewClosedDay {
        calendar: SEOUL.into(),
        date: date.into(),
        name: "By-election".into(),
        name_ko: "보궐선거일".into(),
        kind: "election".into(),
    })
}

async fn review(world: &World, actor: Actor, change: &Change) -> Review {
    closed_days::review(&world.portal, actor, change)
        .await
        .unwrap()
        .expect("can be saved")
}

/// Looks a change over and saves it.
async fn save(world: &World, actor: Actor, change: &Change) -> Review {
    let review = review(world, actor, change).await;
    let saved = closed_days::save(&world.portal, actor, change, &review.seal)
        .await
        .unwrap()
        .expect("saved");
    assert_eq!(saved.moved, review.moved.len());
    assert_eq!(saved.day, review.day);
    review
}

async fn refused(world: &World, actor: Actor, change: &Change) -> NotChanged {
    let not_changed = closed_days::review(&world.portal, actor, change)
        .await
        .unwrap()
        .expect_err("cannot be saved");
    let again = closed_days::save(&world.portal, actor, change, "")
        .await
        .unwrap()
        .expect_err("cannot be saved");
    assert_eq!(again, not_changed);
    not_changed
}

async fn get(world: &World, actor: Actor, number: IncidentNumber) -> Incident {
    incidents::get(&world.portal, actor, number)
        .await
        .unwrap()
        .expect("one's own")
}

async fn seoul(world: &World, actor: Actor) -> CalendarDays {
    let all = closed_days::list(&world.portal, actor)
        .await
        .unwrap()
        .expect("permitted");
    all.into_iter()
        .find(|one| one.key.to_string() == SEOUL)
        .unwrap()
}

/// Every incident as a row of the table says it, past the portal.
async fn due_times(world: &World) -> i64 {
    let (sum,): (i64,) = world
        .query_one("SELECT CAST(SUM(due_at) AS BIGINT) FROM incidents".into())
        .await;
    sum
}

both! {
    async fn what_is_looked_over_is_what_saving_does(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        // Core, Seoul: 2 Business Days from Monday 2 March, a holiday, are due on Wednesday 4 March, 17:00.
        let number = world.file(contact, world.question("When?", RELEASE)).await;
        let filed = get(&world, contact, number).await;
        let before = (world.count("events").await, world.count("audit").await);

        let review = save(&world, admin, &election("2026-03-04")).await;
        assert!(!review.moved.is_empty());
        assert_eq!(review.version, "kr-2035.1.1+tzdb2025b".replace("2025b", domain::calendar::tzdata_version()));
        let moved = review.moved.iter().find(|one| one.number == number).expect("it moves");
        assert_eq!((moved.was.at, moved.customer.as_str()), (filed.standing.due, "한강물류 (Hangang Logistics)"));
        assert_eq!(moved.due.date(), day("2026-03-05"));
        assert_eq!(moved.due.ms_of_day(), moved.was.ms_of_day());

        for one in &review.moved {
            let now: (i64,) = world.query_one(format!("SELECT next_due_at FROM incidents WHERE year = {} AND number = {}", one.number.year, one.number.count)).await;
            assert_eq!(now.0, one.due.at.0);
        }
        let now = get(&world, contact, number).await;
        assert_eq!(now.standing.due, moved.due.at);
        assert_eq!(now.explanation, filed.explanation, "what was promised at first stays");
        assert_eq!(now.calendar_version, filed.calendar_version);
        assert_eq!(now.promise().due, moved.due);
        assert_eq!(now.promise().version, review.version);
        assert!(now.promise().skipped().any(|(date, reason)| date == day("2026-03-04") && reason.holidays == ["By-election"]));
        let all = events(&now);
        assert_eq!(now.standing.state(), State::AwaitingResponse);
        match &all[1] {
            Event::Rescheduled { was, due, because, explanation } => {
                assert_eq!((*was, *due), (filed.standing.due.0, moved.due.at.0));
                assert_eq!((because.day, because.name.as_str(), because.name_ko.as_str(), because.withdrawn), (day("2026-03-04"), "By-election", "보궐선거일", false));
                assert_eq!(&**explanation, now.promise());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(now.events[1].by.who.as_ref().map(|who| who.name.as_str()), Some("Ines Duarte"));
        let added = i64::try_from(review.moved.len()).unwrap();
        assert_eq!((world.count("events").await, world.count("audit").await), (before.0 + added, before.1 + 1));
        let (kind, after): (String, String) = world.query_one("SELECT kind, after FROM audit ORDER BY id DESC LIMIT 1".into()).await;
        assert_eq!(kind, "closed_day_added");
        assert!(after.contains(&number.to_string()) && after.contains("보궐선거일"), "{after}");

        // The list is sorted by the new time, and what is filed next knows the day.
        let next = world.file(contact, world.question("And now?", RELEASE)).await;
        let next = get(&world, contact, next).await;
        assert_eq!((next.standing.due, next.calendar_version.as_str()), (now.standing.due, review.version.as_str()));
    }

    async fn withdrawing_a_day_does_the_reverse(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        let number = world.file(contact, world.question("When?", RELEASE)).await;
        let filed = get(&world, contact, number).await;
        let all = due_times(&world).await;
        save(&world, admin, &election("2026-03-04")).await;
        assert_ne!(due_times(&world).await, all);

        let listed = seoul(&world, admin).await;
        assert_eq!(listed.days.len(), 1);
        assert!(listed.days[0].ahead && listed.days[0].withdrawn.is_none());
        let withdraw = Change::Withdraw(listed.days[0].id);
        let review = save(&world, admin, &withdraw).await;
        assert!(review.withdrawn);
        assert_eq!(due_times(&world).await, all);
        let now = get(&world, contact, number).await;
        assert_eq!((now.standing.due, now.events.len()), (filed.standing.due, 3));
        // Back to the same time, by another calendar than at first.
        assert_eq!(now.promise().version, review.version);
        assert_eq!((now.promise().due, &now.promise().days), (filed.explanation.due, &filed.explanation.days));
        assert!(matches!(&now.events[2].event, Event::Rescheduled { because, .. } if because.withdrawn));

        // It is gone from the calendar, stays in the table, and can be added anew.
        assert_eq!(refused(&world, admin, &withdraw).await, NotChanged::NotThere);
        assert_eq!(seoul(&world, admin).await.days[0].withdrawn.unwrap().at, NOW);
        let zone = world.portal.plans().current().zone("seoul").unwrap().clone();
        assert_eq!(world.portal.holiday_name(&zone, "By-election", Lang::Ko), "보궐선거일", "explanations still name it");
        let again = save(&world, admin, &election("2026-03-04")).await;
        let versions = [listed.version, review.version, again.version];
        for (index, version) in versions.iter().enumerate() {
            assert!(version.starts_with(&format!("kr-2035.1.{}+", index + 1)), "{version}");
        }
    }

    async fn a_missed_deadline_stays_missed_and_an_answered_one_as_it_was(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        // Tuesday 3 March, 10:00: due the same day at 14:00.
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let severe = world.file(contact, world.severe("Down")).await;
        let answered = world.file(contact, world.question("Answered", RELEASE)).await;
        let hana = world.actor(HANA).await;
        let step = Step::Acknowledge { to: Who { id: hana.person().unwrap(), name: String::new() }, text: "We have it.".into() };
        world.take(hana, answered, step).await.unwrap();
        // Nothing is owed of it while the customer has to answer.
        world.take(hana, answered, Step::Wait { text: "Which node?".into() }).await.unwrap();
        let (missed, done) = (get(&world, contact, severe).await, get(&world, contact, answered).await);
        // An hour after it was due; the day itself is closed after all, and the next one too.
        world.clock.set(Instant(missed.standing.due.0 + HOUR));
        for date in ["2026-03-03", "2026-03-04"] {
            let review = save(&world, admin, &election(date)).await;
            assert!(review.missed.iter().any(|one| one.number == severe && one.due.at == missed.standing.due));
            assert!(review.moved.iter().all(|one| ![severe, answered].contains(&one.number)));
        }
        assert_eq!(get(&world, contact, severe).await, missed);
        assert_eq!(get(&world, contact, answered).await, done);
        // At the very instant at which it is due it has not been met either.
        world.clock.set(missed.standing.due);
        let review = review(&world, admin, &election("2026-03-05")).await;
        assert!(review.missed.iter().any(|one| one.number == severe));
        // A day that has begun stays closed: withdrawing it would make promises be missed in hindsight.
        for listed in seoul(&world, admin).await.days {
            let ahead = listed.day.day > day("2026-03-03");
            assert_eq!(listed.ahead, ahead);
            if !ahead {
                assert_eq!(refused(&world, admin, &Change::Withdraw(listed.id)).await, NotChanged::Begun);
            }
        }
    }

    async fn an_update_that_is_owed_moves_too_and_one_that_has_passed_does_not(world: World) {
        world.filled().await;
        let (admin, contact, hana) = (world.actor(ADMINISTRATOR).await, world.actor(0).await, world.actor(HANA).await);
        // Tuesday 3 March, 10:00 in Seoul; an S3 of Core is told more within two Business Days.
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let [owed, paused, late] = [
            world.file(contact, world.question("Owed", RELEASE)).await,
            world.file(contact, world.question("Paused", RELEASE)).await,
            world.file(contact, world.question("Late", RELEASE)).await,
        ];
        let acknowledge = || Step::Acknowledge { to: Who { id: hana.person().unwrap(), name: String::new() }, text: "We have it.".into() };
        world.take(hana, paused, acknowledge()).await.unwrap();
        world.take(hana, paused, Step::Wait { text: "Which node?".into() }).await.unwrap();
        world.take(hana, late, acknowledge()).await.unwrap();
        // Two Business Days and an hour later.
        world.clock.advance(49 * HOUR);
        world.take(hana, owed, acknowledge()).await.unwrap();
        world.clock.advance(HOUR);
        let before = [get(&world, contact, owed).await, get(&world, contact, paused).await, get(&world, contact, late).await];
        let was = before[0].standing.next_due().expect("an update is owed");

        let review = save(&world, admin, &election("2026-03-06")).await;
        let moved = review.moved.iter().find(|one| one.number == owed).expect("it moves");
        assert_eq!((moved.owes, moved.was.at), (closed_days::Owes::Update, was));
        assert!(review.missed.iter().any(|one| one.number == late && one.owes == closed_days::Owes::Update));
        assert!(review.moved.iter().all(|one| ![paused, late].contains(&one.number)));
        let now = get(&world, contact, owed).await;
        assert_eq!(now.standing.next_due(), Some(moved.due.at));
        assert_eq!(moved.due.at.ms_since(was), 24 * HOUR, "from Monday to Tuesday");
        match &now.events.last().unwrap().event {
            Event::UpdateRescheduled { was: old, due, because } => {
                assert_eq!((*old, *due, because.name.as_str()), (was.0, moved.due.at.0, "By-election"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!((now.standing.due, now.promise()), (before[0].standing.due, before[0].promise()), "the Response is over");
        for (number, before) in [(paused, &before[1]), (late, &before[2])] {
            assert_eq!(get(&world, contact, number).await, *before);
        }
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
        // Withdrawn again, it is due when it was.
        let id = seoul(&world, admin).await.days[0].id;
        save(&world, admin, &Change::Withdraw(id)).await;
        assert_eq!(get(&world, contact, owed).await.standing.next_due(), Some(was));
    }

    async fn a_response_moves_with_the_severity_that_set_its_due_time(world: World) {
        world.filled().await;
        let (admin, contact, hana) = (world.actor(ADMINISTRATOR).await, world.actor(0).await, world.actor(HANA).await);
        let level = |number| Severity::new(number).unwrap();
        // Tuesday 3 March, 10:00 in Seoul; an S2 of Core is due on Wednesday.
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let answers = format!(
            "kind=problem&release={RELEASE}&causes=none&recreated=yes&readiness=ready&environment=production\
             &impact=key&workaround=none&harm=no"
        );
        let number = world.file(contact, world.new_incident("Refused", &answers)).await;
        // At 15:00 the four Business Hours of an S1 would end later than that: the due time stays.
        world.clock.advance(5 * HOUR);
        let step = Step::Designate { designation: Designation::Level(level(1)), reason: "It is worse.".into() };
        world.take(hana, number, step).await.unwrap();
        let raised = get(&world, contact, number).await;
        assert_eq!((raised.standing.claimed, raised.standing.severity), (level(2), level(1)));
        assert!(matches!(raised.events[1].event, Event::Designated { moved: None, .. }));
        let review = save(&world, admin, &election("2026-03-04")).await;
        let moved = review.moved.iter().find(|one| one.number == number).expect("it moves");
        let found = incidents::deadline(&world.portal, contact, number, 2).await.unwrap().expect("the moved one");
        assert_eq!((found.deadline.severity, found.deadline.due), (level(2), moved.due.at));
        let why = found.why.expect("explained");
        assert_eq!(why.explanation.target, raised.explanation.target);
        assert!(why.certain.is_some(), "it can be certified");
    }

    async fn other_calendars_and_the_clock_that_never_stops_do_not_move(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let (pacific, advanced) = (world.actor(2).await, world.actor(4).await);
        let elsewhere = world.file(pacific, world.question("Los Angeles", RELEASE)).await;
        // Advanced, S1: 2 hours, 24x7.
        let always = world.file(advanced, world.severe("Around the clock")).await;
        let before = (get(&world, pacific, elsewhere).await, get(&world, advanced, always).await);
        let without = review(&world, admin, &election("2026-03-03")).await;
        assert!(without.elapsed >= 1);
        let review = save(&world, admin, &election("2026-03-03")).await;
        assert!(review.moved.iter().all(|one| one.number != elsewhere && one.number != always));
        assert_eq!((get(&world, pacific, elsewhere).await, get(&world, advanced, always).await), before);
        // Far ahead, nothing moves; what is due before is counted.
        let far = save(&world, admin, &election("2026-09-01")).await;
        assert_eq!((far.moved.len(), far.unmoved), (0, review.moved.len() + review.unmoved));
    }

    async fn a_date_that_cannot_be_closed_says_why(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        save(&world, admin, &election("2026-03-04")).await;
        let before = world.count("closed_days").await;
        let (first, last) = seoul(&world, admin).await.coverage;
        let not_covered = domain::calendar::NotCovered { first, last };
        let cases = [
            ("", DayProblem::Empty),
            ("2026-02-30", DayProblem::NotADate),
            ("3 June 2026", DayProblem::NotADate),
            ("2026-03-01", DayProblem::Past),
            ("2026-02-27", DayProblem::Past),
            ("2036-01-02", DayProblem::NotCovered(not_covered)),
            ("2026-03-07", DayProblem::Weekend),
            ("2026-03-02", DayProblem::Closed(vec!["Substitute holiday for Independence Movement Day (Samiljeol)".into()])),
            ("2026-03-04", DayProblem::Closed(vec!["By-election".into()])),
        ];
        for (date, problem) in cases {
            assert_eq!(refused(&world, admin, &election(date)).await, NotChanged::Invalid(vec![(DayField::Date, problem)]), "{date}");
        }
        let empty = Change::Add(NewClosedDay { name: "a\nb".into(), name_ko: "가".repeat(201), ..NewClosedDay::default() });
        assert_eq!(
            refused(&world, admin, &empty).await,
            NotChanged::Invalid(vec![
                (DayField::Calendar, DayProblem::Empty),
                (DayField::Date, DayProblem::Empty),
                (DayField::Name, DayProblem::Control),
                (DayField::NameKo, DayProblem::TooLong),
                (DayField::Kind, DayProblem::Empty),
            ])
        );
        assert_eq!(refused(&world, admin, &Change::Withdraw(4_711)).await, NotChanged::NotThere);
        assert_eq!(world.count("closed_days").await, before);
    }

    async fn what_changed_since_it_was_looked_over_is_looked_over_again(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        let change = election("2026-03-04");
        let seen = review(&world, admin, &change).await;
        let number = world.file(contact, world.question("Meanwhile", RELEASE)).await;
        let stale = closed_days::save(&world.portal, admin, &change, &seen.seal).await.unwrap().expect_err("stale");
        let NotChanged::Stale(now) = stale else { panic!("{stale:?}") };
        assert_eq!(now.moved.len(), seen.moved.len() + 1);
        assert_eq!(world.count("closed_days").await, 0);
        assert_eq!(get(&world, contact, number).await.events.len(), 1);
        closed_days::save(&world.portal, admin, &change, &now.seal).await.unwrap().expect("saved");
        assert_eq!(get(&world, contact, number).await.events.len(), 2);
    }

    async fn another_server_promises_nothing_by_an_old_calendar(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        let mut setup = Setup::new(&world.url, Plans::load(None).unwrap());
        setup.clock = world.clock.clone();
        let other = Portal::open(setup).await.unwrap();
        let zone = world.portal.plans().current().zone("seoul").unwrap().clone();
        let version = |portal: &Portal| portal.calendar(&zone).unwrap().version().to_owned();

        let review = save(&world, admin, &election("2026-03-04")).await;
        assert_ne!(version(&other), review.version);
        let previewed = incidents::review(&other, contact, &world.question("Seen there", RELEASE)).await.unwrap().unwrap();
        let incidents::Reviewed::Ready(previewed) = previewed else { panic!("{previewed:?}") };
        assert_eq!(previewed.explanation.version, review.version);

        save(&world, admin, &election("2026-03-05")).await;
        let filed = incidents::file(&other, contact, world.question("Filed there", RELEASE)).await.unwrap().unwrap();
        let filed = get(&world, contact, filed.number()).await;
        assert_eq!(filed.calendar_version, version(&world.portal));
        assert!(filed.explanation.days.iter().any(|one| one.date == day("2026-03-05") && matches!(&one.outcome, DayOutcome::Skipped(_))));

        // And for what only shows.
        save(&world, admin, &election("2026-03-06")).await;
        assert!(closed_days::refresh(&other).await.unwrap());
        assert!(!closed_days::refresh(&other).await.unwrap());
        assert_eq!(version(&other), version(&world.portal));
        assert_eq!(other.holiday_name(&zone, "By-election", Lang::Ko), "보궐선거일");
        assert_eq!(other.holiday_name(&zone, "By-election", Lang::En), "By-election");
        assert_eq!(other.holiday_name(&zone, "Chuseok", Lang::Ko), "추석");
        other.close().await;
    }

    async fn whoever_files_while_a_day_is_added_gets_it_in_one_way_or_the_other(world: World) {
        world.filled().await;
        let (admin, contact) = (world.actor(ADMINISTRATOR).await, world.actor(0).await);
        let change = election("2026-03-04");
        let filing: Vec<_> = (0..12)
            .map(|_| {
                let (portal, new) = (world.portal.clone(), world.question("Race", RELEASE));
                tokio::spawn(async move { incidents::file(&portal, contact, new).await.unwrap().unwrap().number() })
            })
            .collect();
        // Whatever is filed in between makes it stale: looked over again until it is saved.
        loop {
            let review = review(&world, admin, &change).await;
            match closed_days::save(&world.portal, admin, &change, &review.seal).await.unwrap() {
                Ok(_) => break,
                Err(NotChanged::Stale(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        let zone = world.portal.plans().current().zone("seoul").unwrap().clone();
        let calendar = world.portal.calendar(&zone).unwrap();
        for filed in filing {
            let incident = get(&world, contact, filed.await.unwrap()).await;
            let due = calendar.due(incident.standing.received, incident.explanation.target).unwrap();
            assert_eq!((incident.standing.due, incident.promise().due.at), (due, due));
        }
    }

    async fn only_an_administrator_changes_closed_days(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        save(&world, admin, &election("2026-03-04")).await;
        let id = seoul(&world, admin).await.days[0].id;
        let mut actors = vec![Actor::Anonymous, Actor::Operator];
        for position in [0, 1, 10, 12] {
            actors.push(world.actor(position).await);
        }
        for actor in actors {
            assert_eq!(closed_days::list(&world.portal, actor).await.unwrap(), None);
            for change in [election("2026-03-05"), Change::Withdraw(id), Change::Withdraw(id + 1)] {
                assert_eq!(refused(&world, actor, &change).await, NotChanged::NotPermitted);
            }
        }
        assert_eq!(world.count("closed_days").await, 1);
        // Each try of somebody who is signed in is in the log.
        let refused = logged(&world, Kind::Refused).await;
        assert_eq!(refused.len(), 4 * (1 + 3 * 2));
        assert!(refused.iter().all(|entry| entry.subject == "ManageClosedDays"));
    }
}
