//! Writes the first part: the module without the functions of the second part. In their place are
//! functions that call them through their slots.

use std::collections::BTreeMap;

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Module, TableSection,
    reencode::{Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExportSectionReader, FunctionSectionReader,
    ImportSectionReader, Parser, TableSectionReader,
};

use super::{
    LOAD, SplitError, Unexpected,
    plan::{Plan, number_in},
    shared::shared,
};

/// # Errors
/// The module cannot be read.
pub(super) fn encode(plan: &Plan, module: &[u8]) -> Result<Vec<u8>, SplitError> {
    let mut first = First::of(plan);
    let mut encoded = Module::new();
    first.parse_core_module(&mut encoded, Parser::new(0), module)?;
    Ok(encoded.finish())
}

struct First<'a> {
    plan: &'a Plan,
    /// The numbers in this part of the functions of the module.
    numbers: BTreeMap<u32, u32>,
}

impl<'a> First<'a> {
    fn of(plan: &'a Plan) -> Self {
        let imported = plan.contents.imported;
        let is_here = |number: &u32| !plan.second.contains(number);
        let defined = plan.contents.defined().filter(is_here).chain(plan.slots.keys().copied());
        // The function that loads the second part is imported too.
        let numbers = (0..imported).zip(0..).chain(defined.zip(imported + 1..)).collect();
        Self { plan, numbers }
    }

    /// A function that calls one of the second part, which it loads before if it is not there.
    fn call_through(&self, slot: u32, kind: u32) -> Result<Function, SplitError> {
        let parameters = self.plan.contents.kind(kind)?.params().iter();
        let slot = slot.cast_signed();
        let mut function = Function::new([]);
        let mut code = function.instructions();
        code.i32_const(slot).table_get(0).ref_is_null();
        code.if_(BlockType::Empty).call(self.plan.contents.imported).end();
        for (parameter, _) in (0..).zip(parameters) {
            code.local_get(parameter);
        }
        code.i32_const(slot).call_indirect(0, kind).end();
        Ok(function)
    }
}

impl Reencode for First<'_> {
    type Error = Unexpected;

    fn function_index(&mut self, number: u32) -> Result<u32, SplitError> {
        number_in(&self.numbers, number)
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), SplitError> {
        let mut script = "";
        for import in section.clone().into_imports() {
            script = import?.module;
        }
        utils::parse_import_section(self, imports, section)?;
        imports.import(script, LOAD, EntityType::Function(self.plan.action));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), SplitError> {
        for (number, kind) in (self.plan.contents.imported..).zip(section) {
            if !self.plan.second.contains(&number) {
                functions.function(kind?);
            }
        }
        for number in self.plan.slots.keys() {
            functions.function(self.plan.contents.kind_of(*number)?);
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: TableSectionReader<'_>,
    ) -> Result<(), SplitError> {
        for (number, table) in section.into_iter().enumerate() {
            let mut table = table?;
            if number == 0 {
                table.ty = self.plan.table;
            }
            self.parse_table(tables, table)?;
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), SplitError> {
        utils::parse_export_section(self, exports, section)?;
        for shared in shared(self.plan, self)? {
            let is_function = shared.kind == ExportKind::Func;
            let number =
                if is_function { self.function_index(shared.number)? } else { shared.number };
            exports.export(&shared.name, shared.kind, number);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), SplitError> {
        for (number, body) in (self.plan.contents.imported..).zip(section) {
            if !self.plan.second.contains(&number) {
                self.parse_function_body(code, body?)?;
            }
        }
        for (number, slot) in &self.plan.slots {
            let kind = self.plan.contents.kind_of(*number)?;
            code.function(&self.call_through(*slot, kind)?);
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }
}
