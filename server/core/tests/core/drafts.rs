use domain::{
    incident::{Event, Field, FieldProblem},
    people::{Actor, Bar},
    triage::Answers,
};
use portal_core::{
    drafts::{self, NewDraft, NotFiledFromDraft, NotPrepared, Prepared},
    incidents::{self, Filed, NewIncident, NotFiled},
};

use crate::{both, common::World};

async fn prepared(world: &World, actor: Actor, incident: NewIncident, to: i64) -> i64 {
    match drafts::prepare(&world.portal, actor, &NewDraft { incident, to })
        .await
        .unwrap()
    {
        Ok(Prepared::Open(id)) => id,
        other => panic!("not prepared: {other:?}"),
    }
}

/// How many tries to prepare or discard were refused, as the audit log has it.
async fn refusals(world: &World) -> i64 {
    world
        .count("audit WHERE kind = 'refused' AND subject = 'PrepareIncident'")
        .await
}

both! {
    async fn whoever_is_barred_prepares_and_a_colleague_files(world: World) {
        world.filled().await;
        let before = world.count("drafts").await;
        let (p, sera, seoyeon) = (&world.portal, world.person(7).await, world.person(0).await);
        let standing = drafts::standing(p, sera.actor).await.unwrap().expect("a contact");
        assert_eq!(standing.bars, [Bar::NotDesignated, Bar::NotCertified]);
        let names = |people: &[drafts::Colleague]| -> Vec<String> { people.iter().map(|one| one.name.clone()).collect() };
        assert_eq!(names(&standing.may_file), ["김서연", "박지훈"]);
        assert_eq!(names(&standing.coordinators), ["김서연"]);
        assert_eq!(names(&standing.managers), ["Grace Yoon"]);

        let new = world.severe(" 결제가 멈췄습니다 ");
        let id = prepared(&world, sera.actor, new.clone(), seoyeon.id).await;
        // Sent again, perhaps to somebody else: still one draft.
        let jihoon = world.person(1).await;
        assert_eq!(prepared(&world, sera.actor, new.clone(), jihoon.id).await, id);
        assert_eq!(prepared(&world, sera.actor, new.clone(), seoyeon.id).await, id);
        assert_eq!(world.count("drafts").await, before + 1);
        for (actor, rows) in [(sera.actor, 1), (seoyeon.actor, 1), (jihoon.actor, 0)] {
            assert_eq!(drafts::list(p, actor).await.unwrap().unwrap().len(), rows);
        }
        let draft = drafts::get(p, seoyeon.actor, id).await.unwrap().expect("handed over");
        assert_eq!((draft.prepared_by.as_str(), draft.handed_to_you, draft.filed), ("오세라", true, None));
        assert_eq!((draft.texts.title.as_str(), &draft.form_key), ("결제가 멈췄습니다", &new.form_key));

        // Whoever prepared it still may not file it.
        let barred = drafts::file(p, sera.actor, id, new.clone()).await.unwrap();
        assert!(matches!(barred, Err(NotFiledFromDraft::NotFiled(NotFiled::Barred(_)))), "{barred:?}");
        // A colleague files it, corrected, under the draft's key whatever the form says.
        let corrected = NewIncident { form_key: p.new_form_key(), ..world.severe("결제가 멈췄습니다(수정)") };
        let Ok(Filed::New(number)) = drafts::file(p, seoyeon.actor, id, corrected).await.unwrap() else { panic!("not filed") };
        let incident = incidents::get(p, sera.actor, number).await.unwrap().expect("the customer's");
        assert_eq!((incident.title.as_str(), incident.filed_by.as_str()), ("결제가 멈췄습니다(수정)", "김서연"));
        assert!(matches!(&incident.events[0].event, Event::Received { prepared_by: Some(name), .. } if name == "오세라"));
        let (key,): (String,) = world.query_one(format!("SELECT form_key FROM incidents WHERE title = '{}'", incident.title)).await;
        assert_eq!(key, new.form_key);

        // Once more, by whomever: the same number, and nothing is open any more.
        for actor in [seoyeon.actor, jihoon.actor] {
            assert_eq!(drafts::file(p, actor, id, new.clone()).await.unwrap(), Ok(Filed::Already(number)));
        }
        let again = drafts::prepare(p, sera.actor, &NewDraft { incident: new, to: seoyeon.id }).await.unwrap();
        assert_eq!(again, Ok(Prepared::Filed(number)));
        assert_eq!(drafts::get(p, sera.actor, id).await.unwrap().unwrap().filed, Some(number));
        assert_eq!(drafts::list(p, sera.actor).await.unwrap().unwrap(), []);
        assert!(!drafts::discard(p, sera.actor, id).await.unwrap());
    }

    async fn a_draft_filed_by_many_at_once_is_one_incident(world: World) {
        world.filled().await;
        let (sera, seoyeon, jihoon) = (world.actor(7).await, world.person(0).await, world.actor(1).await);
        let new = world.severe("Once");
        let id = prepared(&world, sera, new.clone(), seoyeon.id).await;
        let before = world.count("incidents").await;
        let tries: Vec<_> = (0..20).map(|n| {
            let (portal, new) = (world.portal.clone(), new.clone());
            let actor = if n % 2 == 0 { seoyeon.actor } else { jihoon };
            tokio::spawn(async move { drafts::file(&portal, actor, id, new).await.unwrap().expect("filed") })
        }).collect();
        let mut filed = Vec::new();
        for one in tries {
            filed.push(one.await.unwrap());
        }
        assert_eq!(filed.iter().filter(|one| matches!(one, Filed::New(_))).count(), 1);
        assert!(filed.iter().all(|one| one.number() == filed[0].number()));
        assert_eq!(world.count("incidents").await, before + 1);
    }

    async fn a_draft_is_checked_like_an_incident(world: World) {
        world.filled().await;
        let before = world.count("drafts").await;
        let (p, sera, seoyeon) = (&world.portal, world.actor(7).await, world.person(0).await.id);
        let mut wrong = world.severe("  ");
        wrong.draft.description = "x".repeat(10_001);
        wrong.answers = Answers::from_query("kind=nonsense");
        wrong.form_key = "none".into();
        let refused = drafts::prepare(p, sera, &NewDraft { incident: wrong, to: seoyeon }).await.unwrap();
        let Err(NotPrepared::Invalid { fields, answers, form_key, colleague }) = refused else { panic!("{refused:?}") };
        assert_eq!(fields, [(Field::Title, FieldProblem::Empty), (Field::Description, FieldProblem::TooLong { is: 10_001 })]);
        assert!(!answers.is_empty() && form_key && !colleague);
        // Only a colleague who may file today can be handed one.
        let sera_id = world.person(7).await.id;
        for to in [sera_id, world.person(5).await.id, world.person(2).await.id, world.person(10).await.id, i64::MAX] {
            let refused = drafts::prepare(p, sera, &NewDraft { incident: world.severe("To"), to }).await.unwrap();
            assert!(matches!(refused, Err(NotPrepared::Invalid { colleague: true, form_key: false, .. })), "{to}: {refused:?}");
        }
        assert_eq!(world.count("drafts").await, before);
    }

    async fn nobody_learns_of_another_customers_draft(world: World) {
        world.filled().await;
        let (p, sera, seoyeon) = (&world.portal, world.actor(7).await, world.person(0).await.id);
        let new = world.severe("Ours");
        let id = prepared(&world, sera, new.clone(), seoyeon).await;
        for position in [2, 9, 10, 12, 14] {
            let actor = world.actor(position).await;
            assert_eq!(drafts::get(p, actor, id).await.unwrap(), None, "{position}");
            let before = refusals(&world).await;
            for id in [id, i64::MAX] {
                assert!(!drafts::discard(p, actor, id).await.unwrap());
            }
            assert_eq!(refusals(&world).await, before + 2, "{position}");
            assert_eq!(drafts::file(p, actor, id, world.severe("Theirs")).await.unwrap(), Err(NotFiledFromDraft::Gone));
        }
        let stranger = world.actor(2).await;
        let moved = Actor::Contact { contact: seoyeon, customer: stranger.customer().unwrap(), coordinator: true };
        for actor in [world.actor(12).await, moved] {
            let before = refusals(&world).await;
            let theirs = NewDraft { incident: world.severe("Theirs"), to: seoyeon };
            assert_eq!(drafts::prepare(p, actor, &theirs).await.unwrap(), Err(NotPrepared::NotPermitted));
            assert_eq!(refusals(&world).await, before + 1, "{actor:?}");
        }
        assert_eq!(drafts::list(p, stranger).await.unwrap(), Some(vec![]));
        assert_eq!(drafts::list(p, world.actor(12).await).await.unwrap(), None);
        // Its key is worth nothing to them.
        let james = world.person(3).await.id;
        let stolen = drafts::prepare(p, stranger, &NewDraft { incident: new, to: james }).await.unwrap();
        assert!(matches!(stolen, Err(NotPrepared::Invalid { form_key: true, colleague: false, .. })), "{stolen:?}");
        assert_eq!(drafts::get(p, sera, id).await.unwrap().unwrap().handed_to, "김서연");
    }

    async fn a_discarded_draft_is_gone(world: World) {
        world.filled().await;
        let (p, sera, seoyeon) = (&world.portal, world.actor(7).await, world.person(0).await);
        for by in [sera, seoyeon.actor] {
            let new = world.severe("Not needed");
            let id = prepared(&world, sera, new.clone(), seoyeon.id).await;
            // Neither theirs nor are they a coordinator.
            let before = refusals(&world).await;
            assert!(!drafts::discard(p, world.actor(1).await, id).await.unwrap());
            assert!(drafts::discard(p, by, id).await.unwrap());
            // Once more is too late, and nothing that is refused to them.
            assert!(!drafts::discard(p, by, id).await.unwrap());
            assert_eq!(refusals(&world).await, before + 1);
            assert_eq!(drafts::get(p, sera, id).await.unwrap(), None);
            assert_eq!(drafts::file(p, seoyeon.actor, id, new).await.unwrap(), Err(NotFiledFromDraft::Gone));
        }
    }
}
