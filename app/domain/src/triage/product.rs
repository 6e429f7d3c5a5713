//! Products and their releases, so that 6(c) and 7(iv) answer themselves.

use serde::{Deserialize, Serialize};

use super::{Choice, Choose, Guide, answers::is_id};

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
        let own = numbers(&release.version);
        self.releases
            .iter()
            .filter(|other| !other.discontinued)
            .map(|other| (numbers(&other.version), other))
            .filter(|(version, _)| version.first() == own.first() && *version > own)
            .max_by(|(a, _), (b, _)| a.cmp(b))
            .map_or(SupportState::Current, |(_, other)| {
                SupportState::Superseded {
                    by: other.version.clone(),
                }
            })
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
    pub fn with_catalog(mut self, catalog: &Catalog, words: &impl ReleaseWords<T>) -> Self {
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
                    let state = product.state(release);
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
