//! The names of roles.

use domain::people::Role;

use crate::words::Roles;

/// A role's name to read.
pub fn role_name(role: Role, roles: &Roles) -> String {
    match role {
        Role::Contact => &roles.contact,
        Role::Coordinator => &roles.coordinator,
        Role::AccountManager => &roles.account_manager,
        Role::Engineer => &roles.engineer,
        Role::Administrator => &roles.administrator,
        Role::Anonymous => &roles.anonymous,
        Role::Operator => &roles.operator,
    }
    .clone()
}
