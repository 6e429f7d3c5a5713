use portal_core::NotReady;

use crate::{both, common::Engine};

both! {
    async fn a_fresh_database_becomes_ready_by_migrating(world: World) {
        let before = world.portal.ready().await.expect_err("nothing was migrated");
        assert!(matches!(before, NotReady::Migrations { missing: 11, unknown: 0 }), "{before}");
        world.portal.migrate().await.unwrap();
        world.portal.ready().await.unwrap();
        // Once more changes nothing.
        world.portal.migrate().await.unwrap();
        world.portal.ready().await.unwrap();
    }

    async fn other_migrations_are_not_current(world: World) {
        world.portal.migrate().await.unwrap();
        world.execute("UPDATE _sqlx_migrations SET version = 99 WHERE version = 1").await.unwrap();
        let error = world.portal.ready().await.expect_err("the table is of another program");
        assert!(matches!(error, NotReady::Migrations { missing: 1, unknown: 1 }), "{error}");
    }

    async fn a_closed_database_is_not_ready(world: World) {
        world.portal.migrate().await.unwrap();
        world.portal.close().await;
        assert!(matches!(world.portal.ready().await, Err(NotReady::Database(_))));
    }

    async fn the_database_itself_refuses_to_edit_events(world: World) {
        world.filled().await;
        for change in ["UPDATE events SET at = 0", "DELETE FROM events"] {
            let error = world.execute(change).await.expect_err(change);
            assert!(error.to_string().contains("append-only"), "{error}");
        }
    }

    async fn the_engine_is_the_one_that_was_asked_for(world: World) {
        world.portal.migrate().await.unwrap();
        let (durable,): (String,) = match world.engine {
            Engine::Sqlite => world.query_one("SELECT journal_mode FROM pragma_journal_mode".into()).await,
            Engine::Postgres => world.query_one("SELECT current_setting('server_version_num')".into()).await,
        };
        match world.engine {
            Engine::Sqlite => assert_eq!(durable, "wal"),
            Engine::Postgres => assert!(durable.parse::<u32>().unwrap() >= 130_000, "{durable}"),
        }
    }
}
