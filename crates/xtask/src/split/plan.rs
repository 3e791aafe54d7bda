//! Decides which part each function of a module is in, and how the parts reach each other.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::Error;
use wasmparser::{FuncType, TableType};

use super::{SplitError, Unexpected, contents::Contents};

/// Where the functions of a module are. They have the numbers of the whole module.
#[derive(Debug)]
pub(super) struct Plan {
    /// The whole module.
    pub(super) contents: Contents,
    /// The functions of the second part.
    pub(super) second: BTreeSet<u32>,
    /// The functions of the second part that the first refers to, each with its slot in the table.
    pub(super) slots: BTreeMap<u32, u32>,
    /// The functions of the first part that the second calls.
    pub(super) shared: BTreeSet<u32>,
    /// The table of functions, with the slots.
    pub(super) table: TableType,
    /// The type of functions without parameters and results.
    pub(super) action: u32,
}

impl Plan {
    /// # Errors
    /// The module cannot be read, has no table of functions, or has no type of functions without
    /// parameters and results.
    pub(super) fn of(module: &[u8], is_chosen: impl Fn(&str) -> bool) -> Result<Self, SplitError> {
        let contents = Contents::of(module)?;
        let is_chosen = |number: &u32| {
            let name = contents.names.get(number);
            !contents.exported.contains(number) && name.is_some_and(|name| is_chosen(name))
        };
        let second = with_exclusive(contents.defined().filter(is_chosen).collect(), &contents);
        let (mut referred, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for (caller, callees) in &contents.calls {
            for callee in callees {
                let is_defined = contents.calls.contains_key(callee);
                if is_defined && second.contains(caller) != second.contains(callee) {
                    let to = if second.contains(callee) { &mut referred } else { &mut shared };
                    to.insert(*callee);
                }
            }
        }
        referred.extend(contents.in_table.intersection(&second));
        let mut table = *contents.tables.first().ok_or(Error::UserError(Unexpected("no table")))?;
        let size = u32::try_from(table.initial)
            .map_err(|_| Error::UserError(Unexpected("a large table")))?;
        let slots: BTreeMap<_, _> = referred.into_iter().zip(size..).collect();
        table.initial += slots.len() as u64;
        table.maximum = Some(table.initial);
        let is_action = |kind: &FuncType| kind.params().is_empty() && kind.results().is_empty();
        let action = (0..).zip(&contents.types).find(|(_, kind)| is_action(kind));
        let (action, _) = action
            .ok_or(Error::UserError(Unexpected("no type of a function without parameters")))?;
        Ok(Self { contents, second, slots, shared, table, action })
    }
}

/// The number that a function of the module has in a part.
///
/// # Errors
/// The part neither has the function nor imports it.
pub(super) fn number_in(numbers: &BTreeMap<u32, u32>, function: u32) -> Result<u32, SplitError> {
    let number = numbers.get(&function).copied();
    number.ok_or(Error::UserError(Unexpected("a function is in no part")))
}

/// These functions, and those that only they call.
fn with_exclusive(mut functions: BTreeSet<u32>, contents: &Contents) -> BTreeSet<u32> {
    let mut callers = BTreeMap::<u32, BTreeSet<u32>>::new();
    for (caller, callees) in &contents.calls {
        for callee in callees.iter().filter(|callee| *callee != caller) {
            callers.entry(*callee).or_default().insert(*caller);
        }
    }
    callers.retain(|number, _| {
        contents.calls.contains_key(number)
            && !contents.exported.contains(number)
            && !contents.in_table.contains(number)
    });
    loop {
        let exclusive = callers.iter().filter(|(_, callers)| callers.is_subset(&functions));
        let exclusive: Vec<u32> = exclusive.map(|(number, _)| *number).collect();
        if exclusive.is_empty() {
            return functions;
        }
        callers.retain(|number, _| !exclusive.contains(number));
        functions.extend(exclusive);
    }
}
