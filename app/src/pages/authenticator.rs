//! One's own authenticator app: setting it up, its recovery codes, removing it.

use leptos::prelude::*;
use portal_core::accounts;

use super::{failed, loaded, sign_in_first};
use crate::{
    api::security::AppStep,
    components::{
        layout::{Here, Layout},
        password::code_fault_in_words,
        qr::qr,
    },
    server::{AppChange, CodeFault, FormReply, Problem, SecurityReply, Visit, session, state},
    words::{Authenticator as Words, SecondStep, Waiting, fill, words},
};

/// `/me/security/authenticator`
#[component]
pub fn AuthenticatorPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let change = match use_context::<FormReply>() {
        Some(FormReply::Security(SecurityReply::App(change))) => Some(change),
        _ => None,
    };
    let portal = state().portal;
    loaded(async move {
        let person = visit.person.clone().ok_or(Problem::NotFound)?;
        let all = words(visit.lang);
        let t = &all.authenticator;
        let fault = match &change {
            Some(AppChange::Codes { codes, set_up }) => {
                return Ok(recovery_codes(codes, *set_up, t));
            }
            Some(AppChange::Fault { fault, form }) => Some((*fault, *form)),
            None => None,
        };
        let code = |form: AppStep, label: &str| {
            let fault = fault.filter(|(_, of)| *of == form);
            code_form(
                form,
                label,
                fault.map(|(fault, _)| fault),
                t,
                &all.second_step,
                &all.waiting,
            )
        };
        let left = accounts::recovery_codes_left(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let Some(left) = left else {
            let secret = session::app_secret().await.ok_or(Problem::Internal)?;
            let vendor = &portal.plans().current().vendor;
            let address =
                accounts::app_address(&secret, vendor, &person.email).ok_or(Problem::Internal)?;
            return Ok(set_up(
                &secret,
                address,
                person.role.needs_second_factor(),
                code(AppStep::On, &t.turn_on),
                t,
            ));
        };
        let new_codes = code(AppStep::Codes, &t.new_codes);
        let remove = if person.role.needs_second_factor() {
            view! { <p class="mute">{t.stays.clone()}</p> }.into_any()
        } else {
            let turn_off = code(AppStep::Off, &t.turn_off);
            view! {
                <section class="card stack" aria-labelledby="remove">
                    <h2 id="remove">{t.remove.clone()}</h2>
                    <p>{t.remove_text.clone()}</p>
                    {turn_off}
                </section>
            }
            .into_any()
        };
        Ok(view! {
            <Layout here=Here::Me title=t.title.clone()>
                <div class="form-page stack">
                    <h1>{t.title.clone()}</h1>
                    <p>{t.is_on.clone()}</p>
                    <section class="card stack" aria-labelledby="recovery">
                        <h2 id="recovery">{t.recovery.clone()}</h2>
                        <p>{fill(&t.left, &[("n", &left.to_string())])} " " {t.new_text.clone()}</p>
                        {new_codes}
                    </section>
                    {remove}
                    <p>
                        <a href="/me/security">{t.back.clone()}</a>
                    </p>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// The picture to scan, the secret in text, and the form that confirms it with a code.
fn set_up(
    secret: &str,
    address: String,
    needed: bool,
    turn_on: AnyView,
    t: &'static Words,
) -> AnyView {
    let picture = qr(&address, &t.picture).into_string();
    let groups: Vec<&str> = (0..secret.len())
        .step_by(4)
        .filter_map(|at| secret.get(at..secret.len().min(at + 4)))
        .collect();
    let secret = groups.join(" ");
    let needed = needed.then(|| view! { <p class="aside" role="status">{t.needed.clone()}</p> });
    view! {
        <Layout here=Here::Me title=t.title.clone()>
            <div class="form-page stack">
                <h1>{t.title.clone()}</h1>
                <p class="mute">{t.intro.clone()}</p>
                {needed}
                <section class="card stack" aria-labelledby="scan">
                    <h2 id="scan">{t.scan.clone()}</h2>
                    <p>{t.scan_text.clone()}</p>
                    <div class="app-secret">
                        <div inner_html=picture></div>
                        <div>
                            <p class="mute small" id="secret-label">{t.secret.clone()}</p>
                            <p class="num secret" aria-labelledby="secret-label">{secret}</p>
                            <p class="small">
                                <a href=address>{t.same_device.clone()}</a>
                            </p>
                        </div>
                    </div>
                </section>
                <section class="card stack" aria-labelledby="confirm">
                    <h2 id="confirm">{t.confirm.clone()}</h2>
                    <p>{t.confirm_text.clone()}</p>
                    {turn_on}
                </section>
            </div>
        </Layout>
    }
    .into_any()
}

/// A form that asks for a code; several stand on one page, so that the ids carry its name.
fn code_form(
    form: AppStep,
    label: &str,
    fault: Option<CodeFault>,
    t: &Words,
    step: &SecondStep,
    waiting: &Waiting,
) -> AnyView {
    let name = form.name();
    let (id, hint_id, error_id) = (
        format!("code-{name}"),
        format!("hint-{name}"),
        format!("error-{name}"),
    );
    // Before it is set up there are no recovery codes.
    let hint = if form == AppStep::On {
        &t.code_hint
    } else {
        &step.hint
    };
    let described = match fault {
        Some(_) => format!("{hint_id} {error_id}"),
        None => hint_id.clone(),
    };
    let error = fault.map(|fault| {
        let words = code_fault_in_words(fault, step, waiting);
        view! { <p class="error" id=error_id role="alert">{words}</p> }
    });
    view! {
        <form method="post" action="/me/security/authenticator" class="stack" novalidate>
            <div class="field" class:wrong=fault.is_some()>
                <label for=id.clone()>{step.code.clone()}</label>
                <p class="hint" id=hint_id>{hint.clone()}</p>
                {error}
                <input
                    type="text"
                    id=id
                    name="code"
                    class="code"
                    autocomplete="one-time-code"
                    autocapitalize="none"
                    spellcheck="false"
                    required=true
                    aria-describedby=described
                    aria-invalid=fault.map(|_| "true")
                />
            </div>
            <div class="row">
                <button class="btn" name="step" value=name>{label.to_owned()}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The recovery codes, shown this once.
fn recovery_codes(codes: &[String], set_up: bool, t: &'static Words) -> AnyView {
    let done = set_up.then(|| view! { <p class="card done" role="status">{t.done.clone()}</p> });
    let codes = codes
        .iter()
        .map(|code| view! { <li class="num secret">{code.clone()}</li> })
        .collect_view();
    view! {
        <Layout here=Here::Me title=t.recovery.clone()>
            <div class="form-page stack">
                {done}
                <h1>{t.recovery.clone()}</h1>
                <p>{t.keep.clone()}</p>
                <ol class="codes card">{codes}</ol>
                <p class="mute small">{t.print.clone()}</p>
                <p>
                    <a class="btn" href="/me/security">{t.kept.clone()}</a>
                </p>
            </div>
        </Layout>
    }
    .into_any()
}
