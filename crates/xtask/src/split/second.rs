//! Writes the second part: its functions, the slots that lead to them, and what they import.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportSection, FunctionSection,
    GlobalSection, ImportSection, MemorySection, Module, TableSection,
    reencode::{Error, Reencode},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, DataSectionReader, ElementSectionReader,
    ExportSectionReader, FunctionSectionReader, GlobalSectionReader, ImportSectionReader,
    MemorySectionReader, Parser, TableSectionReader, TypeRef,
};

use super::{
    FIRST, SplitError, Unexpected,
    plan::{Plan, number_in},
    shared::shared,
};

/// # Errors
/// The module cannot be read.
pub(super) fn encode(plan: &Plan, module: &[u8]) -> Result<Vec<u8>, SplitError> {
    let mut second = Second::of(plan);
    let mut encoded = Module::new();
    second.parse_core_module(&mut encoded, Parser::new(0), module)?;
    Ok(encoded.finish())
}

struct Second<'a> {
    plan: &'a Plan,
    /// The imported functions of the module that this part calls too.
    imported: BTreeSet<u32>,
    /// The numbers in this part of the functions of the module.
    numbers: BTreeMap<u32, u32>,
}

impl<'a> Second<'a> {
    fn of(plan: &'a Plan) -> Self {
        let contents = &plan.contents;
        let calls = contents.calls.iter().filter(|(caller, _)| plan.second.contains(caller));
        let called: BTreeSet<u32> = calls.flat_map(|(_, callees)| callees).copied().collect();
        let imported: BTreeSet<u32> = called.range(..contents.imported).copied().collect();
        let numbers = imported.iter().chain(&plan.shared).chain(&plan.second).copied();
        Self { plan, numbers: numbers.zip(0..).collect(), imported }
    }
}

impl Reencode for Second<'_> {
    type Error = Unexpected;

    fn function_index(&mut self, number: u32) -> Result<u32, SplitError> {
        number_in(&self.numbers, number)
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), SplitError> {
        let is_function = |ty: &TypeRef| matches!(ty, TypeRef::Func(_));
        let mut number = 0;
        for import in section.into_imports() {
            let import = import?;
            if is_function(&import.ty) {
                if self.imported.contains(&number) {
                    imports.import(import.module, import.name, self.entity_type(import.ty)?);
                }
                number += 1;
            }
        }
        for shared in shared(self.plan, self)? {
            imports.import(FIRST, &shared.name, shared.entity);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _section: FunctionSectionReader<'_>,
    ) -> Result<(), SplitError> {
        for number in &self.plan.second {
            functions.function(self.plan.contents.kind_of(*number)?);
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        _section: ElementSectionReader<'_>,
    ) -> Result<(), SplitError> {
        let Some(from) = self.plan.slots.values().min() else { return Ok(()) };
        let functions = self.plan.slots.keys().map(|number| self.numbers.get(number).copied());
        let functions: Option<Vec<u32>> = functions.collect();
        let functions =
            functions.ok_or(Error::UserError(Unexpected("a slot leads to no function")))?;
        let from = ConstExpr::i32_const(from.cast_signed());
        elements.active(None, &from, Elements::Functions(Cow::Owned(functions)));
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), SplitError> {
        for (number, body) in (self.plan.contents.imported..).zip(section) {
            if self.plan.second.contains(&number) {
                self.parse_function_body(code, body?)?;
            }
        }
        Ok(())
    }

    // The first part has the rest.

    fn parse_table_section(
        &mut self,
        _tables: &mut TableSection,
        _section: TableSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }

    fn parse_memory_section(
        &mut self,
        _memories: &mut MemorySection,
        _section: MemorySectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        _globals: &mut GlobalSection,
        _section: GlobalSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        _exports: &mut ExportSection,
        _section: ExportSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }

    fn parse_data_section(
        &mut self,
        _data: &mut DataSection,
        _section: DataSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }

    fn data_count(&mut self, _count: u32) -> Result<u32, SplitError> {
        Ok(0)
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), SplitError> {
        Ok(())
    }
}
