use std::collections::BTreeSet;

use domain::{
    calendar::Instant,
    incident::{Step, Who},
    people::Actor,
};
use portal_core::{
    audit::Kind,
    incidents,
    work::{self, Claimed, JobKind, LEASE, MOST_ATTEMPTS, MOST_WAIT, Stand},
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World, logged},
};

const SEOYEON: usize = 0;
const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * HOUR;

/// Queues so much work past the portal, due now.
async fn queue(world: &World, many: usize) {
    world.execute("DELETE FROM jobs").await.unwrap();
    for n in 0..many {
        world
            .execute(&format!(
                "INSERT INTO jobs (kind, key, payload, run_at, created_at) VALUES ('tidy', 'test:{n}', 'null', {0}, {0})",
                world.portal.now().0
            ))
            .await
            .unwrap();
    }
}

async fn claim(world: &World, by: &str) -> Vec<Claimed> {
    work::claim(&world.portal, by, 100).await.unwrap()
}

/// The one piece of work that is due.
async fn claim_one(world: &World, by: &str) -> Claimed {
    let mut claimed = claim(world, by).await;
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

/// How many there are of each stand, in the order of [`Stand::ALL`], as an administrator sees them.
async fn stands(world: &World) -> [i64; 5] {
    let administrator = world.actor(ADMINISTRATOR).await;
    let groups = work::list(&world.portal, administrator)
        .await
        .unwrap()
        .expect("theirs to see");
    Stand::ALL.map(|stand| {
        let group = groups.iter().find(|group| group.stand == stand).unwrap();
        assert_eq!(i64::try_from(group.jobs.len()).unwrap(), group.count);
        group.count
    })
}

/// How many mails of a kind are in the outbox, and how many of their deliveries.
async fn mails(world: &World, kind: &str) -> (i64, i64) {
    world
        .query_one(format!(
            "SELECT (SELECT COUNT(*) FROM mails WHERE kind = '{kind}'),
                    (SELECT COUNT(*) FROM jobs JOIN mails ON jobs.key = 'mail:' || mails.id WHERE mails.kind = '{kind}')"
        ))
        .await
}

/// To whom the mails of a kind are, by the address.
async fn addressed(world: &World, kind: &str) -> Vec<String> {
    let (found,): (String,) = world
        .query_one(format!(
            "SELECT COALESCE((SELECT STRING_AGG(email, ' ') FROM (SELECT people.email FROM mails
                 JOIN people ON people.id = mails.person_id WHERE mails.kind = '{kind}' ORDER BY mails.id) AS found), '')"
        ))
        .await;
    found.split_whitespace().map(str::to_owned).collect()
}

async fn run(world: &World, kind: JobKind) {
    work::run(&world.portal, kind).await.unwrap();
}

both! {
    async fn two_servers_at_once_do_each_piece_of_work_once(world: World) {
        world.portal.migrate().await.unwrap();
        queue(&world, 30).await;
        let some = async |by: &'static str| {
            let mut all = Vec::new();
            loop {
                let claimed = work::claim(&world.portal, by, 3).await.unwrap();
                if claimed.is_empty() {
                    return all;
                }
                all.extend(claimed.into_iter().map(|job| job.id));
            }
        };
        let (one, other) = tokio::join!(some("one"), some("other"));
        assert_eq!(one.len() + other.len(), 30);
        assert_eq!(one.iter().chain(&other).collect::<BTreeSet<_>>().len(), 30);
        assert_eq!(claim(&world, "third").await, []);
    }

    async fn what_is_due_first_is_claimed_first_and_nothing_before_its_time(world: World) {
        world.portal.migrate().await.unwrap();
        queue(&world, 3).await;
        for (key, run_at) in [("test:1", NOW.0 - 1), ("test:2", NOW.0 + 1)] {
            world.execute(&format!("UPDATE jobs SET run_at = {run_at} WHERE key = '{key}'")).await.unwrap();
        }
        for key in ["test:1", "test:0"] {
            let claimed = work::claim(&world.portal, "one", 1).await.unwrap();
            assert_eq!(claimed.iter().map(|job| &*job.key).collect::<Vec<_>>(), [key]);
        }
        assert_eq!(claim(&world, "one").await, []);
        world.clock.advance(1);
        assert_eq!(claim_one(&world, "one").await.key, "test:2");
    }

    async fn what_a_killed_server_had_claimed_is_claimed_again(world: World) {
        world.portal.migrate().await.unwrap();
        queue(&world, 1).await;
        let first = claim_one(&world, "killed").await;
        assert_eq!((first.kind, first.attempts), (JobKind::Tidy, 1));
        world.clock.advance(LEASE - 1);
        assert_eq!(claim(&world, "other").await, []);
        // One that lives holds on to it.
        assert!(work::renew(&world.portal, &first).await.unwrap());
        world.clock.advance(LEASE - 1);
        assert_eq!(claim(&world, "other").await, []);
        world.clock.advance(1);
        let second = claim_one(&world, "other").await;
        assert_eq!(second.attempts, 2);
        // If it was only slow, what it says does not count any more.
        assert!(!work::renew(&world.portal, &first).await.unwrap());
        work::done(&world.portal, &first).await.unwrap();
        work::failed(&world.portal, &first, "too late").await.unwrap();
        let (state, error): (String, Option<String>) = world.query_one("SELECT state, last_error FROM jobs".into()).await;
        assert_eq!((&*state, error), ("waiting", None));
        work::done(&world.portal, &second).await.unwrap();
        let (state,): (String,) = world.query_one("SELECT state FROM jobs".into()).await;
        assert_eq!(state, "done");
    }

    async fn what_fails_is_tried_again_later_and_later(world: World) {
        world.portal.migrate().await.unwrap();
        queue(&world, 1).await;
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            let job = claim_one(&world, "one").await;
            assert!(!work::failed(&world.portal, &job, "the server is down").await.unwrap());
            world.clock.advance(wait * MINUTE - 1);
            assert_eq!(claim(&world, "one").await, []);
            world.clock.advance(1);
        }
        let job = claim_one(&world, "one").await;
        work::done(&world.portal, &job).await.unwrap();
        world.clock.advance(DAY);
        assert_eq!(claim(&world, "one").await, []);
    }

    async fn a_clock_that_jumps_makes_nothing_wait_longer_than_an_hour(world: World) {
        world.portal.migrate().await.unwrap();
        queue(&world, 1).await;
        let job = claim_one(&world, "one").await;
        work::failed(&world.portal, &job, "down").await.unwrap();
        // A clock that was a year ahead is set right: what it planned for later is due.
        world.clock.set(Instant(NOW.0 - 365 * DAY));
        let job = claim_one(&world, "one").await;
        // The same of what it had claimed, once that is longer than any lease.
        world.clock.set(Instant(NOW.0 - 366 * DAY));
        let again = claim_one(&world, "other").await;
        assert_eq!((job.attempts, again.attempts), (2, 3));
        work::failed(&world.portal, &again, "down").await.unwrap();
        // And one that jumps ahead gives nothing up: tries are counted, not days.
        world.clock.set(Instant(NOW.0 + 365 * DAY));
        let job = claim_one(&world, "one").await;
        assert!(!work::failed(&world.portal, &job, "down").await.unwrap());
        world.clock.advance(MOST_WAIT);
        assert_eq!(claim(&world, "one").await.len(), 1);
    }

    async fn what_fails_for_days_is_given_up_and_tried_again_by_an_administrator(world: World) {
        world.filled().await;
        let (administrator, hana) = (world.actor(ADMINISTRATOR).await, world.actor(HANA).await);
        queue(&world, 2).await;
        world.execute(&format!("UPDATE jobs SET attempts = {} WHERE key = 'test:0'", MOST_ATTEMPTS - 1)).await.unwrap();
        assert_eq!(stands(&world).await, [0, 0, 0, 2, 0]);
        let claimed = claim(&world, "one").await;
        assert_eq!(stands(&world).await, [0, 0, 2, 0, 0]);
        for job in &claimed {
            let given_up = work::failed(&world.portal, job, "550 no\0 such user").await.unwrap();
            assert_eq!(given_up, job.key == "test:0");
        }
        assert_eq!(stands(&world).await, [1, 1, 0, 0, 0]);
        let groups = work::list(&world.portal, administrator).await.unwrap().unwrap();
        let job = &groups[0].jobs[0];
        assert_eq!((job.attempts, job.error.as_deref()), (MOST_ATTEMPTS, Some("550 no such user")));
        world.clock.advance(DAY);
        assert!(claim(&world, "one").await.iter().all(|job| job.key != "test:0"));

        // Only an administrator sees it and has it tried again.
        for actor in [hana, world.actor(SEOYEON).await, Actor::Anonymous] {
            assert_eq!(work::list(&world.portal, actor).await.unwrap(), None);
            assert_eq!(work::retry(&world.portal, actor, job.id).await.unwrap(), None);
        }
        assert_eq!(work::retry(&world.portal, administrator, job.id).await.unwrap(), Some(true));
        let tried = logged(&world, Kind::WorkRetried).await;
        assert_eq!(tried.iter().map(|one| &*one.subject).collect::<Vec<_>>(), ["test:0"]);
        let again = claim_one(&world, "one").await;
        assert_eq!((&*again.key, again.attempts), ("test:0", 1));
        // What is being done, is done, or is not there, is not tried again.
        assert_eq!(work::retry(&world.portal, administrator, job.id).await.unwrap(), Some(false));
        work::done(&world.portal, &again).await.unwrap();
        assert_eq!(work::retry(&world.portal, administrator, job.id).await.unwrap(), Some(false));
        assert_eq!(work::retry(&world.portal, administrator, i64::MAX).await.unwrap(), Some(false));
        assert_eq!(logged(&world, Kind::WorkRetried).await.len(), 1);
    }

    async fn what_was_given_up_is_kept_until_it_is_tried_again(world: World) {
        world.filled().await;
        let administrator = world.actor(ADMINISTRATOR).await;
        queue(&world, 2).await;
        world.execute(&format!("UPDATE jobs SET attempts = {} WHERE key = 'test:0'", MOST_ATTEMPTS - 1)).await.unwrap();
        for job in claim(&world, "one").await {
            if job.key == "test:0" {
                assert!(work::failed(&world.portal, &job, "550 no such user").await.unwrap());
            } else {
                work::done(&world.portal, &job).await.unwrap();
            }
        }
        world.clock.advance(31 * DAY);
        run(&world, JobKind::Tidy).await;
        let (id, key): (i64, String) = world.query_one("SELECT id, key FROM jobs".into()).await;
        assert_eq!((world.count("jobs").await, &*key), (1, "test:0"));
        assert_eq!(work::retry(&world.portal, administrator, id).await.unwrap(), Some(true));
    }

    async fn what_recurs_is_queued_once_a_period_whatever_number_of_servers_there_is(world: World) {
        world.portal.migrate().await.unwrap();
        let kinds = async || {
            let mut kinds: Vec<_> = claim(&world, "one").await.into_iter().map(|job| job.kind.name()).collect();
            kinds.sort_unstable();
            kinds
        };
        let all = ["close_silent", "reminders", "terms", "tidy", "warnings"];
        let (one, other) = tokio::join!(work::plan(&world.portal), work::plan(&world.portal));
        one.and(other).unwrap();
        assert_eq!(kinds().await, all);
        // As long as the last one is to be done, there is no other.
        world.clock.advance(HOUR);
        work::plan(&world.portal).await.unwrap();
        assert_eq!(world.count("jobs").await, 5);
        for job in claim(&world, "one").await {
            work::done(&world.portal, &job).await.unwrap();
        }
        work::plan(&world.portal).await.unwrap();
        assert_eq!(kinds().await, all);
        for _ in 0..3 {
            world.clock.advance(MINUTE);
            for job in claim(&world, "one").await {
                work::done(&world.portal, &job).await.unwrap();
            }
            work::plan(&world.portal).await.unwrap();
        }
        // Of what is done, only the last of its kind is kept.
        let (kept,): (i64,) = world.query_one("SELECT COUNT(*) FROM jobs WHERE kind = 'warnings'".into()).await;
        assert!(kept <= 3, "{kept}");
        // A clock that is set back finds its periods free.
        world.clock.set(Instant(NOW.0 - DAY));
        for job in claim(&world, "one").await {
            work::done(&world.portal, &job).await.unwrap();
        }
        work::plan(&world.portal).await.unwrap();
        assert_eq!(kinds().await, all);
    }

    async fn a_mail_is_queued_with_what_it_tells_or_not_at_all(world: World) {
        world.filled().await;
        certification_of(&world, SEOYEON, "2026-04-01").await;
        // Its delivery cannot be queued: then it is not queued itself, and is owed still.
        world.execute("ALTER TABLE jobs RENAME TO elsewhere").await.unwrap();
        work::run(&world.portal, JobKind::Reminders).await.expect_err("no table for it");
        world.execute("ALTER TABLE elsewhere RENAME TO jobs").await.unwrap();
        assert_eq!(mails(&world, "certification_expires").await, (0, 0));
        run(&world, JobKind::Reminders).await;
        assert_eq!(mails(&world, "certification_expires").await, (1, 1));
    }

    async fn who_holds_a_certification_is_reminded_once_on_each_of_its_days(world: World) {
        world.filled().await;
        certification_of(&world, SEOYEON, "2026-06-01").await;
        // In Seoul it is 2 March 2026: 91 days to go.
        run(&world, JobKind::Reminders).await;
        assert_eq!(mails(&world, "certification_expires").await, (0, 0));
        for (days, so_far) in [(1, 1), (0, 1), (40, 1), (20, 2), (22, 2), (1, 3), (5, 3), (10, 3)] {
            world.clock.advance(days * DAY);
            run(&world, JobKind::Reminders).await;
            run(&world, JobKind::Reminders).await;
            assert_eq!(mails(&world, "certification_expires").await, (so_far, so_far), "{days}");
        }
        assert_eq!(addressed(&world, "certification_expires").await, ["seoyeon.kim@hangang.example"; 3]);
        let (sent,): (i64,) = world.query_one("SELECT COUNT(*) FROM reminders WHERE sent_at IS NOT NULL".into()).await;
        assert_eq!(sent, 3);
    }

    async fn nobody_is_reminded_of_what_is_renewed_or_long_past(world: World) {
        world.filled().await;
        certification_of(&world, SEOYEON, "2026-04-01").await;
        world.execute(
            "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
             SELECT person_id, track, level, 'NEXT-1', '2026-04-02', '2028-04-01' FROM certifications WHERE number = 'TEST-1'",
        ).await.unwrap();
        run(&world, JobKind::Reminders).await;
        assert_eq!(mails(&world, "certification_expires").await, (0, 0));
        world.execute("DELETE FROM certifications WHERE number = 'NEXT-1'").await.unwrap();
        // The portal was down for more than a week.
        world.clock.advance(8 * DAY);
        run(&world, JobKind::Reminders).await;
        assert_eq!(mails(&world, "certification_expires").await, (0, 0));
    }

    async fn coordinator_and_account_manager_are_told_that_a_term_ends(world: World) {
        world.filled().await;
        world.execute("UPDATE customers SET ends_on = '2099-12-31'").await.unwrap();
        world.execute("UPDATE customers SET ends_on = '2026-04-02' WHERE name = 'Cascade Retail'").await.unwrap();
        // In California it is 1 March 2026: 32 days to go.
        for (days, so_far) in [(0, 0), (2, 2), (0, 2), (1, 2), (22, 4), (1, 4), (7, 4), (30, 4)] {
            world.clock.advance(days * DAY);
            run(&world, JobKind::Terms).await;
            assert_eq!(mails(&world, "term_ends").await, (so_far, so_far), "{days}");
        }
        let to = addressed(&world, "term_ends").await;
        let once: BTreeSet<_> = to.iter().map(String::as_str).collect();
        assert!(once.contains("maria.alvarez@cascade.example"), "{to:?}");
        assert_eq!(once.len(), 2, "{to:?}");
    }

    async fn a_due_time_warns_once_at_each_stage(world: World) {
        world.not_verified();
        world.filled().await;
        world.execute("UPDATE incidents SET state = 'withdrawn', next_due_at = NULL").await.unwrap();
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        // Tuesday 3 March, 10:00 in Seoul.
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let number = world.file(seoyeon, world.severe("Down")).await;
        let due = world.portal.now().0;
        let (next,): (i64,) = world.query_one("SELECT MAX(next_due_at) FROM incidents".into()).await;
        // Nobody is assigned: every engineer is warned.
        let mut seen = Vec::new();
        for _ in 0..100 {
            let queued = incidents::warn(&world.portal).await.unwrap();
            assert_eq!(incidents::warn(&world.portal).await.unwrap(), 0);
            if queued > 0 {
                seen.push((world.portal.now().0 <= next, queued));
            }
            world.clock.advance((next - due) / 40);
        }
        assert_eq!(seen, [(true, 2), (true, 2), (false, 2)]);
        // Whoever responds is warned of the next update, and nobody else.
        let who = Who { id: hana.person().unwrap(), name: String::new() };
        world.take(hana, number, Step::Acknowledge { to: who, text: "We have it.".into() }).await.unwrap();
        let before = addressed(&world, "warning").await.len();
        let from = world.portal.now().0;
        let (next,): (i64,) = world.query_one("SELECT MAX(next_due_at) FROM incidents".into()).await;
        let mut seen = Vec::new();
        for _ in 0..100 {
            let queued = incidents::warn(&world.portal).await.unwrap();
            if queued > 0 {
                seen.push((world.portal.now().0 <= next, queued));
            }
            world.clock.advance((next - from) / 40);
        }
        assert_eq!(seen, [(true, 1), (true, 1), (false, 1)]);
        assert_eq!(addressed(&world, "warning").await.split_off(before), ["hana.seo@interactor.example"; 3]);
        // What was missed long ago is no news.
        world.execute("DELETE FROM jobs").await.unwrap();
        world.execute("DELETE FROM mails").await.unwrap();
        world.clock.advance(8 * DAY);
        assert_eq!(incidents::warn(&world.portal).await.unwrap(), 0);
    }

    async fn resolutions_of_plans_that_are_not_loaded_hold_up_no_others(world: World) {
        world.not_verified();
        world.filled().await;
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        world.execute(
            "WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 501)
             INSERT INTO incidents (
                 year, number, customer_id, contact_id, form_key, received_at, due_at, severity, claimed, state, excluded,
                 title, search, plan_version, calendar_version, tz_version, tier, zone, release, release_name, answers,
                 outcome, explanation, description, steps, business_impact
             ) SELECT
                 2001, i, customer_id, contact_id, '00000000-0000-0000-0000-00000000' || (1000 + i), 0, 0, severity, claimed,
                 'resolved', excluded, title, search, 'gone', calendar_version, tz_version, tier, zone, release,
                 release_name, answers, outcome, explanation, description, steps, business_impact
             FROM counted, (SELECT * FROM incidents ORDER BY id LIMIT 1) AS one",
        ).await.unwrap();
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        let who = Who { id: hana.person().unwrap(), name: String::new() };
        world.take(hana, number, Step::Acknowledge { to: who, text: "We have it.".into() }).await.unwrap();
        let solution = domain::incident::Solution::Fix;
        world.take(hana, number, Step::Resolve { solution, text: "Now.".into() }).await.unwrap();
        let open = "SELECT COUNT(*) FROM incidents WHERE state = 'resolved' AND plan_version <> 'gone'";
        let (before,): (i64,) = world.query_one(open.into()).await;
        assert!(before > 0);
        world.clock.advance(15 * DAY);
        assert_eq!(incidents::close_silent(&world.portal).await.unwrap(), u64::try_from(before).unwrap());
        let (after,): (i64,) = world.query_one(open.into()).await;
        assert_eq!(after, 0);
    }
}

/// Leaves one certification, of a sample person, that expires on a day, with its reminders.
async fn certification_of(world: &World, position: usize, expires: &str) {
    let id = world.person(position).await.id;
    let administrator = world.actor(ADMINISTRATOR).await;
    world.execute("DELETE FROM certifications").await.unwrap();
    let form = portal_core::certifications::CertificationForm {
        track: "Integration and API".into(),
        level: "Associate".into(),
        number: "TEST-1".into(),
        issued: "2025-01-01".into(),
        expires: expires.into(),
    };
    portal_core::certifications::add(&world.portal, administrator, id, &form)
        .await
        .unwrap()
        .unwrap();
}
