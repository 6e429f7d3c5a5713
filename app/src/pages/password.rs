//! Changing one's own password.

use leptos::prelude::*;

use super::sign_in_first;
use crate::{
    components::{
        layout::{Here, Layout},
        password::{NewPasswordFields, fault_in_words},
    },
    server::{FormReply, PasswordFault, SecurityReply, Visit},
    words::words,
};

/// `/me/security/password`
#[component]
pub fn PasswordPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let all = words(visit.lang);
    let t = &all.new_password;
    let fault = match use_context::<FormReply>() {
        Some(FormReply::Security(SecurityReply::Password(fault))) => Some(fault),
        _ => None,
    };
    let summary = fault.map(|fault| {
        let to = match fault {
            PasswordFault::OldWrong | PasswordFault::Wait { .. } => "#old",
            _ => "#new",
        };
        let words = fault_in_words(fault, t, &all.waiting);
        view! {
            <div class="card errors" role="alert" tabindex="-1" autofocus>
                <h2>{t.errors.clone()}</h2>
                <ul><li><a href=to>{words}</a></li></ul>
            </div>
        }
    });
    let old_error = fault
        .filter(|fault| matches!(fault, PasswordFault::OldWrong | PasswordFault::Wait { .. }))
        .map(|fault| fault_in_words(fault, t, &all.waiting));
    let old_wrong = old_error.is_some();
    let old_error = old_error.map(|words| view! { <p class="error" id="old-error">{words}</p> });
    let email = visit.person.as_ref().map(|person| person.email.clone());
    view! {
        <Layout here=Here::Me title=t.title.clone()>
            <form method="post" action="/me/security/password" class="narrow stack card" novalidate>
                <h1>{t.title.clone()}</h1>
                <p class="mute">{t.intro.clone()}</p>
                {summary}
                <input type="hidden" name="username" value=email autocomplete="username" />
                <div class="field" class:wrong=old_wrong>
                    <label for="old">{t.old.clone()}</label>
                    {old_error}
                    <input
                        type="password"
                        id="old"
                        name="old"
                        autocomplete="current-password"
                        required=true
                        aria-describedby=old_wrong.then_some("old-error")
                        aria-invalid=old_wrong.then_some("true")
                    />
                </div>
                <NewPasswordFields fault words=t waiting=&all.waiting />
                <div class="row">
                    <button class="btn">{t.submit.clone()}</button>
                    <a href="/me/security">{t.cancel.clone()}</a>
                </div>
            </form>
        </Layout>
    }
    .into_any()
}
