//! The page's wasm as a browser needs it: without what is in it for people only, and with short names
//! for what it imports from its script.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{
    ImportSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{CustomSectionReader, ImportSectionReader, Parser, Payload};

/// The short name of each name that a module imports.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportNames(BTreeMap<String, String>);

impl ImportNames {
    /// Chooses a short name for each import of a module that wasm-bindgen named: its names end in a
    /// hash, which cannot be compressed.
    ///
    /// # Errors
    /// The bytes are not a module.
    pub(crate) fn of(module: &[u8]) -> Result<Self, wasmparser::Error> {
        let mut names = BTreeSet::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::ImportSection(section) = payload? {
                for import in section.into_imports() {
                    names.insert(import?.name.to_owned());
                }
            }
        }
        let names = names.into_iter().filter(|name| name.starts_with("__wb"));
        Ok(Self(names.enumerate().map(|(number, name)| (name, format!("_{number}"))).collect()))
    }

    /// The script with these names in place of the long ones.
    pub(crate) fn in_script(&self, script: &str) -> String {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let mut shortened = String::with_capacity(script.len());
        for piece in script.split_inclusive(|character| !is_part(character)) {
            let word = piece.trim_end_matches(|character| !is_part(character));
            shortened += self.0.get(word).map_or(word, String::as_str);
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
}

struct Shortener<'a>(&'a ImportNames);

impl Reencode for Shortener<'_> {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for import in section.into_imports() {
            let import = import?;
            let name = self.0.0.get(import.name).map_or(import.name, String::as_str);
            imports.import(import.module, name, self.entity_type(import.ty)?);
        }
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
    fn a_module_and_its_script_share_short_names_of_imports() {
        let names = ImportNames::of(&module()).unwrap();
        let script = "x = { __wbg_now_0123456789abcdef: f, __wbg_now_: g };";
        assert_eq!(names.in_script(script), "x = { _0: f, __wbg_now_: g };");
        let short = names.in_module(&module()).unwrap();
        assert_eq!(short, b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x08\x01\x01a\x02_0\0\0");
    }

    #[test]
    fn bytes_that_are_no_module_are_refused() {
        assert!(ImportNames::of(b"<html>").is_err());
        assert!(ImportNames::default().in_module(b"<html>").is_err());
    }
}
