//! Single sign-on by OpenID Connect: the providers, what they are asked, and what their answers are worth.
//!
//! A provider is discovered when somebody first signs in through it, not at the start: one that is down keeps nobody else
//! out. Its address is fetched by the server, so redirects are not followed.

mod config;

use std::{
    error::Error,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use app::server::SsoButton;
use domain::calendar::Instant;
use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ConfigurationError, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse as _,
    TokenUrl, UserInfoUrl,
    core::{
        CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
    },
    reqwest,
};
use portal_core::{Portal, accounts::Identity};
use serde::{Deserialize, Serialize};
use url::Url;

pub use self::config::ConfigError;
use self::config::Provider;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// For how long a provider is taken to be as it was discovered, in milliseconds.
const FRESH: i64 = 3_600_000;

/// The signatures that are taken: those by which only the provider itself can have signed.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The providers of the configuration.
#[derive(Debug, Default)]
pub struct Providers(Vec<Connection>);

/// A provider, and what is known of it.
#[derive(Debug)]
pub struct Connection {
    provider: Provider,
    redirect: RedirectUrl,
    http: reqwest::Client,
    known: RwLock<Option<Known>>,
}

/// What discovery found, and when.
#[derive(Clone, Debug)]
struct Known {
    at: Instant,
    metadata: Arc<CoreProviderMetadata>,
}

/// What the portal keeps to itself while somebody is at the provider, to know the answer by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// Comes back in the answer's address.
    pub state: String,
    nonce: String,
    verifier: String,
}

/// Why an answer signs nobody in.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The provider could not be asked.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// What it said is not an answer to the question, or not from it.
    #[error("the answer is not taken: {0}")]
    Answer(String),
}

/// Why the providers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    /// The file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The portal's own address is not one that a provider could send somebody back to.
    #[error("the portal's address {0}: {1}")]
    Origin(String, url::ParseError),
    /// Nothing can be fetched.
    #[error("no HTTP client can be made: {0}")]
    Http(#[from] reqwest::Error),
}

impl Providers {
    /// The providers of a file; `origin` is how people reach the portal. Asks none of them.
    pub fn load(file: &Path, origin: &str) -> Result<Self, ProvidersError> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let connections = config::load(file)?.into_iter().map(|provider| {
            let callback = format!("{origin}/sso/{}/callback", provider.id);
            let redirect = RedirectUrl::new(callback)
                .map_err(|error| ProvidersError::Origin(origin.to_owned(), error))?;
            Ok(Connection {
                provider,
                redirect,
                http: http.clone(),
                known: RwLock::default(),
            })
        });
        Ok(Self(connections.collect::<Result<_, ProvidersError>>()?))
    }

    /// The provider of this id.
    pub fn find(&self, id: &str) -> Option<&Connection> {
        self.0
            .iter()
            .find(|connection| connection.provider.id == id)
    }

    /// The buttons of the sign-in page, in the order of the file.
    pub fn buttons(&self) -> Arc<[SsoButton]> {
        self.0
            .iter()
            .map(|connection| SsoButton {
                id: connection.provider.id.clone(),
                name: connection.provider.name.clone(),
            })
            .collect()
    }
}

impl Connection {
    /// Its id in the configuration.
    pub fn id(&self) -> &str {
        &self.provider.id
    }

    /// Its issuer's address, as its answers may name it.
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    /// Where somebody proves to the provider who they are, and what to know the answer by.
    pub async fn start(&self, portal: &Portal) -> Result<(Url, Secrets), Failed> {
        let client = self.client(self.metadata(portal).await?);
        let secrets = Secrets {
            state: random(portal),
            nonce: random(portal),
            verifier: random(portal),
        };
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
        let (url, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.provider.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((url, secrets))
    }

    /// Who the code of an answer stands for.
    pub async fn finish(
        &self,
        portal: &Portal,
        secrets: Secrets,
        code: String,
    ) -> Result<Identity, Failed> {
        let mut client = self.client(self.metadata(portal).await?);
        let response = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error: ConfigurationError| unreachable_for(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier))
            .request_async(&self.http)
            .await
            .map_err(|error| match &error {
                openidconnect::RequestTokenError::Request(_) => unreachable_for(&error),
                _ => untrusted(&error),
            })?;
        let token = response
            .id_token()
            .ok_or_else(|| Failed::Answer("it has no ID token".to_owned()))?;
        let nonce = Nonce::new(secrets.nonce);
        let mut claims = verify(&client, portal, token, &nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(_)) = claims {
            // The provider may have changed its keys since it was discovered.
            client = self.client(self.discover(portal).await?);
            claims = verify(&client, portal, token, &nonce);
        }
        let claims = claims.map_err(|error| untrusted(&error))?.clone();
        belongs(&client, token, &response, &claims)?;
        let mut email = claims
            .email()
            .map(|email| (email.to_string(), claims.email_verified()));
        if email.is_none() && client.user_info_url().is_some() {
            email = self.ask_email(&client, &response, &claims).await?;
        }
        let (email, verified) = email.unwrap_or_default();
        Ok(Identity {
            provider: self.provider.id.clone(),
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email,
            email_verified: verified == Some(true),
            domains: self.provider.domains.clone(),
            vendor: self.provider.vendor,
        })
    }

    /// The address from the provider's user info: many leave it out of the ID token (OpenID Connect Core, 5.4).
    async fn ask_email(
        &self,
        client: &Client,
        response: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<Option<(String, Option<bool>)>, Failed> {
        let info: CoreUserInfoClaims = client
            .user_info(
                response.access_token().clone(),
                Some(claims.subject().clone()),
            )
            .map_err(|error| unreachable_for(&error))?
            .request_async(&self.http)
            .await
            .map_err(|error| untrusted(&error))?;
        Ok(info
            .email()
            .map(|email| (email.to_string(), info.email_verified())))
    }

    /// What is known of the provider, discovered anew if that was never done, or over an hour ago.
    async fn metadata(&self, portal: &Portal) -> Result<Arc<CoreProviderMetadata>, Failed> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known {
            Some(known) if portal.now().0 - known.at.0 < FRESH => Ok(known.metadata),
            _ => self.discover(portal).await,
        }
    }

    async fn discover(&self, portal: &Portal) -> Result<Arc<CoreProviderMetadata>, Failed> {
        let issuer = self.provider.issuer.clone();
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| unreachable_for(&error))?;
        let places = [
            Some(metadata.authorization_endpoint().url()),
            metadata.token_endpoint().map(TokenUrl::url),
            metadata.userinfo_endpoint().map(UserInfoUrl::url),
        ];
        if let Some(open) = places
            .into_iter()
            .flatten()
            .find(|url| !config::private(url))
        {
            let why = format!("its address {open} is not https");
            return Err(Failed::Unreachable(why));
        }
        let metadata = Arc::new(metadata);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Known {
            at: portal.now(),
            metadata: Arc::clone(&metadata),
        });
        Ok(metadata)
    }

    fn client(&self, metadata: Arc<CoreProviderMetadata>) -> Client {
        // Without a word about it, a provider takes the secret in the header (OpenID Connect Discovery, 3).
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
        let body = !takes(CoreClientAuthMethod::ClientSecretBasic)
            && takes(CoreClientAuthMethod::ClientSecretPost);
        CoreClient::from_provider_metadata(
            Arc::unwrap_or_clone(metadata),
            self.provider.client_id.clone(),
            Some(self.provider.client_secret.clone()),
        )
        .set_redirect_uri(self.redirect.clone())
        .set_auth_type(if body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        })
    }
}

/// The claims of a token that the provider signed, for this portal, for this question, and that has not expired.
fn verify<'t>(
    client: &Client,
    portal: &Portal,
    token: &'t CoreIdToken,
    nonce: &Nonce,
) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
    let now = portal.now();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || now.into());
    token.claims(&verifier, nonce)
}

/// Checks that the access token came with this ID token, if it says so.
fn belongs(
    client: &Client,
    token: &CoreIdToken,
    response: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
) -> Result<(), Failed> {
    let Some(expected) = claims.access_token_hash() else {
        return Ok(());
    };
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
    let algorithm = token.signing_alg().map_err(|error| untrusted(&error))?;
    let key = token
        .signing_key(&verifier)
        .map_err(|error| untrusted(&error))?;
    let actual = AccessTokenHash::from_token(response.access_token(), algorithm, key)
        .map_err(|error| untrusted(&error))?;
    if actual == *expected {
        Ok(())
    } else {
        Err(Failed::Answer(
            "the access token is another one's".to_owned(),
        ))
    }
}

/// 256 random bits, as 64 digits that need no escaping anywhere.
fn random(portal: &Portal) -> String {
    let mut halves = [[0; 16]; 2];
    for half in &mut halves {
        portal.chance().fill(half);
    }
    let [first, second] = halves.map(u128::from_be_bytes);
    format!("{first:032x}{second:032x}")
}

fn unreachable_for(error: &dyn Error) -> Failed {
    Failed::Unreachable(chain(error))
}

fn untrusted(error: &dyn Error) -> Failed {
    Failed::Answer(chain(error))
}

/// An error with what caused it, for the log.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
