//! The handle that every operation takes.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{
    calendar::{BusinessCalendar, Instant},
    plan::Zone,
    text::Lang,
};
use tokio::sync::{Notify, OnceCell, Semaphore};

use crate::{
    calendars::{CalendarKey, Calendars},
    clock::{self, Chance, Clock, SystemChance, SystemClock},
    db::{self, Db},
    error::{CoreError, NotReady, OpenError},
    files::Files,
    form_keys::FormSecret,
    incidents,
    news::{News, Newsroom, Watching},
    plans::Plans,
};

/// What a portal is opened with.
pub struct Setup {
    /// `sqlite:FILE` (made if it is missing, with its folder) or `postgres://USER:PASSWORD@HOST/NAME`.
    pub database_url: String,
    /// The most connections: of PostgreSQL in all, beside the one of [`news::listen`](crate::news::listen()); of SQLite for
    /// reading beside the one that writes. Of those there are never more than one for each processor, and one.
    pub connections: u32,
    /// The plan documents.
    pub plans: Plans,
    /// Says what time it is.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub chance: Arc<dyn Chance>,
    /// Where attached files are kept; without one, none can be attached or read.
    pub files: Option<Files>,
}

impl Setup {
    /// The usual: the system's clock and randomness, ten connections, no attached files.
    pub fn new(database_url: impl Into<String>, plans: Plans) -> Self {
        Self {
            database_url: database_url.into(),
            connections: 10,
            plans,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            files: None,
        }
    }
}

/// From where an operation is asked for, as the audit log keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of whoever asks; empty at the command line and for work in the background.
    pub address: String,
    /// The id of the request, as the log names it.
    pub request: String,
}

/// The portal: its database, its plans and calendars, its clock and its chance. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    shared: Arc<Shared>,
    origin: Arc<Origin>,
    // Not among what is shared, so that sample data can be filed at another time.
    clock: Arc<dyn Clock>,
    tells: bool,
}

struct Shared {
    db: Db,
    chance: Arc<dyn Chance>,
    plans: Plans,
    // Read often, exchanged as a whole when a closed day is added.
    calendars: RwLock<Arc<Calendars>>,
    hashing: Semaphore,
    work: Notify,
    news: Newsroom,
    files: Option<Files>,
    // Read when the portal is opened, or as soon as there is one.
    form_secret: OnceCell<FormSecret>,
}

/// Neither connections nor plans are worth printing.
impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portal").finish_non_exhaustive()
    }
}

impl Portal {
    /// Builds the calendars and connects to the database. Changes nothing in it: see [`migrate`](Self::migrate).
    ///
    /// # Errors
    /// [`OpenError`] if the database cannot be reached or a zone of a plan has no calendar.
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        let calendars = Calendars::build(&setup.plans)?;
        let db = Db::open(&setup.database_url, setup.connections).await?;
        let form_secret = OnceCell::new_with(FormSecret::find(&db).await?);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            shared: Arc::new(Shared {
                db,
                chance: setup.chance,
                plans: setup.plans,
                calendars: RwLock::new(Arc::new(calendars)),
                hashing: Semaphore::new(processors),
                work: Notify::new(),
                news: Newsroom::new(),
                files: setup.files,
                form_secret,
            }),
            origin: Arc::default(),
            clock: setup.clock,
            tells: true,
        })
    }

    /// Brings the database's tables up to date. Does nothing if they are.
    ///
    /// # Errors
    /// [`CoreError::Migrate`] if a migration fails, or was changed after it was run.
    pub async fn migrate(&self) -> Result<(), CoreError> {
        self.shared.db.migrate().await?;
        self.form_secret().await?;
        incidents::chain_old(self).await?;
        incidents::count_old(self).await
    }

    /// Whether requests can be served: the database answers, and its migrations are those of this program.
    ///
    /// # Errors
    /// [`NotReady`] says which of the two it is not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        db::ready(&self.shared.db).await?;
        // Where another process made the tables since it was opened, the keys that it issues are good from now on.
        self.form_secret().await?;
        Ok(())
    }

    /// Closes every connection; whoever is in the middle of a transaction comes to its end first.
    pub async fn close(&self) {
        self.shared.db.close().await;
    }

    /// The plan documents.
    pub fn plans(&self) -> &Plans {
        &self.shared.plans
    }

    /// The Business Hours of a plan's zone. `None` only for a zone that is of none of [`plans`](Self::plans).
    pub fn calendar(&self, zone: &Zone) -> Option<Arc<BusinessCalendar>> {
        self.calendars().get(zone).cloned()
    }

    /// The calendars as they are now.
    pub(crate) fn calendars(&self) -> Arc<Calendars> {
        let held = self.shared.calendars.read();
        Arc::clone(&held.unwrap_or_else(PoisonError::into_inner))
    }

    /// Exchanges the calendars, unless those that are there know of more changes already: two requests may have read the
    /// table at the same time.
    pub(crate) fn set_calendars(&self, calendars: Calendars) {
        let held = self.shared.calendars.write();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        if held.changes() <= calendars.changes() {
            *held = Arc::new(calendars);
        }
    }

    /// A holiday's name in a language, given the English one that identifies it in explanations: of the law's holidays
    /// and of the days that administrators added. The English name where there is no other.
    pub fn holiday_name(&self, zone: &Zone, english: &str, lang: Lang) -> String {
        self.calendars()
            .holiday_name(&CalendarKey::of(zone), english, lang)
    }

    /// What time it is.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The source of random bytes.
    pub fn chance(&self) -> &dyn Chance {
        &*self.shared.chance
    }

    /// A new id, such as of a file: see [`clock::new_id`].
    pub fn new_id(&self) -> String {
        clock::new_id(self.chance())
    }

    /// A new key for a form. Each form that is shown carries one, so that sending it twice files one incident; it is good on
    /// every server of the installation, for whoever sends it.
    pub fn new_form_key(&self) -> String {
        match self.shared.form_secret.get() {
            Some(secret) => secret.new_key(self.chance()),
            // The tables are not there yet, so nothing is filed; whoever sends it later is given another.
            None => self.new_id(),
        }
    }

    /// Whether this is a key that a portal of this installation [issued](Self::new_form_key). Not to be asked while a
    /// connection is held: the first time it may need one.
    ///
    /// # Errors
    /// [`CoreError`] if the database fails.
    pub async fn issued(&self, key: &str) -> Result<bool, CoreError> {
        Ok(self.form_secret().await?.issued(key))
    }

    async fn form_secret(&self) -> Result<&FormSecret, sqlx::Error> {
        let prepare = || FormSecret::prepare(self.db(), self.chance());
        self.shared.form_secret.get_or_try_init(prepare).await
    }

    /// The same portal at another time.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            origin: Arc::clone(&self.origin),
            clock,
            tells: self.tells,
        }
    }

    /// The same portal, where nobody is told by mail what happens.
    #[must_use]
    pub(crate) fn without_mail(&self) -> Self {
        Self {
            tells: false,
            ..self.clone()
        }
    }

    /// Whether people are told by mail what happens.
    pub(crate) fn tells(&self) -> bool {
        self.tells
    }

    /// The same portal, asked from somewhere.
    #[must_use]
    pub fn asked_from(&self, origin: Origin) -> Self {
        Self {
            origin: Arc::new(origin),
            ..self.clone()
        }
    }

    /// From where it is asked.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Says that work was queued, after its commit: whoever waits for it in this process looks at once. Without it, as for
    /// the work of another server, they find it at their next look.
    pub fn wake(&self) {
        self.shared.work.notify_one();
    }

    /// Waits until somebody [says](Self::wake) that work was queued, or said so since the last time.
    pub async fn woken(&self) {
        self.shared.work.notified().await;
    }

    /// Somebody who hears from now on what happens to incidents.
    pub fn watch(&self) -> Watching {
        self.shared.news.watching()
    }

    /// Lets nobody [watch](Self::watch) any longer: the process is about to stop, and would wait for whoever listens.
    pub fn end_watching(&self) {
        self.shared.news.end();
    }

    /// Tells whoever watches in this process, after the commit.
    pub(crate) fn tell(&self, news: News) {
        self.shared.news.tell(news);
    }

    pub(crate) fn db(&self) -> &Db {
        &self.shared.db
    }

    /// Where attached files are kept.
    pub(crate) fn files(&self) -> Result<&Files, CoreError> {
        self.shared.files.as_ref().ok_or(CoreError::NoFiles)
    }

    /// How many passwords may be checked at once: each needs 19 MiB and a processor of its own.
    pub(crate) fn hashing(&self) -> &Semaphore {
        &self.shared.hashing
    }
}
