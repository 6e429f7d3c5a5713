//! An invitation, or a link to a new password.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal_core::accounts::{self, LinkKind};

use super::{failed, loaded};
use crate::{
    components::{
        layout::{Here, Layout},
        password::NewPasswordFields,
    },
    server::{FormReply, SecurityReply, Visit, set_status, state},
    words::{fill, words},
};

/// `/invitation/{token}`
#[component]
pub fn InvitationPage() -> impl IntoView {
    let visit = Visit::current();
    let token = use_params_map().with(|map| map.get("token").unwrap_or_default());
    let fault = match use_context::<FormReply>() {
        Some(FormReply::Security(SecurityReply::Password(fault))) => Some(fault),
        _ => None,
    };
    let portal = state().portal;
    loaded(async move {
        let all = words(visit.lang);
        let t = &all.invitation;
        let followed = accounts::follow_link(&portal, &token).await.map_err(failed)?;
        let Some(followed) = followed else {
            set_status(axum::http::StatusCode::GONE);
            return Ok(view! {
                <Layout here=Here::Elsewhere title=t.gone.clone()>
                    <div class="narrow stack">
                        <h1>{t.gone.clone()}</h1>
                        <p>{t.gone_text.clone()}</p>
                        <p class="row">
                            <a class="btn" href="/sign-in">{all.sign_in.title.clone()}</a>
                            <a href="/reset">{all.reset.link.clone()}</a>
                        </p>
                    </div>
                </Layout>
            }
            .into_any());
        };
        let person = followed.person;
        let (title, intro) = match followed.kind {
            LinkKind::Invitation => (&t.invitation, &t.invitation_text),
            LinkKind::Reset => (&t.reset, &t.reset_text),
        };
        let of = match &person.customer {
            Some(customer) => fill(&t.of_customer, &[("name", &person.name), ("customer", &customer.name)]),
            None => person.name.clone(),
        };
        let here = format!("/invitation/{token}");
        Ok(view! {
            <Layout here=Here::Elsewhere title=title.clone()>
                <form method="post" action=here class="narrow stack card" novalidate>
                    <h1>{title.clone()}</h1>
                    <p class="mute">{intro.clone()}</p>
                    <dl class="facts">
                        <dt>{t.for_whom.clone()}</dt>
                        <dd>{of}</dd>
                        <dt>{all.sign_in.email.clone()}</dt>
                        <dd class="long">{person.email.clone()}</dd>
                    </dl>
                    <input type="hidden" name="username" value=person.email autocomplete="username" />
                    <input type="hidden" name="token" value=token />
                    <NewPasswordFields fault words=&all.new_password waiting=&all.waiting />
                    <div class="row">
                        <button class="btn">{t.submit.clone()}</button>
                    </div>
                </form>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
