use portal_core::accounts::{self, MOST_EMAIL, MOST_PASSWORD, SignIn};

use crate::{both, common::HOUR};

both! {
    async fn people_sign_in_with_their_password(world: World) {
        for (position, contact) in world.filled().await.into_iter().enumerate() {
            let SignIn::Right(person) = accounts::sign_in(&world.portal, contact.email, contact.password, None).await.unwrap() else {
                panic!("{} does not sign in", contact.email)
            };
            assert_eq!(*person, world.person(position).await);
            assert_eq!((person.name.as_str(), person.email.as_str()), (contact.name, contact.email));
            assert_eq!((person.role, person.second_factor), (contact.role, contact.totp_secret.is_some()));
            assert_eq!(person.customer.is_some(), contact.role.of_customer());
            let Some((own, sample)) = person.customer.zip(contact.customer) else { continue };
            assert_eq!(
                (own.name.as_str(), own.tier.as_str(), own.zone.as_str()),
                (sample.name, sample.tier, sample.zone)
            );
            assert_eq!(own.plan_version, "2026.1");
        }
    }

    async fn an_address_is_compared_without_case(world: World) {
        let contact = world.filled().await.remove(0);
        let typed = format!("  {} ", contact.email.to_uppercase());
        let signed_in = accounts::sign_in(&world.portal, &typed, contact.password, None).await.unwrap();
        assert!(matches!(signed_in, SignIn::Right(_)), "{signed_in:?}");
    }

    async fn nobody_else_signs_in(world: World) {
        let contacts = world.filled().await;
        let (email, password) = (contacts[0].email, contacts[0].password);
        let upper = password.to_uppercase();
        let long = |n| "a".repeat(n);
        let long_email = format!("{}@x.example", long(MOST_EMAIL - 9));
        let tries = [
            (email, "wrong"),
            (email, contacts[1].password),
            (email, ""),
            (email, &upper),
            (email, &long(MOST_PASSWORD)),
            (email, &long(MOST_PASSWORD + 1)),
            ("nobody@hangang.example", password),
            ("", password),
            ("%", password),
            ("a\0b", password),
            (&long_email, password),
            (&long(100_000), password),
        ];
        for (email, password) in tries {
            let refused = accounts::sign_in(&world.portal, email, password, None).await.unwrap();
            assert_eq!(refused, SignIn::Wrong, "{email:.40} {password:.40}");
            world.clock.advance(HOUR);
        }
        // What is behind an address nobody has is no password either.
        assert_eq!(accounts::person(&world.portal, i64::MAX).await.unwrap(), None);
    }

    async fn passwords_are_kept_as_argon2id(world: World) {
        world.filled().await;
        let (hashes, distinct): (i64, i64) = world.query_one(
            "SELECT COUNT(*), COUNT(DISTINCT password_hash) FROM people
             WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'".into(),
        ).await;
        assert_eq!((hashes, distinct), (17, 17));
    }
}
