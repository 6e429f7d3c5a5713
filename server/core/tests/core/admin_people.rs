use std::collections::BTreeSet;

use domain::people::{Actor, Role};
use portal_core::{
    accounts::{self, LinkKind, SignIn},
    audit::{self, Kind},
    certifications::{self, CertificationForm},
    customers,
    forms::{NotSaved, Wrong},
    people::{self, Filter, NotLeft, PersonForm},
};

use crate::{
    both,
    common::{World, logged},
};

fn form(name: &str, email: &str, role: &str, customer: &str) -> PersonForm {
    PersonForm {
        name: name.into(),
        email: email.into(),
        role: role.into(),
        customer: customer.into(),
    }
}

const HANGANG: &str = "한강물류 (Hangang Logistics)";

fn wrong_at<T: std::fmt::Debug>(saved: Result<T, NotSaved>, field: &str) -> Wrong {
    match saved {
        Err(NotSaved::Invalid(wrongs)) => wrongs
            .of(field)
            .cloned()
            .unwrap_or_else(|| panic!("nothing is wrong with {field}: {wrongs:?}")),
        other => panic!("{other:?}"),
    }
}

fn certified(number: &str, level: &str, issued: &str, expires: &str) -> CertificationForm {
    CertificationForm {
        track: "Integration and API".into(),
        level: level.into(),
        number: number.into(),
        issued: issued.into(),
        expires: expires.into(),
    }
}

/// A second administrator, who was invited.
async fn second(world: &World) -> i64 {
    let admin = world.actor(14).await;
    let form = form("Second", "second@interactor.example", "administrator", "");
    people::add(&world.portal, admin, &form)
        .await
        .unwrap()
        .expect("added")
}

/// Whoever was invited has set a password.
async fn accepted(world: &World, person: i64) {
    world
        .execute(&format!(
            "UPDATE people SET password_hash = 'set' WHERE id = {person}"
        ))
        .await
        .unwrap();
}

both! {
    async fn somebody_new_is_invited_and_may_do_what_their_role_says(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let new = form(" Lena ", "Lena@Hangang.example", "contact", HANGANG);
        let id = people::add(&world.portal, admin, &new).await.unwrap().expect("added");
        let person = accounts::person(&world.portal, id).await.unwrap().expect("there");
        assert_eq!((person.name.as_str(), person.email.as_str(), person.role), ("Lena", "Lena@Hangang.example", Role::Contact));
        let record = people::get(&world.portal, admin, id).await.unwrap().expect("there");
        assert_eq!((record.has_password, record.designated, record.link_until), (false, false, None));
        let link = accounts::make_link(&world.portal, admin, LinkKind::Invitation, id).await.unwrap().expect("a link");
        let followed = accounts::follow_link(&world.portal, &link.token).await.unwrap().expect("it works");
        assert_eq!(followed.person.id, id);
        let record = people::get(&world.portal, admin, id).await.unwrap().expect("there");
        assert_eq!(record.link_until, Some(link.expires_at));
        assert_eq!(logged(&world, Kind::PersonAdded).await[0].subject, "Lena@Hangang.example");
    }

    async fn who_belongs_where_is_checked(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        for (form, field, expected) in [
            (form("", "a@b.example", "contact", HANGANG), "name", Wrong::Empty),
            (form("A", "a.b.example", "contact", HANGANG), "email", Wrong::NotAnEmail),
            (form("A", " SEOYEON.KIM@hangang.example", "contact", HANGANG), "email", Wrong::Taken),
            (form("A", "a@b.example", "operator", ""), "role", Wrong::NotOffered),
            (form("A", "a@b.example", "anonymous", ""), "role", Wrong::NotOffered),
            (form("A", "a@b.example", "contact", ""), "customer", Wrong::NeedsCustomer),
            (form("A", "a@b.example", "coordinator", "Nobody"), "customer", Wrong::UnknownCustomer),
            (form("A", "a@b.example", "engineer", HANGANG), "customer", Wrong::NoCustomer),
            (form("A", "a@b.example", "contact", "a\0b"), "customer", Wrong::UnknownCustomer),
        ] {
            let saved = people::add(&world.portal, admin, &form).await.unwrap();
            assert_eq!(wrong_at(saved, field), expected, "{form:?}");
        }
        assert_eq!(world.count("people").await, 18);
        let taken = form("오세라", "yuna.choi@hangang.example", "contact", HANGANG);
        let saved = people::change(&world.portal, admin, world.person(7).await.id, &taken).await.unwrap();
        assert_eq!(wrong_at(saved, "email"), Wrong::Taken);
    }

    async fn a_new_role_counts_at_once_and_gives_back_what_belonged_to_the_old_one(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        // A designated contact goes to the vendor: the seat is free.
        let contact = world.person(3).await;
        let cascade = contact.customer.as_ref().unwrap().id;
        let used = || async {
            let (used,): (i64,) = world.query_one(format!("SELECT used_seats FROM customers WHERE id = {cascade}")).await;
            used
        };
        assert_eq!(used().await, 4);
        let engineer = form("James Whitfield", &contact.email, "engineer", "");
        people::change(portal, admin, contact.id, &engineer).await.unwrap().expect("changed");
        assert_eq!(used().await, 3);
        let actor = accounts::person(portal, contact.id).await.unwrap().unwrap().actor;
        assert_eq!(actor, Actor::Vendor { person: contact.id, role: Role::Engineer });
        assert_eq!(logged(&world, Kind::Withdrawn).await.len(), 1);
        let changed = logged(&world, Kind::PersonChanged).await;
        assert!(changed[0].before.as_ref().unwrap().contains("\"role\":\"contact\""), "{changed:?}");
        assert!(changed[0].after.as_ref().unwrap().contains("\"role\":\"engineer\""), "{changed:?}");
        // To another customer: the seat is given back there, and none is taken here.
        let priya = world.person(8).await;
        let moved = form("Priya Raman", &priya.email, "contact", HANGANG);
        people::change(portal, admin, priya.id, &moved).await.unwrap().expect("changed");
        assert_eq!(used().await, 2);
        let both: BTreeSet<_> = logged(&world, Kind::PersonChanged).await.into_iter()
            .filter(|entry| entry.subject == priya.email).map(|entry| entry.customer).collect();
        assert_eq!(both, BTreeSet::from([Some(HANGANG.to_owned()), Some("Cascade Retail".to_owned())]));
        // An account manager who becomes an engineer looks after nobody any more.
        let grace = world.person(10).await;
        let engineer = form("Grace Yoon", &grace.email, "engineer", "");
        people::change(portal, admin, grace.id, &engineer).await.unwrap().expect("changed");
        assert_eq!(logged(&world, Kind::Unassigned).await.len(), 2);
        assert_eq!(customers::get(portal, admin, cascade).await.unwrap().unwrap().managers, []);
    }

    async fn a_link_for_whoever_they_were_opens_nothing(world: World) {
        world.filled().await;
        let (portal, admin) = (&world.portal, world.actor(14).await);
        let priya = world.person(8).await;
        let new = "priya.raman@hangang.example";
        for (form, works) in [
            (form("Priya R.", &priya.email, "contact", "Cascade Retail"), true),
            (form("Priya R.", &priya.email, "coordinator", "Cascade Retail"), false),
            (form("Priya R.", new, "coordinator", "Cascade Retail"), false),
            (form("Priya R.", new, "coordinator", HANGANG), false),
            (form("Priya R.", new, "engineer", ""), false),
        ] {
            let link = accounts::make_link(portal, admin, LinkKind::Reset, priya.id).await.unwrap().expect("a link");
            people::change(portal, admin, priya.id, &form).await.unwrap().expect("changed");
            let opened = accounts::follow_link(portal, &link.token).await.unwrap();
            assert_eq!(opened.is_some(), works, "{form:?}");
        }
    }

    async fn of_two_customers_neither_reads_of_the_other_when_somebody_goes(world: World) {
        world.filled().await;
        let (admin, seoyeon, maria) = (world.actor(14).await, world.actor(0).await, world.actor(2).await);
        let priya = world.person(8).await;
        let new = "priya.raman@hangang.example";
        let moved = form("Priya Raman", new, "contact", HANGANG);
        people::change(&world.portal, admin, priya.id, &moved).await.unwrap().expect("changed");
        let read = |actor| {
            let portal = world.portal.clone();
            async move {
                let filter = audit::Filter { kind: Some(Kind::PersonChanged), ..audit::Filter::default() };
                let page = audit::list(&portal, actor, &filter, None, 50).await.unwrap();
                page.expect("their own").rows
            }
        };
        let left = read(maria).await;
        let [entry] = left.as_slice() else { panic!("{left:?}") };
        assert_eq!((entry.subject.as_str(), &entry.after), (priya.email.as_str(), &None));
        let before = entry.before.as_ref().expect("what they were");
        assert!(before.contains(&priya.email) && before.contains("Cascade Retail"), "{before}");
        let come = read(seoyeon).await;
        let [entry] = come.as_slice() else { panic!("{come:?}") };
        assert_eq!((entry.subject.as_str(), &entry.before), (new, &None));
        let after = entry.after.as_ref().expect("what they are");
        assert!(after.contains(new) && after.contains(HANGANG), "{after}");
        // The vendor reads both.
        assert_eq!(read(admin).await.len(), 2);
    }

    async fn somebody_who_left_is_out_and_can_come_back(world: World) {
        let sample = world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        let person = world.person(0).await;
        world.execute(&format!("INSERT INTO sessions (id, data, person_id, expires_at) VALUES ('1', '{{}}', {}, 99999999999999)", person.id)).await.unwrap();
        let link = accounts::make_link(portal, admin, LinkKind::Reset, person.id).await.unwrap().expect("a link");
        people::leave(portal, admin, person.id).await.unwrap().expect("left");
        assert_eq!(world.count("sessions").await, 0);
        assert_eq!(accounts::person(portal, person.id).await.unwrap(), None);
        assert_eq!(accounts::follow_link(portal, &link.token).await.unwrap(), None);
        assert_eq!(accounts::sign_in(portal, sample[0].email, sample[0].password, None).await.unwrap(), SignIn::Wrong);
        let (used,): (i64,) = world.query_one("SELECT used_seats FROM customers ORDER BY id LIMIT 1".to_owned()).await;
        assert_eq!(used, 1);
        assert_eq!(people::leave(portal, admin, person.id).await.unwrap(), Err(NotLeft::NotFound));
        assert!(people::get(portal, admin, person.id).await.unwrap().expect("kept").left_at.is_some());

        assert!(people::come_back(portal, admin, person.id).await.unwrap());
        assert!(!people::come_back(portal, admin, person.id).await.unwrap());
        assert!(matches!(accounts::sign_in(portal, sample[0].email, sample[0].password, None).await.unwrap(), SignIn::Right(_)));
        assert!(!people::get(portal, admin, person.id).await.unwrap().expect("there").designated);
        assert_eq!(logged(&world, Kind::PersonLeft).await.len(), 1);
    }

    async fn the_last_administrator_stays(world: World) {
        world.filled().await;
        let ines = world.person(14).await;
        let admin = ines.actor;
        assert_eq!(people::leave(&world.portal, admin, ines.id).await.unwrap(), Err(NotLeft::LastAdministrator));
        let engineer = form("Ines Duarte", &ines.email, "engineer", "");
        let saved = people::change(&world.portal, admin, ines.id, &engineer).await.unwrap();
        assert_eq!(wrong_at(saved, "role"), Wrong::LastAdministrator);
        // Another name is no loss.
        let renamed = form("Ines D.", &ines.email, "administrator", "");
        people::change(&world.portal, admin, ines.id, &renamed).await.unwrap().expect("changed");
        // One who was only invited does not count.
        let second = second(&world).await;
        assert_eq!(people::leave(&world.portal, admin, ines.id).await.unwrap(), Err(NotLeft::LastAdministrator));
        let saved = people::change(&world.portal, admin, ines.id, &engineer).await.unwrap();
        assert_eq!(wrong_at(saved, "role"), Wrong::LastAdministrator);
        // Nor does one who left.
        accepted(&world, second).await;
        people::leave(&world.portal, admin, second).await.unwrap().expect("left");
        assert_eq!(people::leave(&world.portal, admin, ines.id).await.unwrap(), Err(NotLeft::LastAdministrator));
        people::come_back(&world.portal, admin, second).await.unwrap();
        people::leave(&world.portal, admin, ines.id).await.unwrap().expect("left");
        // Who comes in through a provider needs no password.
        people::come_back(&world.portal, admin, ines.id).await.unwrap();
        world.execute(&format!("UPDATE people SET password_hash = NULL WHERE id = {second}")).await.unwrap();
        assert_eq!(people::leave(&world.portal, admin, ines.id).await.unwrap(), Err(NotLeft::LastAdministrator));
        world.execute(&format!("INSERT INTO identities (issuer, subject, person_id, linked_at) VALUES ('i', 's', {second}, 1)")).await.unwrap();
        people::leave(&world.portal, admin, ines.id).await.unwrap().expect("left");
    }

    async fn of_administrators_who_go_at_once_one_stays(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let mut all = vec![world.person(14).await.id];
        for n in 0..9 {
            let form = form("Another", &format!("another{n}@interactor.example"), "administrator", "");
            let id = people::add(&world.portal, admin, &form).await.unwrap().expect("added");
            accepted(&world, id).await;
            all.push(id);
        }
        let mut tries = tokio::task::JoinSet::new();
        for (n, person) in all.into_iter().enumerate() {
            let portal = world.portal.clone();
            tries.spawn(async move {
                if n % 2 == 0 {
                    return people::leave(&portal, admin, person).await.unwrap().is_ok();
                }
                let engineer = form("Another", &format!("gone{n}@interactor.example"), "engineer", "");
                people::change(&portal, admin, person, &engineer).await.unwrap().is_ok()
            });
        }
        let gone = tries.join_all().await.into_iter().filter(|gone| *gone).count();
        assert_eq!(gone, 9);
        let (left,): (i64,) = world
            .query_one("SELECT COUNT(*) FROM people WHERE role = 'administrator' AND left_at IS NULL".to_owned())
            .await;
        assert_eq!(left, 1);
    }

    async fn a_lost_second_factor_is_removed_and_written_down(world: World) {
        world.filled().await;
        let ines = world.person(14).await;
        let admin = ines.actor;
        world.execute(&format!("INSERT INTO recovery_codes (person_id, hash) VALUES ({}, '{}')", ines.id, "0".repeat(64))).await.unwrap();
        assert!(people::remove_second_factor(&world.portal, admin, ines.id).await.unwrap());
        assert!(!world.person(14).await.second_factor);
        assert_eq!(world.count("recovery_codes").await, 0);
        assert_eq!(logged(&world, Kind::SecondFactorOff).await[0].subject, ines.email);
        assert!(!people::remove_second_factor(&world.portal, admin, ines.id).await.unwrap());
    }

    async fn people_are_found_by_name_address_customer_and_role(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let found = |search: &str, role| {
            let (portal, filter) = (world.portal.clone(), Filter { search: search.into(), role, customer: None });
            async move {
                let page = people::list(&portal, admin, &filter, None, 50).await.unwrap().expect("permitted");
                assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
                page.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
            }
        };
        assert_eq!(found("GRACE", None).await, ["Grace Yoon"]);
        assert_eq!(found("james.whit", None).await, ["James Whitfield"]);
        assert_eq!(found("cascade ret", None).await, ["James Whitfield", "Maria Alvarez", "Noah Stein", "Priya Raman"]);
        assert_eq!(found("cascade", Some(Role::Coordinator)).await, ["Maria Alvarez"]);
        assert_eq!(found("", Some(Role::Engineer)).await, ["Daniel Okafor", "Hana Seo"]);
        assert_eq!(found("nobody", None).await, Vec::<String>::new());
        // Page by page, everybody once.
        let (mut seen, mut at) = (Vec::new(), None);
        loop {
            let page = people::list(&world.portal, admin, &Filter::default(), at, 4).await.unwrap().expect("permitted");
            seen.extend(page.rows.into_iter().map(|row| row.id));
            at = page.next;
            if at.is_none() { break }
        }
        assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (18, 18));
    }

    async fn certifications_are_entered_by_the_plans_rules(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        let sera = world.person(7).await.id;
        let good = certified(" IN-7 ", "Associate", "2026-01-01", "2026-12-31");
        let id = certifications::add(portal, admin, sera, &good).await.unwrap().expect("added");
        assert_eq!(world.count(&format!("reminders WHERE certification_id = {id}")).await, 3);
        let record = people::get(portal, admin, sera).await.unwrap().expect("there");
        assert_eq!(record.certifications[0].certification.number, "IN-7");
        let overlaps = |form: &CertificationForm| CertificationForm { number: "IN-8".into(), ..form.clone() };
        for (form, field, expected) in [
            (certified("", "Associate", "2026-01-01", "2026-12-31"), "number", Wrong::Empty),
            (certified("X", "Wizard", "2026-01-01", "2026-12-31"), "level", Wrong::NotOffered),
            (CertificationForm { track: "Other".into(), ..certified("X", "Associate", "2027-01-01", "2027-12-31") }, "track", Wrong::NotOffered),
            (certified("X", "Expert", "2026-01-01", "2025-12-31"), "expires", Wrong::EndsBeforeStart),
            (certified("X", "Expert", "soon", "2025-12-31"), "issued", Wrong::NotADate),
            (certified("SAMPLE-0001", "Expert", "2026-01-01", "2026-12-31"), "number", Wrong::Taken),
            (overlaps(&good), "issued", Wrong::Overlaps(record.certifications[0].certification.clone())),
        ] {
            let saved = certifications::add(portal, admin, sera, &form).await.unwrap();
            assert_eq!(wrong_at(saved, field), expected, "{form:?}");
        }
        // The vendor's people need none.
        let saved = certifications::add(portal, admin, world.person(12).await.id, &overlaps(&good)).await.unwrap();
        assert_eq!(wrong_at(saved, "track"), Wrong::NoPlan);
        assert_eq!(logged(&world, Kind::CertificationAdded).await.len(), 1);
    }

    async fn certifications_are_corrected_and_removed_with_before_and_after(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        let (sera, yuna) = (world.person(7).await.id, world.person(5).await.id);
        let first = certified("IN-7", "Associate", "2025-01-01", "2025-12-31");
        let next = certified("IN-8", "Associate", "2026-01-01", "2026-12-31");
        let id = certifications::add(portal, admin, sera, &first).await.unwrap().expect("added");
        certifications::add(portal, admin, sera, &next).await.unwrap().expect("added");
        let longer = CertificationForm { expires: "2026-01-01".into(), ..first.clone() };
        let saved = certifications::change(portal, admin, sera, id, &longer).await.unwrap();
        assert!(matches!(wrong_at(saved, "issued"), Wrong::Overlaps(other) if other.number == "IN-8"));
        let taken = CertificationForm { number: "IN-8".into(), level: "Expert".into(), ..first.clone() };
        let saved = certifications::change(portal, admin, sera, id, &taken).await.unwrap();
        assert_eq!(wrong_at(saved, "number"), Wrong::Taken);
        let shorter = CertificationForm { expires: "2025-11-30".into(), ..first.clone() };
        certifications::change(portal, admin, sera, id, &shorter).await.unwrap().expect("changed");
        certifications::change(portal, admin, sera, id, &shorter).await.unwrap().expect("nothing to change");
        let changed = logged(&world, Kind::CertificationChanged).await;
        let [entry] = changed.as_slice() else { panic!("{changed:?}") };
        assert!(entry.before.as_ref().unwrap().contains("2025-12-31") && entry.after.as_ref().unwrap().contains("2025-11-30"), "{entry:?}");
        let (due,): (String,) = world.query_one(format!("SELECT due_on FROM reminders WHERE certification_id = {id} AND days_before = 30")).await;
        assert_eq!(due, "2025-10-31");
        // Only through the person whose it is.
        assert_eq!(certifications::change(portal, admin, yuna, id, &first).await.unwrap(), Err(NotSaved::NotFound));
        assert!(!certifications::remove(portal, admin, yuna, id).await.unwrap());
        assert!(certifications::remove(portal, admin, sera, id).await.unwrap());
        assert_eq!(world.count(&format!("reminders WHERE certification_id = {id}")).await, 0);
        assert_eq!(logged(&world, Kind::CertificationRemoved).await.len(), 1);
    }

    async fn of_overlapping_certifications_entered_at_once_one_stays(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let sera = world.person(7).await.id;
        let mut tries = tokio::task::JoinSet::new();
        for n in 0..10 {
            let portal = world.portal.clone();
            tries.spawn(async move {
                let form = certified(&format!("N-{n}"), "Associate", "2026-01-01", "2026-12-31");
                certifications::add(&portal, admin, sera, &form).await.unwrap().is_ok()
            });
        }
        assert_eq!(tries.join_all().await.into_iter().filter(|added| *added).count(), 1);
    }

    async fn nobody_but_an_administrator_manages_people(world: World) {
        world.filled().await;
        let (sera, ines) = (world.person(7).await.id, world.person(14).await.id);
        let admin = world.actor(14).await;
        let good = certified("IN-7", "Associate", "2026-01-01", "2026-12-31");
        let id = certifications::add(&world.portal, admin, sera, &good).await.unwrap().expect("added");
        let mine = form("Me", "me@interactor.example", "administrator", "");
        let before = (world.count("people").await, world.count("certifications").await);
        let mut actors = vec![Actor::Anonymous, Actor::Operator];
        for position in [0, 1, 10, 12] { actors.push(world.actor(position).await) }
        for actor in actors {
            let portal = &world.portal;
            assert_eq!(people::list(portal, actor, &Filter::default(), None, 10).await.unwrap(), None);
            assert_eq!(people::get(portal, actor, sera).await.unwrap(), None);
            assert_eq!(people::add(portal, actor, &mine).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(people::change(portal, actor, sera, &mine).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(people::leave(portal, actor, sera).await.unwrap(), Err(NotLeft::NotFound));
            assert!(!people::come_back(portal, actor, sera).await.unwrap());
            assert!(!people::remove_second_factor(portal, actor, ines).await.unwrap());
            assert_eq!(certifications::add(portal, actor, sera, &good).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(certifications::change(portal, actor, sera, id, &good).await.unwrap(), Err(NotSaved::NotFound));
            assert!(!certifications::remove(portal, actor, sera, id).await.unwrap());
        }
        assert_eq!((world.count("people").await, world.count("certifications").await), before);
        assert!(world.person(14).await.second_factor);
    }
}
