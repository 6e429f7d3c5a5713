use domain::{people::Actor, people::Operation};
use futures_util::TryStreamExt as _;
use portal_core::{
    Origin, accounts,
    audit::{self, Kind},
    contacts,
    customers::{self, CustomerForm},
    forms::{NotSaved, Wrong},
    paging::Position,
};

use crate::{
    both,
    common::{World, logged},
};

fn form() -> CustomerForm {
    CustomerForm {
        name: "Ostsee Werke".into(),
        plan: "2026.1".into(),
        tier: "core".into(),
        zone: "pacific".into(),
        starts: "2026-01-01".into(),
        ends: "2026-12-31".into(),
        elected: String::new(),
        domains: "ostsee.example".into(),
        installed: vec!["studio:8.4.2".into(), "gateway:5.1.0".into()],
    }
}

/// The form as it is shown for a customer that exists.
async fn shown(world: &World, customer: i64) -> CustomerForm {
    let admin = world.actor(14).await;
    let record = customers::get(&world.portal, admin, customer)
        .await
        .unwrap()
        .expect("a customer");
    CustomerForm {
        name: record.name,
        plan: record.plan_version,
        tier: record.tier,
        zone: record.zone,
        starts: record.term.starts.to_string(),
        ends: record.term.ends.to_string(),
        elected: record.seats.elected.to_string(),
        domains: record.domains.join("\n"),
        installed: record.installed,
    }
}

fn wrong_at(saved: Result<(), NotSaved>, field: &str) -> Wrong {
    match saved {
        Err(NotSaved::Invalid(wrongs)) => wrongs
            .of(field)
            .cloned()
            .unwrap_or_else(|| panic!("nothing is wrong with {field}: {wrongs:?}")),
        other => panic!("{other:?}"),
    }
}

both! {
    async fn a_customer_is_added_with_the_seats_of_its_tier(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let id = customers::add(&world.portal, admin, &form()).await.unwrap().expect("added");
        let record = customers::get(&world.portal, admin, id).await.unwrap().expect("there");
        assert_eq!((record.seats.included, record.seats.elected, record.seats.used), (3, 0, 0));
        assert_eq!(record.domains, ["ostsee.example"]);
        assert_eq!(record.installed, ["gateway:5.1.0", "studio:8.4.2"]);
        assert_eq!(shown(&world, id).await, CustomerForm { elected: "0".into(), installed: record.installed, ..form() });
        assert_eq!(logged(&world, Kind::CustomerAdded).await.len(), 1);
        assert_eq!(logged(&world, Kind::InstallationsChanged).await.len(), 1);
    }

    async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let before = (world.count("customers").await, world.count("audit").await);
        let wrong = CustomerForm {
            name: " ".into(),
            tier: "gold".into(),
            zone: "mars".into(),
            starts: "2026-02-30".into(),
            elected: "-1".into(),
            domains: "gmail.com".into(),
            ..form()
        };
        let Err(NotSaved::Invalid(wrongs)) = customers::add(&world.portal, admin, &wrong).await.unwrap() else {
            panic!("it was added")
        };
        let fields: Vec<_> = wrongs.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "tier", "zone", "starts", "elected", "domains"]);
        for (form, field, expected) in [
            (CustomerForm { plan: "1999".into(), ..form() }, "plan", Wrong::NotOffered),
            (CustomerForm { ends: "2025-12-31".into(), ..form() }, "ends", Wrong::EndsBeforeStart),
            (CustomerForm { name: "Cascade Retail".into(), ..form() }, "name", Wrong::Taken),
            (
                CustomerForm { domains: "ostsee.example CASCADE.example".into(), ..form() },
                "domains",
                Wrong::DomainTaken { domain: "cascade.example".into(), customer: "Cascade Retail".into() },
            ),
            (CustomerForm { installed: vec!["studio:99".into()], ..form() }, "installed", Wrong::NotOffered),
        ] {
            let saved = customers::add(&world.portal, admin, &form).await.unwrap().map(|_| ());
            assert_eq!(wrong_at(saved, field), expected);
        }
        assert_eq!((world.count("customers").await, world.count("audit").await), before);
    }

    async fn seats_that_are_taken_cannot_be_taken_away(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        // Platinum, ten seats, three of them taken; Core has three.
        let cascade = world.person(2).await.customer.expect("a customer").id;
        // Three of its four seats are taken.
        world.execute("UPDATE people SET designated_at = NULL WHERE name = 'Noah Stein'").await.unwrap();
        let mut form = shown(&world, cascade).await;
        form.tier = "core".into();
        customers::change(&world.portal, admin, cascade, &form).await.unwrap().expect("three are enough");
        let (included,): (i64,) = world.query_one(format!("SELECT included_seats FROM customers WHERE id = {cascade}")).await;
        assert_eq!(included, 3);

        form.elected = "1".into();
        customers::change(&world.portal, admin, cascade, &form).await.unwrap().expect("one more");
        let moved = format!("UPDATE people SET designated_at = 1 WHERE id = {}", world.person(2).await.id);
        world.execute(&moved).await.unwrap();
        let another = format!(
            "INSERT INTO people (customer_id, name, email, email_folded, designated_at)
             VALUES ({cascade}, 'Fourth', 'fourth@cascade.example', 'fourth@cascade.example', 1)"
        );
        world.execute(&another).await.unwrap();
        form.elected = "0".into();
        let saved = customers::change(&world.portal, admin, cascade, &form).await.unwrap();
        assert_eq!(wrong_at(saved, "elected"), Wrong::SeatsInUse { withdraw: 1 });
        assert_eq!(shown(&world, cascade).await.elected, "1");
    }

    async fn what_changed_is_written_down_with_before_and_after(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let hangang = world.person(0).await.customer.expect("a customer").id;
        let mut form = shown(&world, hangang).await;
        customers::change(&world.portal, admin, hangang, &form).await.unwrap().expect("nothing is wrong");
        assert_eq!(logged(&world, Kind::SubscriptionChanged).await, []);

        // A term that has ended already may be entered: it did end.
        form.ends = "2026-02-27".into();
        form.installed = vec!["studio:8.4.2".into()];
        customers::change(&world.portal, admin, hangang, &form).await.unwrap().expect("changed");
        let changed = logged(&world, Kind::SubscriptionChanged).await;
        let [entry] = changed.as_slice() else { panic!("{changed:?}") };
        assert_eq!(entry.by_name, "Ines Duarte");
        assert_eq!(entry.customer.as_deref(), Some("한강물류 (Hangang Logistics)"));
        assert!(entry.after.as_ref().unwrap().contains("\"ends_on\":\"2026-02-27\""), "{entry:?}");
        assert!(!entry.before.as_ref().unwrap().contains("2026-02-27"), "{entry:?}");
        let versions = logged(&world, Kind::InstallationsChanged).await;
        assert_eq!(versions[0].before.as_deref(), Some(r#"{"versions":["gateway:5.1.0","studio:8.3.0"]}"#));
        assert_eq!(versions[0].after.as_deref(), Some(r#"{"versions":["studio:8.4.2"]}"#));
        let person = world.person(0).await;
        assert_eq!(person.customer.unwrap().term.ends.to_string(), "2026-02-27");
    }

    async fn what_incidents_were_filed_under_stays(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let hangang = world.person(0).await.customer.expect("a customer").id;
        let under = "SELECT MIN(tier || zone || plan_version), MAX(tier || zone || plan_version) FROM incidents
                     WHERE customer_id = ".to_owned() + &hangang.to_string();
        let before: (String, String) = world.query_one(under.clone()).await;
        let mut form = shown(&world, hangang).await;
        (form.tier, form.zone) = ("platinum".into(), "pacific".into());
        customers::change(&world.portal, admin, hangang, &form).await.unwrap().expect("changed");
        assert_eq!(world.query_one::<(String, String)>(under).await, before);
    }

    async fn a_customer_is_found_by_name_and_domain_page_by_page(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let found = |search: &'static str| {
            let portal = world.portal.clone();
            async move {
                let page = customers::list(&portal, admin, search, None, 10).await.unwrap().expect("permitted");
                assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
                page.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
            }
        };
        assert_eq!(found("cascade r").await, ["Cascade Retail"]);
        assert_eq!(found("한강").await, ["한강물류 (Hangang Logistics)"]);
        assert_eq!(found("fjordline.ex").await, ["Fjordline Media"]);
        assert_eq!(found("%").await, Vec::<String>::new());
        let all = found("").await;
        assert_eq!(all.len(), 5);

        let page = |at| {
            let portal = world.portal.clone();
            async move { customers::list(&portal, admin, "", at, 3).await.unwrap().expect("permitted") }
        };
        let first = page(None).await;
        assert_eq!((first.rows.len(), first.total, first.previous), (3, 5, None));
        let second = page(first.next).await;
        assert_eq!((second.rows.len(), second.next), (2, None));
        let back = page(second.previous).await;
        assert_eq!(back.rows, first.rows);
        let mut names: Vec<_> = first.rows.into_iter().chain(second.rows).map(|row| row.name).collect();
        assert_eq!(names, all);
        names.dedup();
        assert_eq!(names.len(), 5);
        assert_eq!(page(Some(Position::After(i64::MAX))).await.rows, []);
    }

    async fn account_managers_are_assigned_and_taken_back(world: World) {
        world.filled().await;
        let (admin, grace, tom) = (world.actor(14).await, world.person(10).await, world.person(11).await);
        let hangang = world.person(0).await.customer.expect("a customer").id;
        for _ in 0..2 {
            customers::assign(&world.portal, admin, hangang, tom.id).await.unwrap().expect("assigned");
        }
        let managers = customers::get(&world.portal, admin, hangang).await.unwrap().expect("there").managers;
        assert_eq!(managers.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Grace Yoon", "Tom Becker"]);
        assert_eq!(logged(&world, Kind::Assigned).await.len(), 1);
        let engineer = world.person(12).await.id;
        let saved = customers::assign(&world.portal, admin, hangang, engineer).await.unwrap();
        assert_eq!(wrong_at(saved, "manager"), Wrong::NotOffered);
        assert!(customers::unassign(&world.portal, admin, hangang, grace.id).await.unwrap());
        assert!(!customers::unassign(&world.portal, admin, hangang, grace.id).await.unwrap());
        let entry = logged(&world, Kind::Unassigned).await.remove(0);
        assert_eq!(entry.before.as_deref(), Some(r#"{"account_manager":"grace.yoon@interactor.example"}"#));
    }

    async fn nobody_but_an_administrator_keeps_customers(world: World) {
        world.filled().await;
        let hangang = world.person(0).await.customer.expect("a customer").id;
        let manager = world.person(11).await.id;
        let form = shown(&world, hangang).await;
        let before = world.count("customers").await;
        for position in [0, 1, 10, 12] {
            let actor = world.actor(position).await;
            let portal = &world.portal;
            assert_eq!(customers::list(portal, actor, "", None, 10).await.unwrap(), None);
            assert_eq!(customers::get(portal, actor, hangang).await.unwrap(), None);
            assert_eq!(customers::add(portal, actor, &self::form()).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(customers::change(portal, actor, hangang, &form).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(customers::assign(portal, actor, hangang, manager).await.unwrap(), Err(NotSaved::NotFound));
            assert!(!customers::unassign(portal, actor, hangang, manager).await.unwrap());
            assert_eq!(customers::managers(portal, actor).await.unwrap(), []);
            assert_eq!(customers::names(portal, actor).await.unwrap(), Vec::<String>::new());
            assert_eq!(portal_core::overview::overview(portal, actor).await.unwrap(), None);
        }
        assert_eq!(customers::list(&world.portal, Actor::Anonymous, "", None, 10).await.unwrap(), None);
        assert_eq!(world.count("customers").await, before);
        // Each refusal of somebody who is signed in is in the log, with what they tried.
        let refused = logged(&world, Kind::Refused).await;
        assert_eq!(refused.len(), 4 * 9);
        assert!(refused.iter().any(|entry| entry.subject == Operation::ManageCustomers.name() && entry.by_name == "김서연"));
    }

    async fn a_coordinator_reads_the_log_of_their_own_customer_only(world: World) {
        world.filled().await;
        let (admin, coordinator) = (world.actor(14).await, world.actor(0).await);
        let (hangang, cascade) = (coordinator.customer().unwrap(), world.actor(2).await.customer().unwrap());
        for customer in [hangang, cascade] {
            let mut form = shown(&world, customer).await;
            form.elected = "7".into();
            customers::change(&world.portal, admin, customer, &form).await.unwrap().expect("changed");
        }
        let list = |actor, filter: audit::Filter| {
            let portal = world.portal.clone();
            async move { audit::list(&portal, actor, &filter, None, 50).await.unwrap() }
        };
        let all = list(admin, audit::Filter::default()).await.expect("permitted");
        assert_eq!(all.total, 2);
        let own = list(coordinator, audit::Filter::default()).await.expect("permitted");
        assert_eq!((own.total, own.rows[0].customer.as_deref()), (1, Some("한강물류 (Hangang Logistics)")));
        assert_eq!(own.rows[0].by_name, "Ines Duarte");
        let of = |customer| audit::Filter { customer: Some(customer), ..audit::Filter::default() };
        assert_eq!(list(coordinator, of(hangang)).await.expect("permitted").total, 1);
        assert_eq!(list(coordinator, of(cascade)).await, None);
        assert_eq!(list(admin, of(cascade)).await.expect("permitted").total, 1);
        for position in [1, 10, 12] {
            assert_eq!(list(world.actor(position).await, audit::Filter::default()).await, None);
            let actor = world.actor(position).await;
            assert!(audit::export(&world.portal, actor, &audit::Filter::default()).await.unwrap().is_none());
        }
        assert_eq!(list(Actor::Anonymous, audit::Filter::default()).await, None);
        // None of the people of another customer is told of it in the export either.
        let export = audit::export(&world.portal, coordinator, &audit::Filter::default()).await.unwrap().expect("permitted");
        let exported = export.parts().try_concat().await.unwrap();
        assert!(!exported.is_empty() && exported.iter().all(|entry| !entry.subject.contains("Cascade")), "{exported:?}");
    }

    async fn a_customer_does_not_read_where_the_vendors_people_were(world: World) {
        world.filled().await;
        let (admin, coordinator, jihoon) = (world.actor(14).await, world.actor(0).await, world.person(1).await);
        let portal = world.portal.asked_from(Origin { address: "192.0.2.7".into(), request: "r".into() });
        let hangang = coordinator.customer().unwrap();
        let mut form = shown(&world, hangang).await;
        form.elected = "7".into();
        customers::change(&portal, admin, hangang, &form).await.unwrap().expect("changed");
        contacts::set_coordinator(&portal, coordinator, jihoon.id, true).await.unwrap().expect("theirs");
        accounts::sign_in(&portal, &jihoon.email, "wrong", None).await.unwrap();
        let read = |actor| {
            let portal = world.portal.clone();
            async move {
                let filter = audit::Filter::default();
                let page = audit::list(&portal, actor, &filter, None, 50).await.unwrap().expect("permitted");
                let export = audit::export(&portal, actor, &filter).await.unwrap().expect("permitted");
                assert_eq!(export.parts().try_concat().await.unwrap(), page.rows);
                page.rows.into_iter().map(|entry| (entry.kind, entry.address, entry.request)).collect::<Vec<_>>()
            }
        };
        let whence = |kind| (kind, Some("192.0.2.7".to_owned()), Some("r".to_owned()));
        let (tried, theirs) = (whence(Kind::SignInRefused), whence(Kind::PersonChanged));
        let vendors = whence(Kind::SubscriptionChanged);
        assert_eq!(read(admin).await, [tried.clone(), theirs.clone(), vendors]);
        assert_eq!(read(coordinator).await, [tried, theirs, (Kind::SubscriptionChanged, None, None)]);
    }
}
