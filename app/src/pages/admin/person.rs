//! One person: who they are, how they get in, what they are certified for.

use domain::{
    people::{Certification, Phase, Role},
    plan::Plan,
    text::Lang,
};
use leptos::prelude::*;
use portal_core::{
    accounts::{Link, LinkKind},
    certifications::Kept,
    customers,
    people::{self, PersonForm, Record},
};

use super::{
    super::{failed, loaded, query, sign_in_first},
    below,
    form::{Spec, TypedForm, act, certification_words},
    id_in_address, items, new_below, notice, only_administrators, section,
};
use crate::{
    api::people::PersonStep,
    components::{form::Input, role::role_name},
    format,
    server::{FormReply, Problem, ReaderClock, TypedReply, Visit, state},
    words::{Words, fill, words},
};

/// `/admin/people/new`
#[component]
pub fn NewPersonPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let t = words(visit.lang);
    let form = TypedForm::of("person", t);
    let customer = query("customer");
    loaded(async move {
        only_administrators(&portal, visit.actor()).await?;
        let names = customers::names(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let p = &t.admin_people;
        let kept = PersonForm {
            role: Role::Contact.name().to_owned(),
            customer,
            ..PersonForm::default()
        };
        let form = form.card(
            "/admin/people/new".to_owned(),
            Vec::new(),
            fields(kept, names, t),
            &p.add,
        );
        Ok(new_below(
            ("/admin/people", &p.title),
            &p.new_title,
            Some(&p.new_text),
            form,
        ))
    })
    .into_any()
}

/// `/admin/people/{id}`
#[component]
pub fn PersonPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let state = state();
    let portal = state.portal;
    let id = id_in_address();
    let t = words(visit.lang);
    let form = TypedForm::of("person", t);
    let leave = TypedForm::of("leave", t);
    let link = match use_context::<FormReply>() {
        Some(FormReply::Typed(TypedReply { link, .. })) => link,
        _ => None,
    };
    let done = notice(t);
    loaded(async move {
        let id = id.ok_or(Problem::NotFound)?;
        let record = people::get(&portal, visit.actor(), id).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let names = customers::names(&portal, visit.actor()).await.map_err(failed)?;
        let clock = ReaderClock::of(&visit, &portal);
        let plan = record.plan_version.as_deref().and_then(|version| portal.plans().get(version)).cloned();
        let p = &t.admin_people;
        let kept = PersonForm {
            name: record.name.clone(),
            email: record.email.clone(),
            role: record.role.name().to_owned(),
            customer: record.customer.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        };
        let link = link.map(|link| handed_over(&link, &state.site.origin, &clock, t));
        let left = record.left_at.map(|at| {
            let on = format::exact(clock.local(at), &t.times);
            view! { <p class="card note">{fill(&p.left_on, &[("date", &on)])}</p> }
        });
        let edit = record
            .left_at
            .is_none()
            .then(|| form.card(address(id), vec![("step", PersonStep::Save.name().to_owned())], fields(kept, names, t), &t.admin.save));
        let (leave_errors, _) = leave.view(Vec::new());
        let body = view! {
            <h1 class="long">{record.name.clone()}</h1>
            <p class="mute">{subtitle(&record, t)}</p>
            {done}
            {link}
            {leave_errors}
            {left}
            <div class="two">
                <div class="stack">{edit} {certifications(&record, plan.as_deref(), t, visit.lang)}</div>
                <aside class="stack">{access(&record, &clock, t)} {looks_after(&record, t)}</aside>
            </div>
        };
        Ok(below(("/admin/people", &p.title), &record.name, body.into_any()))
    })
    .into_any()
}

fn address(id: i64) -> String {
    format!("/admin/people/{id}")
}

fn subtitle(record: &Record, t: &Words) -> String {
    let role = role_name(record.role, &t.roles);
    let designated = record
        .designated
        .then(|| t.admin_people.state_designated.clone());
    let customer = record.customer.as_ref().map(|(_, name)| name.clone());
    [Some(role), customer, designated]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn fields(kept: PersonForm, names: Vec<String>, t: &Words) -> Vec<Spec> {
    let p = &t.admin_people;
    let roles = Role::OF_PEOPLE
        .into_iter()
        .map(|role| (role.name().to_owned(), role_name(role, &t.roles)))
        .collect();
    vec![
        Spec::new("name", &p.name, Input::Line("text"), kept.name),
        Spec::new("email", &p.email, Input::Line("email"), kept.email),
        Spec::new("role", &p.role, Input::Choice(roles), kept.role).hint(&p.role_hint),
        Spec::new(
            "customer",
            &p.customer,
            Input::Proposed(names),
            kept.customer,
        )
        .hint(&p.customer_hint)
        .optional(),
    ]
}

/// A link that was just made: this is the only time that it is shown.
fn handed_over(
    (kind, link): &(LinkKind, Link),
    origin: &str,
    clock: &ReaderClock,
    t: &Words,
) -> impl IntoView + use<> {
    let p = &t.admin_people;
    let title = match kind {
        LinkKind::Invitation => &p.invitation_made,
        LinkKind::Reset => &p.reset_made,
    };
    let until = format::exact(clock.local(link.expires_at), &t.times);
    let until = fill(&p.link_until, &[("date", &until), ("zone", &clock.zone)]);
    view! {
        <section class="card done stack" role="status" aria-labelledby="link">
            <h2 id="link">{title.clone()}</h2>
            <p class="typed num"><code>{format!("{origin}/invitation/{}", link.token)}</code></p>
            <p class="small mute">{p.link_once.clone()} " " {until}</p>
        </section>
    }
}

/// How they get in, and that they left.
fn access(record: &Record, clock: &ReaderClock, t: &Words) -> impl IntoView + use<> {
    let p = &t.admin_people;
    let button = |step: PersonStep, words: &str| {
        act(
            address(record.id),
            vec![("step", step.name().to_owned())],
            words,
            None,
        )
    };
    let acts = if record.left_at.is_some() {
        vec![button(PersonStep::Back, &p.come_back)]
    } else {
        let link = if record.has_password {
            button(PersonStep::Reset, &p.make_reset)
        } else {
            button(PersonStep::Invite, &p.make_invitation)
        };
        let factor = record
            .second_factor
            .then(|| button(PersonStep::SecondFactor, &p.remove_second_factor));
        [
            Some(link),
            factor,
            Some(button(PersonStep::Leave, &p.leave)),
        ]
        .into_iter()
        .flatten()
        .collect()
    };
    let yes_no = |is: bool| {
        if is {
            p.is_set.clone()
        } else {
            p.is_not_set.clone()
        }
    };
    let open = record.link_until.map(|until| {
        let until = format::exact(clock.local(until), &t.times);
        view! { <p class="small mute">{fill(&p.link_open, &[("date", &until)])}</p> }
    });
    let refused = record.refused.as_ref().map(|(at, why)| {
        let on = format::exact(clock.local(*at), &t.times);
        view! { <p class="card note">{fill(&t.work.address_refused, &[("date", &on), ("why", why)])}</p> }
    });
    let content = view! {
        <dl class="facts">
            <dt>{p.password.clone()}</dt>
            <dd>{yes_no(record.has_password)}</dd>
            <dt>{p.second_factor.clone()}</dt>
            <dd>{yes_no(record.second_factor)}</dd>
        </dl>
        {refused}
        {open}
        <div class="stack acts">{acts}</div>
        {record.left_at.is_none().then(|| view! { <p class="small mute">{p.leave_hint.clone()}</p> })}
    };
    section("access", &p.access, content)
}

/// The customers of an account manager.
fn looks_after(record: &Record, t: &Words) -> impl IntoView + use<> {
    let p = &t.admin_people;
    (record.role == Role::AccountManager).then(|| {
        let rows = record
            .assigned
            .iter()
            .map(|(id, name)| view! { <li><a href=format!("/admin/customers/{id}")>{name.clone()}</a></li> })
            .collect_view();
        section("looks-after", &p.looks_after, items("plain", rows, &p.looks_after_none))
    })
}

/// What they hold, each to be corrected or removed, and a form for another.
fn certifications(record: &Record, plan: Option<&Plan>, t: &'static Words, lang: Lang) -> AnyView {
    let (true, Some(plan)) = (record.customer.is_some(), plan) else {
        return ().into_any();
    };
    let p = &t.admin_people;
    let open = record.left_at.is_none();
    let rows = record
        .certifications
        .iter()
        .map(|kept| certification(record, kept, plan, t, lang))
        .collect_view();
    let add = open.then(|| {
        let form = TypedForm::of("certify", t);
        let fields = certification_fields(None, plan, t, lang);
        let card = form.card(
            address(record.id),
            vec![("step", PersonStep::Certify.name().to_owned())],
            fields,
            &p.certify,
        );
        form.folded(p.certify_title.clone(), card)
    });
    view! {
        <section class="card stack" id="certifications" aria-labelledby="certifications-title">
            <h2 id="certifications-title">{p.certifications.clone()}</h2>
            {items("plain rows", rows, &p.no_certifications)}
            {add}
        </section>
    }
    .into_any()
}

/// One that they hold.
fn certification(
    record: &Record,
    kept: &Kept,
    plan: &Plan,
    t: &'static Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let p = &t.admin_people;
    let one = &kept.certification;
    let state = record.today.map(|today| match one.phase(today) {
        Phase::NotYet => p.phase_not_yet.clone(),
        Phase::Expired => p.phase_expired.clone(),
        Phase::Valid { days_left } => fill(&p.phase_valid, &[("n", &days_left.to_string())]),
    });
    let words = certification_words(one, t);
    let change = record.left_at.is_none().then(|| {
        let form = TypedForm::of(format!("correct-{}", kept.id), t);
        let id = ("certification", kept.id.to_string());
        let fields = certification_fields(Some(one), plan, t, lang);
        let card = form.card(
            address(record.id),
            vec![("step", PersonStep::Correct.name().to_owned()), id.clone()],
            fields,
            &t.admin.save,
        );
        let named = fill(&p.remove_named, &[("number", &one.number)]);
        let remove = act(
            address(record.id),
            vec![("step", PersonStep::Uncertify.name().to_owned()), id],
            &p.remove,
            Some(named),
        );
        let line = fill(&p.correct, &[("number", &one.number)]);
        form.folded(line, (card, remove))
    });
    view! {
        <li>
            <p>{words} {state.map(|state| view! { " · " <b>{state}</b> })}</p>
            {change}
        </li>
    }
}

fn certification_fields(
    one: Option<&Certification>,
    plan: &Plan,
    t: &Words,
    lang: Lang,
) -> Vec<Spec> {
    let p = &t.admin_people;
    let asked = &plan.certification;
    let named = |text: &domain::text::Text| (text.en.clone(), text.get(lang).to_owned());
    let mut levels: Vec<_> = asked.ladder.iter().map(named).collect();
    let mut tracks = vec![named(&asked.track)];
    // What another plan had stays to be seen.
    if let Some(one) = one {
        for (offered, own) in [(&mut tracks, &one.track), (&mut levels, &one.level)] {
            if offered.iter().all(|(id, _)| id != own) {
                offered.push((own.clone(), own.clone()));
            }
        }
    }
    let kept = |of: fn(&Certification) -> String| one.map(of).unwrap_or_default();
    vec![
        Spec::new(
            "track",
            &p.track,
            Input::Choice(tracks),
            kept(|one| one.track.clone()),
        ),
        Spec::new(
            "level",
            &p.level,
            Input::Choice(levels),
            kept(|one| one.level.clone()),
        ),
        Spec::new(
            "number",
            &p.number,
            Input::Line("text"),
            kept(|one| one.number.clone()),
        ),
        Spec::new(
            "issued",
            &p.issued,
            Input::Line("date"),
            kept(|one| one.issued.to_string()),
        ),
        Spec::new(
            "expires",
            &p.expires,
            Input::Line("date"),
            kept(|one| one.expires.to_string()),
        )
        .hint(&p.expires_hint),
    ]
}
