//! Invitations, passwords, limits, sessions of one's own, and what of it is written down.

use data_encoding::HEXLOWER;
use domain::{
    people::{Actor, Role},
    text::Lang,
};
use portal_core::{
    Origin, Portal,
    accounts::{self, Accepted, LinkKind, Made, PasswordChange, PasswordProblem, SignIn, SignedIn},
    sessions::{
        ADDRESS_KEY, AGENT_KEY, BEGUN_KEY, FIRST_STEP_KEY, Lifetime, PERSON_KEY, SessionStore,
    },
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use crate::{
    both,
    common::{HOUR, World},
};

pub const GOOD: &str = "lantern willow compass";
const OTHER: &str = "granite meadow anchor";
/// The password of the sample person at 1.
const JIHOON: &str = "sample-autumn-harbor-12";

/// The portal, asked from an address.
pub fn from(world: &World, address: &str) -> Portal {
    world.portal.asked_from(Origin {
        address: address.to_owned(),
        request: "r".to_owned(),
    })
}

async fn try_in(portal: &Portal, email: &str, password: &str) -> SignIn {
    accounts::sign_in(portal, email, password, None)
        .await
        .unwrap()
}

fn right(signed: &SignIn) -> bool {
    matches!(signed, SignIn::Right(_))
}

/// How many entries of this kind there are, and the subject of the last.
pub async fn written(world: &World, kind: &str) -> (i64, String) {
    let (count, subject): (i64, Option<String>) = world
        .query_one(format!(
            "SELECT (SELECT COUNT(*) FROM audit WHERE kind = '{kind}'),
                    (SELECT subject FROM audit WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1)"
        ))
        .await;
    (count, subject.unwrap_or_default())
}

/// A session in which a person is signed in, or has only proved the first step.
async fn session(world: &World, person: i64, id: i128, key: &str) -> Id {
    let store = SessionStore::new(world.portal.clone(), Lifetime::hours(2, 12));
    let mut record = Record {
        id: Id(id),
        data: [(key.to_owned(), json!(person))].into(),
        expiry_date: OffsetDateTime::UNIX_EPOCH,
    };
    if key == PERSON_KEY {
        record
            .data
            .insert(BEGUN_KEY.to_owned(), json!(world.portal.now().0));
        record
            .data
            .insert(ADDRESS_KEY.to_owned(), json!("192.0.2.7"));
        record
            .data
            .insert(AGENT_KEY.to_owned(), json!("Firefox/140"));
    }
    store.create(&mut record).await.unwrap();
    record.id
}

/// A person who has only been invited.
async fn without_password(world: &World, person: i64) {
    world
        .execute(&format!(
            "UPDATE people SET password_hash = NULL WHERE id = {person}"
        ))
        .await
        .unwrap();
}

pub async fn administrator(world: &World) -> Actor {
    world.actor(14).await
}

both! {
    async fn a_link_sets_a_password_once(world: World) {
        world.filled().await;
        let (admin, person) = (administrator(&world).await, world.person(1).await);
        let link = accounts::make_link(&world.portal, admin, LinkKind::Reset, person.id).await.unwrap().unwrap();
        let followed = accounts::follow_link(&world.portal, &link.token).await.unwrap().unwrap();
        assert_eq!((followed.kind, &followed.person), (LinkKind::Reset, &person));

        // A password that is not taken uses nothing up.
        let short = accounts::accept_link(&world.portal, &link.token, "short").await.unwrap();
        assert_eq!(short, Accepted::Refused(PasswordProblem::TooShort { is: 5 }));
        let done = accounts::accept_link(&world.portal, &link.token, GOOD).await.unwrap();
        assert_eq!(done, Accepted::Done(Box::new(person.clone())));
        assert!(right(&try_in(&world.portal, &person.email, GOOD).await));
        assert_eq!(written(&world, "password_changed").await, (1, person.email.clone()));

        for token in [link.token.as_str(), "", "never made", &"a".repeat(10_000)] {
            assert_eq!(accounts::accept_link(&world.portal, token, OTHER).await.unwrap(), Accepted::Gone);
            assert_eq!(accounts::follow_link(&world.portal, token).await.unwrap(), None);
        }
        assert!(right(&try_in(&world.portal, &person.email, GOOD).await));
    }

    async fn a_link_that_two_use_at_once_works_for_one(world: World) {
        world.filled().await;
        let (admin, person) = (administrator(&world).await, world.person(1).await);
        without_password(&world, person.id).await;
        let link = accounts::make_link(&world.portal, admin, LinkKind::Invitation, person.id).await.unwrap().unwrap();
        let tasks = [GOOD, OTHER].map(|password| {
            let (portal, token) = (world.portal.clone(), link.token.clone());
            tokio::spawn(async move { accounts::accept_link(&portal, &token, password).await.unwrap() })
        });
        let mut done = 0;
        for task in tasks {
            match task.await.unwrap() {
                Accepted::Done(_) => done += 1,
                other => assert_eq!(other, Accepted::Gone),
            }
        }
        assert_eq!(done, 1);
        let mut open = 0;
        for password in [GOOD, OTHER] {
            open += i32::from(right(&try_in(&world.portal, &person.email, password).await));
        }
        assert_eq!(open, 1);
        assert_eq!(written(&world, "invitation_accepted").await.0, 1);
    }

    async fn a_link_expires_and_a_newer_one_ends_it(world: World) {
        world.filled().await;
        let (admin, person) = (administrator(&world).await, world.person(1).await);
        without_password(&world, person.id).await;
        let make = |kind| accounts::make_link(&world.portal, admin, kind, person.id);
        let reset = make(LinkKind::Reset).await.unwrap().unwrap();
        let invitation = make(LinkKind::Invitation).await.unwrap().unwrap();
        assert_eq!(accounts::follow_link(&world.portal, &reset.token).await.unwrap(), None);
        world.clock.set(domain::calendar::Instant(invitation.expires_at.0 - 1));
        assert!(accounts::follow_link(&world.portal, &invitation.token).await.unwrap().is_some());
        world.clock.advance(1);
        assert_eq!(accounts::accept_link(&world.portal, &invitation.token, GOOD).await.unwrap(), Accepted::Gone);
        // Nor for somebody who left.
        let link = make(LinkKind::Reset).await.unwrap().unwrap();
        world.execute(&format!("UPDATE people SET designated_at = NULL, left_at = 1 WHERE id = {}", person.id)).await.unwrap();
        assert_eq!(accounts::accept_link(&world.portal, &link.token, GOOD).await.unwrap(), Accepted::Gone);
    }

    async fn whoever_has_a_password_is_not_invited_for_a_week(world: World) {
        world.filled().await;
        let (admin, person) = (administrator(&world).await, world.person(1).await);
        let make = || accounts::make_link(&world.portal, admin, LinkKind::Invitation, person.id);
        let link = make().await.unwrap().unwrap();
        assert_eq!((link.kind, link.expires_at.0), (LinkKind::Reset, world.portal.now().0 + HOUR));
        let followed = accounts::follow_link(&world.portal, &link.token).await.unwrap().unwrap();
        assert_eq!(followed.kind, LinkKind::Reset);
        assert_eq!(written(&world, "reset_made").await, (1, person.email.clone()));
        without_password(&world, person.id).await;
        let link = make().await.unwrap().unwrap();
        assert_eq!((link.kind, link.expires_at.0), (LinkKind::Invitation, world.portal.now().0 + 7 * 24 * HOUR));
    }

    async fn a_new_password_ends_every_other_session_and_link(world: World) {
        world.filled().await;
        let (admin, person, other) = (administrator(&world).await, world.person(1).await, world.person(2).await);
        let current = session(&world, person.id, 1, PERSON_KEY).await;
        session(&world, person.id, 2, PERSON_KEY).await;
        session(&world, person.id, 3, FIRST_STEP_KEY).await;
        session(&world, other.id, 4, PERSON_KEY).await;
        let link = accounts::make_link(&world.portal, admin, LinkKind::Reset, person.id).await.unwrap().unwrap();

        let change = |actor, old: &'static str, new: &'static str| {
            let (portal, current) = (world.portal.clone(), current.to_string());
            async move { accounts::change_password(&portal, actor, old, new, Some(&current)).await.unwrap() }
        };
        assert_eq!(change(person.actor, "wrong", GOOD).await, PasswordChange::Wrong);
        assert_eq!(written(&world, "refused").await, (1, "ChangeSelf".to_owned()));
        assert_eq!(change(person.actor, JIHOON, JIHOON).await, PasswordChange::Refused(PasswordProblem::Same));
        assert_eq!(change(person.actor, JIHOON, "password1234").await, PasswordChange::Refused(PasswordProblem::Common));
        assert_eq!(change(Actor::Anonymous, JIHOON, GOOD).await, PasswordChange::NotPermitted);
        assert_eq!(world.count("sessions").await, 4);

        assert_eq!(change(person.actor, JIHOON, GOOD).await, PasswordChange::Done);
        let ids: (String, String) = world.query_one("SELECT MIN(id), MAX(id) FROM sessions".into()).await;
        let mut expected = [current, Id(4)].map(|id| HEXLOWER.encode(&Sha256::digest(id.to_string())));
        expected.sort();
        assert_eq!(<[String; 2]>::from(ids), expected);
        assert_eq!(accounts::follow_link(&world.portal, &link.token).await.unwrap(), None);
        assert!(right(&try_in(&world.portal, &person.email, GOOD).await));
        assert_eq!(try_in(&world.portal, &person.email, JIHOON).await, SignIn::Wrong);
        assert_eq!(written(&world, "sessions_ended").await, (1, person.email));

        // Following a link ends the current one as well.
        let link = accounts::make_link(&world.portal, admin, LinkKind::Reset, person.id).await.unwrap().unwrap();
        accounts::accept_link(&world.portal, &link.token, OTHER).await.unwrap();
        assert_eq!(world.count("sessions").await, 1);
    }

    async fn two_tries_at_once_are_no_wait_whichever_read_the_clock_first(world: World) {
        world.filled().await;
        let known = world.person(1).await.email;
        let portal = from(&world, "192.0.2.7");
        assert_eq!(try_in(&portal, &known, "wrong").await, SignIn::Wrong);
        // The second one read the clock before the first, and was counted after it.
        world.clock.advance(-5);
        assert!(matches!(try_in(&portal, &known, JIHOON).await, SignIn::Right(_)));
    }

    async fn after_five_wrong_passwords_the_waits_double_for_whoever_exists_or_not(world: World) {
        world.filled().await;
        let known = world.person(1).await.email;
        let portal = from(&world, "192.0.2.7");
        for email in ["nobody@hangang.example", known.as_str()] {
            for _ in 0..5 {
                assert_eq!(try_in(&portal, email, "wrong").await, SignIn::Wrong);
            }
            for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
                // Not even the right password, nor does asking make it longer.
                for _ in 0..3 {
                    assert_eq!(try_in(&portal, email, JIHOON).await, SignIn::Wait { seconds }, "{email}");
                }
                world.clock.advance(seconds * 1000 - 1);
                assert_eq!(try_in(&portal, email, "wrong").await, SignIn::Wait { seconds: 1 });
                world.clock.advance(1);
                assert_eq!(try_in(&portal, email, "wrong").await, SignIn::Wrong);
            }
        }
        // From elsewhere nobody waits, and the right password forgets the wrong ones there.
        let elsewhere = from(&world, "198.51.100.1");
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(try_in(&elsewhere, &known, "wrong").await, SignIn::Wrong);
            }
            assert!(right(&try_in(&elsewhere, &known, JIHOON).await));
        }
        assert!(matches!(try_in(&portal, &known, JIHOON).await, SignIn::Wait { .. }));
        // After a day all is forgotten.
        world.clock.advance(24 * HOUR);
        assert_eq!(accounts::forget_tries(&world.portal).await.unwrap(), 4);
        assert!(right(&try_in(&portal, &known, JIHOON).await));
    }

    async fn many_wrong_passwords_at_once_are_no_more_than_one_after_another(world: World) {
        world.filled().await;
        let known = world.person(1).await.email;
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (portal, email) = (from(&world, "192.0.2.7"), known.clone());
                tokio::spawn(async move { try_in(&portal, &email, "wrong").await })
            })
            .collect();
        let mut looked_at = 0;
        for task in tasks {
            looked_at += i32::from(task.await.unwrap() == SignIn::Wrong);
        }
        assert_eq!(looked_at, 5);
    }

    async fn a_stranger_cannot_keep_the_owner_out(world: World) {
        world.filled().await;
        let person = world.person(1).await;
        let home = from(&world, "192.0.2.7");
        let own = accounts::device(&world.portal, person.id).await.unwrap().unwrap();
        let foreign = accounts::device(&world.portal, world.person(2).await.id).await.unwrap().unwrap();
        // From a hundred addresses, the owner's own among them.
        for round in 0..100 {
            let portal = from(&world, &format!("198.51.100.{round}"));
            try_in(&portal, &person.email, "wrong").await;
            if round < 10 {
                try_in(&home, &person.email, "wrong").await;
            }
        }
        let fresh = from(&world, "203.0.113.9");
        let SignIn::Wait { seconds } = try_in(&fresh, &person.email, JIHOON).await else {
            panic!("fifty are enough")
        };
        assert!(seconds <= 30, "{seconds}");
        let with = |device: &str| {
            let (portal, email, device) = (home.clone(), person.email.clone(), device.to_owned());
            async move { accounts::sign_in(&portal, &email, JIHOON, Some(&device)).await.unwrap() }
        };
        assert!(matches!(with(&foreign).await, SignIn::Wait { .. }));
        assert!(right(&with(&own).await));
        // Without it: at most half a minute, from an address of one's own.
        world.clock.advance(30_000);
        assert!(right(&try_in(&fresh, &person.email, JIHOON).await));
        // The browser's own wrong passwords count as anybody's.
        for _ in 0..5 {
            let wrong = accounts::sign_in(&home, &person.email, "wrong", Some(&own)).await.unwrap();
            assert_eq!(wrong, SignIn::Wrong);
        }
        assert_eq!(with(&own).await, SignIn::Wait { seconds: 1 });
    }

    async fn ones_own_sessions_are_seen_and_ended(world: World) {
        world.filled().await;
        let (person, other) = (world.person(1).await, world.person(2).await);
        let current = session(&world, person.id, 1, PERSON_KEY).await.to_string();
        world.clock.advance(HOUR);
        session(&world, person.id, 2, PERSON_KEY).await;
        session(&world, person.id, 3, FIRST_STEP_KEY).await;
        session(&world, other.id, 4, PERSON_KEY).await;
        let list = |actor| {
            let (portal, current) = (world.portal.clone(), current.clone());
            async move { accounts::sessions(&portal, actor, Some(&current)).await.unwrap() }
        };
        let found = list(person.actor).await;
        let shown: Vec<_> = found.iter().map(|one| (one.current, one.address.as_str(), one.agent.as_str())).collect();
        assert_eq!(shown, [(false, "192.0.2.7", "Firefox/140"), (true, "192.0.2.7", "Firefox/140")]);
        assert!(found.iter().all(|SignedIn { handle, .. }| !handle.contains(&current) && handle.len() == 32));
        assert_eq!(list(Actor::Anonymous).await, []);

        // Nobody ends a session that is not theirs.
        let theirs = list(other.actor).await.remove(0).handle;
        for (actor, handle) in [(person.actor, theirs.as_str()), (Actor::Anonymous, &theirs), (person.actor, "")] {
            assert!(!accounts::end_session(&world.portal, actor, handle).await.unwrap());
        }
        assert!(accounts::end_session(&world.portal, person.actor, &found[0].handle).await.unwrap());
        assert!(!accounts::end_session(&world.portal, person.actor, &found[0].handle).await.unwrap());
        assert_eq!(accounts::end_other_sessions(&world.portal, person.actor, Some(&current)).await.unwrap(), 1);
        assert_eq!(world.count("sessions").await, 2);
        assert!(list(person.actor).await[0].current);
        assert_eq!(written(&world, "sessions_ended").await, (2, person.email));
    }

    async fn the_operator_makes_administrators(world: World) {
        world.filled().await;
        let make = |email: &'static str| {
            let portal = world.portal.clone();
            async move { accounts::create_administrator(&portal, Actor::Operator, email, "First Admin").await.unwrap() }
        };
        let Made::Invited(link) = make("First@vendor.example").await else { panic!("not made") };
        assert_eq!(make("first@VENDOR.example").await, Made::Taken);
        assert_eq!(make("no address").await, Made::NoAddress);
        let admin = administrator(&world).await;
        let denied = accounts::create_administrator(&world.portal, admin, "b@vendor.example", "B").await.unwrap();
        assert_eq!(denied, Made::NotPermitted);
        let Accepted::Done(person) = accounts::accept_link(&world.portal, &link.token, GOOD).await.unwrap() else {
            panic!("not accepted")
        };
        assert_eq!((person.role, person.name.as_str(), person.second_factor), (Role::Administrator, "First Admin", false));
        let reset = accounts::reset_link(&world.portal, Actor::Operator, " first@vendor.example ").await.unwrap();
        assert!(reset.is_some());
        assert_eq!(accounts::reset_link(&world.portal, Actor::Operator, "nobody@vendor.example").await.unwrap(), None);
        assert_eq!(accounts::reset_link(&world.portal, Actor::Anonymous, "first@vendor.example").await.unwrap(), None);
        assert_eq!(written(&world, "person_added").await, (1, "First@vendor.example".to_owned()));
    }

    async fn signing_in_and_being_refused_is_written_down(world: World) {
        world.filled().await;
        let person = world.person(1).await;
        let portal = from(&world, "192.0.2.7");
        try_in(&portal, &person.email, JIHOON).await;
        assert_eq!(written(&world, "signed_in").await, (1, person.email.clone()));
        try_in(&portal, "Typed@nowhere.example", "wrong").await;
        assert_eq!(written(&world, "sign_in_refused").await, (1, "Typed@nowhere.example".to_owned()));
        try_in(&portal, &"가\0".repeat(1000), "wrong").await;
        assert_eq!(written(&world, "sign_in_refused").await, (2, "가".repeat(254)));
        accounts::signed_out(&portal, person.actor).await.unwrap();
        accounts::signed_out(&portal, Actor::Anonymous).await.unwrap();
        assert_eq!(written(&world, "signed_out").await, (1, person.email));
        let (addresses, passwords): (i64, i64) = world.query_one(
            "SELECT COUNT(*), (SELECT COUNT(*) FROM audit WHERE after LIKE '%wrong%' OR subject LIKE '%wrong%')
             FROM audit WHERE address = '192.0.2.7' AND request = 'r'".into(),
        ).await;
        assert_eq!((addresses, passwords), (4, 0));
    }

    async fn language_and_zone_are_kept(world: World) {
        world.filled().await;
        let person = world.person(1).await;
        assert!(accounts::set_language(&world.portal, person.actor, Some(Lang::Ko)).await.unwrap());
        assert!(accounts::set_zone(&world.portal, person.actor, Some("pacific")).await.unwrap());
        assert!(!accounts::set_zone(&world.portal, person.actor, Some("nowhere")).await.unwrap());
        assert!(!accounts::set_language(&world.portal, Actor::Anonymous, Some(Lang::Ko)).await.unwrap());
        let kept = world.person(1).await;
        assert_eq!((kept.language, kept.zone.as_deref()), (Some(Lang::Ko), Some("pacific")));
        // The same again is no change.
        assert!(accounts::set_language(&world.portal, person.actor, Some(Lang::Ko)).await.unwrap());
        assert_eq!(written(&world, "person_changed").await.0, 2);
        assert!(accounts::set_language(&world.portal, person.actor, None).await.unwrap());
        assert_eq!(world.person(1).await.language, None);
    }
}
