use portal_core::accounts::{self, Identity, Person};

use crate::{both, common::World};

const ISSUER: &str = "https://id.example";

/// What a customer's provider says of somebody.
fn identity(subject: &str, email: &str) -> Identity {
    Identity {
        provider: "acme".into(),
        issuer: ISSUER.into(),
        subject: subject.into(),
        email: email.into(),
        email_verified: true,
        domains: vec!["hangang.example".into()],
        vendor: false,
    }
}

/// What another customer's provider says of somebody.
fn cascades(subject: &str, email: &str) -> Identity {
    Identity {
        issuer: "https://id.cascade.example".into(),
        domains: vec!["cascade.example".into()],
        ..identity(subject, email)
    }
}

/// What the vendor's own provider says of somebody.
fn vendors(subject: &str, email: &str, domains: &[&str]) -> Identity {
    Identity {
        domains: domains.iter().map(|&domain| domain.to_owned()).collect(),
        vendor: true,
        ..identity(subject, email)
    }
}

async fn sign_in(world: &World, identity: &Identity) -> Option<Person> {
    accounts::sign_in_with(&world.portal, domain::people::Actor::Anonymous, identity)
        .await
        .unwrap()
}

/// Why the last try was refused, as the audit log has it.
async fn why(world: &World) -> String {
    let (kind, after): (String, String) = world
        .query_one("SELECT kind, after FROM audit ORDER BY id DESC LIMIT 1".into())
        .await;
    assert_eq!(kind, "sign_in_refused");
    let after: serde_json::Value = serde_json::from_str(&after).unwrap();
    assert_eq!(after["by"], "acme");
    after["why"].as_str().unwrap().to_owned()
}

#[track_caller]
fn domain_of(email: &str) -> &str {
    email.rsplit_once('@').unwrap().1
}

both! {
    async fn a_verified_address_of_the_customers_domain_is_linked_once_and_known_from_then_on(world: World) {
        world.filled().await;
        let person = world.person(1).await;
        let before = world.count("audit").await;
        let first = identity("s-1", &format!(" {} ", person.email.to_uppercase()));
        assert_eq!(sign_in(&world, &first).await.as_ref(), Some(&person));
        let (by, customer, after): (i64, i64, String) = world.query_one(
            "SELECT person_id, customer_id, after FROM audit WHERE kind = 'identity_linked'".into(),
        ).await;
        assert_eq!((by, Some(customer)), (person.id, person.actor.customer()));
        assert!(after.contains(ISSUER) && after.contains("s-1") && after.contains("acme"), "{after}");

        // The provider may know them by another address later, or by none that it verified.
        let later = Identity { email_verified: false, ..identity("s-1", "elsewhere@other.example") };
        assert_eq!(sign_in(&world, &later).await.as_ref(), Some(&person));
        let (signed_in,): (String,) = world.query_one(
            "SELECT after FROM audit WHERE kind = 'signed_in' ORDER BY id DESC LIMIT 1".into(),
        ).await;
        assert_eq!(signed_in, r#"{"by":"acme"}"#);
        assert_eq!(world.count("identities").await, 1);
        assert_eq!(world.count("audit").await, before + 3);
    }

    async fn a_person_may_have_several_identities_and_a_subject_only_one_person(world: World) {
        world.filled().await;
        let (one, other) = (world.person(0).await, world.person(1).await);
        for subject in ["a", "b"] {
            assert_eq!(sign_in(&world, &identity(subject, &one.email)).await.as_ref(), Some(&one));
        }
        let elsewhere = Identity { issuer: "https://other.example".into(), ..identity("a", &other.email) };
        assert_eq!(sign_in(&world, &elsewhere).await.as_ref(), Some(&other));
        // The subject counts, not the address that comes with it.
        assert_eq!(sign_in(&world, &identity("a", &other.email)).await.as_ref(), Some(&one));
        assert_eq!(world.count("identities").await, 3);
    }

    async fn nobody_else_comes_in_and_the_log_says_why(world: World) {
        world.filled().await;
        let (contact, engineer) = (world.person(0).await, world.person(12).await);
        let own = domain_of(&contact.email).to_owned();
        // Of a customer, with an address of the provider's that is not of its domains; of another customer's; and of a
        // part of its own.
        let (mut foreign, mut moves) = (Vec::new(), Vec::new());
        for (position, domain) in [(1, "private.example"), (2, own.as_str()), (3, "mail.cascade.example")] {
            let email = format!("moved{position}@{domain}");
            moves.push((world.person(position).await.id, email.clone()));
            foreign.push(Identity { domains: vec![domain.to_owned()], ..identity("x", &email) });
        }
        for (id, email) in moves {
            world.execute(&format!("UPDATE people SET email = '{email}', email_folded = '{email}' WHERE id = {id}")).await.unwrap();
        }
        let mut refusals = vec![
            (Identity { email_verified: false, ..identity("x", &contact.email) }, "unverified"),
            (identity("x", ""), "unverified"),
            (identity("x", &format!("nobody@{own}")), "nobody"),
            (identity("x", "not an address"), "nobody"),
            (identity("x", &engineer.email), "not_vendors"),
            (vendors("x", &engineer.email, &["elsewhere.example"]), "foreign_domain"),
            (identity("", &contact.email), "malformed"),
            (identity(&"s".repeat(256), &contact.email), "malformed"),
            (identity("a\0b", &contact.email), "malformed"),
            (identity("x", &format!("a\0{}", contact.email)), "malformed"),
            (identity("x", &format!("{}@{own}", "a".repeat(260))), "malformed"),
            (Identity { issuer: format!("https://{}", "i".repeat(500)), ..identity("x", &contact.email) }, "malformed"),
        ];
        refusals.extend(foreign.into_iter().map(|identity| (identity, "foreign_domain")));
        let people = world.count("people").await;
        for (identity, expected) in refusals {
            assert_eq!(sign_in(&world, &identity).await, None, "{identity:?}");
            assert_eq!(why(&world).await, expected, "{identity:?}");
        }
        assert_eq!((world.count("identities").await, world.count("people").await), (0, people));
    }

    async fn the_vendors_people_come_in_through_the_vendors_provider_only(world: World) {
        world.filled().await;
        let engineer = world.person(12).await;
        let domain = domain_of(&engineer.email);
        let own = vendors("v", &engineer.email, &["elsewhere.example", domain]);
        assert_eq!(sign_in(&world, &own).await.as_ref(), Some(&engineer));
        // Another provider with the same issuer is not the vendor's for that.
        assert_eq!(sign_in(&world, &identity("v", &engineer.email)).await, None);
        assert_eq!(why(&world).await, "not_vendors");
        // A customer's contact is bound to the customer's domains and to the provider's there as well.
        let contact = world.person(0).await;
        assert_eq!(sign_in(&world, &vendors("c", &contact.email, &[domain])).await, None);
        assert_eq!(why(&world).await, "foreign_domain");
        let both = [domain, domain_of(&contact.email)];
        assert_eq!(sign_in(&world, &vendors("c", &contact.email, &both)).await.as_ref(), Some(&contact));
    }

    async fn a_customers_provider_vouches_for_nobody_of_another_customer(world: World) {
        world.filled().await;
        let (seoyeon, maria) = (world.person(0).await, world.person(2).await);
        for forged in [identity("f", &maria.email), cascades("f", &seoyeon.email)] {
            assert_eq!(sign_in(&world, &forged).await, None, "{forged:?}");
            assert_eq!(why(&world).await, "foreign_domain");
        }
        assert_eq!(world.count("identities").await, 0);
        assert_eq!(sign_in(&world, &identity("s", &seoyeon.email)).await.as_ref(), Some(&seoyeon));
        assert_eq!(sign_in(&world, &cascades("s", &maria.email)).await.as_ref(), Some(&maria));
        // Nor once they are linked, if the provider's domains are others since.
        let others = Identity { domains: identity("s", "").domains, ..cascades("s", &maria.email) };
        assert_eq!(sign_in(&world, &others).await, None);
        assert_eq!(why(&world).await, "foreign_domain");
    }

    async fn a_link_is_worth_nothing_once_the_person_or_the_domain_is_another_customers(world: World) {
        world.filled().await;
        let (person, other) = (world.person(1).await, world.person(2).await);
        let known = identity("s", &person.email);
        let [from, to] = [&person, &other].map(|one| one.actor.customer().unwrap());
        assert_eq!(sign_in(&world, &known).await.as_ref(), Some(&person));

        // The domain goes to another customer and comes back.
        for (owner, comes_in) in [(to, false), (from, true)] {
            world.execute(&format!("UPDATE customer_domains SET customer_id = {owner} WHERE domain = 'hangang.example'")).await.unwrap();
            assert_eq!(sign_in(&world, &known).await.is_some(), comes_in);
        }
        // The person goes to another customer, first with the address that they had.
        world.execute(&format!("UPDATE people SET designated_at = NULL WHERE id = {}", person.id)).await.unwrap();
        world.execute(&format!("UPDATE people SET customer_id = {to} WHERE id = {}", person.id)).await.unwrap();
        assert_eq!(sign_in(&world, &known).await, None);
        assert_eq!(why(&world).await, "foreign_domain");
        let moved = "jihoon.park@cascade.example";
        world.execute(&format!("UPDATE people SET email = '{moved}', email_folded = '{moved}' WHERE id = {}", person.id)).await.unwrap();
        assert_eq!(sign_in(&world, &known).await, None);
        assert_eq!(why(&world).await, "foreign_domain");
        // Their new customer's provider finds them.
        assert!(sign_in(&world, &cascades("s", moved)).await.is_some());
    }

    async fn whoever_left_comes_in_no_more_and_their_subject_leads_to_nobody_else(world: World) {
        world.filled().await;
        let (gone, other) = (world.person(7).await, world.person(6).await);
        assert!(sign_in(&world, &identity("s", &gone.email)).await.is_some());
        world.execute(&format!("UPDATE people SET left_at = 1, designated_at = NULL WHERE id = {}", gone.id)).await.unwrap();
        for email in [&gone.email, &other.email] {
            assert_eq!(sign_in(&world, &identity("s", email)).await, None);
            assert_eq!(why(&world).await, "nobody");
        }
        assert_eq!(sign_in(&world, &identity("new", &gone.email)).await, None);
        assert_eq!(why(&world).await, "nobody");
    }

    async fn an_identity_that_is_linked_by_many_at_once_is_linked_once(world: World) {
        world.filled().await;
        let person = world.person(0).await;
        let tries: Vec<_> = (0..8).map(|_| {
            let (world, identity) = (world.clone(), identity("s", &person.email));
            tokio::spawn(async move { sign_in(&world, &identity).await })
        }).collect();
        for one in tries {
            assert_eq!(one.await.unwrap().as_ref(), Some(&person));
        }
        assert_eq!(world.count("identities").await, 1);
        assert_eq!(world.count("audit WHERE kind = 'identity_linked'").await, 1);
    }

    async fn an_answer_that_is_not_taken_is_written_down(world: World) {
        world.filled().await;
        accounts::refuse_answer(&world.portal, domain::people::Actor::Anonymous, "acme").await.unwrap();
        assert_eq!(why(&world).await, "answer");
    }
}
