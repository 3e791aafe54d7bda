//! Reads what a split has to know of a module: its functions, their names and who refers to them.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::Error;
use wasmparser::{
    BinaryReaderError, ElementItems, ElementSectionReader, ExternalKind, FuncType, FunctionBody,
    GlobalType, KnownCustom, MemoryType, Operator, Parser, Payload, TableType, TypeRef,
};

use super::{SplitError, Unexpected};
use crate::attribution::function_names;

/// What a module defines, and what refers to its functions. Everything is known by its number.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The types of functions.
    pub(super) types: Vec<FuncType>,
    /// The type of each function, by its number.
    pub(super) functions: Vec<u32>,
    /// How many functions are imported; theirs are the first numbers.
    pub(super) imported: u32,
    /// The names of the functions.
    pub(super) names: BTreeMap<u32, String>,
    /// The functions that are exported.
    pub(super) exported: BTreeSet<u32>,
    /// The functions that are called through the table.
    pub(super) in_table: BTreeSet<u32>,
    /// The functions that each function calls directly.
    pub(super) calls: BTreeMap<u32, BTreeSet<u32>>,
    /// The tables; the first holds the functions.
    pub(super) tables: Vec<TableType>,
    /// The memories.
    pub(super) memories: Vec<MemoryType>,
    /// The global variables.
    pub(super) globals: Vec<GlobalType>,
}

impl Contents {
    /// # Errors
    /// The module cannot be read.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other sections say nothing about functions"
    )]
    pub(super) fn of(module: &[u8]) -> Result<Self, BinaryReaderError> {
        let (mut contents, mut number) = (Self::default(), 0);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(types) => {
                    let types = types.into_iter_err_on_gc_types();
                    contents.types = types.collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        if let TypeRef::Func(kind) = import?.ty {
                            contents.functions.push(kind);
                            contents.imported += 1;
                        }
                    }
                    number = contents.imported;
                }
                Payload::FunctionSection(functions) => {
                    for kind in functions {
                        contents.functions.push(kind?);
                    }
                }
                Payload::TableSection(tables) => {
                    for table in tables {
                        contents.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(memories) => {
                    contents.memories = memories.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        contents.globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            contents.exported.insert(export.index);
                        }
                    }
                }
                Payload::ElementSection(elements) => contents.in_table = referred(elements)?,
                Payload::CodeSectionEntry(body) => {
                    contents.calls.insert(number, callees(&body)?);
                    number += 1;
                }
                Payload::CustomSection(custom) => {
                    if let KnownCustom::Name(names) = custom.as_known() {
                        let names = function_names(names)?.into_iter();
                        contents.names =
                            names.map(|(number, name)| (number, name.to_owned())).collect();
                    }
                }
                _ => {}
            }
        }
        Ok(contents)
    }

    /// The type with this number.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn kind(&self, number: u32) -> Result<&FuncType, SplitError> {
        let kind = usize::try_from(number).ok().and_then(|number| self.types.get(number));
        kind.ok_or(Error::UserError(Unexpected("there is no type with this number")))
    }

    /// The number of a function's type.
    ///
    /// # Errors
    /// There is no such function.
    pub(super) fn kind_of(&self, function: u32) -> Result<u32, SplitError> {
        let kind = usize::try_from(function).ok().and_then(|number| self.functions.get(number));
        kind.copied().ok_or(Error::UserError(Unexpected("there is no function with this number")))
    }

    /// The functions that the module itself defines.
    pub(super) fn defined(&self) -> impl Iterator<Item = u32> {
        self.calls.keys().copied()
    }
}

fn referred(elements: ElementSectionReader<'_>) -> Result<BTreeSet<u32>, BinaryReaderError> {
    let mut referred = BTreeSet::new();
    for element in elements {
        if let ElementItems::Functions(functions) = element?.items {
            for function in functions {
                referred.insert(function?);
            }
        }
    }
    Ok(referred)
}

fn callees(body: &FunctionBody<'_>) -> Result<BTreeSet<u32>, BinaryReaderError> {
    let mut callees = BTreeSet::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index } = operator? {
            callees.insert(function_index);
        }
    }
    Ok(callees)
}
