use domain::{
    calendar::Instant,
    incident::{Channel, Step},
};
use futures_util::stream;
use portal_core::{
    Portal,
    drafts::{self, NewDraft, NotPrepared, Prepared},
    files::{self, NewFile, NotAttached},
    incidents::{self, Filed, NewIncident, NewNotice, NotFiled, NotLogged, NotTaken, Reviewed},
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World},
};

const SEOYEON: usize = 0;
const MARIA: usize = 2;
const SERA: usize = 7;
const HANA: usize = 12;
const NOAH: usize = 15;

/// Written as a key is, and issued by nobody.
const FOREIGN: &str = "0190a6f0-7b7e-4c3e-9d6f-0123456789ab";

fn no_key() -> NotFiled {
    NotFiled::Invalid {
        fields: Vec::new(),
        answers: Vec::new(),
        form_key: true,
    }
}

fn write() -> Step {
    Step::Write {
        text: "Anything new?".into(),
        channel: Channel::Portal,
    }
}

fn under(world: &World, key: &str) -> NewIncident {
    NewIncident {
        form_key: key.into(),
        ..world.severe("Under this key")
    }
}

async fn counts(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["incidents", "events", "drafts", "files"] {
        counts.push(world.count(table).await);
    }
    counts
}

both! {
    async fn a_key_that_was_never_issued_is_refused_wherever_it_comes(world: World) {
        world.filled().await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let p = &world.portal;
        let (seoyeon, sera) = (world.person(SEOYEON).await, world.person(SERA).await);
        let hana = world.actor(HANA).await;
        let number = world.file(seoyeon.actor, world.question("Mine", RELEASE)).await;
        let before = counts(&world).await;

        assert_eq!(world.refused(seoyeon.actor, under(&world, FOREIGN)).await, no_key());
        let reviewed = incidents::review(p, seoyeon.actor, &under(&world, FOREIGN)).await.unwrap();
        assert_eq!(reviewed.expect_err("not issued"), no_key());

        let notice = NewNotice {
            contact: seoyeon.id,
            channel: Some(Channel::Telephone),
            received: "2026-03-03T09:30".into(),
            which: None,
            incident: under(&world, FOREIGN),
        };
        let reviewed = incidents::review_log(p, hana, &notice).await.unwrap();
        assert!(matches!(reviewed, Err(NotLogged::Invalid { form_key: true, .. })), "{reviewed:?}");
        let logged = incidents::log(p, hana, &notice).await.unwrap();
        assert!(matches!(logged, Err(NotLogged::Invalid { form_key: true, .. })), "{logged:?}");

        let taken = incidents::take(p, seoyeon.actor, number, write(), FOREIGN).await.unwrap();
        assert_eq!(taken, Err(NotTaken::FormKey));

        let new = || NewFile { name: "a.txt", internal: false, form_key: Some(FOREIGN), length: None };
        let mut bytes = stream::iter([Ok::<_, ()>(b"abc".to_vec())]);
        let attached = files::attach(p, seoyeon.actor, number, new(), &mut bytes).await.unwrap();
        assert_eq!(attached, Err(NotAttached::FormKey));
        let begun = files::begin(p, seoyeon.actor, number, new()).await.unwrap();
        assert_eq!(begun, Err(NotAttached::FormKey));

        let draft = NewDraft { incident: under(&world, FOREIGN), to: seoyeon.id };
        for prepared in [
            drafts::prepare(p, sera.actor, &draft).await.unwrap(),
            drafts::prepare_for(p, hana, sera.id, &draft).await.unwrap(),
        ] {
            assert!(matches!(prepared, Err(NotPrepared::Invalid { form_key: true, colleague: false, .. })), "{prepared:?}");
        }
        assert_eq!(counts(&world).await, before);
    }

    async fn a_key_is_good_on_every_server_and_after_a_restart(world: World) {
        world.filled().await;
        let (seoyeon, maria) = (world.actor(SEOYEON).await, world.actor(MARIA).await);
        let other = world.second().await;
        let new = under(&world, &other.new_form_key());
        let number = world.file(seoyeon, new.clone()).await;
        assert_eq!(incidents::file(&other, seoyeon, new).await.unwrap(), Ok(Filed::Already(number)));
        let key = world.portal.new_form_key();
        incidents::take(&other, seoyeon, number, write(), &key).await.unwrap().unwrap();
        // It is nobody's.
        let theirs = under(&world, &key);
        world.file(maria, theirs).await;
        other.close().await;

        let waits = under(&world, &world.portal.new_form_key());
        world.portal.close().await;
        let restarted = world.second().await;
        let filed = incidents::file(&restarted, seoyeon, waits).await.unwrap();
        assert!(matches!(filed, Ok(Filed::New(_))), "{filed:?}");
        restarted.close().await;
    }

    async fn two_servers_make_one_secret_between_them(world: World) {
        world.portal.migrate().await.unwrap();
        world.execute("DELETE FROM form_secret").await.unwrap();
        let (one, other) = (world.second().await, world.second().await);
        let ready = |portal: &Portal| {
            let portal = portal.clone();
            tokio::spawn(async move { portal.ready().await })
        };
        let asked = [ready(&one), ready(&other)];
        for ready in asked {
            ready.await.unwrap().unwrap();
        }
        assert_eq!(world.count("form_secret").await, 1);
        one.close().await;
        other.close().await;
    }

    async fn a_server_that_started_before_the_tables_were_made_issues_good_keys_once_it_is_ready(world: World) {
        let early = world.second().await;
        world.filled().await;
        early.ready().await.unwrap();
        world.file(world.actor(SEOYEON).await, under(&world, &early.new_form_key())).await;
        early.close().await;
    }

    async fn a_draft_from_before_keys_were_proven_keeps_its_own(world: World) {
        world.filled().await;
        let (p, noah, maria) = (&world.portal, world.actor(NOAH).await, world.person(MARIA).await);
        let id = drafts::list(p, noah).await.unwrap().expect("a contact")[0].id;
        world.execute(&format!("UPDATE drafts SET form_key = '{FOREIGN}' WHERE id = {id}")).await.unwrap();
        let draft = drafts::get(p, noah, id).await.unwrap().expect("handed over");
        let new = NewIncident { form_key: draft.form_key, answers: draft.answers, draft: draft.texts };
        let reviewed = incidents::review(p, noah, &new).await.unwrap();
        assert!(matches!(reviewed, Ok(Reviewed::Ready(_))), "{reviewed:?}");
        let handed_on = NewDraft { incident: new.clone(), to: maria.id };
        assert_eq!(drafts::prepare(p, noah, &handed_on).await.unwrap(), Ok(Prepared::Open(id)));
        // To another customer it is a key that was never issued.
        let seoyeon = world.actor(SEOYEON).await;
        assert_eq!(world.refused(seoyeon, under(&world, FOREIGN)).await, no_key());
        let filed = drafts::file(p, maria.actor, id, new.clone()).await.unwrap();
        assert!(matches!(filed, Ok(Filed::New(_))), "{filed:?}");
        // As it is for whatever was filed under an older one, which is answered and not filed again.
        let again = incidents::file(p, maria.actor, new).await.unwrap();
        assert!(matches!(again, Ok(Filed::Already(_))), "{again:?}");
    }
}
