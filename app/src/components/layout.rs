//! The frame around every page.

#[cfg(feature = "ssr")]
pub use frame::*;

#[cfg(feature = "ssr")]
mod frame {
    use axum::http::request::Parts;
    use domain::{
        people::{Actor, Operation, Relation, allows},
        text::Lang,
    };
    use leptos::prelude::*;
    use leptos_meta::Title;

    use super::super::form::escaped;
    use crate::{
        format::language_name,
        server::{Visit, state},
        words::{Frame, fill, words},
    };

    /// Which entry of the navigation a page belongs to.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Here {
        /// The plan.
        Plan,
        /// The guide.
        Guide,
        /// The releases.
        Releases,
        /// The incidents.
        Incidents,
        /// The contacts board.
        Contacts,
        /// What the reader's customer subscribed to.
        Account,
        /// The customers that an account manager looks after.
        Accounts,
        /// The engineers' queue.
        Desk,
        /// The administration.
        Admin,
        /// What is the visitor's own.
        Me,
        /// None of them.
        Elsewhere,
    }

    /// Where the visitor is, to come back to after choosing a language.
    fn path_and_query() -> String {
        use_context::<Parts>()
            .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
            .unwrap_or_else(|| "/".to_owned())
    }

    /// The navigation: what this visitor may open, by the permission table.
    fn entries(actor: Actor, t: &Frame) -> Vec<(Here, &'static str, &str)> {
        use Operation as O;
        let own = if actor.customer().is_some() {
            Relation::OwnCustomer
        } else {
            Relation::Vendor
        };
        // A visitor sees the way to the incidents: it leads through signing in.
        let everyone = actor == Actor::Anonymous;
        let reads_incidents = [own, Relation::Assigned, Relation::OtherCustomer]
            .into_iter()
            .any(|relation| allows(actor, relation, O::ReadIncident));
        [
            (true, Here::Plan, "/plan", &t.plan),
            (true, Here::Guide, "/guide", &t.guide),
            (true, Here::Releases, "/releases", &t.releases),
            (
                everyone || reads_incidents,
                Here::Incidents,
                "/incidents",
                &t.incidents,
            ),
            (
                allows(actor, own, O::ReadContacts),
                Here::Contacts,
                "/contacts",
                &t.contacts,
            ),
            (
                allows(actor, own, O::ReadAccount),
                Here::Account,
                "/account",
                &t.account,
            ),
            (
                allows(actor, own, O::ListAccounts),
                Here::Accounts,
                "/accounts",
                &t.accounts,
            ),
            (
                allows(actor, own, O::ReadDesk),
                Here::Desk,
                "/desk",
                &t.desk,
            ),
            (
                allows(actor, own, O::ManageCustomers),
                Here::Admin,
                "/admin",
                &t.admin,
            ),
        ]
        .into_iter()
        .filter(|(may, ..)| *may)
        .map(|(_, here, href, words)| (here, href, words.as_str()))
        .collect()
    }

    /// Header, navigation, the page and the footer.
    ///
    /// `typed` is the id of a form that is being typed in. Whoever chooses another language sends that form, and its
    /// server function shows it again with what was typed: see
    /// [`ReplySlot::only_language`](crate::server::ReplySlot::only_language).
    #[component]
    pub fn Layout(
        here: Here,
        #[prop(into)] title: String,
        #[prop(optional_no_strip)] typed: Option<&'static str>,
        children: Children,
    ) -> impl IntoView {
        let visit = Visit::current();
        let t = &words(visit.lang).frame;
        let plan = state().portal.plans().current().clone();
        let name = plan.title.get(visit.lang).to_owned();
        let entry = |to: Here, href: &'static str, words: &str| {
            view! { <a href=href aria-current=(to == here).then_some("page")>{words.to_owned()}</a> }
        };
        let entries = entries(visit.actor(), t)
            .into_iter()
            .map(|(to, href, words)| entry(to, href, words))
            .collect_view();
        let languages = Lang::ALL
            .into_iter()
            .map(|lang| {
                let current = lang == visit.lang;
                view! {
                    <button
                        form=typed
                        formnovalidate=typed.is_some()
                        name=if typed.is_some() { "language" } else { "to" }
                        value=lang.tag()
                        lang=lang.tag()
                        aria-pressed=if current { "true" } else { "false" }
                    >
                        {language_name(lang)}
                    </button>
                }
            })
            .collect_view();
        // The return key presses a form's first button, which must not be one of the languages.
        let pressed_by_return = typed
            .map(|form| view! { <button class="sr" form=form tabindex="-1" aria-hidden="true"></button> });
        let account = match &visit.person {
            Some(person) => {
                let who = fill(&t.signed_in_as, &[("name", &person.name)]);
                view! {
                    <form method="post" action="/sign-out" class="account">
                        <a class="who" href="/me" title=t.yours.clone() aria-current=(here == Here::Me).then_some("page")>{who}</a>
                        <button class="link">{t.sign_out.clone()}</button>
                    </form>
                }
                .into_any()
            }
            None => view! { <a href="/sign-in">{t.sign_in.clone()}</a> }.into_any(),
        };
        let title = if title == name {
            title
        } else {
            format!("{title} – {name}")
        };
        view! {
            <Title text=escaped(&title) />
            <a class="skip" href="#main">{t.skip.clone()}</a>
            <header class="bar">
                <a class="brand" href="/">{name}</a>
                <nav aria-label=t.nav.clone()>
                    {entries}
                </nav>
                <div class="end">
                    <form method="post" action="/language" class="languages" aria-label=t.language.clone()>
                        <input type="hidden" name="back" value=path_and_query() />
                        {pressed_by_return}
                        {languages}
                    </form>
                    {account}
                </div>
            </header>
            <main id="main" tabindex="-1">{children()}</main>
            <footer class="foot small">
                <p>{fill(&t.footer, &[("vendor", &plan.vendor), ("version", &plan.version)])}</p>
            </footer>
        }
    }
}
