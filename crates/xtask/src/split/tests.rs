use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, ImportSection, MemorySection, MemoryType, Module, NameMap,
    NameSection, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{Parser, Payload, TypeRef};

use super::*;

/// The functions of [`module`] by their numbers; the first is imported.
const NAMES: [&str; 6] = ["log", "main", "asked::answer", "asked::in_table", "shared", "exclusive"];

/// A module whose `main` calls `answer` and `shared`; `answer` calls `log`, `shared` and `exclusive`.
fn module() -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    imports.import("script", "log", EntityType::Function(0));
    let mut functions = FunctionSection::new();
    for kind in [0, 1, 1, 1, 0] {
        functions.function(kind);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 2,
        maximum: Some(2),
        table64: false,
        shared: false,
    });
    let mut memories = MemorySection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    memories.memory(memory);
    let mut exports = ExportSection::new();
    exports.export("main", ExportKind::Func, 1);
    let mut elements = ElementSection::new();
    let in_table = Elements::Functions(vec![3].into());
    elements.active(None, &ConstExpr::i32_const(1), in_table);
    let mut code = CodeSection::new();
    for callees in [&[2, 4][..], &[0, 4, 5], &[], &[], &[]] {
        let mut body = Function::new([]);
        let is_main = callees.first() == Some(&2);
        let mut instructions = body.instructions();
        if !callees.is_empty() || code.len() < 4 {
            instructions.i32_const(7);
        }
        for callee in callees {
            instructions.call(*callee);
        }
        if is_main {
            instructions.drop();
        }
        instructions.end();
        code.function(&body);
    }
    let mut names = NameMap::new();
    for (number, name) in (0..).zip(NAMES) {
        names.append(number, name);
    }
    let mut name_section = NameSection::new();
    name_section.functions(&names);
    module.section(&types).section(&imports).section(&functions).section(&tables);
    module.section(&memories).section(&exports).section(&elements).section(&code);
    module.section(&name_section);
    module.finish()
}

/// What a part imports, exports and defines.
#[derive(Debug, Default, Eq, PartialEq)]
struct Outline {
    imports: Vec<String>,
    exports: Vec<String>,
    functions: u32,
}

fn outline(part: &[u8]) -> Outline {
    let mut outline = Outline::default();
    for payload in Parser::new(0).parse_all(part) {
        let payload = payload.unwrap();
        if let Payload::ImportSection(section) = payload {
            for import in section.into_imports() {
                let import = import.unwrap();
                let is_function = matches!(import.ty, TypeRef::Func(_));
                let kind = if is_function { "function " } else { "" };
                outline.imports.push(format!("{kind}{}.{}", import.module, import.name));
            }
        } else if let Payload::ExportSection(section) = payload {
            outline.exports =
                section.into_iter().map(|export| export.unwrap().name.to_owned()).collect();
        } else if let Payload::CodeSectionStart { count, .. } = payload {
            outline.functions = count;
        }
    }
    outline
}

#[test]
fn the_second_part_has_what_was_chosen_and_what_only_that_calls() {
    let parts = split(&module(), |name| name.starts_with("asked::")).unwrap();
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let second = Outline {
        imports: owned(&["function script.log", "function first.f4", "first.t0", "first.m0"]),
        exports: vec![],
        functions: 3,
    };
    assert_eq!(outline(&parts.second), second);
    // Its own are `main` and `shared`; two call the second part.
    let first = Outline {
        imports: owned(&["function script.log", "function script.load_second_part"]),
        exports: owned(&["main", "f4", "t0", "m0"]),
        functions: 4,
    };
    assert_eq!(outline(&parts.first), first);
}

#[test]
fn an_exported_function_stays_in_the_first_part() {
    let parts = split(&module(), |name| name == "main").unwrap();
    assert_eq!(outline(&parts.second).functions, 0);
}

#[test]
fn a_module_without_a_table_is_refused() {
    let error = split(&Module::new().finish(), |_| true).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "no table");
    assert!(split(b"<html>", |_| true).is_err());
}

#[test]
fn functions_are_chosen_by_their_paths_without_hashes() {
    let names = [
        "time_range[354a99603be45a90]::read::end::clock",
        "<replay_page[ed54728bad2b8e93]::workspace::Workspace>::intended",
    ];
    for name in names {
        assert!(is_chosen(name), "{name}");
    }
    let names = [
        "replay_page[ed54728bad2b8e93]::view::replay::view",
        "core[6d]::ptr::drop_glue::<[time_range[35]::read::Reading]>",
    ];
    for name in names {
        assert!(!is_chosen(name), "{name}");
    }
}

#[test]
fn the_loader_is_added_to_a_script_that_gives_imports_to_its_module() {
    let script = with_loader("const import0 = { a: 1 };", "page_second.wasm").unwrap();
    assert!(script.starts_with("const import0 = { load_second_part, a: 1 };\n"), "{script}");
    assert!(script.contains("new URL('page_second.wasm', import.meta.url)"), "{script}");
    assert!(with_loader("start();", "page_second.wasm").is_err());
}
