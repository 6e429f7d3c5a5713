//! The plan documents that the portal knows: the vendor's, which ships with it, and those of a folder.

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::plan::{self, Plan, PlanError, Unit};

/// Every plan document, checked.
#[derive(Clone, Debug)]
pub struct Plans {
    /// By version, in their natural order.
    all: BTreeMap<Version, Arc<Plan>>,
    current: Arc<Plan>,
}

/// Why the plans cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlansError {
    /// The folder, or a file in it, cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Documents that are wrong, each with everything that is wrong with it: file, line, and what would be right.
    #[error("{}", Lines(.0))]
    Wrong(Vec<PlanError>),
    /// Two documents give themselves the same version.
    #[error(
        "{second}: the version {version} is already that of {first}; give each plan a version of its own"
    )]
    Twice {
        /// The version.
        version: String,
        /// The document that had it first.
        first: String,
        /// The document that repeats it.
        second: String,
    },
}

struct Lines<'a>(&'a [PlanError]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// The version of the plan that [`Plans::with_sample`] invents; its name says what it is.
const SAMPLE: &str = "2025.1-sample";

/// How the plan that ships with the portal is called in messages.
const EMBEDDED: &str = "the plan that ships with the portal";

impl Plans {
    /// The embedded plan and, if a folder is given, each `*.toml` in it. All are checked.
    ///
    /// # Errors
    /// [`PlansError`] with every document that is wrong, or the first version that two of them share.
    pub fn load(folder: Option<&Path>) -> Result<Self, PlansError> {
        let paths = folder.map(documents).transpose()?.unwrap_or_default();
        Ok(Self::read(&paths)?.0)
    }

    /// What [`load`](Self::load) would say with `file` in the folder: the plans, and the one of the file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn check(folder: Option<&Path>, file: &Path) -> Result<(Self, Arc<Plan>), PlansError> {
        let mut paths = folder.map(documents).transpose()?.unwrap_or_default();
        // It may be there already.
        let real = |path: &Path| path.canonicalize().ok();
        let own = real(file);
        paths.retain(|path| own.is_none() || real(path) != own);
        paths.push(file.to_owned());
        Self::read(&paths)
    }

    /// The embedded plan and these, and the last of them.
    fn read(paths: &[PathBuf]) -> Result<(Self, Arc<Plan>), PlansError> {
        let mut wrong = Vec::new();
        let mut read = Vec::new();
        let mut keep = |name: String, plan: Result<Plan, PlanError>| match plan {
            Ok(plan) => read.push((name, plan)),
            Err(error) => wrong.push(error),
        };
        keep(EMBEDDED.to_owned(), plan::embedded());
        for path in paths {
            let text = fs::read_to_string(path).map_err(|source| PlansError::Read {
                path: path.clone(),
                source,
            })?;
            let name = path.display().to_string();
            let plan = Plan::read(&name, &text);
            keep(name, plan);
        }
        if !wrong.is_empty() {
            return Err(PlansError::Wrong(wrong));
        }

        let mut all: BTreeMap<Version, (String, Arc<Plan>)> = BTreeMap::new();
        let mut last = None;
        for (name, plan) in read {
            let version = Version(plan.version.clone());
            if let Some((first, _)) = all.get(&version) {
                return Err(PlansError::Twice {
                    version: version.0,
                    first: first.clone(),
                    second: name,
                });
            }
            let plan = Arc::new(plan);
            last = Some(Arc::clone(&plan));
            all.insert(version, (name, plan));
        }
        let all: BTreeMap<_, _> = all
            .into_iter()
            .map(|(version, (_, plan))| (version, plan))
            .collect();
        // There is one: the embedded plan, or its error above.
        let current = all.values().next_back().cloned();
        let (current, last) = current.zip(last).ok_or(PlansError::Wrong(Vec::new()))?;
        Ok((Self { all, current }, last))
    }

    /// With an earlier version besides, so that the sample data have two to compare. It is the current plan with other
    /// figures in its smallest tier; those are samples anyway, and the contract's words stay the vendor's. Nobody
    /// subscribes to it.
    #[must_use]
    pub fn with_sample(mut self) -> Self {
        let mut earlier = Plan::clone(&self.current);
        SAMPLE.clone_into(&mut earlier.version);
        if let Some(tier) = earlier.service.tiers.first_mut() {
            tier.contacts = tier.contacts.saturating_sub(1).max(1);
            for target in &mut tier.response {
                if target.unit == Unit::Day {
                    target.amount += 1;
                }
            }
        }
        self.all
            .entry(Version(earlier.version.clone()))
            .or_insert_with(|| Arc::new(earlier));
        self
    }

    /// The plan with the highest version: what a visitor reads, and a new customer buys.
    pub const fn current(&self) -> &Arc<Plan> {
        &self.current
    }

    /// The plan of this version.
    pub fn get(&self, version: &str) -> Option<&Arc<Plan>> {
        self.all.get(&Version(version.to_owned()))
    }

    /// Every version, the lowest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.all.keys().map(|version| version.0.as_str())
    }

    /// Every plan, the lowest version first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Plan>> {
        self.all.values()
    }
}

/// The `*.toml` of a folder, by name.
fn documents(folder: &Path) -> Result<Vec<PathBuf>, PlansError> {
    let error = |source| PlansError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A version, ordered as a reader would: `2026.2` before `2026.10`, `2026.1` before `2026.1.1`.
#[derive(Clone, Debug)]
struct Version(String);

/// A number or a word of a version; numbers come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    Number(u128),
    Word(&'a str),
}

impl Version {
    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.0
            .split(['.', '-', '_'])
            .map(|piece| piece.parse().map_or(Piece::Word(piece), Piece::Number))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // The writing itself decides last, so that only equal versions are equal: `2026.1` is not `2026.01`.
        self.pieces()
            .cmp(other.pieces())
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_naturally() {
        let sorted = [
            "2026.1",
            "2026.01.1",
            "2026.1.1",
            "2026.2",
            "2026.10",
            "2026.10-draft",
            "2027.1",
            "next",
        ];
        let mut versions: Vec<Version> = sorted
            .iter()
            .rev()
            .map(|v| Version((*v).to_owned()))
            .collect();
        versions.sort();
        assert_eq!(
            versions.iter().map(|v| v.0.as_str()).collect::<Vec<_>>(),
            sorted
        );
    }
}
