use portal_core::sessions::{self, PERSON_KEY, SessionStore};
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

fn record(id: i128, hours: i64) -> Record {
    let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(NOW.0) * 1_000_000).unwrap();
    let data = [
        (PERSON_KEY.to_owned(), json!(3)),
        ("note".to_owned(), json!("가\0'; --")),
    ]
    .into();
    Record {
        id: Id(id),
        data,
        expiry_date: now + Duration::hours(hours),
    }
}

both! {
    async fn a_session_lives_until_it_is_deleted(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone());
        let mut session = record(1, 2);
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        store.create(&mut session).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap().as_ref(), Some(&session));
        let (person,): (Option<i64>,) = world.query_one("SELECT person_id FROM sessions".into()).await;
        assert_eq!(person, Some(3));

        session.data.remove(PERSON_KEY);
        session.expiry_date += Duration::hours(1);
        store.save(&session).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap().as_ref(), Some(&session));
        let (person,): (Option<i64>,) = world.query_one("SELECT person_id FROM sessions".into()).await;
        assert_eq!(person, None);

        store.delete(&session.id).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        // A request that was still running does not bring it back.
        store.save(&session).await.unwrap();
        assert_eq!(store.load(&session.id).await.unwrap(), None);
        assert_eq!(world.count("sessions").await, 0);
    }

    async fn a_taken_id_is_not_taken_over(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone());
        let (mut first, mut second) = (record(-7, 2), record(-7, 5));
        store.create(&mut first).await.unwrap();
        store.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(store.load(&first.id).await.unwrap(), Some(first));
        assert_eq!(store.load(&second.id).await.unwrap(), Some(second));
    }

    async fn a_session_ends_by_the_portals_clock(world: World) {
        world.portal.migrate().await.unwrap();
        let store = SessionStore::new(world.portal.clone());
        let (mut short, mut long) = (record(1, 1), record(2, 3));
        store.create(&mut short).await.unwrap();
        store.create(&mut long).await.unwrap();
        world.clock.advance(HOUR - 1);
        assert!(store.load(&short.id).await.unwrap().is_some());
        assert_eq!(sessions::delete_expired(&world.portal).await.unwrap(), 0);
        world.clock.advance(1);
        assert_eq!(store.load(&short.id).await.unwrap(), None);
        assert!(store.load(&long.id).await.unwrap().is_some());
        assert_eq!(sessions::delete_expired(&world.portal).await.unwrap(), 1);
        assert_eq!(world.count("sessions").await, 1);
    }
}
