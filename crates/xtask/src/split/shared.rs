//! What the first part exports for the second, and by which names.

use wasm_encoder::{EntityType, ExportKind, reencode::Reencode};

use super::{SplitError, Unexpected, plan::Plan};

/// Something that the second part imports from the first.
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) kind: ExportKind,
    /// Its number in the whole module.
    pub(super) number: u32,
    pub(super) entity: EntityType,
}

/// Everything that the second part imports from the first; the functions come first.
///
/// # Errors
/// The module cannot be read.
pub(super) fn shared<R>(plan: &Plan, same: &mut R) -> Result<Vec<Shared>, SplitError>
where
    R: Reencode<Error = Unexpected>,
{
    let (contents, mut all) = (&plan.contents, Vec::new());
    let mut share = |letter, kind, number, entity| {
        all.push(Shared { name: format!("{letter}{number}"), kind, number, entity });
    };
    for number in &plan.shared {
        share('f', ExportKind::Func, *number, EntityType::Function(contents.kind_of(*number)?));
    }
    for (number, table) in (0..).zip(&contents.tables) {
        let table = if number == 0 { plan.table } else { *table };
        share('t', ExportKind::Table, number, EntityType::Table(same.table_type(table)?));
    }
    for (number, memory) in (0..).zip(&contents.memories) {
        share('m', ExportKind::Memory, number, EntityType::Memory(same.memory_type(*memory)?));
    }
    for (number, global) in (0..).zip(&contents.globals) {
        share('g', ExportKind::Global, number, EntityType::Global(same.global_type(*global)?));
    }
    Ok(all)
}
