//! Tasks that ingest lines one request after another, each repeated until a node has acknowledged it.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use replay_server::clock::Clock;
use replay_tests::lines::{Line, SeededRandom};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use super::contacts::{Contacts, Request};

/// Tasks that ingest lines.
#[derive(Debug)]
pub(super) struct Sources {
    tasks: Vec<JoinHandle<()>>,
    is_ended: watch::Sender<bool>,
    acknowledged: Vec<Arc<Mutex<Vec<Line>>>>,
}

const SOURCES: usize = 2;

/// Each source has its own numbers.
const NUMBERS: usize = 1_000_000;

impl Sources {
    /// Starts the tasks.
    pub(super) fn start(contacts: &Contacts, random: &mut SeededRandom) -> Self {
        let is_ended = watch::Sender::new(false);
        let mut sources = Self { tasks: Vec::new(), is_ended, acknowledged: Vec::new() };
        for number in 0..SOURCES {
            let acknowledged = Arc::<Mutex<Vec<Line>>>::default();
            let seed = u64::try_from(random.below(usize::MAX)).unwrap();
            let source = Source {
                contacts: contacts.clone(),
                random: SeededRandom::new(seed),
                next: number * NUMBERS,
                acknowledged: Arc::clone(&acknowledged),
            };
            sources.acknowledged.push(acknowledged);
            sources.tasks.push(tokio::spawn(source.run(sources.is_ended.subscribe())));
        }
        sources
    }

    /// The lines that were acknowledged, in order of arrival for each source.
    pub(super) fn acknowledged(&self) -> Vec<Vec<Line>> {
        self.acknowledged.iter().map(|lines| lines.lock().unwrap().clone()).collect()
    }

    /// Ends the tasks. Each one ingests a last line before.
    pub(super) async fn end(&mut self) {
        self.is_ended.send_replace(true);
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
    }
}

struct Source {
    contacts: Contacts,
    random: SeededRandom,
    next: usize,
    acknowledged: Arc<Mutex<Vec<Line>>>,
}

impl Source {
    async fn run(mut self, is_ended: watch::Receiver<bool>) {
        // The first lines make jobs that take some time.
        self.ingest(1_000).await;
        while !*is_ended.borrow() {
            let count = if self.random.below(10) == 0 { 60 } else { 1 + self.random.below(5) };
            self.ingest(count).await;
            sleep(Duration::from_millis(self.random.below(200).try_into().unwrap())).await;
        }
        self.ingest(1).await;
    }

    /// Ingests lines that are dated now.
    async fn ingest(&mut self, count: usize) {
        let now = Clock::system().now();
        let numbers = self.next..self.next + count;
        let lines: Vec<_> = numbers.map(|number| Line::plain(number, now)).collect();
        self.next += count;
        let response = self.contacts.answer(&mut self.random, &Request::ingest(&lines)).await;
        assert_eq!(response.code, 202, "{response:?}");
        let answer = response.json();
        let known = answer["accepted"].as_u64().zip(answer["duplicates"].as_u64());
        let known = known.map(|(accepted, duplicates)| accepted + duplicates);
        assert_eq!(known, Some(count as u64), "{response:?}");
        self.acknowledged.lock().unwrap().extend(lines);
    }
}
