//! Keeping customers.

use leptos::prelude::*;

domain::named! {
    /// What the forms of a customer ask for: the values of `step`.
    pub enum CustomerStep;

    /// The customer is changed.
    Save = "save",
    /// An account manager looks after it from now on.
    Assign = "assign",
    /// An account manager looks after it no more.
    Unassign = "unassign",
}

/// Takes the form at `/admin/customers/new`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/customers/new")]
pub async fn add_customer() -> Result<(), ServerFnError> {
    use portal_core::customers;

    use crate::server::{ReplySlot, TypedReply, Visit, state};

    let added = customers::add(&state().portal, Visit::current().actor(), &typed()).await;
    ReplySlot::give(TypedReply::saved("customer", added, |id| {
        format!("/admin/customers/{id}?done=added")
    }));
    Ok(())
}

/// Takes the forms at `/admin/customers/{id}`: the customer itself, and who looks after it.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/customers/id")]
pub async fn keep_customer() -> Result<(), ServerFnError> {
    use portal_core::customers;

    use crate::server::{Problem, Reply, ReplySlot, Typed, TypedReply, Visit, state};

    let (portal, actor, sent) = (state().portal, Visit::current().actor(), Typed::current());
    let to = |()| format!("{}?done=saved", sent.path());
    // A person of no id is nobody who can be chosen.
    let manager = sent.get("manager").parse().unwrap_or_default();
    let step = CustomerStep::parse(&sent.get("step"));
    let (Some(id), Some(step)) = (sent.record(), step) else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    ReplySlot::give(match step {
        CustomerStep::Save => {
            let saved = customers::change(&portal, actor, id, &typed()).await;
            TypedReply::saved("customer", saved, to)
        }
        CustomerStep::Assign => {
            let saved = customers::assign(&portal, actor, id, manager).await;
            TypedReply::saved("assign", saved, to)
        }
        CustomerStep::Unassign => {
            let done = customers::unassign(&portal, actor, id, manager).await;
            TypedReply::done(done, || to(()))
        }
    });
    Ok(())
}

#[cfg(feature = "ssr")]
fn typed() -> portal_core::customers::CustomerForm {
    let sent = crate::server::Typed::current();
    portal_core::customers::CustomerForm {
        name: sent.get("name"),
        plan: sent.get("plan"),
        tier: sent.get("tier"),
        zone: sent.get("zone"),
        starts: sent.get("starts"),
        ends: sent.get("ends"),
        elected: sent.get("elected"),
        domains: sent.get("domains"),
        installed: sent.all("installed[]").map(str::to_owned).collect(),
    }
}
