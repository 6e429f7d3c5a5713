use std::time::Duration;

use domain::{
    incident::{Channel, IncidentNumber, Stage, Step},
    people::Actor,
};
use portal_core::{
    incidents,
    news::{self, News, Watching},
    sessions::{self, Lifetime, PERSON_KEY, SessionStore},
};
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::timeout;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use crate::{
    both,
    common::{Engine, HOUR, RELEASE, World},
};

const HANA: usize = 12;
const SEOYEON: usize = 0;
const MARIA: usize = 2;

/// Longer than anything takes that is told at all.
const LONG: Duration = Duration::from_secs(20);

async fn told_of(watching: &mut Watching, number: IncidentNumber) {
    let heard = async {
        while let Some(news) = watching.next().await {
            if news == News::Of(number) {
                return;
            }
        }
        panic!("nothing is told any more");
    };
    timeout(LONG, heard).await.expect("it was told");
}

fn message(text: &str) -> Step {
    Step::Write {
        text: text.into(),
        channel: Channel::Portal,
    }
}

async fn shown(world: &World, actor: Actor, number: IncidentNumber) -> Option<u32> {
    incidents::shown(&world.portal, actor, number)
        .await
        .unwrap()
}

/// A session of somebody, which ends after two hours without use.
async fn session(world: &World) -> (SessionStore, Record) {
    let store = SessionStore::new(world.portal.clone(), Lifetime::hours(2, 12));
    let mut session = Record {
        id: Id(5),
        data: [(PERSON_KEY.to_owned(), json!(3))].into(),
        expiry_date: OffsetDateTime::UNIX_EPOCH,
    };
    store.create(&mut session).await.unwrap();
    (store, session)
}

both! {
    async fn what_happens_is_told_in_the_same_process(world: World) {
        world.filled().await;
        let seoyeon = world.actor(SEOYEON).await;
        // Another handle of the same portal.
        let mut watching = world.portal.clone().watch();
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        told_of(&mut watching, number).await;
        world.take(seoyeon, number, message("And now?")).await.unwrap();
        told_of(&mut watching, number).await;
        world.portal.end_watching();
        assert_eq!(watching.next().await, None);
        assert_eq!(world.portal.watch().next().await, None);
    }

    async fn what_happens_is_told_to_other_servers(world: World) {
        world.filled().await;
        let (seoyeon, other) = (world.actor(SEOYEON).await, world.second().await);
        let mut watching = other.watch();
        let listening = tokio::spawn(news::listen(other.clone()));
        if world.engine == Engine::Sqlite {
            // Its file belongs to one server: there is nobody to listen to.
            timeout(LONG, listening).await.unwrap().unwrap();
            other.close().await;
            return;
        }
        // It listens from here on.
        assert_eq!(timeout(LONG, watching.next()).await.unwrap(), Some(News::Any));
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        told_of(&mut watching, number).await;
        world.take(seoyeon, number, message("And now?")).await.unwrap();
        told_of(&mut watching, number).await;
        // A connection that is lost is made again, and something may have been missed meanwhile.
        world
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'",
            )
            .await
            .unwrap();
        let missed = async { while watching.next().await != Some(News::Any) {} };
        timeout(LONG, missed).await.expect("it listens again");
        world.take(seoyeon, number, message("Still there?")).await.unwrap();
        told_of(&mut watching, number).await;
        listening.abort();
        other.close().await;
    }

    async fn a_note_is_counted_for_those_only_who_may_read_it(world: World) {
        world.filled().await;
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        let before = (shown(&world, seoyeon, number).await, shown(&world, hana, number).await);
        assert_eq!(before, (Some(1), Some(1)));
        world.take(hana, number, Step::Note { text: "Their proxy.".into() }).await.unwrap();
        assert_eq!(shown(&world, seoyeon, number).await, Some(1));
        assert_eq!(shown(&world, hana, number).await, Some(2));
        world.take(seoyeon, number, message("And now?")).await.unwrap();
        // As many as each of them is given.
        for actor in [seoyeon, hana] {
            let incident = incidents::get(&world.portal, actor, number).await.unwrap().unwrap();
            assert_eq!(shown(&world, actor, number).await, u32::try_from(incident.events.len()).ok());
        }
        // Another customer's is as if it were not there.
        let maria = world.actor(MARIA).await;
        let none = IncidentNumber { year: 2026, count: 99_999 };
        for number in [number, none] {
            assert_eq!(shown(&world, maria, number).await, None);
            assert_eq!(shown(&world, Actor::Anonymous, number).await, None);
        }
        assert!(!incidents::sees_desk(&world.portal, seoyeon).await.unwrap());
        assert!(incidents::sees_desk(&world.portal, hana).await.unwrap());
        assert_eq!(incidents::stages(&world.portal, seoyeon).await.unwrap(), None);
        let stages = incidents::stages(&world.portal, hana).await.unwrap().unwrap();
        assert!(stages.contains(&(number, Stage::Calm)), "{stages:?}");
        world.clock.advance(60 * 24 * HOUR);
        let stages = incidents::stages(&world.portal, hana).await.unwrap().unwrap();
        assert!(stages.contains(&(number, Stage::Missed)), "{stages:?}");
    }

    async fn to_ask_for_a_session_does_not_keep_it_alive(world: World) {
        world.portal.migrate().await.unwrap();
        let (_, session) = session(&world).await;
        let id = session.id.to_string();
        let holder = || async { sessions::holder(&world.portal, &id).await.unwrap() };
        for _ in 0..7 {
            assert_eq!(holder().await, Some(3));
            world.clock.advance(HOUR / 4);
        }
        world.clock.advance(HOUR / 4);
        assert_eq!(holder().await, None);
        assert_eq!(sessions::holder(&world.portal, "another").await.unwrap(), None);
    }

    async fn what_a_browser_asks_by_itself_does_not_keep_a_session_alive(world: World) {
        world.portal.migrate().await.unwrap();
        let (store, session) = session(&world).await;
        world.clock.advance(HOUR);
        assert!(sessions::by_itself(store.load(&session.id)).await.unwrap().is_some());
        world.clock.advance(HOUR - 1);
        assert!(sessions::by_itself(store.load(&session.id)).await.unwrap().is_some());
        world.clock.advance(1);
        assert_eq!(sessions::by_itself(store.load(&session.id)).await.unwrap(), None);
    }
}
