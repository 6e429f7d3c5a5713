//! A fresh database of either engine for each test, and a small world in it.

use std::{
    future::Future,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use domain::{
    calendar::Instant,
    incident::{Draft, Event, IncidentNumber, Step},
    people::Actor,
    triage::Answers,
};
use portal_core::{
    Portal, Setup,
    accounts::Person,
    audit::{self, Kind, Recorded},
    clock::{TestChance, TestClock},
    files::{FileStore, Files},
    incidents::{self, Filed, NewIncident, NotFiled, NotTaken, Taken},
    plans::Plans,
    sample,
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection,
    postgres::PgConnectOptions,
};

/// Monday 2 March 2026, 11:00 in Seoul, a substitute holiday there; the Sunday before, 18:00, in Los Angeles.
pub const NOW: Instant = Instant(1_772_416_800_000);

pub const HOUR: i64 = 3_600_000;

/// A release that is current in the sample data.
pub const RELEASE: &str = "gateway:5.1.0";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Makes a test of each function, once on SQLite and once on PostgreSQL, each with a database of its own.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test needs everything")]
            use super::*;

            $(#[$meta])*
            async fn check($world: $crate::common::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::common::run($crate::common::Engine::Sqlite, check).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::common::run($crate::common::Engine::Postgres, check).await;
            }
        }
    )*};
}

/// A portal over an empty database.
#[derive(Clone)]
pub struct World {
    pub portal: Portal,
    pub clock: Arc<TestClock>,
    pub url: String,
    pub engine: Engine,
    /// Where attached files lie.
    pub files: PathBuf,
    /// Whether the histories are broken on purpose: see [`World::not_verified`].
    pub unverified: Arc<AtomicBool>,
}

/// Runs one test and clears away after it, whether it failed or not. Whatever it did, the history of each incident has to be
/// whole in the end and its row what the events add up to, unless it [says](World::not_verified) otherwise.
pub async fn run<F: Future<Output = ()> + Send + 'static>(engine: Engine, test: fn(World) -> F) {
    let (database, url) = Database::create(engine).await;
    let clock = Arc::new(TestClock::at(NOW));
    let mut setup = Setup::new(&url, Plans::load(None).unwrap());
    setup.clock = clock.clone();
    setup.chance = Arc::new(TestChance::seeded(20_260_302));
    let files = tempfile::tempdir().unwrap();
    let place = FileStore::Folder(files.path().to_owned());
    setup.files = Some(Files::open(&place).unwrap());
    let portal = Portal::open(setup).await.unwrap();
    let world = World {
        portal: portal.clone(),
        clock,
        url,
        engine,
        files: files.path().to_owned(),
        unverified: Arc::default(),
    };
    let unverified = world.unverified.clone();
    let outcome = tokio::spawn(test(world)).await;
    // There is nothing to look at where the tables were never made, or the database was closed.
    let whole = if unverified.load(Ordering::Relaxed) || portal.ready().await.is_err() {
        Ok(None)
    } else {
        incidents::verify(&portal, Actor::Operator).await
    };
    portal.close().await;
    database.drop().await;
    if let Err(failed) = outcome {
        std::panic::resume_unwind(failed.into_panic());
    }
    if let Some(verified) = whole.unwrap() {
        assert_eq!(verified.broken, [], "after the test itself");
    }
}

enum Database {
    Sqlite {
        folder: tempfile::TempDir,
    },
    Postgres {
        admin: Box<PgConnectOptions>,
        name: String,
    },
}

impl Database {
    async fn create(engine: Engine) -> (Self, String) {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                // A folder that does not exist yet is made when the portal is opened.
                let url = format!("sqlite:{}", folder.path().join("new/portal.db").display());
                (Self::Sqlite { folder }, url)
            }
            Engine::Postgres => {
                let admin_url = std::env::var("PORTAL_TEST_POSTGRES_URL").expect(
                    "PORTAL_TEST_POSTGRES_URL is not set: run the tests with `./dev test`, which starts a PostgreSQL",
                );
                let admin: PgConnectOptions = admin_url.parse().unwrap();
                let name = format!("portal_test_{}", uuid::Uuid::new_v4().simple());
                let mut connection = admin.connect().await.unwrap();
                connection
                    .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
                    .await
                    .unwrap();
                connection.close().await.unwrap();
                let url = admin.clone().database(&name).to_url_lossy().to_string();
                (
                    Self::Postgres {
                        admin: Box::new(admin),
                        name,
                    },
                    url,
                )
            }
        }
    }

    async fn drop(self) {
        match self {
            Self::Sqlite { folder } => folder.close().unwrap(),
            Self::Postgres { admin, name } => {
                let mut connection = admin.connect().await.unwrap();
                let sql = format!("DROP DATABASE {name} WITH (FORCE)");
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
            }
        }
    }
}

impl World {
    /// Says that the histories are not to be looked at in the end: this test changes them past the portal, or they are many.
    pub fn not_verified(&self) {
        self.unverified.store(true, Ordering::Relaxed);
    }

    /// Another server on the same database, with the same clock and chance of its own.
    pub async fn second(&self) -> Portal {
        // What one makes by chance no other makes.
        static SERVERS: AtomicU64 = AtomicU64::new(1000);
        let mut setup = Setup::new(&self.url, Plans::load(None).unwrap());
        setup.clock = self.clock.clone();
        setup.chance = Arc::new(TestChance::seeded(SERVERS.fetch_add(1, Ordering::Relaxed)));
        Portal::open(setup).await.unwrap()
    }

    /// Makes the tables and fills in the sample data.
    pub async fn filled(&self) -> Vec<sample::SamplePerson> {
        self.portal.migrate().await.unwrap();
        sample::fill(&self.portal).await.unwrap()
    }

    /// Stretches every term and every certification, for tests that travel far in time.
    pub async fn without_end(&self) {
        for sql in [
            "UPDATE customers SET starts_on = '2000-01-01', ends_on = '2099-12-31'",
            "UPDATE certifications SET issued_on = '2000-01-01', expires_on = '2099-12-31'",
        ] {
            self.execute(sql).await.unwrap();
        }
    }

    /// The sample person at this position: `server/core/src/sample/data.rs` says who that is.
    pub async fn person(&self, position: usize) -> Person {
        let contact = sample::people().remove(position);
        let id: (i64,) = self
            .query_one(format!(
                "SELECT id FROM people WHERE email = '{}'",
                contact.email
            ))
            .await;
        portal_core::accounts::person(&self.portal, id.0)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn actor(&self, position: usize) -> Actor {
        self.person(position).await.actor
    }

    /// A row, read past the portal.
    pub async fn query_one<T>(&self, sql: String) -> T
    where
        T: Send + Unpin,
        for<'r> T:
            sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        match self.engine {
            Engine::Sqlite => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query_as(AssertSqlSafe(sql))
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                sqlx::query_as(AssertSqlSafe(sql))
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
        }
    }

    /// Runs a statement past the portal.
    pub async fn execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                sqlx::SqliteConnection::connect(&self.url)
                    .await?
                    .execute(sql)
                    .await?;
            }
            Engine::Postgres => {
                PgConnection::connect(&self.url).await?.execute(sql).await?;
            }
        }
        Ok(())
    }

    /// How many rows there are in a table.
    pub async fn count(&self, table: &str) -> i64 {
        let (count,): (i64,) = self
            .query_one(format!("SELECT COUNT(*) FROM {table}"))
            .await;
        count
    }

    /// Files what must be filed anew.
    pub async fn file(&self, actor: Actor, new: NewIncident) -> IncidentNumber {
        match incidents::file(&self.portal, actor, new).await.unwrap() {
            Ok(Filed::New(number)) => number,
            other => panic!("not filed anew: {other:?}"),
        }
    }

    pub async fn refused(&self, actor: Actor, new: NewIncident) -> NotFiled {
        incidents::file(&self.portal, actor, new)
            .await
            .unwrap()
            .expect_err("must not be filed")
    }

    /// A complete incident with a key of its own: a severe problem, S1.
    pub fn severe(&self, title: &str) -> NewIncident {
        self.new_incident(
            title,
            &format!(
                "kind=problem&release={RELEASE}&causes=none&recreated=yes&readiness=ready&environment=production\
                 &impact=unusable&workaround=none&critical=yes&harm=no"
            ),
        )
    }

    /// Takes a step with an incident, by a form of its own.
    pub async fn take(
        &self,
        actor: Actor,
        number: IncidentNumber,
        step: Step,
    ) -> Result<Taken, NotTaken> {
        let key = self.portal.new_form_key();
        incidents::take(&self.portal, actor, number, step, &key)
            .await
            .unwrap()
    }

    /// A question about a release, S3.
    pub fn question(&self, title: &str, release: &str) -> NewIncident {
        self.new_incident(
            title,
            &format!("kind=question&release={release}&causes=none"),
        )
    }

    pub fn new_incident(&self, title: &str, answers: &str) -> NewIncident {
        NewIncident {
            form_key: self.portal.new_form_key(),
            answers: Answers::from_query(answers),
            draft: Draft {
                title: title.to_owned(),
                description: "What happens.".to_owned(),
                ..Draft::default()
            },
        }
    }
}

pub fn events(incident: &incidents::Incident) -> Vec<Event> {
    incident
        .events
        .iter()
        .map(|recorded| recorded.event.clone())
        .collect()
}

/// What the audit log has of a kind, newest first, as an administrator reads it.
pub async fn logged(world: &World, kind: Kind) -> Vec<Recorded> {
    let filter = audit::Filter {
        kind: Some(kind),
        ..audit::Filter::default()
    };
    let admin = world.actor(14).await;
    let page = audit::list(&world.portal, admin, &filter, None, 200)
        .await
        .unwrap();
    page.expect("an administrator reads it").rows
}
