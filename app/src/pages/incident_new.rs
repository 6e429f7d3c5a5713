//! The incident form: the guide's result carried over, the customer's words, review, submit.

use domain::{
    incident::{Field, IncidentNumber},
    plan::Plan,
    text::Lang,
    triage::{Answers, Catalog},
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    Portal,
    accounts::CustomerSummary,
    drafts::{self, Standing},
    incidents::Preview,
};

use super::{Islands, failed, loaded, query, raw_query, sign_in_first};
use crate::{
    api::incidents::FilingStep,
    components::{
        drafts::{barred, hand_over},
        form::{FormErrors, IncidentField, labelled_problem},
        incident::terms,
        layout::{Here, Layout},
        review::Looked,
    },
    islands::{CarriedAnswers, CarriedStart, Packed},
    server::{
        FormProblem, FormReply, IncidentReply, Problem, Visit, guide_data, localized_guide,
        redirect, session, state,
    },
    words::{Words, fill, words},
};

/// The id of the form, and of the one that submits what was looked over.
const FORM: &str = "incident";

/// `/incidents/new`
#[component]
pub fn NewIncidentPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let again = match use_context::<FormReply>() {
        Some(FormReply::Incident(form)) => Some(form),
        _ => None,
    };
    let mut from_address = Answers::from_query(&raw_query());
    // It stands beside the answers in the address, and is none.
    from_address.set("draft", Vec::new());
    let raw_is_empty = from_address.is_empty();
    let fresh = !query("new").is_empty();
    let draft = query("draft");
    loaded(async move {
        let customer = visit.customer().cloned().ok_or(Problem::NotFound)?;
        let form = match again {
            Some(form) => form,
            None if !draft.is_empty() => match prepared(&portal, &visit, &draft).await? {
                Ok(form) => form,
                Err(number) => {
                    redirect(&format!("/incidents/{number}?filed=before"));
                    return Ok(().into_any());
                }
            },
            None if fresh => IncidentReply::default(),
            None => session::waiting_form().await.unwrap_or_default(),
        };
        let catalog = portal_core::products::catalog(&portal, visit.actor()).await.map_err(failed)?;
        let plan = portal.plans().get(&customer.plan_version).ok_or(Problem::Internal)?.clone();
        let data = guide_data(&portal, &plan, &catalog, visit.lang, portal.now());
        let standing = drafts::standing(&portal, visit.actor()).await.map_err(failed)?.unwrap_or_default();
        let t = words(visit.lang);
        let f = &t.form;
        if let Some(preview) = &form.review {
            return Ok(review(&form, preview, &plan, &catalog, &customer, visit.lang));
        }
        // A new visit to the guide counts for more than what a waiting form had been filed with.
        let answers = if from_address.is_empty() || !form.answers.is_empty() && !form.carried { form.answers.clone() } else { from_address };
        let key = if form.key.is_empty() || form.problems.contains(&FormProblem::Key) { portal.new_form_key() } else { form.key.clone() };
        let (no_answers, to_guide) = (f.no_answers.clone(), f.to_guide.clone());
        let waited = form.carried && raw_is_empty;
        provide_context(Packed::new(&CarriedStart {
            data,
            answers,
            waited,
            no_answers,
            to_guide,
        }));
        let fields = Field::ALL
            .into_iter()
            .map(|field| {
                let problem = form.fields.iter().find(|(one, _)| *one == field).map(|(_, problem)| *problem);
                view! { <IncidentField field value=form.draft.get(field).to_owned() problem words=f /> }
            })
            .collect_view();
        let (tier, zone) = terms(Some(&plan), &customer.tier, &customer.zone, visit.lang);
        let for_customer = fill(&f.for_customer, &[("customer", customer.name.as_str()), ("tier", &tier), ("zone", &zone)]);
        let carried = form.carried.then(|| view! { <p class="aside" role="status">{f.carried.clone()}</p> });
        let is_barred = !standing.bars.is_empty();
        let why = is_barred.then(|| barred(&standing, &plan, t, visit.lang).into_string());
        let buttons = buttons(&form, &standing, t);
        Ok(view! {
            <Layout here=Here::Incidents title=f.title.clone() typed=Some(FORM)>
                <div class="form-page stack">
                    <h1>{f.title.clone()}</h1>
                    <p class="mute">{f.intro.clone()} " " {for_customer}</p>
                    {carried}
                    {summary(&form, t)}
                    {why.map(|why| view! { <div inner_html=why></div> })}
                    <form id=FORM method="post" action="/incidents/new" class="stack" novalidate>
                        <input type="hidden" name="key" value=key />
                        <section class="stack" aria-labelledby="result">
                            <h2 id="result">{f.result.clone()}</h2>
                            <CarriedAnswers />
                        </section>
                        {fields}
                        {form.prepared.map(|draft| view! { <input type="hidden" name="draft" value=draft /> })}
                        <div class="stack" inner_html=buttons.into_string()></div>
                    </form>
                </div>
            </Layout>
            <Islands />
        }
        .into_any())
    })
    .into_any()
}

/// The form as a colleague prepared it; or the number, if it was filed meanwhile.
async fn prepared(
    portal: &Portal,
    visit: &Visit,
    draft: &str,
) -> Result<Result<IncidentReply, IncidentNumber>, Problem> {
    let id = draft.parse().map_err(|_| Problem::NotFound)?;
    let draft = drafts::get(portal, visit.actor(), id)
        .await
        .map_err(failed)?
        .ok_or(Problem::NotFound)?;
    Ok(match draft.filed {
        Some(number) => Err(number),
        None => Ok(IncidentReply {
            draft: draft.texts,
            key: draft.form_key,
            answers: draft.answers,
            prepared: Some(id),
            ..IncidentReply::default()
        }),
    })
}

/// The way on: to look it over, or for whoever is barred, to hand it to a colleague; without one, to whom to ask.
fn buttons(form: &IncidentReply, standing: &Standing, t: &Words) -> Markup {
    let f = &t.form;
    let wrong = form.problems.contains(&FormProblem::Colleague);
    html! {
        @if standing.bars.is_empty() {
            div.row.submit {
                button.btn name="step" value=(FilingStep::Review.name()) { (f.review) }
                span.small.mute { (f.review_hint) }
            }
        } @else if !standing.may_file.is_empty() {
            (hand_over(standing, &form.to, wrong, t))
        } @else {
            p.mute { (t.drafts.nobody_hint) " " a href="#barred" { (t.drafts.nobody_ask) } }
        }
    }
}

/// What would be filed, to look over; it is submitted from here.
fn review(
    form: &IncidentReply,
    preview: &Preview,
    plan: &Plan,
    catalog: &Catalog,
    customer: &CustomerSummary,
    lang: Lang,
) -> AnyView {
    let t = words(lang);
    let f = &t.form;
    let guide = localized_guide(plan, catalog, lang);
    let looked = Looked {
        preview,
        plan,
        guide: &guide,
        customer,
        lang,
        t,
    };
    let answers = &preview.answers;
    let left = html! {
        (looked.said(&f.review_lead))
        form.stack id=(FORM) method="post" action="/incidents/new" {
            input type="hidden" name="shown" value=(FilingStep::Review.name());
            input type="hidden" name="key" value=(form.key);
            input type="hidden" name="answers" value=(form.answers.to_query());
            @if let Some(draft) = form.prepared { input type="hidden" name="draft" value=(draft); }
            @for field in Field::ALL { input type="hidden" name=(field.name()) value=(form.draft.get(field)); }
            div.row {
                button.btn name="step" value=(FilingStep::Submit.name()) { (f.submit) }
                button.btn.quiet name="step" value=(FilingStep::Edit.name()) { (f.edit) }
                button.btn.quiet name="step" value={ "/guide?" (answers.to_query()) } { (f.edit_answers) }
                span.small.mute { (f.submit_hint) }
            }
        }
    };
    let right = looked.promise();
    view! {
        <Layout here=Here::Incidents title=f.review_title.clone() typed=Some(FORM)>
            <div class="two">
                <div class="stack" inner_html=left.into_string()></div>
                <aside inner_html=right.into_string()></aside>
            </div>
        </Layout>
    }
    .into_any()
}

/// Everything that is wrong, at the top, each with a link to its field.
fn summary(form: &IncidentReply, t: &Words) -> impl IntoView + use<> {
    let f = &t.form;
    let mut problems: Vec<(String, String)> = Vec::new();
    for problem in &form.problems {
        let (to, words) = match problem {
            FormProblem::Key => ("main", &f.bad_key),
            FormProblem::NotCovered => ("main", &f.not_covered),
            FormProblem::Barred => ("barred", &f.barred),
            FormProblem::Colleague => ("to", &t.drafts.choose_colleague),
            FormProblem::DraftGone => ("main", &t.drafts.gone),
            FormProblem::Answers => ("result", &f.bad_answers),
        };
        problems.push((to.to_owned(), words.clone()));
    }
    for (field, problem) in &form.fields {
        problems.push((
            field.name().to_owned(),
            labelled_problem(*field, *problem, f),
        ));
    }
    view! { <FormErrors title=f.errors.clone() problems kept=f.kept.clone() /> }
}
