//! The page's wasm as a browser needs it: without what is in it for people only, and with short names
//! between it and its script.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{
    ExportSection, ImportSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{CustomSectionReader, Export, ImportSectionReader, Parser, Payload};

/// The short name of each long name that a module shares with its script.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedNames(BTreeMap<String, String>);

impl SharedNames {
    /// Chooses a short name for each import and export that wasm-bindgen named: hashes in these names
    /// cannot be compressed.
    ///
    /// # Errors
    /// The bytes are not a module.
    pub(crate) fn of(module: &[u8]) -> Result<Self, wasmparser::Error> {
        let mut names = BTreeSet::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Payload::ImportSection(section) = payload {
                for import in section.into_imports() {
                    names.insert(import?.name.to_owned());
                }
            } else if let Payload::ExportSection(section) = payload {
                for export in section {
                    names.insert(export?.name.to_owned());
                }
            }
        }
        let is_made = |name: &String| MADE.iter().any(|made| name.starts_with(made));
        let names = names.into_iter().filter(is_made);
        Ok(Self(names.enumerate().map(|(number, name)| (name, format!("_{number}"))).collect()))
    }

    /// The script with these names in place of the long ones.
    pub(crate) fn in_script(&self, script: &str) -> String {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let mut shortened = String::with_capacity(script.len());
        for piece in script.split_inclusive(|character| !is_part(character)) {
            let word = piece.trim_end_matches(|character| !is_part(character));
            shortened += self.short(word);
            shortened += &piece[word.len()..];
        }
        shortened
    }

    /// The module with these names in place of the long ones, without the names of its functions
    /// and other sections that change nothing when it runs.
    ///
    /// # Errors
    /// The bytes are not a module.
    pub(crate) fn in_module(&self, module: &[u8]) -> Result<Vec<u8>, Error<Infallible>> {
        let mut shortened = Module::new();
        Shortener(self).parse_core_module(&mut shortened, Parser::new(0), module)?;
        Ok(shortened.finish())
    }

    fn short<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// How the names begin that wasm-bindgen makes.
const MADE: [&str; 2] = ["__wb", "wasm_bindgen_"];

struct Shortener<'a>(&'a SharedNames);

impl Reencode for Shortener<'_> {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for import in section.into_imports() {
            let import = import?;
            let name = self.0.short(import.name);
            imports.import(import.module, name, self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_export(
        &mut self,
        exports: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), Error<Infallible>> {
        let kind = self.export_kind(export.kind)?;
        exports.export(
            self.0.short(export.name),
            kind,
            self.external_index(export.kind, export.index)?,
        );
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports the function `a.__wbg_now_0123456789abcdef` and has a custom section.
    fn module() -> Vec<u8> {
        let (head, types) = (b"\0asm\x01\0\0\0".as_slice(), b"\x01\x04\x01\x60\0\0".as_slice());
        let name = b"__wbg_now_0123456789abcdef";
        let length = u8::try_from(name.len()).unwrap();
        let import = [&[2, length + 6, 1, 1, b'a', length], name.as_slice(), &[0, 0]].concat();
        [head, types, &import, b"\0\x05\x04name"].concat()
    }

    #[test]
    fn a_module_and_its_script_share_short_names() {
        let names = SharedNames::of(&module()).unwrap();
        let script = "x = { __wbg_now_0123456789abcdef: f, __wbg_now_: g };";
        assert_eq!(names.in_script(script), "x = { _0: f, __wbg_now_: g };");
        let short = names.in_module(&module()).unwrap();
        assert_eq!(short, b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x08\x01\x01a\x02_0\0\0");
    }

    #[test]
    fn bytes_that_are_no_module_are_refused() {
        assert!(SharedNames::of(b"<html>").is_err());
        assert!(SharedNames::default().in_module(b"<html>").is_err());
    }
}
