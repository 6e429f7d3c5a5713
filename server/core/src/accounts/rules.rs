//! What a password has to be: long, and not among the first that somebody would try. Nothing about its characters.

use super::{MOST_PASSWORD, Person};

/// The fewest characters of a new password.
pub const LEAST_PASSWORD: usize = 12;

/// With fewer guesses than this a password counts as one that is tried early (the upper end of zxcvbn's score 2).
const FEWEST_GUESSES: u64 = 100_000_000;

/// Beyond this many characters the estimate learns nothing more, and would take long.
const ESTIMATED: usize = 100;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// It has fewer than [`LEAST_PASSWORD`] characters.
    TooShort {
        /// How many it has.
        is: usize,
    },
    /// It has more than [`MOST_PASSWORD`] characters.
    TooLong,
    /// It is on a list of common ones, or made of what such lists hold: words, rows of keys, repetitions.
    Common,
    /// Little more than the person's own name or address, or the vendor's name.
    Personal,
    /// It is the one that it should replace.
    Same,
}

/// Judges a new password of a person. `vendors` are the names of the vendors, which nobody's password should be made of.
///
/// # Errors
/// What is wrong with it.
pub fn check_password(
    password: &str,
    person: &Person,
    vendors: &[&str],
) -> Result<(), PasswordProblem> {
    let is = password.chars().count();
    if is < LEAST_PASSWORD {
        return Err(PasswordProblem::TooShort { is });
    }
    if is > MOST_PASSWORD {
        return Err(PasswordProblem::TooLong);
    }
    let judged: String = password.chars().take(ESTIMATED).collect();
    let words = own_words(person, vendors);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let guesses = |words: &[&str]| zxcvbn::zxcvbn(&judged, words).guesses();
    if guesses(&[]) < FEWEST_GUESSES {
        Err(PasswordProblem::Common)
    } else if guesses(&words) < FEWEST_GUESSES || is_made_of(&judged, &words) {
        Err(PasswordProblem::Personal)
    } else {
        Ok(())
    }
}

/// The person's name, address and customer, and the vendors, whole and in their parts.
fn own_words(person: &Person, vendors: &[&str]) -> Vec<String> {
    let customer = person
        .customer
        .as_ref()
        .map_or("", |customer| &customer.name);
    let mut words = Vec::new();
    for text in [person.name.as_str(), &person.email, customer]
        .into_iter()
        .chain(vendors.iter().copied())
    {
        let text = text.to_lowercase();
        words.extend(
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|part| part.chars().count() >= 2)
                .map(str::to_owned),
        );
        words.push(text.split_whitespace().collect());
        words.push(text);
    }
    // The longest first: a part must not hide the whole.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words.retain(|word| !word.is_empty());
    words
}

/// Whether fewer than four letters or digits are left once the words are taken out.
fn is_made_of(password: &str, words: &[&str]) -> bool {
    let mut left = password.to_lowercase();
    for word in words {
        left = left.replace(word, "");
    }
    left != password.to_lowercase() && left.chars().filter(|c| c.is_alphanumeric()).count() < 4
}

#[cfg(test)]
mod tests {
    use domain::people::{Actor, Role};

    use super::*;

    fn person() -> Person {
        Person {
            actor: Actor::Vendor {
                person: 1,
                role: Role::Engineer,
            },
            id: 1,
            role: Role::Engineer,
            name: "Wilhelmina Oduya".to_owned(),
            email: "mina.oduya@interactor.example".to_owned(),
            customer: None,
            language: None,
            zone: None,
            second_factor: false,
        }
    }

    fn check(password: &str) -> Result<(), PasswordProblem> {
        check_password(password, &person(), &["Interactor", "인터랙터"])
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(
            check("eleven-char"),
            Err(PasswordProblem::TooShort { is: 11 })
        );
        assert_eq!(
            check("열한 글자인 것은 안"),
            Err(PasswordProblem::TooShort { is: 11 })
        );
        assert_eq!(check(&"a".repeat(1025)), Err(PasswordProblem::TooLong));
        assert_eq!(check(&"lantern willow 7 ".repeat(60)), Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for bad in [
            "password1234",
            "Password123!",
            "qwertyuiop123",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "123456789012345",
            "iloveyou1234",
            "P@ssw0rdP@ssw0rd",
        ] {
            assert_eq!(check(bad), Err(PasswordProblem::Common), "{bad}");
        }
    }

    #[test]
    fn ones_own_name_and_the_vendors_are_refused() {
        for bad in [
            "Wilhelmina Oduya",
            "wilhelminaoduya1",
            "mina.oduya@interactor.example",
            "Interactor-Oduya",
            "인터랙터 인터랙터 인터랙터",
        ] {
            assert_eq!(check(bad), Err(PasswordProblem::Personal), "{bad}");
        }
    }

    #[test]
    fn nothing_is_asked_of_its_characters() {
        for good in [
            "correct horse battery staple",
            "lantern willow compass",
            "kfjwoqpznxmv",
            "728391650274",
            "강물 위의 노란 등불 하나",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}
