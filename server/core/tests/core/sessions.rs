use portal_core::sessions::{self, BEGUN_KEY, FIRST_STEP_KEY, Lifetime, PERSON_KEY, SessionStore};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use crate::{
    both,
    common::{HOUR, NOW},
};

/// Two hours without being used, five in all.
const LIFETIME: Lifetime = Lifetime::hours(2, 5);

/// With an expiry of its own, as tower-sessions computes it from the system's clock.
fn record(id: i128) -> Record {
    let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(NOW.0) * 1_000_000).unwrap();
    let data = [
        (PERSON_KEY.to_owned(), json!(3)),
        ("note".to_owned(), json!("가\0'; --")),
    ]
    .into();
    Record {
        id: Id(id),
        data,
        expiry_date: now + Duration::hours(100),
    }
}

/// What it holds.
async fn held(store: &SessionStore, session: &Record) -> Option<Record> {
    let loaded = store.load(&session.id).await.unwrap()?;
    assert_eq!(loaded.id, session.id);
    Some(Record {
        expiry_date: session.expiry_date,
        ..loaded
    })
}

both! {
    async fn a_session_lives_until_it_is_deleted(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone(), LIFETIME);
        let mut session = record(1);
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        store.create(&mut session).await.unwrap();
        assert_eq!(held(&store, &session).await.as_ref(), Some(&session));
        let (person,): (Option<i64>,) = world.query_one("SELECT person_id FROM sessions".into()).await;
        assert_eq!(person, Some(3));
        // Whoever reads the database cannot go on with it.
        let (id,): (String,) = world.query_one("SELECT id FROM sessions".into()).await;
        assert!(!id.contains(&session.id.to_string()), "{id}");

        session.data.remove(PERSON_KEY);
        session.data.insert(FIRST_STEP_KEY.to_owned(), json!(4));
        store.save(&session).await.unwrap();
        assert_eq!(held(&store, &session).await.as_ref(), Some(&session));
        let (person,): (Option<i64>,) = world.query_one("SELECT person_id FROM sessions".into()).await;
        assert_eq!(person, Some(4));

        store.delete(&session.id).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        // A request that was still running does not bring it back.
        store.save(&session).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        assert_eq!(world.count("sessions").await, 0);
    }

    async fn a_taken_id_is_not_taken_over(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone(), LIFETIME);
        let (mut first, mut second) = (record(-7), record(-7));
        second.data.insert("note".to_owned(), json!("another"));
        store.create(&mut first).await.unwrap();
        store.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(held(&store, &first).await, Some(first));
        assert_eq!(held(&store, &second).await, Some(second));
    }

    async fn a_session_that_is_not_used_ends_by_the_portals_clock(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone(), LIFETIME);
        let (mut left, mut used) = (record(1), record(2));
        store.create(&mut left).await.unwrap();
        store.create(&mut used).await.unwrap();
        world.clock.advance(HOUR);
        assert!(store.load(&used.id).await.unwrap().is_some());
        world.clock.advance(HOUR - 1);
        assert_eq!(sessions::delete_expired(&world.portal).await.unwrap(), 0);
        world.clock.advance(1);
        assert_eq!(store.load(&left.id).await.unwrap(), None);
        assert!(store.load(&used.id).await.unwrap().is_some());
        assert_eq!(sessions::delete_expired(&world.portal).await.unwrap(), 1);
        assert_eq!(world.count("sessions").await, 1);
    }

    async fn a_session_that_is_used_ends_all_the_same(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone(), LIFETIME);
        let mut session = record(1);
        session.data.insert(BEGUN_KEY.to_owned(), json!(NOW.0));
        store.create(&mut session).await.unwrap();
        for _ in 0..9 {
            world.clock.advance(HOUR / 2);
            assert!(store.load(&session.id).await.unwrap().is_some());
            store.save(&session).await.unwrap();
        }
        world.clock.advance(HOUR / 2);
        assert_eq!(store.load(&session.id).await.unwrap(), None);
    }

    async fn that_a_session_is_used_is_written_once_a_minute(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone(), LIFETIME);
        let mut session = record(1);
        store.create(&mut session).await.unwrap();
        for (seconds, seen) in [(59, 0), (1, 60), (30, 60), (30, 120)] {
            world.clock.advance(seconds * 1000);
            store.load(&session.id).await.unwrap().unwrap();
            let (at,): (i64,) = world.query_one("SELECT seen_at FROM sessions".into()).await;
            assert_eq!(at, NOW.0 + seen * 1000);
        }
    }
}
