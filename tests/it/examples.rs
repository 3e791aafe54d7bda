//! The examples and the page for operators in `docs`: whether they can be read, and whether the program has
//! the options and metrics that they name.
#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::Parser;
use replay_server::cli::Cli;
use replay_tests::{polling::until, process::ServerDir, test_database::TestDatabase};
use serde_json::Value;

#[test]
fn every_example_is_yaml_without_a_repeated_key() {
    let refused = serde_saphyr::from_str::<Value>("a: 1\na: 2\n");
    assert!(refused.is_err(), "{refused:?}");
    for (path, documents) in examples() {
        let is_mapping = |document: &Value| document.as_object().is_some_and(|it| !it.is_empty());
        let are_mappings = !documents.is_empty() && documents.iter().all(is_mapping);
        assert!(are_mappings, "{}: {documents:?}", path.display());
    }
}

#[test]
fn the_program_accepts_the_commands_of_the_examples() {
    for (path, documents) in examples() {
        let commands: BTreeSet<Vec<String>> =
            values(&documents, &["args", "command"]).into_iter().filter_map(words).collect();
        assert!(!commands.is_empty(), "{} starts no server", path.display());
        for command in commands {
            accept(&command);
        }
    }
}

#[tokio::test]
async fn a_server_answers_the_probes_of_the_examples() {
    let documents: Vec<_> = examples().into_iter().flat_map(|(_, documents)| documents).collect();
    let probes = values(&documents, &["httpGet"]);
    assert_eq!(probes.len(), 3, "{probes:?}");
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    for probe in probes {
        let answer = server.api.get_root(probe["path"].as_str().unwrap()).await;
        assert_eq!(answer.code, 200, "{probe}: {answer:?}");
    }
}

#[test]
fn the_program_accepts_the_commands_of_the_page_for_operators() {
    let page = page();
    let commands: Vec<_> = page.lines().filter(|line| line.starts_with("replay-server ")).collect();
    assert!(!commands.is_empty(), "{page}");
    for command in commands {
        let words = command.split_whitespace().skip(1);
        accept(&words.map(|word| word.trim_matches('\'').to_owned()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_server_has_the_metrics_of_the_page_for_operators() {
    let page = page();
    let words = page.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    let names: BTreeSet<_> =
        words.filter(|word| word.starts_with("replay_") && *word != "replay_monitor").collect();
    assert!(!names.is_empty(), "{page}");
    let data_dir = ServerDir::with_database(TestDatabase::new().url());
    let server = data_dir.serve(&["--forward"]).await;
    for name in names {
        until(&format!("there is {name}"), async || {
            let metrics = server.api.get_root("/metrics").await;
            metrics.text.contains(&format!("# TYPE {name} ")).then_some(())
        })
        .await;
    }
}

fn accept(words: &[String]) {
    let words = ["replay-server"].into_iter().chain(words.iter().map(String::as_str));
    if let Err(error) = Cli::try_parse_from(words) {
        panic!("{error}");
    }
}

/// The documents of each example.
fn examples() -> Vec<(PathBuf, Vec<Value>)> {
    let files = fs::read_dir(docs().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let yaml = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let documents = serde_saphyr::from_multiple(&text);
        (path.clone(), documents.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let examples: Vec<_> = yaml.map(read).collect();
    assert_eq!(examples.len(), 2, "{examples:?}");
    examples
}

/// The values of these keys, at any depth.
fn values<'a>(of: impl IntoIterator<Item = &'a Value>, keys: &[&str]) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for value in of {
        match value {
            Value::Object(entries) => {
                found.extend(
                    entries.iter().filter(|(key, _)| keys.contains(&key.as_str())).map(|it| it.1),
                );
                found.extend(values(entries.values(), keys));
            }
            Value::Array(items) => found.extend(values(items, keys)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// The words of a command, if it is a list.
fn words(command: &Value) -> Option<Vec<String>> {
    let words = command.as_array()?.iter();
    words.map(|word| word.as_str().map(str::to_owned)).collect()
}

fn page() -> String {
    fs::read_to_string(docs().join("postgresql.md")).unwrap()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}
