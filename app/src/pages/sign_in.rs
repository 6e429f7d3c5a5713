//! Signing in.

use domain::text::Lang;
use leptos::prelude::*;

use super::{loaded, query};
use crate::{
    components::{
        layout::{Here, Layout},
        password::wait_in_words,
    },
    server::{
        FormReply, SignInProblem, SignInReply, SsoProblem, Visit, encoded, local_path, redirect,
        session, state,
    },
    words::{fill, words},
};

/// `/sign-in`
#[component]
pub fn SignInPage() -> impl IntoView {
    if let Some(FormReply::SignIn(form)) = use_context::<FormReply>() {
        return page(form, None);
    }
    let form = SignInReply {
        next: query("next"),
        ..SignInReply::default()
    };
    let (sso, key) = (SsoProblem::parse(&query("sso")), query("form"));
    if key.is_empty() {
        return page(form, sso);
    }
    // A provider sent them back without a result; the form that waits is still there.
    loaded(async move {
        let carry = session::form_set_aside(&key).await;
        Ok(page(SignInReply { carry, ..form }, sso))
    })
    .into_any()
}

fn page(form: SignInReply, sso: Option<SsoProblem>) -> AnyView {
    let visit = Visit::current();
    let all = words(visit.lang);
    let t = &all.sign_in;
    if visit.person.is_some() && form.carry.is_empty() {
        redirect(&form.next);
        return ().into_any();
    }
    let error = form.problem.map(|problem| {
        let message = match problem {
            SignInProblem::Missing => t.missing.clone(),
            SignInProblem::Wrong => t.wrong.clone(),
            SignInProblem::Wait { seconds } => wait_in_words(seconds, &all.waiting),
            SignInProblem::Expired => all.second_step.expired.clone(),
        };
        view! { <p class="error" id="sign-in-error" role="alert">{message}</p> }
    });
    let sso_error = sso.map(|problem| {
        let t = &words(visit.lang).sso;
        let message = match problem {
            SsoProblem::Failed => &t.failed,
            SsoProblem::Refused => &t.refused,
            SsoProblem::Unavailable => &t.unavailable,
        };
        view! { <p class="error" role="alert">{message.clone()}</p> }
    });
    let described = form.problem.map(|_| "sign-in-error");
    let invalid = form.problem.map(|_| "true");
    let carried = (!form.carry.is_empty())
        .then(|| view! { <p class="aside" role="status">{t.carried.clone()}</p> });
    let sample = state()
        .site
        .sample
        .then(|| view! { <p class="aside small">{t.sample.clone()}</p> });
    let next = local_path(&form.next).to_owned();
    let providers = providers(&next, &form.carry, visit.lang);
    view! {
        <Layout here=Here::Elsewhere title=t.title.clone() typed=Some("sign-in")>
            <form id="sign-in" method="post" action="/sign-in" class="narrow stack card">
                <h1>{t.title.clone()}</h1>
                <p class="mute">{t.intro.clone()}</p>
                {carried}
                {sso_error}
                {error}
                <div class="field">
                    <label for="email">{t.email.clone()}</label>
                    <input
                        type="email"
                        id="email"
                        name="email"
                        value=form.email
                        autocomplete="username"
                        required=true
                        aria-describedby=described
                        aria-invalid=invalid
                    />
                </div>
                <div class="field">
                    <label for="password">{t.password.clone()}</label>
                    <input
                        type="password"
                        id="password"
                        name="password"
                        autocomplete="current-password"
                        required=true
                        aria-describedby=described
                        aria-invalid=invalid
                    />
                </div>
                <input type="hidden" name="next" value=next />
                <input type="hidden" name="carry" value=form.carry />
                <div class="row">
                    <button class="btn">{t.submit.clone()}</button>
                    <a href="/reset">{all.reset.link.clone()}</a>
                </div>
                {providers}
                {sample}
            </form>
        </Layout>
    }
    .into_any()
}

/// A way through each provider: a link, so that the page's policy need not name where it leads.
fn providers(next: &str, carry: &str, lang: Lang) -> Option<AnyView> {
    let providers = state().site.sso;
    if providers.is_empty() {
        return None;
    }
    let t = &words(lang).sso;
    let form = session::form_key(carry)
        .map(|key| format!("&form={}", encoded(&key)))
        .unwrap_or_default();
    let ways = providers
        .iter()
        .map(|provider| {
            let href = format!("/sso/{}?next={}{form}", provider.id, encoded(next));
            let name = fill(&t.through, &[("name", provider.name.get(lang))]);
            view! {
                <li>
                    <a class="btn quiet" href=href>
                        {name}
                    </a>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <p class="or">
                <span>{t.or.clone()}</span>
            </p>
            <ul class="plain ways-in">{ways}</ul>
        }
        .into_any(),
    )
}
