//! Filing what a colleague prepared.

use domain::people::Actor;

use super::get;
use crate::{
    CoreError, Portal,
    incidents::{
        Filed, NewIncident, NotFiled,
        file::{FromDraft, file_from},
    },
};

/// Why a draft was not filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFiledFromDraft {
    /// There is no such draft, it was discarded, or it is not for who asks to see.
    Gone,
    /// The same as for an incident without a draft.
    NotFiled(NotFiled),
}

/// Files an incident that was prepared as draft `id`, perhaps corrected since. It is filed under the draft's own key,
/// the draft is marked in the same transaction, and the incident says who prepared it. Filed before, by whomever, it
/// gives that number.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is not known whether it was filed, and it may be sent again.
pub async fn file(
    portal: &Portal,
    actor: Actor,
    id: i64,
    new: NewIncident,
) -> Result<Result<Filed, NotFiledFromDraft>, CoreError> {
    let Some(draft) = get(portal, actor, id).await? else {
        return Ok(Err(NotFiledFromDraft::Gone));
    };
    if let Some(number) = draft.filed {
        return Ok(Ok(Filed::Already(number)));
    }
    let new = NewIncident {
        form_key: draft.form_key,
        ..new
    };
    let from = FromDraft {
        id,
        prepared_by: &draft.prepared_by,
    };
    // Its key was asked about when it was prepared.
    match file_from(portal, actor, new, Some(from), true).await? {
        Ok(Some(filed)) => Ok(Ok(filed)),
        // Somebody filed or discarded it while it was being filed here.
        Ok(None) => Ok(match get(portal, actor, id).await? {
            Some(super::Draft {
                filed: Some(number),
                ..
            }) => Ok(Filed::Already(number)),
            _ => Err(NotFiledFromDraft::Gone),
        }),
        Err(not_filed) => Ok(Err(NotFiledFromDraft::NotFiled(not_filed))),
    }
}
