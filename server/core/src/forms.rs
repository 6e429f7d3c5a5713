//! What can be wrong with what somebody typed into a form of the administration: one vocabulary for all of them, so
//! that each is said in the same words. A field is named as the form names it.

use domain::{calendar::LocalDate, people::Certification};

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was typed or chosen.
    Empty,
    /// More characters than it holds.
    TooLong {
        /// How many there are.
        is: usize,
        /// How many fit.
        most: usize,
    },
    /// It has a character that cannot be kept, such as a control character.
    Control,
    /// It is no date.
    NotADate,
    /// It is no whole number from 0 to this.
    NotANumber {
        /// The highest.
        most: u32,
    },
    /// It is none of what can be chosen.
    NotOffered,
    /// Another record has it already.
    Taken,
    /// The last day comes before the first.
    EndsBeforeStart,
    /// Fewer seats than are taken; so many designations have to be withdrawn first.
    SeatsInUse {
        /// How many.
        withdraw: u32,
    },
    /// This is no domain name.
    NotADomain(String),
    /// Everybody can have an address of this domain.
    PublicDomain(String),
    /// The domain belongs to another customer.
    DomainTaken {
        /// The domain.
        domain: String,
        /// The other customer's name.
        customer: String,
    },
    /// It is no e-mail address.
    NotAnEmail,
    /// No customer has this name.
    UnknownCustomer,
    /// A contact belongs to a customer.
    NeedsCustomer,
    /// The vendor's people belong to no customer.
    NoCustomer,
    /// Nobody would be left to administer the portal.
    LastAdministrator,
    /// The plan of this person's customer is not loaded, or they have no customer.
    NoPlan,
    /// Another certification of the same level covers some of these days.
    Overlaps(Certification),
    /// It is no version such as `8.4.2`.
    NotAVersion,
    /// It is not made of small letters, digits and hyphens.
    NotASlug,
    /// These names between braces are no placeholders.
    UnknownPlaceholders(Vec<String>),
}

/// Everything that is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrongs(Vec<(&'static str, Wrong)>);

/// Why a form changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// There is no such record, or it is not for the one who asks to change.
    NotFound,
    /// Something is wrong with it.
    Invalid(Wrongs),
}

impl Wrongs {
    /// One thing that is wrong.
    pub fn one(field: &'static str, wrong: Wrong) -> Self {
        Self(vec![(field, wrong)])
    }

    /// What is wrong, field by field.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Wrong)> {
        self.0.iter().map(|(field, wrong)| (*field, wrong))
    }

    /// What is wrong with a field first of all.
    pub fn of(&self, field: &str) -> Option<&Wrong> {
        let (_, wrong) = self.0.iter().find(|(one, _)| *one == field)?;
        Some(wrong)
    }

    /// `value` if nothing is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, NotSaved> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(NotSaved::Invalid(self))
        }
    }

    pub(crate) fn add(&mut self, field: &'static str, wrong: Wrong) {
        self.0.push((field, wrong));
    }

    /// A line of text that must be there, without blanks around it.
    pub(crate) fn line(&mut self, field: &'static str, typed: &str, most: usize) -> String {
        let text = typed.trim();
        if text.is_empty() {
            self.add(field, Wrong::Empty);
        } else {
            self.limits(field, text, most, char::is_control);
        }
        text.to_owned()
    }

    /// Lines of text that may be empty, each break as one character.
    pub(crate) fn lines(&mut self, field: &'static str, typed: &str, most: usize) -> String {
        let text = typed.replace("\r\n", "\n");
        let text = text.trim();
        self.limits(field, text, most, |c| {
            c.is_control() && !matches!(c, '\n' | '\t')
        });
        text.to_owned()
    }

    fn limits(&mut self, field: &'static str, text: &str, most: usize, bad: fn(char) -> bool) {
        let is = text.chars().count();
        if is > most {
            self.add(field, Wrong::TooLong { is, most });
        } else if text.chars().any(bad) {
            self.add(field, Wrong::Control);
        }
    }

    /// A date that must be there.
    pub(crate) fn date(&mut self, field: &'static str, typed: &str) -> LocalDate {
        let typed = typed.trim();
        if typed.is_empty() {
            self.add(field, Wrong::Empty);
            return LocalDate::default();
        }
        typed.parse().unwrap_or_else(|_| {
            self.add(field, Wrong::NotADate);
            LocalDate::default()
        })
    }

    /// Two days of which the first is not after the last.
    pub(crate) fn days(
        &mut self,
        (from, first): (&'static str, &str),
        (to, last): (&'static str, &str),
    ) -> (LocalDate, LocalDate) {
        let before = self.0.len();
        let days = (self.date(from, first), self.date(to, last));
        if self.0.len() == before && days.1 < days.0 {
            self.add(to, Wrong::EndsBeforeStart);
        }
        days
    }

    /// A whole number from 0 to `most`; nothing counts as 0.
    pub(crate) fn number(&mut self, field: &'static str, typed: &str, most: u32) -> u32 {
        match typed.trim() {
            "" => 0,
            typed => match typed.parse() {
                Ok(number) if number <= most => number,
                _ => {
                    self.add(field, Wrong::NotANumber { most });
                    0
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_trimmed_and_measured_in_characters() {
        let mut wrongs = Wrongs::default();
        assert_eq!(wrongs.line("name", " 한강 ", 2), "한강");
        assert_eq!(wrongs.lines("notes", "a\r\nb\n", 3), "a\nb");
        assert_eq!(wrongs.number("seats", "", 5), 0);
        assert_eq!(wrongs.number("seats", " 5 ", 5), 5);
        assert_eq!(wrongs, Wrongs::default());

        wrongs.line("a", " \n", 2);
        wrongs.line("b", "abc", 2);
        wrongs.line("c", "a\tb", 9);
        wrongs.lines("d", "a\0", 9);
        wrongs.number("e", "-1", 5);
        wrongs.number("f", "6", 5);
        wrongs.date("g", "2026-02-30");
        wrongs.days(("h", "2026-03-02"), ("i", "2026-03-01"));
        wrongs.days(("j", ""), ("k", "2026-03-01"));
        let found: Vec<_> = wrongs
            .iter()
            .map(|(field, wrong)| (field, wrong.clone()))
            .collect();
        assert_eq!(
            found,
            [
                ("a", Wrong::Empty),
                ("b", Wrong::TooLong { is: 3, most: 2 }),
                ("c", Wrong::Control),
                ("d", Wrong::Control),
                ("e", Wrong::NotANumber { most: 5 }),
                ("f", Wrong::NotANumber { most: 5 }),
                ("g", Wrong::NotADate),
                ("i", Wrong::EndsBeforeStart),
                ("j", Wrong::Empty),
            ]
        );
        assert_eq!(wrongs.of("b"), Some(&Wrong::TooLong { is: 3, most: 2 }));
        assert!(wrongs.or(()).is_err());
    }
}
