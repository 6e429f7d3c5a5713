//! The database that is measured on: the sample data, and one customer with many incidents.

use std::path::{Path, PathBuf};

use portal_core::{
    Portal, Setup,
    accounts::{self, SignIn},
    plans::Plans,
    sample::{self, SamplePerson},
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection,
    postgres::PgConnectOptions,
};

use crate::Outcome;

/// Of the customer that is measured.
pub const INCIDENTS: usize = 10_000;

/// A database of its own for the measurement.
pub struct Scene {
    pub name: &'static str,
    pub url: String,
    /// Where the portal keeps files and mail.
    pub folder: PathBuf,
    /// Where it is made and dropped, and its name there.
    postgres: Option<(PgConnectOptions, String)>,
}

impl Scene {
    /// A file in this folder.
    pub fn sqlite(folder: &Path) -> Self {
        Self {
            name: "SQLite",
            url: format!("sqlite:{}", folder.join("portal.db").display()),
            folder: folder.to_owned(),
            postgres: None,
        }
    }

    /// A database of its own on this server; what is no table goes into this folder.
    pub async fn postgres(url: &str, folder: &Path) -> Outcome<Self> {
        let admin: PgConnectOptions = url.parse()?;
        let name = format!("portal_bench_{}", std::process::id());
        let mut connection = admin.connect().await?;
        connection
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await?;
        connection.close().await?;
        Ok(Self {
            name: "PostgreSQL",
            folder: folder.to_owned(),
            url: admin
                .clone()
                .database(&name)
                .to_url_lossy()
                .as_str()
                .to_owned(),
            postgres: Some((admin, name)),
        })
    }

    /// Fills it, and gives somebody of the customer with the many incidents.
    pub async fn prepare(&self) -> Outcome<SamplePerson> {
        let portal = Portal::open(Setup::new(&self.url, Plans::load(None)?)).await?;
        portal.migrate().await?;
        let contacts = sample::fill(&portal).await?;
        let contact = contacts.into_iter().next().ok_or("nobody to sign in as")?;
        let signed = accounts::sign_in(&portal, contact.email, contact.password, None).await?;
        let SignIn::Right(person) = signed else {
            return Err("the sample contact cannot sign in".into());
        };
        let customer = person
            .customer
            .ok_or("the sample contact has no customer")?;
        sample::many(&portal, customer.id, INCIDENTS).await?;
        portal.close().await;
        if self.postgres.is_some() {
            // What its own housekeeping would have done a minute later.
            let mut connection = PgConnection::connect(&self.url).await?;
            connection.execute("VACUUM ANALYZE").await?;
            connection.close().await?;
        }
        Ok(contact)
    }

    /// So many keys of forms, as its portal issues them.
    pub async fn form_keys(&self, n: usize) -> Outcome<Vec<String>> {
        let portal = Portal::open(Setup::new(&self.url, Plans::load(None)?)).await?;
        let keys = (0..n).map(|_| portal.new_form_key()).collect();
        portal.close().await;
        Ok(keys)
    }

    /// Removes what would otherwise stay on a server.
    pub async fn remove(&self) -> Outcome<()> {
        if let Some((admin, name)) = &self.postgres {
            let mut connection = admin.connect().await?;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            connection.execute(AssertSqlSafe(drop)).await?;
            connection.close().await?;
        }
        Ok(())
    }
}
