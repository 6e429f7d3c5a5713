use std::sync::Arc;

use domain::{
    calendar::LocalDate,
    people::{Actor, Bar, Seats, Standing},
};
use portal_core::{
    accounts::{self, LinkKind},
    clock::TestClock,
    contacts::{
        self, MOST_NOTE, MOST_SEATS, NotAsked, NotChanged, NotDesignated, NotInvited, PersonField,
        PersonProblem,
    },
    people::{self, PersonForm},
};

use crate::{
    both,
    common::{HOUR, NOW, World},
};

const DAY: i64 = 24 * HOUR;

/// How many were at once in the race for the seats.
const AT_ONCE: usize = 20;

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// Invites so many certified contacts to the customer of `actor`; gives their ids.
async fn certified(world: &World, actor: Actor, many: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in 0..many {
        let email = format!("new{n}@hangang.example");
        let invited = contacts::invite(
            &world.portal,
            actor,
            actor.customer().unwrap(),
            "새 동료",
            &email,
        )
        .await
        .unwrap();
        let id = invited.expect("invited").person;
        world
            .execute(&format!(
                "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
                 VALUES ({id}, 'Integration and API', 'Associate', 'NEW-{n}', '2026-01-01', '2027-12-31')"
            ))
            .await
            .unwrap();
        ids.push(id);
    }
    ids
}

async fn used(world: &World, customer: i64) -> i64 {
    let (used,): (i64,) = world
        .query_one(format!(
            "SELECT used_seats FROM customers WHERE id = {customer}"
        ))
        .await;
    used
}

async fn audited(world: &World, kind: &str) -> i64 {
    world.count(&format!("audit WHERE kind = '{kind}'")).await
}

both! {
    async fn the_board_says_who_may_file_and_why_not(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let board = contacts::board(&world.portal, coordinator.actor, None).await.unwrap().expect("one's own");
        assert_eq!(board.seats, Seats { included: 3, elected: 0, used: 2 });
        assert_eq!(board.today, day("2026-03-02"));
        assert!(board.may_manage && board.may_request);
        let names: Vec<_> = board.contacts.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["김서연", "박지훈", "최유나", "정하늘", "오세라"]);
        assert!(board.contacts[0].is_you && board.contacts[0].coordinator && !board.contacts[0].invited);
        let bars: Vec<_> = board.contacts.iter().map(|one| one.bars.clone()).collect();
        assert_eq!(bars, [
            vec![], vec![], vec![Bar::NotDesignated], vec![Bar::NotDesignated],
            vec![Bar::NotDesignated, Bar::NotCertified],
        ]);
        let soon = &board.contacts[1];
        assert_eq!(soon.standing, Standing::Certified { until: day("2026-03-22") });
        assert_eq!(soon.certification.as_ref().unwrap().number, "SAMPLE-0002");
        assert_eq!(board.contacts[4].certification, None);

        let cascade = contacts::board(&world.portal, world.actor(2).await, None).await.unwrap().unwrap();
        let expired = cascade.contacts.iter().find(|one| one.name == "Priya Raman").unwrap();
        // In California it is still the day before.
        assert_eq!(cascade.today, day("2026-03-01"));
        assert_eq!(expired.bars, [Bar::Expired(day("2026-02-18"))]);
        let ended = contacts::board(&world.portal, world.actor(9).await, None).await.unwrap().unwrap();
        assert_eq!(ended.contacts[0].bars, [Bar::TermEnded(day("2026-01-21"))]);
        // What keeps them is exactly what keeps them from filing.
        for position in [0, 1, 5, 7] {
            let person = world.person(position).await;
            let shown = board.contacts.iter().find(|one| one.id == person.id).unwrap();
            let filed = portal_core::incidents::file(&world.portal, person.actor, world.severe("Who may")).await.unwrap();
            assert_eq!(filed.is_ok(), shown.bars.is_empty(), "{}", person.name);
        }
    }

    async fn a_board_is_seen_by_whoever_may_and_changed_by_fewer(world: World) {
        world.filled().await;
        let (own, other) = (world.person(0).await.customer.unwrap().id, world.person(2).await.customer.unwrap().id);
        // Position, sees Hangang's, sees Cascade's, changes Hangang's.
        let table = [
            (0, true, false, true), (1, true, false, false), (2, false, true, false), (7, true, false, false),
            (10, true, true, false), (11, false, false, false), (12, true, true, false), (14, true, true, true),
        ];
        for (position, sees_own, sees_other, manages) in table {
            let actor = world.actor(position).await;
            for (customer, sees) in [(own, sees_own), (other, sees_other), (i64::MAX, false)] {
                let board = contacts::board(&world.portal, actor, Some(customer)).await.unwrap();
                assert_eq!(board.is_some(), sees, "{position} {customer}");
                if customer == own {
                    assert_eq!(board.is_some_and(|board| board.may_manage), manages, "{position}");
                }
            }
            if manages {
                continue;
            }
            let somebody = world.person(5).await.id;
            let p = &world.portal;
            assert_eq!(contacts::designate(p, actor, somebody).await.unwrap(), Err(NotDesignated::NotFound));
            for answer in [
                contacts::withdraw(p, actor, world.person(1).await.id).await.unwrap(),
                contacts::set_coordinator(p, actor, somebody, true).await.unwrap(),
                contacts::leave(p, actor, somebody).await.unwrap(),
            ] {
                assert_eq!(answer, Err(NotChanged::NotFound), "{position}");
            }
            let invited = contacts::invite(p, actor, own, "A", "a@hangang.example").await.unwrap();
            assert_eq!(invited, Err(NotInvited::NotFound));
            assert_eq!(accounts::make_link(p, actor, LinkKind::Invitation, somebody).await.unwrap(), None);
        }
        assert_eq!(contacts::board(&world.portal, Actor::Anonymous, Some(own)).await.unwrap(), None);
        assert_eq!(used(&world, own).await, 2);
        assert_eq!(world.count("links").await, 0);
        // Nothing was done, and each try is in the log.
        let (done, refused): (i64, i64) = world
            .query_one("SELECT COUNT(CASE WHEN kind <> 'refused' THEN 1 END), COUNT(CASE WHEN subject = 'ManageContacts' THEN 1 END) FROM audit".into())
            .await;
        // Six of them, each of whom tried six things.
        assert_eq!((done, refused), (0, 6 * 6));
        // The vendor's people are nobody's contacts.
        let administrator = world.actor(14).await;
        let engineer = world.person(12).await.id;
        assert_eq!(contacts::leave(&world.portal, administrator, engineer).await.unwrap(), Err(NotChanged::NotFound));
    }

    async fn a_seat_is_taken_and_freed(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let (actor, own) = (coordinator.actor, coordinator.customer.unwrap().id);
        let (yuna, haneul) = (world.person(5).await, world.person(6).await.id);
        let p = &world.portal;
        assert_eq!(contacts::designate(p, actor, yuna.id).await.unwrap(), Ok(()));
        assert_eq!(contacts::designate(p, actor, yuna.id).await.unwrap(), Ok(()), "done already");
        assert_eq!((used(&world, own).await, audited(&world, "designated").await), (3, 1));
        world.file(yuna.actor, world.severe("Now I may")).await;
        assert_eq!(contacts::designate(p, actor, haneul).await.unwrap(), Err(NotDesignated::NoSeat));
        assert_eq!(used(&world, own).await, 3);
        assert_eq!(contacts::withdraw(p, actor, yuna.id).await.unwrap(), Ok(()));
        assert_eq!(contacts::withdraw(p, actor, yuna.id).await.unwrap(), Ok(()), "done already");
        assert_eq!((used(&world, own).await, audited(&world, "withdrawn").await), (2, 1));
        assert_eq!(contacts::designate(p, actor, haneul).await.unwrap(), Ok(()));
        // Elected seats count as well.
        world.execute(&format!("UPDATE customers SET elected_seats = 1 WHERE id = {own}")).await.unwrap();
        assert_eq!(contacts::designate(p, actor, yuna.id).await.unwrap(), Ok(()));
        assert_eq!(used(&world, own).await, 4);
        // No election is taken back while its seat is in use.
        assert!(world.execute(&format!("UPDATE customers SET elected_seats = 0 WHERE id = {own}")).await.is_err());
    }

    async fn nobody_is_designated_without_a_certification_that_satisfies_section_4(world: World) {
        world.filled().await;
        let (p, actor) = (&world.portal, world.actor(0).await);
        let sera = world.person(7).await.id;
        let refused = |bar| Err(NotDesignated::NotCertified(bar));
        assert_eq!(contacts::designate(p, actor, sera).await.unwrap(), refused(Bar::NotCertified));
        world.execute(&format!(
            "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
             VALUES ({sera}, 'Integration and API', 'Expert', 'LATER', '2026-03-03', '2027-03-02')"
        )).await.unwrap();
        assert_eq!(contacts::designate(p, actor, sera).await.unwrap(), refused(Bar::NotYetValid(day("2026-03-03"))));
        let tomorrow = p.with_clock(Arc::new(TestClock::at(domain::calendar::Instant(NOW.0 + DAY))));
        assert_eq!(contacts::designate(&tomorrow, actor, sera).await.unwrap(), Ok(()));
        let (priya, maria) = (world.person(8).await.id, world.actor(2).await);
        assert_eq!(contacts::withdraw(p, maria, priya).await.unwrap(), Ok(()));
        assert_eq!(contacts::designate(p, maria, priya).await.unwrap(), refused(Bar::Expired(day("2026-02-18"))));
    }

    async fn of_twenty_designated_at_once_exactly_the_free_seats_succeed(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let (actor, own) = (coordinator.actor, coordinator.customer.unwrap().id);
        let ids = certified(&world, actor, AT_ONCE).await;
        world.execute(&format!("UPDATE customers SET elected_seats = 4 WHERE id = {own}")).await.unwrap();
        let (_, administrator) = (actor, world.actor(14).await);
        let tries: Vec<_> = ids.into_iter().enumerate().map(|(n, id)| {
            let portal = world.portal.clone();
            let by = if n % 2 == 0 { actor } else { administrator };
            tokio::spawn(async move { contacts::designate(&portal, by, id).await.unwrap() })
        }).collect();
        let (mut done, mut no_seat) = (0, 0);
        for one in tries {
            match one.await.unwrap() {
                Ok(()) => done += 1,
                Err(NotDesignated::NoSeat) => no_seat += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((done, no_seat), (5, 15));
        assert_eq!((used(&world, own).await, audited(&world, "designated").await), (7, 5));
        let designated = world.count(&format!("people WHERE customer_id = {own} AND designated_at IS NOT NULL")).await;
        assert_eq!(designated, 7);
    }

    async fn whoever_is_designated_as_they_go_to_another_customer_takes_no_seat_along(world: World) {
        world.filled().await;
        let (coordinator, maria) = (world.person(0).await, world.person(2).await);
        let (actor, own) = (coordinator.actor, coordinator.customer.unwrap().id);
        let cascade = maria.customer.unwrap();
        let ids = certified(&world, actor, AT_ONCE).await;
        world.execute(&format!("UPDATE customers SET elected_seats = {AT_ONCE} WHERE id = {own}")).await.unwrap();
        let administrator = world.actor(14).await;
        let mut tries = tokio::task::JoinSet::new();
        for (n, id) in ids.into_iter().enumerate() {
            let portal = world.portal.clone();
            tries.spawn(async move {
                let designated = contacts::designate(&portal, actor, id).await.unwrap();
                // Whoever went first is not theirs to designate.
                matches!(designated, Ok(()) | Err(NotDesignated::NotFound))
            });
            let portal = world.portal.clone();
            let form = PersonForm {
                name: "새 동료".into(),
                email: format!("new{n}@hangang.example"),
                role: "contact".into(),
                customer: cascade.name.clone(),
            };
            tries.spawn(async move { people::change(&portal, administrator, id, &form).await.unwrap().is_ok() });
        }
        assert!(tries.join_all().await.into_iter().all(|done| done));
        let designated = world.count(&format!("people WHERE customer_id = {} AND designated_at IS NOT NULL", cascade.id)).await;
        assert_eq!((used(&world, own).await, used(&world, cascade.id).await, designated), (2, 4, 4));
        // Past the portal the database itself does not let them take it along, nor give it back on the way.
        let james = world.person(3).await.id;
        for also in ["", ", designated_at = NULL"] {
            let moved = format!("UPDATE people SET customer_id = {own}{also} WHERE id = {james}");
            let error = world.execute(&moved).await.expect_err("a seat was taken along");
            assert!(error.to_string().contains("belongs to their customer"), "{error}");
        }
    }

    async fn no_link_is_taken_along_to_another_customer(world: World) {
        world.filled().await;
        let (coordinator, cascade) = (world.actor(0).await, world.person(2).await.customer.unwrap().name);
        let ids = certified(&world, coordinator, AT_ONCE).await;
        let administrator = world.actor(14).await;
        let (mut links, mut moves) = (Vec::new(), Vec::new());
        for (n, id) in ids.into_iter().enumerate() {
            let portal = world.portal.clone();
            links.push(tokio::spawn(async move {
                accounts::make_link(&portal, coordinator, LinkKind::Invitation, id).await.unwrap()
            }));
            let portal = world.portal.clone();
            let form = PersonForm {
                name: "새 동료".into(),
                email: format!("new{n}@hangang.example"),
                role: "contact".into(),
                customer: cascade.clone(),
            };
            moves.push(tokio::spawn(async move { people::change(&portal, administrator, id, &form).await.unwrap() }));
        }
        for one in moves {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        for one in links {
            // Whoever went first is not theirs to invite.
            if let Some(link) = one.await.unwrap() {
                assert_eq!(accounts::follow_link(&world.portal, &link.token).await.unwrap(), None);
            }
        }
        assert_eq!(world.count("links").await, 0);
    }

    async fn past_the_portal_the_database_itself_keeps_to_the_seats(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let (actor, own) = (coordinator.actor, coordinator.customer.unwrap().id);
        let ids = certified(&world, actor, AT_ONCE).await;
        let tries: Vec<_> = ids.into_iter().map(|id| {
            let world = world.clone();
            tokio::spawn(async move { world.execute(&format!("UPDATE people SET designated_at = 1 WHERE id = {id}")).await })
        }).collect();
        let mut done = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(()) => done += 1,
                Err(error) => assert!(error.as_database_error().unwrap().is_check_violation(), "{error}"),
            }
        }
        assert_eq!((done, used(&world, own).await), (1, 3));
    }

    async fn a_colleague_is_invited_by_a_link(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let (p, actor, own) = (&world.portal, coordinator.actor, coordinator.customer.unwrap().id);
        let invited = contacts::invite(p, actor, own, "  윤가람 ", " Garam.Yoon@hangang.example").await.unwrap().expect("invited");
        let followed = accounts::follow_link(p, &invited.link.token).await.unwrap().expect("it works");
        assert_eq!((followed.person.id, followed.kind), (invited.person, LinkKind::Invitation));
        assert_eq!((followed.person.name.as_str(), followed.person.email.as_str()), ("윤가람", "Garam.Yoon@hangang.example"));
        let board = contacts::board(p, actor, None).await.unwrap().unwrap();
        let shown = board.contacts.iter().find(|one| one.id == invited.person).unwrap();
        assert!(shown.invited && !shown.coordinator && shown.designated_at.is_none());
        assert_eq!((audited(&world, "person_added").await, audited(&world, "invitation_made").await), (1, 1));
        // A new link takes the place of the old one.
        let link = accounts::make_link(p, actor, LinkKind::Invitation, invited.person).await.unwrap().expect("a colleague");
        assert_eq!(accounts::follow_link(p, &invited.link.token).await.unwrap(), None);
        assert!(accounts::follow_link(p, &link.token).await.unwrap().is_some());
        // An administrator invites for any customer.
        let other = world.person(2).await.customer.unwrap().id;
        assert!(contacts::invite(p, world.actor(14).await, other, "New", "new@cascade.example").await.unwrap().is_ok());
        assert_eq!(contacts::invite(p, world.actor(14).await, i64::MAX, "New", "n@cascade.example").await.unwrap(), Err(NotInvited::NotFound));
    }

    async fn an_address_in_use_is_refused_without_saying_whose_it_is(world: World) {
        world.filled().await;
        let coordinator = world.person(0).await;
        let (p, actor, own) = (&world.portal, coordinator.actor, coordinator.customer.unwrap().id);
        let before = (world.count("people").await, world.count("audit").await);
        let tries = [
            ("", "", vec![(PersonField::Name, PersonProblem::Empty), (PersonField::Email, PersonProblem::Empty)]),
            ("A", "no address", vec![(PersonField::Email, PersonProblem::Malformed)]),
            ("A", "JIHOON.park@hangang.example", vec![(PersonField::Email, PersonProblem::InUse)]),
            ("A", "maria.alvarez@cascade.example", vec![(PersonField::Email, PersonProblem::Taken)]),
            ("A", "grace.yoon@interactor.example", vec![(PersonField::Email, PersonProblem::Taken)]),
            // What nobody has is refused as well, unless it is of the customer's own domain.
            ("A", "nobody@cascade.example", vec![(PersonField::Email, PersonProblem::Taken)]),
            ("A", "nobody@mail.hangang.example", vec![(PersonField::Email, PersonProblem::Taken)]),
        ];
        for (name, email, problems) in tries {
            assert_eq!(contacts::invite(p, actor, own, name, email).await.unwrap(), Err(NotInvited::Invalid(problems)), "{email}");
        }
        assert_eq!((world.count("people").await, world.count("audit").await), before);
        // An administrator invites whom they will; so does the coordinator of a customer without domains.
        let administrator = world.actor(14).await;
        assert!(contacts::invite(p, administrator, own, "A", "partner@elsewhere.example").await.unwrap().is_ok());
        world.execute(&format!("DELETE FROM customer_domains WHERE customer_id = {own}")).await.unwrap();
        assert!(contacts::invite(p, actor, own, "A", "nobody@elsewhere.example").await.unwrap().is_ok());
        let taken = contacts::invite(p, actor, own, "A", "maria.alvarez@cascade.example").await.unwrap();
        assert_eq!(taken, Err(NotInvited::Invalid(vec![(PersonField::Email, PersonProblem::Taken)])));
    }

    async fn a_customer_keeps_a_coordinator(world: World) {
        world.filled().await;
        let (p, seoyeon, jihoon) = (&world.portal, world.person(0).await, world.person(1).await);
        let last = Err(NotChanged::LastCoordinator);
        assert_eq!(contacts::set_coordinator(p, seoyeon.actor, seoyeon.id, false).await.unwrap(), last);
        let administrator = world.actor(14).await;
        assert_eq!(contacts::leave(p, administrator, seoyeon.id).await.unwrap(), last);
        assert_eq!(contacts::leave(p, seoyeon.actor, seoyeon.id).await.unwrap(), Err(NotChanged::Yourself));
        let kept = accounts::make_link(p, seoyeon.actor, LinkKind::Reset, jihoon.id).await.unwrap().unwrap();
        assert_eq!(contacts::set_coordinator(p, seoyeon.actor, jihoon.id, true).await.unwrap(), Ok(()));
        // Nobody becomes a coordinator by a link that was made for a contact.
        assert_eq!(accounts::follow_link(p, &kept.token).await.unwrap(), None);
        let jihoon = world.person(1).await;
        assert!(contacts::board(p, jihoon.actor, None).await.unwrap().unwrap().may_manage);
        // Each takes it from the other at the same time: one of them stays.
        let tries = [(seoyeon.actor, jihoon.id), (jihoon.actor, seoyeon.id)].map(|(by, of)| {
            let portal = p.clone();
            tokio::spawn(async move { contacts::set_coordinator(&portal, by, of, false).await.unwrap() })
        });
        let mut answers = Vec::new();
        for one in tries {
            answers.push(one.await.unwrap());
        }
        answers.sort_by_key(Result::is_err);
        assert_eq!(answers, [Ok(()), last]);
        assert_eq!(world.count(&format!("people WHERE role = 'coordinator' AND customer_id = {}", seoyeon.customer.unwrap().id)).await, 1);
        assert_eq!(audited(&world, "person_changed").await, 2);
    }

    async fn whoever_left_is_out_at_once_and_their_seat_is_free(world: World) {
        world.filled().await;
        let (p, coordinator, jihoon) = (&world.portal, world.person(0).await, world.person(1).await);
        let own = coordinator.customer.unwrap().id;
        world.execute(&format!(
            "INSERT INTO sessions (id, data, person_id, expires_at) VALUES ('s', '{{}}', {}, 9999999999999)", jihoon.id
        )).await.unwrap();
        let link = accounts::make_link(p, coordinator.actor, LinkKind::Reset, jihoon.id).await.unwrap().unwrap();
        assert_eq!(contacts::leave(p, coordinator.actor, jihoon.id).await.unwrap(), Ok(()));
        assert_eq!((used(&world, own).await, world.count("sessions").await, audited(&world, "person_left").await), (1, 0, 1));
        assert_eq!(accounts::person(p, jihoon.id).await.unwrap(), None);
        assert_eq!(accounts::follow_link(p, &link.token).await.unwrap(), None);
        assert_eq!(contacts::leave(p, coordinator.actor, jihoon.id).await.unwrap(), Err(NotChanged::NotFound));
        assert_eq!(contacts::designate(p, coordinator.actor, jihoon.id).await.unwrap(), Err(NotDesignated::NotFound));
        let board = contacts::board(p, coordinator.actor, None).await.unwrap().unwrap();
        assert!(board.contacts.iter().all(|one| one.id != jihoon.id));
    }

    async fn more_seats_are_asked_for_one_request_at_a_time(world: World) {
        world.filled().await;
        let (p, seoyeon, doyun) = (&world.portal, world.actor(0).await, world.person(4).await);
        assert_eq!(contacts::request_seats(p, doyun.actor, 1, "").await.unwrap(), Err(NotAsked::Open));
        for position in [1, 10, 12, 14] {
            let refused = contacts::request_seats(p, world.actor(position).await, 1, "").await.unwrap();
            assert_eq!(refused, Err(NotAsked::NotPermitted), "{position}");
        }
        for seats in [0, MOST_SEATS + 1] {
            assert_eq!(contacts::request_seats(p, seoyeon, seats, "").await.unwrap(), Err(NotAsked::Seats));
        }
        for note in ["가".repeat(MOST_NOTE + 1), "a\0b".to_owned()] {
            assert_eq!(contacts::request_seats(p, seoyeon, 1, &note).await.unwrap(), Err(NotAsked::Note));
        }
        let tries: Vec<_> = (0..8).map(|_| {
            let portal = p.clone();
            tokio::spawn(async move { contacts::request_seats(&portal, seoyeon, 2, " 지점이 늘었습니다.\r\n둘째 줄 ").await.unwrap() })
        }).collect();
        let mut answers = Vec::new();
        for one in tries {
            answers.push(one.await.unwrap());
        }
        assert_eq!(answers.iter().filter(|one| **one == Ok(())).count(), 1);
        assert_eq!(answers.iter().filter(|one| **one == Err(NotAsked::Open)).count(), 7);
        assert_eq!(audited(&world, "seats_asked").await, 1);
        let requests = contacts::board(p, seoyeon, None).await.unwrap().unwrap().requests;
        assert_eq!(requests.len(), 1);
        assert_eq!((requests[0].seats, requests[0].note.as_str(), &requests[0].answer), (2, "지점이 늘었습니다.\n둘째 줄", &None));
        // Answered, it stays to be read, and another may be asked.
        world.execute(&format!(
            "UPDATE seat_requests SET answered_by = {}, answered_at = 5, granted = {}, reply = 'Yes' WHERE id = {}",
            world.person(10).await.id,
            if world.engine == crate::common::Engine::Sqlite { "1" } else { "TRUE" },
            requests[0].id
        )).await.unwrap();
        assert_eq!(contacts::request_seats(p, seoyeon, 1, "").await.unwrap(), Ok(()));
        let requests = contacts::board(p, seoyeon, None).await.unwrap().unwrap().requests;
        let answer = requests[1].answer.as_ref().unwrap();
        assert_eq!((answer.by.as_str(), answer.granted, answer.reply.as_str()), ("Grace Yoon", true, "Yes"));
    }

    async fn ones_own_certification_says_what_it_comes_to(world: World) {
        world.filled().await;
        let p = &world.portal;
        let mine = contacts::mine(p, world.actor(1).await).await.unwrap().expect("a contact");
        assert_eq!((mine.designated, mine.bars.len(), mine.deciding), (true, 0, Some(0)));
        assert_eq!(mine.standing, Standing::Certified { until: day("2026-03-22") });
        let reminders: Vec<_> = mine.held[0].reminders.iter().map(|one| (one.days, one.due, one.sent)).collect();
        assert_eq!(reminders, [
            (90, day("2025-12-22"), false), (30, day("2026-02-20"), false), (7, day("2026-03-15"), false),
        ]);
        let none = contacts::mine(p, world.actor(7).await).await.unwrap().expect("a contact");
        assert_eq!((none.held.len(), none.deciding, none.standing), (0, None, Standing::None));
        // The vendor's people need none.
        for position in [10, 12, 14] {
            assert_eq!(contacts::mine(p, world.actor(position).await).await.unwrap(), None);
        }
        assert_eq!(contacts::mine(p, Actor::Anonymous).await.unwrap(), None);
    }
}
