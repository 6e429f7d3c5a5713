//! What the pages know of single sign-on; the asking and the answers are the process's.

use axum::http::{HeaderValue, request::Parts};
use domain::text::Text;
use leptos::{prelude::*, reactive::computed::ScopedFuture};

use super::{AppState, ReplySlot};

/// A provider, as the sign-in page offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoButton {
    /// Its id in addresses: `/sso/{id}`.
    pub id: String,
    /// What its button calls it.
    pub name: Text,
}

/// Why nobody was signed in through a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoProblem {
    /// The provider refused, or its answer was forged, replayed or too late.
    Failed,
    /// Who they are to the provider signs in nobody here: never said why.
    Refused,
    /// The provider does not answer.
    Unavailable,
}

impl SsoProblem {
    const ALL: [Self; 3] = [Self::Failed, Self::Refused, Self::Unavailable];

    /// Its name in the sign-in page's address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// The one of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Runs what asks for its request's state outside of a page or a server function. Gives what came of it, and the cookies
/// to set with the answer.
pub async fn in_context<F: Future>(
    state: &AppState,
    parts: &Parts,
    run: F,
) -> (F::Output, Vec<HeaderValue>) {
    let owner = Owner::new();
    let slot = ReplySlot::default();
    let scoped = owner.with(|| {
        state.provide();
        provide_context(parts.clone());
        provide_context(slot.clone());
        ScopedFuture::new(run)
    });
    let output = scoped.await;
    (output, slot.take_cookies())
}
