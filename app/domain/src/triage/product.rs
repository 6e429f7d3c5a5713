//! Products and their releases, so that 6(c) and 7(iv) answer themselves.

use serde::{Deserialize, Serialize};

use super::{Answers, Choice, Choose, Guide, Outcome, answers::is_id};
use crate::calendar::LocalDate;

/// How the vendor supports a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportState {
    /// Supported, and no later Minor release to install.
    Current,
    /// Supported, but a later Minor release exists: 6(c) asks to install it promptly.
    Superseded {
        /// The latest release of the same Major line.
        by: String,
    },
    /// Support and Maintenance have ended: 7(iv).
    Discontinued,
}

/// A release of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its version, such as `8.4.2`: Major line first.
    pub version: String,
    /// Whether Support and Maintenance for it have ended.
    pub discontinued: bool,
}

/// A product that the vendor licenses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its name in answers.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its releases, in any order.
    pub releases: Vec<Release>,
}

/// The products that can be chosen in the guide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// In the order in which they are shown.
    pub products: Vec<Product>,
}

/// Whether `version` is one that releases can be compared by: numbers, separated by dots.
pub fn is_version(version: &str) -> bool {
    !version.is_empty()
        && version.split('.').all(|number| {
            !number.is_empty()
                && number.len() <= 9
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Whether a release of this date is out on `today`: only then is it there to be installed, and only then does it
/// supersede anything. One whose date is not known is out.
pub fn is_out(released_on: Option<LocalDate>, today: LocalDate) -> bool {
    released_on.is_none_or(|on| on <= today)
}

/// The numbers of a version, for comparing.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map(|number| number.parse().unwrap_or(0))
        .collect()
}

impl Product {
    /// The option id of a release in the guide: `studio:8.4.2`.
    pub fn option_id(&self, version: &str) -> String {
        format!("{}:{version}", self.id)
    }

    /// The support state of one of its releases.
    ///
    /// Every later release of the same Major line counts as a Minor release; a new Major line supersedes nothing.
    pub fn state(&self, release: &Release) -> SupportState {
        if release.discontinued {
            return SupportState::Discontinued;
        }
        self.later(release)
            .last()
            .map_or(SupportState::Current, |latest| SupportState::Superseded {
                by: latest.version.clone(),
            })
    }

    /// The supported Minor releases of the same Major line that came after it, the earliest first: what 6(c) asks
    /// whoever uses it to install.
    pub fn later(&self, release: &Release) -> Vec<&Release> {
        let own = numbers(&release.version);
        let mut later: Vec<_> = self
            .releases
            .iter()
            .filter(|other| !other.discontinued)
            .map(|other| (numbers(&other.version), other))
            .filter(|(version, _)| version.first() == own.first() && *version > own)
            .collect();
        later.sort_by(|(a, _), (b, _)| a.cmp(b));
        later.into_iter().map(|(_, other)| other).collect()
    }

    /// The state of one of its releases as it was for `option` of `question` when `outcome` was computed, whatever became
    /// of the release since.
    fn state_then(
        &self,
        release: &Release,
        question: &str,
        option: &str,
        outcome: &Outcome,
    ) -> SupportState {
        let mut excluded = outcome.excluded.iter();
        if excluded.any(|one| one.question == question && one.option == option) {
            return SupportState::Discontinued;
        }
        let mut unmet = outcome.unmet.iter();
        if !unmet.any(|one| one.question == question && one.option == option) {
            return SupportState::Current;
        }
        let own = numbers(&release.version);
        // What superseded it then may be discontinued by now.
        let line = self.latest_first().into_iter().find(|other| {
            let version = numbers(&other.version);
            version.first() == own.first() && version > own
        });
        let by = self.later(release).pop().or(line).unwrap_or(release);
        SupportState::Superseded {
            by: by.version.clone(),
        }
    }

    /// The release that whoever uses `release` should install: the latest Minor release of its line; for a
    /// discontinued line without one the latest supported release of all. `None` if there is nothing newer to install.
    pub fn to_install(&self, release: &Release) -> Option<&Release> {
        let later = self.later(release).pop();
        if later.is_some() || !release.discontinued {
            return later;
        }
        let own = numbers(&release.version);
        self.latest_first()
            .into_iter()
            .find(|other| !other.discontinued)
            .filter(|other| numbers(&other.version) > own)
    }

    /// The latest supported release of a later Major line, which section 3 includes besides what is
    /// [`to_install`](Self::to_install). `None` if there is none, or if it is that.
    pub fn included_major(&self, release: &Release) -> Option<&Release> {
        let line = |version: &str| numbers(version).first().copied();
        self.latest_first()
            .into_iter()
            .find(|other| !other.discontinued)
            .filter(|other| line(&other.version) > line(&release.version))
            .filter(|other| self.to_install(release) != Some(*other))
    }

    /// Its releases, the latest first.
    pub fn latest_first(&self) -> Vec<&Release> {
        let mut releases: Vec<_> = self.releases.iter().collect();
        releases.sort_by_key(|release| std::cmp::Reverse(numbers(&release.version)));
        releases
    }
}

impl Catalog {
    /// The release that an answer names, with its product.
    pub fn find(&self, option: &str) -> Option<(&Product, &Release)> {
        let (product, version) = option.split_once(':')?;
        let product = self
            .products
            .iter()
            .find(|candidate| candidate.id == product)?;
        let release = product
            .releases
            .iter()
            .find(|release| release.version == version)?;
        Some((product, release))
    }
}

/// The words that a release's option in the guide needs, in the language `T` stands for.
pub trait ReleaseWords<T> {
    /// The option itself: the version and its support state.
    fn label(&self, product: &Product, release: &Release, state: &SupportState) -> T;
    /// The answer as a reason: "because you answered that …".
    fn because(&self, product: &Product, release: &Release, state: &SupportState) -> T;
    /// What to do about a superseded release.
    fn to_do(&self, product: &Product, by: &str) -> T;
    /// The heading that a product's releases stand under.
    fn group(&self, product: &Product) -> T;
}

impl<T> Guide<T> {
    /// Puts the catalog's releases before the plan's own options wherever a release is to be chosen.
    #[must_use]
    pub fn with_catalog(self, catalog: &Catalog, words: &impl ReleaseWords<T>) -> Self {
        self.with_states(catalog, words, |_, product, release| product.state(release))
    }

    /// The same for answers of some time ago: a release that they name keeps the state by which `outcome` was computed of
    /// them, so that whoever reads it again finds the same answer.
    #[must_use]
    pub fn with_catalog_then(
        self,
        catalog: &Catalog,
        answers: &Answers,
        outcome: &Outcome,
        words: &impl ReleaseWords<T>,
    ) -> Self {
        self.with_states(catalog, words, |question, product, release| {
            let option = product.option_id(&release.version);
            if answers.has(question, &option) {
                product.state_then(release, question, &option, outcome)
            } else {
                product.state(release)
            }
        })
    }

    /// The releases as options, each by the state that `state` says it has for a question.
    fn with_states(
        mut self,
        catalog: &Catalog,
        words: &impl ReleaseWords<T>,
        state: impl Fn(&str, &Product, &Release) -> SupportState,
    ) -> Self {
        let options = || {
            catalog.products.iter().flat_map(|product| {
                product
                    .latest_first()
                    .into_iter()
                    .map(move |release| (product, release))
            })
        };
        for question in &mut self.questions {
            if question.choose != Choose::Release {
                continue;
            }
            let mut all: Vec<Choice<T>> = options()
                .filter(|(product, release)| is_id(&product.option_id(&release.version)))
                .map(|(product, release)| {
                    let state = state(&question.id, product, release);
                    let (excludes, unmet, to_do) = match &state {
                        SupportState::Current => (None, None, None),
                        SupportState::Superseded { by } => (
                            None,
                            Some(self.superseded.clone()),
                            Some(words.to_do(product, by)),
                        ),
                        SupportState::Discontinued => (Some(self.discontinued.clone()), None, None),
                    };
                    Choice {
                        id: product.option_id(&release.version),
                        label: words.label(product, release, &state),
                        hint: None,
                        suppose: None,
                        because: Some(words.because(product, release, &state)),
                        alone: false,
                        excludes,
                        unmet,
                        to_do,
                        group: Some(words.group(product)),
                    }
                })
                .collect();
            all.append(&mut question.options);
            question.options = all;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway() -> Product {
        let release = |version: &str, discontinued| Release {
            version: version.to_owned(),
            discontinued,
        };
        Product {
            id: "gateway".to_owned(),
            name: "Gateway".to_owned(),
            releases: vec![
                release("5.10.0", false),
                release("5.2.0", false),
                release("5.9.1", true),
                release("5.1.0", false),
                release("4.8.2", true),
                release("6.0.0", false),
            ],
        }
    }

    fn to_install(product: &Product, version: &str) -> Option<String> {
        let release = product.releases.iter().find(|one| one.version == version);
        product
            .to_install(release.expect("a release"))
            .map(|release| release.version.clone())
    }

    #[test]
    fn the_missing_minor_releases_are_the_supported_later_ones_of_the_line() {
        let gateway = gateway();
        let later = |index: usize| -> Vec<_> {
            gateway
                .later(&gateway.releases[index])
                .iter()
                .map(|release| release.version.as_str())
                .collect()
        };
        assert_eq!(later(3), ["5.2.0", "5.10.0"]);
        assert_eq!(later(1), ["5.10.0"]);
        assert!(later(0).is_empty() && later(5).is_empty());
    }

    #[test]
    fn what_to_install_stays_in_the_line_while_that_is_supported() {
        let mut gateway = gateway();
        assert_eq!(to_install(&gateway, "5.1.0").as_deref(), Some("5.10.0"));
        assert_eq!(to_install(&gateway, "5.9.1").as_deref(), Some("5.10.0"));
        assert_eq!(to_install(&gateway, "5.10.0"), None);
        assert_eq!(to_install(&gateway, "4.8.2").as_deref(), Some("6.0.0"));
        gateway.releases.retain(|release| release.discontinued);
        assert_eq!(to_install(&gateway, "5.9.1"), None);
    }

    #[test]
    fn a_later_major_release_is_included_unless_it_is_what_to_install_anyway() {
        let mut gateway = gateway();
        let included = |product: &Product, version: &str| {
            let release = product.releases.iter().find(|one| one.version == version);
            product
                .included_major(release.expect("a release"))
                .map(|release| release.version.clone())
        };
        assert_eq!(included(&gateway, "5.10.0").as_deref(), Some("6.0.0"));
        assert_eq!(included(&gateway, "5.1.0").as_deref(), Some("6.0.0"));
        assert_eq!(included(&gateway, "5.9.1").as_deref(), Some("6.0.0"));
        assert_eq!(included(&gateway, "6.0.0"), None);
        assert_eq!(included(&gateway, "4.8.2"), None, "it is to be installed");
        for release in &mut gateway.releases {
            release.discontinued |= release.version == "6.0.0";
        }
        assert_eq!(included(&gateway, "5.10.0"), None);
    }

    #[test]
    fn a_release_is_out_from_its_day_on() {
        let day = |text: &str| text.parse::<LocalDate>().expect("a date");
        let today = day("2026-03-02");
        assert!(is_out(Some(day("2026-03-01")), today));
        assert!(is_out(Some(today), today));
        assert!(!is_out(Some(day("2026-03-03")), today));
        assert!(is_out(None, today));
    }

    /// English words, short.
    struct Short;

    impl ReleaseWords<String> for Short {
        fn label(&self, _: &Product, release: &Release, state: &SupportState) -> String {
            format!("{} {state:?}", release.version)
        }

        fn because(&self, _: &Product, _: &Release, state: &SupportState) -> String {
            format!("{state:?}")
        }

        fn to_do(&self, _: &Product, by: &str) -> String {
            format!("install {by}")
        }

        fn group(&self, product: &Product) -> String {
            product.name.clone()
        }
    }

    #[test]
    fn what_was_answered_of_a_release_stays_so_whatever_became_of_it() {
        let plan = crate::plan::embedded().expect("the plan");
        let guide = || plan.guide.in_language(crate::text::Lang::En);
        let answers = Answers::from_query("kind=question&release=gateway:5.1.0&causes=none");
        let catalog = |change: &dyn Fn(&mut Release)| {
            let mut product = gateway();
            product.releases.iter_mut().for_each(change);
            Catalog {
                products: vec![product],
            }
        };
        let then = catalog(&|_| ());
        let outcome = guide().with_catalog(&then, &Short).outcome(&answers);
        let outcome = outcome.expect("complete answers");
        assert_eq!((outcome.excluded.len(), outcome.unmet.len()), (0, 1));
        let today = |change: &dyn Fn(&mut Release)| {
            let guide = guide().with_catalog_then(&catalog(change), &answers, &outcome, &Short);
            let question = guide.question("release").expect("the question");
            let option = |id| question.option(id).expect("an option").clone();
            (option("gateway:5.1.0"), option("gateway:5.2.0"))
        };
        // Discontinued since, with all that came after it.
        let (chosen, other) = today(&|release| release.discontinued = true);
        assert_eq!(chosen.to_do.as_deref(), Some("install 5.10.0"));
        assert_eq!((chosen.excludes, chosen.unmet.is_some()), (None, true));
        assert!(other.excludes.is_some());
        // Discontinued then, and supported again.
        let excluded = guide()
            .with_catalog(&catalog(&|release| release.discontinued = true), &Short)
            .outcome(&answers)
            .expect("complete answers");
        let guide = guide().with_catalog_then(&then, &answers, &excluded, &Short);
        let question = guide.question("release").expect("the question");
        let option = question.option("gateway:5.1.0").expect("the option");
        assert_eq!(option.because.as_deref(), Some("Discontinued"));
    }
}
