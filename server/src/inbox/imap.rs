//! A mailbox on a server, by IMAP: each mail is moved into another folder once it was taken.

use std::{fmt::Debug, sync::Arc};

use async_imap::{Client, Session, error::Error};
use futures_util::TryStreamExt as _;
use portal_core::Portal;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{InvalidDnsNameError, ServerName},
    },
};

use super::{AT_ONCE, Folder, HEAD, MOST_BYTES, settings::Server, take};

/// Takes what is there. Gives how many mails were put away.
pub async fn look(portal: &Portal, server: &Server) -> Result<usize, String> {
    let stream = TcpStream::connect((server.host.as_str(), server.port))
        .await
        .map_err(|error| error.to_string())?;
    if !server.tls {
        return talk(portal, server, stream)
            .await
            .map_err(|error| error.to_string());
    }
    let name = ServerName::try_from(server.host.clone())
        .map_err(|error: InvalidDnsNameError| error.to_string())?;
    let stream = connector(server)?
        .connect(name, stream)
        .await
        .map_err(|error| error.to_string())?;
    talk(portal, server, stream)
        .await
        .map_err(|error| error.to_string())
}

/// Encrypts, and trusts those whom the system trusts or the settings name.
fn connector(server: &Server) -> Result<TlsConnector, String> {
    let mut trusted = RootCertStore::empty();
    if server.authorities.is_empty() {
        let found = rustls_native_certs::load_native_certs();
        trusted.add_parsable_certificates(found.certs);
    } else {
        trusted.add_parsable_certificates(server.authorities.iter().cloned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn talk<T>(portal: &Portal, server: &Server, stream: T) -> Result<usize, Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let mut client = Client::new(stream);
    // The server speaks first.
    client.read_response().await?.ok_or(Error::ConnectionLost)?;
    let mut session = client
        .login(&server.user, &server.password)
        .await
        .map_err(|(error, _)| error)?;
    let moves = session.capabilities().await?.has_str("MOVE");
    session.select(&server.folder).await?;
    let mut mails: Vec<_> = session.uid_search("UNDELETED").await?.into_iter().collect();
    mails.sort_unstable();
    mails.truncate(AT_ONCE);
    let mut done = 0;
    for uid in mails {
        let (raw, size) = match fetch(&mut session, uid).await {
            Ok(Some(mail)) => mail,
            // Another server was faster, or it cannot be had: the others do not wait for it.
            Ok(None) | Err(Error::No(_) | Error::Bad(_)) => {
                tracing::warn!(uid, "a mail of the mailbox could not be had");
                continue;
            }
            Err(error) => return Err(error),
        };
        match take(portal, raw, size).await {
            Ok(to) => {
                match put_away(&mut session, uid, to, moves).await {
                    Ok(()) => done += 1,
                    // Taken once, however often it comes again.
                    Err(error @ (Error::No(_) | Error::Bad(_))) => {
                        tracing::error!(%error, uid, "a mail could not be put away");
                    }
                    Err(error) => return Err(error),
                }
            }
            // It stays, and comes again.
            Err(error) => tracing::error!(%error, uid, "a mail was not taken"),
        }
    }
    session.logout().await?;
    Ok(done)
}

/// A mail and its size; of one that is too large, how it begins. Nothing if another server was faster.
async fn fetch<T>(session: &mut Session<T>, uid: u32) -> Result<Option<(Vec<u8>, u64)>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let found: Vec<_> = session
        .uid_fetch(uid.to_string(), "(UID RFC822.SIZE)")
        .await?
        .try_collect()
        .await?;
    let Some(size) = found.iter().find_map(|one| one.size).map(u64::from) else {
        return Ok(None);
    };
    // Without marking it as seen.
    let what = if size > MOST_BYTES {
        format!("(UID BODY.PEEK[]<0.{HEAD}>)")
    } else {
        "(UID BODY.PEEK[])".to_owned()
    };
    let found: Vec<_> = session
        .uid_fetch(uid.to_string(), what)
        .await?
        .try_collect()
        .await?;
    let body = found.iter().find_map(|one| one.body());
    Ok(body.map(|body| (body.to_vec(), size)))
}

/// Moves a mail into another folder, which is made if there is none.
async fn put_away<T>(
    session: &mut Session<T>,
    uid: u32,
    to: Folder,
    moves: bool,
) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let uid = uid.to_string();
    if moved(session, &uid, to, moves).await.is_ok() {
        return Ok(());
    }
    match session.create(to.name()).await {
        // It is there, or the next step says why not.
        Ok(()) | Err(Error::No(_)) => {}
        Err(error) => return Err(error),
    }
    moved(session, &uid, to, moves).await
}

async fn moved<T>(session: &mut Session<T>, uid: &str, to: Folder, moves: bool) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    if moves {
        return session.uid_mv(uid, to.name()).await;
    }
    session.uid_copy(uid, to.name()).await?;
    session
        .uid_store(uid, "+FLAGS.SILENT (\\Seen \\Deleted)")
        .await?
        .try_collect::<Vec<_>>()
        .await?;
    Ok(())
}
