use domain::people::Actor;
use portal_core::{
    audit::{Kind, MOST_REFUSED},
    contacts,
    incidents::{self, Filter, NotFiled},
    products, subscriptions,
};

use crate::{
    both,
    common::{HOUR, logged},
};

both! {
    async fn nobody_learns_of_another_customers_incident(world: World) {
        world.filled().await;
        let (owner, colleague, stranger) = (world.actor(0).await, world.actor(1).await, world.actor(2).await);
        let number = world.file(owner, world.severe("Only ours")).await;

        let own = incidents::get(&world.portal, owner, number).await.unwrap().expect("one's own");
        assert!(own.filed_by_you);
        let seen = incidents::get(&world.portal, colleague, number).await.unwrap().expect("the customer's");
        assert!(!seen.filed_by_you);
        assert_eq!(seen.filed_by, "김서연");
        assert_eq!(incidents::get(&world.portal, stranger, number).await.unwrap(), None);
        assert_eq!(incidents::get(&world.portal, Actor::Anonymous, number).await.unwrap(), None);
        // As if there were none.
        let none = domain::incident::IncidentNumber { year: 2026, count: 99_999 };
        assert_eq!(incidents::get(&world.portal, owner, none).await.unwrap(), None);

        let search = Filter { search: "only ours".into(), ..Filter::default() };
        for (actor, total) in [(owner, 1), (colleague, 1), (stranger, 0)] {
            let page = incidents::list(&world.portal, actor, None, &search, None, 10).await.unwrap().expect("permitted");
            assert_eq!((page.total, page.rows.len()), (total, usize::try_from(total).unwrap()));
        }
        assert_eq!(incidents::list(&world.portal, Actor::Anonymous, None, &search, None, 10).await.unwrap(), None);
    }

    async fn reading_what_is_somebody_elses_is_written_down(world: World) {
        world.filled().await;
        let (owner, stranger, manager) = (world.actor(0).await, world.actor(2).await, world.actor(11).await);
        let hangang = world.person(0).await.customer.expect("a customer").id;
        let number = world.file(owner, world.severe("Only ours")).await;
        let p = &world.portal;
        let before = logged(&world, Kind::Refused).await.len();

        for actor in [stranger, manager] {
            assert_eq!(incidents::get(p, actor, number).await.unwrap(), None);
            assert_eq!(incidents::list(p, actor, Some(hangang), &Filter::default(), None, 10).await.unwrap(), None);
            assert_eq!(subscriptions::get(p, actor, Some(hangang)).await.unwrap(), None);
            assert_eq!(contacts::board(p, actor, Some(hangang)).await.unwrap(), None);
        }
        assert_eq!(subscriptions::list(p, stranger, "").await.unwrap(), None);
        // What is not there leaves the same, or a coordinator could tell by it what there is; of a visitor there is nothing.
        let none = domain::incident::IncidentNumber { year: 2026, count: 99_999 };
        assert_eq!(incidents::get(p, stranger, none).await.unwrap(), None);
        assert_eq!(subscriptions::get(p, manager, Some(i64::MAX)).await.unwrap(), None);
        assert_eq!(incidents::get(p, Actor::Anonymous, number).await.unwrap(), None);

        let mut refused: Vec<_> = logged(&world, Kind::Refused).await.into_iter().map(|entry| entry.subject).collect();
        refused.truncate(refused.len() - before);
        refused.sort();
        assert_eq!(
            refused,
            ["ListAccounts", "ReadAccount", "ReadAccount", "ReadAccount", "ReadContacts", "ReadContacts", "ReadIncident", "ReadIncident", "ReadIncident", "ReadIncident", "ReadIncident"]
        );
    }

    async fn what_somebody_is_refused_again_and_again_does_not_fill_the_log(world: World) {
        world.filled().await;
        let (stranger, other) = (world.actor(2).await, world.actor(0).await);
        let p = &world.portal;
        let count = "audit WHERE kind = 'refused' AND subject = 'ListAccounts'";
        let before = world.count(count).await;
        for _ in 0..MOST_REFUSED + 5 {
            assert_eq!(subscriptions::list(p, stranger, "").await.unwrap(), None);
        }
        assert_eq!(world.count(count).await, before + MOST_REFUSED);
        // The last one says so.
        let refused = logged(&world, Kind::Refused).await;
        let said: Vec<_> = refused.iter().filter_map(|entry| entry.after.as_deref()).collect();
        assert!(matches!(said[..], [last] if last.contains("unwritten_until")), "{said:?}");
        assert!(refused[0].after.is_some());
        // What somebody else is refused, or something else, is written down.
        assert_eq!(subscriptions::list(p, other, "").await.unwrap(), None);
        assert_eq!(world.count(count).await, before + MOST_REFUSED + 1);
        let account = world.count("audit WHERE subject = 'ReadAccount'").await;
        assert_eq!(subscriptions::get(p, stranger, Some(i64::MAX)).await.unwrap(), None);
        assert_eq!(world.count("audit WHERE subject = 'ReadAccount'").await, account + 1);
        world.clock.advance(HOUR);
        assert_eq!(subscriptions::list(p, stranger, "").await.unwrap(), None);
        assert_eq!(world.count(count).await, before + MOST_REFUSED + 2);
        assert_eq!(logged(&world, Kind::Refused).await[0].after, None);
    }

    async fn nobody_files_without_being_a_contact_of_the_customer(world: World) {
        world.filled().await;
        let before = world.count("incidents").await;
        let (one, other) = (world.person(0).await, world.person(2).await);
        let forged = [
            Actor::Anonymous,
            Actor::Contact { contact: one.id, customer: other.customer.as_ref().unwrap().id, coordinator: false },
            Actor::Contact { contact: i64::MAX, customer: one.customer.as_ref().unwrap().id, coordinator: false },
        ];
        for actor in forged {
            assert_eq!(world.refused(actor, world.severe("No")).await, NotFiled::NotPermitted);
        }
        assert_eq!(world.count("incidents").await, before);
    }

    async fn everybody_reads_the_catalog(world: World) {
        world.filled().await;
        let contact = world.actor(0).await;
        let catalog = products::catalog(&world.portal, Actor::Anonymous).await.unwrap();
        assert_eq!(catalog, products::catalog(&world.portal, contact).await.unwrap());
        let names: Vec<_> = catalog.products.iter().map(|product| product.name.as_str()).collect();
        assert_eq!(names, ["Interactor Studio", "Interactor Gateway", "Interactor Monitor"]);
        let (_, old) = catalog.find("gateway:4.8.2").expect("a release");
        assert!(old.discontinued);
    }
}
