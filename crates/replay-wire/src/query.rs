//! The parameters of a query, read as the fields of an object, so that a query and a body with the
//! same fields have the same faults.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use crate::{Json, fields::Fields};
use replay_core::{Fault, Rule};

/// The parameters of a query.
pub(crate) struct Parameters {
    /// The first value of each name.
    all: Vec<(String, Json)>,
    /// The known parameters that are given more than once.
    repeated: Vec<&'static str>,
}

impl Parameters {
    /// Reads a query, percent-encoded and without the `?`. `value` converts a parameter's text to the
    /// value that a body has in the field of the same name.
    pub(crate) fn read(
        query: Option<&str>,
        known: &[&'static str],
        value: fn(&str, &str) -> Json,
    ) -> Self {
        let mut all = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .take(PARAMETER_LIMIT)
            .map(|(name, text)| {
                let value = value(&name, &text);
                (name.into_owned(), value)
            })
            .collect::<Vec<_>>();
        let times_given = |known: &str| all.iter().filter(|(name, _)| name == known).count();
        let repeated = known.iter().copied().filter(|name| times_given(name) > 1).collect();
        // A parameter that is unknown is one fault, however often it is given.
        let mut names = BTreeSet::new();
        all.retain(|(name, _)| names.insert(name.clone()));
        Self { all, repeated }
    }

    /// The parameters as fields, with a fault for each known one that is given more than once.
    pub(crate) fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new(&self.all);
        let repeated = self.repeated.iter();
        fields.add_faults(
            repeated.map(|name| Fault::new(*name, Rule::Invalid, "must be given once")),
        );
        fields
    }
}

/// The most parameters of a query that are read. Among as many, at least one is unknown or repeated.
const PARAMETER_LIMIT: usize = 100;
