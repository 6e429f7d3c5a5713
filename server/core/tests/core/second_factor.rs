//! The codes of an authenticator app, and recovery codes.

use domain::people::Actor;
use portal_core::{
    Portal,
    accounts::{self, Changed, LinkKind, Person, SecondStep, SignIn},
};
use totp_rs::{Builder, Secret};

use crate::{
    both,
    common::World,
    getting_in::{GOOD, administrator, from, written},
};

/// A step of time, in milliseconds.
const STEP: i64 = 30_000;

/// The code that an app with this secret shows, so many steps from now.
fn code(world: &World, secret: &str, steps: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    let at = (world.portal.now().0 + steps * STEP) / 1000;
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

async fn step(portal: &Portal, person: &Person, code: &str) -> SecondStep {
    accounts::second_step(portal, person.id, "password", code, None)
        .await
        .unwrap()
}

fn right(step: &SecondStep) -> bool {
    matches!(step, SecondStep::Right(_))
}

/// A contact who sets up an app, its secret, and their recovery codes.
async fn with_app(world: &World) -> (Person, String, Vec<String>) {
    world.filled().await;
    let person = world.person(1).await;
    let secret = accounts::new_secret(&world.portal);
    let changed = accounts::turn_on(
        &world.portal,
        person.actor,
        &secret,
        &code(world, &secret, 0),
    )
    .await;
    let Changed::Done(codes) = changed.unwrap() else {
        panic!("not set up")
    };
    // The code that set it up is used up.
    world.clock.advance(2 * STEP);
    (world.person(1).await, secret, codes)
}

both! {
    async fn an_app_is_set_up_with_a_code_of_its_own(world: World) {
        world.filled().await;
        let person = world.person(1).await;
        let (secret, other) = (accounts::new_secret(&world.portal), accounts::new_secret(&world.portal));
        assert_ne!(secret, other);
        let on = |actor: Actor, code: String| {
            let (portal, secret) = (world.portal.clone(), secret.clone());
            async move { accounts::turn_on(&portal, actor, &secret, &code).await.unwrap() }
        };
        let (now, wrong) = (code(&world, &secret, 0), code(&world, &other, 0));
        for bad in [wrong.as_str(), "", "000000000000", "abcdef"] {
            assert_eq!(on(person.actor, bad.to_owned()).await, Changed::Wrong, "{bad}");
        }
        assert_eq!(on(Actor::Anonymous, now.clone()).await, Changed::NotPermitted);
        assert!(!world.person(1).await.second_factor);
        let spaced = format!("{} {}", &now[..3], &now[3..]);
        let Changed::Done(codes) = on(person.actor, spaced).await else { panic!("not set up") };
        assert_eq!(codes.len(), 10);
        assert!(world.person(1).await.second_factor);
        assert_eq!(on(person.actor, now).await, Changed::Otherwise);
        let (kept,): (i64,) = world.query_one(format!(
            "SELECT COUNT(*) FROM recovery_codes WHERE hash IN ('{}') OR hash LIKE '%-%'", codes.join("','")
        )).await;
        assert_eq!(kept, 0, "only hashes are kept");
        assert_eq!(written(&world, "second_factor_on").await, (1, person.email.clone()));
        assert_eq!(written(&world, "recovery_codes_made").await, (1, person.email));
    }

    async fn a_password_alone_does_not_sign_in_whoever_has_an_app(world: World) {
        let (person, secret, _) = with_app(&world).await;
        let signed = accounts::sign_in(&world.portal, &person.email, "sample-autumn-harbor-12", None).await.unwrap();
        let SignIn::Right(first) = signed else { panic!("the password is right") };
        assert!(first.second_factor);
        assert_eq!(written(&world, "signed_in").await.0, 0);
        assert_eq!(step(&world.portal, &person, &code(&world, &secret, 0)).await, SecondStep::Right(Box::new(person.clone())));
        assert_eq!(written(&world, "signed_in").await, (1, person.email.clone()));
        // Where there is no app there is no second step to pass.
        assert_eq!(step(&world.portal, &world.person(2).await, "123456").await, SecondStep::Gone);
    }

    async fn no_code_is_taken_twice(world: World) {
        let (person, secret, _) = with_app(&world).await;
        let portal = &world.portal;
        assert_eq!(step(portal, &person, &code(&world, &secret, -2)).await, SecondStep::Wrong);
        assert_eq!(step(portal, &person, &code(&world, &secret, 2)).await, SecondStep::Wrong);
        let before = code(&world, &secret, -1);
        let now = code(&world, &secret, 0);
        assert!(right(&step(portal, &person, &now).await));
        for used in [&now, &before] {
            assert_eq!(step(portal, &person, used).await, SecondStep::Wrong);
        }
        world.clock.advance(STEP);
        assert_eq!(step(portal, &person, &now).await, SecondStep::Wrong);
        assert!(right(&step(portal, &person, &code(&world, &secret, 1)).await));
        assert_eq!(step(portal, &person, &code(&world, &secret, 0)).await, SecondStep::Wrong);
    }

    async fn a_code_that_is_sent_many_times_at_once_counts_once(world: World) {
        let (person, secret, codes) = with_app(&world).await;
        for code in [code(&world, &secret, 0), codes[0].clone()] {
            let tasks: Vec<_> = (0..8)
                .map(|n| {
                    let (portal, person, code) = (from(&world, &format!("192.0.2.{n}")), person.clone(), code.clone());
                    tokio::spawn(async move { right(&step(&portal, &person, &code).await) })
                })
                .collect();
            let mut taken = 0;
            for task in tasks {
                taken += i32::from(task.await.unwrap());
            }
            assert_eq!(taken, 1);
        }
    }

    async fn each_recovery_code_works_once(world: World) {
        let (person, _, codes) = with_app(&world).await;
        let left = || async { accounts::recovery_codes_left(&world.portal, person.actor).await.unwrap() };
        assert_eq!(left().await, Some(10));
        assert!(right(&step(&world.portal, &person, &codes[3].to_uppercase()).await));
        assert_eq!(step(&world.portal, &person, &codes[3]).await, SecondStep::Wrong);
        assert!(right(&step(&world.portal, &person, &codes[4].replace('-', " ")).await));
        assert_eq!(left().await, Some(8));
        assert_eq!(written(&world, "recovery_code_used").await, (2, person.email.clone()));
        // Nobody else's.
        let other = world.person(14).await;
        assert_eq!(step(&world.portal, &other, &codes[5]).await, SecondStep::Wrong);
    }

    async fn new_recovery_codes_end_the_old_ones(world: World) {
        let (person, secret, old) = with_app(&world).await;
        let new = |code: String| {
            let (portal, actor) = (world.portal.clone(), person.actor);
            async move { accounts::new_recovery_codes(&portal, actor, &code).await.unwrap() }
        };
        assert_eq!(new("123".to_owned()).await, Changed::Wrong);
        assert_eq!(written(&world, "refused").await, (1, "ChangeSelf".to_owned()));
        let Changed::Done(codes) = new(code(&world, &secret, 0)).await else { panic!("not made") };
        assert_eq!(new(code(&world, &secret, 0)).await, Changed::Wrong, "a step counts once, whatever for");
        assert_eq!(step(&world.portal, &person, &old[0]).await, SecondStep::Wrong);
        assert!(right(&step(&world.portal, &person, &codes[0]).await));
        assert_eq!(accounts::recovery_codes_left(&world.portal, person.actor).await.unwrap(), Some(9));
    }

    async fn an_app_is_removed_with_a_code_but_not_from_an_administrator(world: World) {
        let (person, secret, codes) = with_app(&world).await;
        let off = |actor: Actor, code: String| {
            let portal = world.portal.clone();
            async move { accounts::turn_off(&portal, actor, &code).await.unwrap() }
        };
        assert_eq!(off(person.actor, "000000".to_owned()).await, Changed::Wrong);
        assert_eq!(written(&world, "refused").await, (1, "ChangeSelf".to_owned()));
        assert_eq!(off(Actor::Anonymous, codes[0].clone()).await, Changed::NotPermitted);
        let admin = world.person(14).await;
        let sample = world.filled().await.remove(14).totp_secret.unwrap();
        assert_eq!(off(admin.actor, code(&world, sample, 0)).await, Changed::Needed);
        assert_eq!(off(person.actor, code(&world, &secret, 0)).await, Changed::Done(Vec::new()));
        assert!(!world.person(1).await.second_factor);
        assert_eq!(world.count("recovery_codes").await, 0);
        assert_eq!(step(&world.portal, &person, &codes[0]).await, SecondStep::Gone);
        assert_eq!(off(person.actor, codes[0].clone()).await, Changed::Otherwise);
        assert_eq!(written(&world, "second_factor_off").await, (1, person.email));
    }

    async fn wrong_codes_make_one_wait(world: World) {
        let (person, secret, _) = with_app(&world).await;
        let portal = from(&world, "192.0.2.7");
        for _ in 0..5 {
            assert_eq!(step(&portal, &person, "000000").await, SecondStep::Wrong);
        }
        assert_eq!(step(&portal, &person, &code(&world, &secret, 0)).await, SecondStep::Wait { seconds: 1 });
        world.clock.advance(1000);
        assert!(right(&step(&portal, &person, &code(&world, &secret, 0)).await));
        assert_eq!(written(&world, "sign_in_refused").await, (6, person.email));
    }

    async fn wrong_codes_from_many_addresses_make_one_wait_up_to_an_hour(world: World) {
        let (person, secret, _) = with_app(&world).await;
        for n in 0..10 {
            let portal = from(&world, &format!("192.0.2.{n}"));
            assert_eq!(step(&portal, &person, "000000").await, SecondStep::Wrong);
        }
        let waits = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600];
        for (n, seconds) in waits.into_iter().enumerate() {
            let portal = from(&world, &format!("198.51.100.{n}"));
            assert_eq!(step(&portal, &person, &code(&world, &secret, 0)).await, SecondStep::Wait { seconds });
            world.clock.advance(seconds * 1000 - 1);
            assert_eq!(step(&portal, &person, "000000").await, SecondStep::Wait { seconds: 1 });
            world.clock.advance(1);
            assert_eq!(step(&portal, &person, "000000").await, SecondStep::Wrong);
        }
        // The owner does not wait in a browser in which they signed in before, and elsewhere no longer than that.
        let fresh = from(&world, "203.0.113.9");
        assert_eq!(step(&fresh, &person, &code(&world, &secret, 0)).await, SecondStep::Wait { seconds: 3600 });
        let own = accounts::device(&world.portal, person.id).await.unwrap().unwrap();
        let now = code(&world, &secret, 0);
        assert!(right(&accounts::second_step(&fresh, person.id, "password", &now, Some(&own)).await.unwrap()));
        // Nor once they have a new password: who tried had the old one.
        let admin = administrator(&world).await;
        let link = accounts::make_link(&world.portal, admin, LinkKind::Reset, person.id).await.unwrap().unwrap();
        accounts::accept_link(&world.portal, &link.token, GOOD).await.unwrap();
        assert!(right(&step(&fresh, &person, &code(&world, &secret, 1)).await));
        world.clock.advance(3_600_000);
        // Nor has whoever is signed in more tries, to remove the app.
        for n in 0..10 {
            let portal = from(&world, &format!("192.0.2.{n}"));
            assert_eq!(accounts::turn_off(&portal, person.actor, "000000").await.unwrap(), Changed::Wrong);
        }
        let now = code(&world, &secret, 1);
        assert_eq!(accounts::turn_off(&fresh, person.actor, &now).await.unwrap(), Changed::Wait { seconds: 1 });
    }
}
