//! The modules of a crate, which of them uses which, and what they use of other crates, read by
//! parsing the source. Re-exports are followed to the module that defines the name. The arguments of
//! macros are not parsed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use syn::{
    Item, UseTree, Visibility,
    visit::{Visit, visit_expr_method_call, visit_item_mod, visit_path},
};

use super::files::{read, rust_files};

/// A module's path inside its crate; the root has none.
pub(super) type ModulePath = Vec<String>;

/// The modules of one crate.
#[derive(Default)]
pub(super) struct Modules {
    /// Every name that each module uses, as a path from the crate's root.
    used: BTreeMap<ModulePath, BTreeSet<Vec<String>>>,
    /// The path that each re-exported name stands for.
    exported: BTreeMap<Vec<String>, Vec<String>>,
    /// Every path of another crate that each module uses.
    external: BTreeMap<ModulePath, BTreeSet<Vec<String>>>,
    /// The names of the methods that each module calls.
    methods: BTreeMap<ModulePath, BTreeSet<String>>,
}

impl Modules {
    /// Reads every module below `source`, the crate's folder of source files; tests are left out.
    pub(super) fn read(source: &Path) -> Self {
        let mut modules = Self::default();
        for path in rust_files(source) {
            let module = module_path(path.strip_prefix(source).unwrap());
            if module.iter().any(|part| part == "tests") {
                continue;
            }
            let file = syn::parse_file(&read(&path)).unwrap();
            let children = file.items.iter().filter_map(|item| {
                if let Item::Mod(child) = item { Some(child.ident.to_string()) } else { None }
            });
            let mut reader = Reader {
                module: module.clone(),
                children: children.collect(),
                used: BTreeSet::new(),
                exported: BTreeMap::new(),
                imported: BTreeMap::new(),
                external: BTreeSet::new(),
                methods: BTreeSet::new(),
            };
            reader.visit_file(&file);
            modules.external.insert(module.clone(), reader.external);
            modules.methods.insert(module.clone(), reader.methods);
            modules.used.insert(module, reader.used);
            modules.exported.extend(reader.exported);
        }
        modules
    }

    /// The modules that use a path of another crate, such as `std::time::SystemTime`.
    pub(super) fn users_of(&self, path: &str) -> Vec<&ModulePath> {
        let path: Vec<_> = path.split("::").map(str::to_owned).collect();
        let users = self.external.iter();
        let users = users.filter(|(_, used)| used.iter().any(|used| used.starts_with(&path)));
        users.map(|(module, _)| module).collect()
    }

    /// The modules that call a method of this name.
    pub(super) fn callers_of(&self, method: &str) -> Vec<&ModulePath> {
        let callers = self.methods.iter().filter(|(_, called)| called.contains(method));
        callers.map(|(module, _)| module).collect()
    }

    /// The pairs of modules of which the first uses the second. A module and its descendants are one
    /// unit; use within a unit is left out.
    pub(super) fn edges(&self) -> Vec<(&ModulePath, &ModulePath)> {
        let mut edges = Vec::new();
        for (from, names) in &self.used {
            let targets: BTreeSet<_> = names.iter().map(|name| self.defining(name)).collect();
            for to in targets {
                if !from.starts_with(to) && !to.starts_with(from) {
                    edges.push((from, to));
                }
            }
        }
        edges
    }

    /// The module that defines a name.
    fn defining(&self, name: &[String]) -> &ModulePath {
        for length in (1..=name.len()).rev() {
            let alias = &name[..length];
            // A name that is re-exported from a child module of the same name stands for both.
            let target = self.exported.get(alias).filter(|target| !target.starts_with(alias));
            if let Some(target) = target {
                return self.defining(&[target, &name[length..]].concat());
            }
        }
        let lengths = (0..=name.len()).rev();
        let mut known = lengths.filter_map(|length| self.used.get_key_value(&name[..length]));
        known.next().unwrap().0
    }
}

/// Collects what one file uses, imports and re-exports.
struct Reader {
    module: ModulePath,
    children: BTreeSet<String>,
    used: BTreeSet<Vec<String>>,
    exported: BTreeMap<Vec<String>, Vec<String>>,
    /// The external path that each imported name stands for.
    imported: BTreeMap<String, Vec<String>>,
    external: BTreeSet<Vec<String>>,
    methods: BTreeSet<String>,
}

impl Reader {
    fn import(&mut self, tree: &UseTree, prefix: &[String], exports: bool) {
        match tree {
            UseTree::Path(path) => {
                let prefix = [prefix, &[path.ident.to_string()]].concat();
                self.import(&path.tree, &prefix, exports);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix, exports);
                }
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.import_name(prefix, &name, &name, exports);
            }
            UseTree::Rename(rename) => {
                let (name, alias) = (rename.ident.to_string(), rename.rename.to_string());
                self.import_name(prefix, &name, &alias, exports);
            }
            UseTree::Glob(_) => self.import_name(prefix, "self", "*", false),
        }
    }

    fn import_name(&mut self, prefix: &[String], name: &str, alias: &str, exports: bool) {
        let mut path = prefix.to_vec();
        if name != "self" {
            path.push(name.to_owned());
        }
        let Some(path) = self.path_from_root(&path) else {
            self.imported.insert(alias.to_owned(), path.clone());
            self.external.insert(path);
            return;
        };
        if exports {
            let alias = [&self.module[..], &[alias.to_owned()]].concat();
            self.exported.insert(alias, path.clone());
        }
        self.used.insert(path);
    }

    /// A path of this crate from its root; `None` for a path of another crate.
    fn path_from_root(&self, path: &[String]) -> Option<Vec<String>> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let parent = &self.module[..self.module.len().checked_sub(ups)?];
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&self.module, &path[1..]].concat()),
            "super" => Some([parent, &path[ups..]].concat()),
            first if self.children.contains(first) => Some([&self.module, path].concat()),
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let exports = !matches!(item.vis, Visibility::Inherited);
        self.import(&item.tree, &[], exports);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        match self.path_from_root(&parts) {
            Some(name) if parts.len() > 1 => {
                self.used.insert(name);
            }
            Some(_) => {}
            None => {
                let imported = self.imported.get(&parts[0]);
                let path = imported.map(|path| [path, &parts[1..]].concat());
                self.external.insert(path.unwrap_or(parts));
            }
        }
        visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.methods.insert(call.method.to_string());
        visit_expr_method_call(self, call);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            visit_item_mod(self, item);
        }
    }
}

fn module_path(file: &Path) -> ModulePath {
    let stem: PathBuf = file.with_extension("");
    let parts = stem.iter().map(|part| part.to_string_lossy().into_owned());
    let parts: Vec<_> = parts.collect();
    match parts.last().map(String::as_str) {
        Some("lib" | "main") if parts.len() == 1 => Vec::new(),
        _ => parts,
    }
}
