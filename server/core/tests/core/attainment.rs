use std::time::Instant as Stopwatch;

use domain::{
    attainment::{Month, Part, Period, Verdict, Wanted},
    calendar::Instant,
    incident::{Designation, IncidentNumber, Step, Who},
    people::Actor,
    plan::{ClauseId, Severity},
};
use portal_core::{
    incidents::{self, Attained, Due, Fault, Filter, Page, Scope},
    sample,
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World},
};

const SEOYEON: usize = 0;
const MARIA: usize = 2;
/// Of a customer that never filed anything: Core, Seoul.
const DOYUN: usize = 4;
const GRACE: usize = 10;
const TOM: usize = 11;
const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;

fn level(number: u8) -> Severity {
    Severity::new(number).unwrap()
}

fn march() -> Period {
    Period::Month(Month::new(2026, 3).unwrap())
}

fn wanted(period: Period) -> Wanted {
    Wanted {
        period,
        level: None,
        tier: None,
    }
}

async fn counted(world: &World, actor: Actor, scope: Scope, year: i32) -> Attained {
    incidents::attained(&world.portal, actor, scope, Some(year))
        .await
        .unwrap()
        .expect("theirs to see")
}

/// The parts of a period in the order of `Part::ALL`.
async fn parts(world: &World, actor: Actor, wanted: &Wanted) -> [u64; 7] {
    let attained = counted(world, actor, Scope::Own, wanted.period.year()).await;
    let tally = wanted.tally(&attained.cells);
    Part::ALL.map(|part| tally.part(part))
}

async fn listed(
    world: &World,
    actor: Actor,
    customer: Option<i64>,
    wanted: &Wanted,
    part: Part,
) -> Page {
    let filter = Filter {
        due: Some(Due {
            wanted: wanted.clone(),
            part,
        }),
        ..Filter::default()
    };
    incidents::list(&world.portal, actor, customer, &filter, None, 200)
        .await
        .unwrap()
        .expect("theirs to see")
}

/// Every number is as large as the list that it leads to, and every incident stands in one of the parts.
async fn agrees(world: &World, actor: Actor, scope: Scope, customer: Option<i64>) {
    for year in [2025, 2026] {
        let attained = counted(world, actor, scope, year).await;
        let whole = wanted(Period::Year(year));
        for period in Period::of_year(year) {
            check(world, actor, customer, &attained, &wanted(period)).await;
        }
        for level in (1..=4).map(level) {
            for tier in ["core", "advanced", "platinum"] {
                let one = Wanted {
                    level: Some(level),
                    tier: Some(tier.to_owned()),
                    ..whole.clone()
                };
                check(world, actor, customer, &attained, &one).await;
            }
        }
    }
}

async fn check(
    world: &World,
    actor: Actor,
    customer: Option<i64>,
    attained: &Attained,
    wanted: &Wanted,
) {
    let tally = wanted.tally(&attained.cells);
    let mut listed_apart = 0;
    for part in Part::ALL {
        let page = listed(world, actor, customer, wanted, part).await;
        let total = u64::try_from(page.total).unwrap();
        assert_eq!(total, tally.part(part), "{wanted:?} {part:?}");
        let named = customer.or_else(|| actor.customer()).is_none();
        assert!(page.rows.iter().all(|row| row.customer.is_some() == named));
        if matches!(part, Part::Of(_)) {
            listed_apart += total;
        }
    }
    assert_eq!(listed_apart, tally.part(Part::All), "{wanted:?}");
}

async fn acknowledge(world: &World, number: IncidentNumber) {
    let hana = world.actor(HANA).await;
    let to = Who {
        id: hana.person().unwrap(),
        name: String::new(),
    };
    let text = "We have it.".into();
    world
        .take(hana, number, Step::Acknowledge { to, text })
        .await
        .unwrap();
}

async fn designate(world: &World, number: IncidentNumber, designation: Designation) {
    let hana = world.actor(HANA).await;
    let reason = "So it is.".into();
    let step = Step::Designate {
        designation,
        reason,
    };
    world.take(hana, number, step).await.unwrap();
}

fn excluded() -> Designation {
    Designation::Excluded(ClauseId("7-v".into()))
}

async fn intact(world: &World) {
    let verified = incidents::verify(&world.portal, Actor::Operator)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(verified.broken, []);
}

both! {
    async fn each_incident_is_counted_once_as_what_became_of_it(world: World) {
        world.filled().await;
        let doyun = world.actor(DOYUN).await;
        // Tuesday 3 March, 10:00 in Seoul; an S3 of Core is due on Thursday at 10:00, an S1 on Tuesday at 14:00.
        let tuesday = Instant(NOW.0 + 23 * HOUR);
        world.clock.set(tuesday);
        let question = || world.question("When?", RELEASE);
        let [in_time, late, open, out, withdrawn] = [
            world.file(doyun, question()).await,
            world.file(doyun, world.severe("Down")).await,
            world.file(doyun, question()).await,
            world.file(doyun, question()).await,
            world.file(doyun, question()).await,
        ];
        let all = wanted(march());
        assert_eq!(parts(&world, doyun, &all).await, [0, 0, 0, 5, 0, 0, 5]);
        acknowledge(&world, in_time).await;
        acknowledge(&world, out).await;
        designate(&world, out, excluded()).await;
        world.take(doyun, withdrawn, Step::Withdraw { reason: String::new() }).await.unwrap();
        assert_eq!(parts(&world, doyun, &all).await, [1, 1, 0, 2, 1, 1, 5]);
        // Time alone makes the miss, and nothing that comes after it undoes it.
        world.clock.set(Instant(tuesday.0 + 5 * HOUR));
        assert_eq!(parts(&world, doyun, &all).await, [2, 1, 1, 1, 1, 1, 5]);
        acknowledge(&world, late).await;
        designate(&world, late, excluded()).await;
        designate(&world, open, Designation::NotAnError(ClauseId("1-error".into()))).await;
        assert_eq!(parts(&world, doyun, &all).await, [2, 1, 1, 0, 2, 1, 5]);
        agrees(&world, doyun, Scope::Own, None).await;
        intact(&world).await;
    }

    async fn the_severity_that_set_the_target_is_the_one_it_stands_under(world: World) {
        world.filled().await;
        let doyun = world.actor(DOYUN).await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let raised = world.file(doyun, world.question("When?", RELEASE)).await;
        designate(&world, raised, Designation::Level(level(2))).await;
        acknowledge(&world, raised).await;
        designate(&world, raised, Designation::Level(level(1))).await;
        let under = |number| Wanted { level: Some(level(number)), ..wanted(march()) };
        assert_eq!(parts(&world, doyun, &under(2)).await[6], 1);
        for number in [1, 3] {
            assert_eq!(parts(&world, doyun, &under(number)).await[6], 0);
        }
        intact(&world).await;
    }

    async fn a_month_ends_at_midnight_by_the_contracts_zone(world: World) {
        world.filled().await;
        world.without_end().await;
        let doyun = world.actor(DOYUN).await;
        // Tuesday 31 March 2026, 23:00 in Seoul: an S1 of Advanced is due on Wednesday at 1:00, when it is March in UTC.
        let ten = Instant(1_774_918_800_000);
        world.clock.set(Instant(ten.0 + 13 * HOUR));
        world.file(doyun, world.severe("Down")).await;
        let april = Period::Month(Month::new(2026, 4).unwrap());
        assert_eq!(parts(&world, doyun, &wanted(march())).await[6], 0);
        assert_eq!(parts(&world, doyun, &wanted(april)).await[6], 1);
        // A designation that moves the due time moves the month: a question of Tuesday morning is due in April.
        world.clock.set(ten);
        let question = world.file(doyun, world.question("When?", RELEASE)).await;
        assert_eq!(parts(&world, doyun, &wanted(april)).await[6], 2);
        designate(&world, question, Designation::Level(level(1))).await;
        assert_eq!(parts(&world, doyun, &wanted(april)).await[6], 1);
        assert_eq!(parts(&world, doyun, &wanted(march())).await[6], 1);
        // Of Platinum in Los Angeles: due on Tuesday at 21:00 there, when it is April already in UTC.
        let maria = world.actor(MARIA).await;
        let before = parts(&world, maria, &wanted(march())).await[6];
        world.clock.set(Instant(1_775_012_400_000));
        world.file(maria, world.severe("Down")).await;
        assert_eq!(parts(&world, maria, &wanted(march())).await[6], before + 1);
        intact(&world).await;
    }

    async fn every_number_is_as_large_as_its_list(world: World) {
        world.filled().await;
        let (seoyeon, grace, hana) = (world.actor(SEOYEON).await, world.actor(GRACE).await, world.actor(HANA).await);
        let customer = world.person(SEOYEON).await.customer.unwrap().id;
        sample::many(&world.portal, customer, 60).await.unwrap();
        agrees(&world, seoyeon, Scope::Own, None).await;
        agrees(&world, grace, Scope::Customer(customer), Some(customer)).await;
        agrees(&world, hana, Scope::Everybody, None).await;
        // And with all incidents that there are.
        let mut all = 0;
        for year in [2025, 2026] {
            let attained = counted(&world, hana, Scope::Everybody, year).await;
            all += attained.cells.iter().map(|cell| cell.n).sum::<u64>();
            assert!(attained.cells.iter().all(|cell| cell.n > 0 && cell.month.year() == year));
        }
        assert_eq!(all, u64::try_from(world.count("incidents").await).unwrap());
    }

    async fn another_customers_count_is_not_there(world: World) {
        world.filled().await;
        let customer = world.person(SEOYEON).await.customer.unwrap().id;
        let get = |actor, scope| {
            let portal = world.portal.clone();
            async move { incidents::attained(&portal, actor, scope, None).await.unwrap().is_some() }
        };
        for (who, own, theirs, everybodys) in [
            (SEOYEON, true, true, false),
            (MARIA, true, false, false),
            (GRACE, false, true, false),
            (TOM, false, false, false),
            (HANA, false, true, true),
            (ADMINISTRATOR, false, true, true),
        ] {
            let actor = world.actor(who).await;
            assert_eq!(get(actor, Scope::Own).await, own, "{who}");
            assert_eq!(get(actor, Scope::Customer(customer)).await, theirs, "{who}");
            assert_eq!(get(actor, Scope::Everybody).await, everybodys, "{who}");
            assert!(!get(actor, Scope::Customer(99)).await, "{who}");
            let customers = incidents::counted_customers(&world.portal, actor).await.unwrap();
            assert_eq!(customers.is_some(), everybodys, "{who}");
            // The list of those of every customer is for the same people; a contact sees their own.
            let due = Some(Due { wanted: wanted(march()), part: Part::All });
            let filter = Filter { due, ..Filter::default() };
            let list = incidents::list(&world.portal, actor, None, &filter, None, 10).await.unwrap();
            assert_eq!(list.is_some(), everybodys || own, "{who}");
        }
        assert!(!get(Actor::Anonymous, Scope::Own).await);
        assert!(!get(Actor::Anonymous, Scope::Everybody).await);
    }

    async fn without_an_incident_there_is_nothing_to_count(world: World) {
        world.filled().await;
        let doyun = world.actor(DOYUN).await;
        let empty = incidents::attained(&world.portal, doyun, Scope::Own, None).await.unwrap().unwrap();
        assert_eq!(empty, Attained { year: 2026, years: None, cells: Vec::new() });
    }

    async fn what_is_from_before_is_counted_when_the_portal_starts(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        let before = [
            counted(&world, hana, Scope::Everybody, 2025).await,
            counted(&world, hana, Scope::Everybody, 2026).await,
        ];
        let rows = |sql: &'static str| world.query_one::<(i64,)>(sql.into());
        let (places,) = rows("SELECT CAST(SUM(due_month * 31 + due_severity * 7 + LENGTH(response)) AS BIGINT) FROM incidents").await;
        world.execute("UPDATE incidents SET due_month = NULL, due_severity = NULL, response = NULL").await.unwrap();
        assert_eq!(counted(&world, hana, Scope::Everybody, 2026).await.cells, []);
        world.portal.migrate().await.unwrap();
        let (filled,) = rows("SELECT CAST(SUM(due_month * 31 + due_severity * 7 + LENGTH(response)) AS BIGINT) FROM incidents").await;
        assert_eq!(filled, places);
        for (attained, year) in before.into_iter().zip([2025, 2026]) {
            let again = counted(&world, hana, Scope::Everybody, year).await;
            for period in Period::of_year(year) {
                assert_eq!(wanted(period).tally(&again.cells), wanted(period).tally(&attained.cells));
            }
        }
        intact(&world).await;
    }

    async fn a_count_that_was_tampered_with_is_found(world: World) {
        world.not_verified();
        world.filled().await;
        intact(&world).await;
        for (column, change, back) in [
            ("due_month", "due_month = due_month + 1", "due_month = due_month - 1"),
            ("due_severity", "due_severity = due_severity + 1", "due_severity = due_severity - 1"),
        ] {
            world.execute(&format!("UPDATE incidents SET {change} WHERE id = 1")).await.unwrap();
            let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
            assert_eq!(verified.broken.len(), 1);
            assert_eq!(verified.broken[0].fault, Fault::Row(column));
            world.execute(&format!("UPDATE incidents SET {back} WHERE id = 1")).await.unwrap();
        }
        world.execute("UPDATE incidents SET response = 'in_time' WHERE response = 'late'").await.unwrap();
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert!(verified.broken.iter().all(|broken| broken.fault == Fault::Row("response")));
        assert!(!verified.broken.is_empty());
    }

    async fn ten_thousand_incidents_are_counted_while_one_waits(world: World) {
        world.not_verified();
        world.filled().await;
        let person = world.person(DOYUN).await;
        let customer = person.customer.unwrap().id;
        sample::many(&world.portal, customer, 10_000).await.unwrap();
        let hana = world.actor(HANA).await;
        for (actor, scope) in [(person.actor, Scope::Own), (hana, Scope::Everybody)] {
            let begun = Stopwatch::now();
            let mut all = 0;
            for year in [2025, 2026] {
                all += counted(&world, actor, scope, year).await.cells.iter().map(|cell| cell.n).sum::<u64>();
            }
            println!("{:?}, {scope:?}: two years of {all} Responses in {:?}", world.engine, begun.elapsed());
            assert!(all >= 10_000);
        }
        let begun = Stopwatch::now();
        let late = Part::Of(Verdict::Late);
        let page = listed(&world, hana, None, &wanted(Period::Year(2025)), late).await;
        println!("{:?}: a page of the {} late ones in {:?}", world.engine, page.total, begun.elapsed());
    }
}
