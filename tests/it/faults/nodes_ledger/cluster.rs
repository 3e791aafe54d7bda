//! Three nodes on one database, and what happens to them.

use core::time::Duration;

use replay_tests::{
    lines::SeededRandom,
    process::{Server, ServerDir},
    test_database::TestDatabase,
};
use tokio::time::{Instant, sleep_until};

use super::contacts::Contacts;

/// Three nodes and their database.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) database: TestDatabase,
    pub(super) contacts: Contacts,
    nodes: Vec<Node>,
    /// What has happened, in the order of [`Disturbance::ALL`].
    counts: [usize; Disturbance::ALL.len()],
}

#[derive(Debug)]
struct Node {
    dir: ServerDir,
    /// The user of its connections.
    user: String,
    server: Server,
    frozen_until: Option<Instant>,
}

/// What happens to a node, or to all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Disturbance {
    /// It is killed with SIGKILL, and started again.
    Kill,
    /// It is stopped with SIGTERM, and started again.
    End,
    /// It is suspended for longer than a lease lasts.
    Freeze,
    /// It loses its connections to the database.
    Disconnect,
    /// All nodes lose their connections to the database.
    DisconnectAll,
}

/// The most requests of a job in flight.
pub(super) const IN_FLIGHT: usize = 3;

const NODES: usize = 3;

/// Longer than a lease lasts.
const FREEZE: Duration = Duration::from_secs(20);

impl Disturbance {
    const ALL: [Self; 5] =
        [Self::Kill, Self::End, Self::Freeze, Self::Disconnect, Self::DisconnectAll];

    /// One of them. Kills are the most frequent ones.
    pub(super) fn drawn(random: &mut SeededRandom) -> Self {
        match random.below(10) {
            0..4 => Self::Kill,
            4 => Self::End,
            5..8 => Self::Freeze,
            8 => Self::Disconnect,
            _ => Self::DisconnectAll,
        }
    }
}

impl Cluster {
    /// Three nodes on an empty database.
    pub(super) async fn start() -> Self {
        let database = TestDatabase::new();
        let (contacts, mut nodes) = (Contacts::default(), Vec::new());
        for number in 0..NODES {
            let user = format!("node_{number}");
            let dir = ServerDir::with_database(database.url_of_new_user(&user));
            let server = serve(&dir).await;
            contacts.add(server.api.clone());
            nodes.push(Node { dir, user, server, frozen_until: None });
        }
        Self { database, contacts, nodes, counts: [0; Disturbance::ALL.len()] }
    }

    /// The directory of a node, for other commands on the database.
    pub(super) fn dir(&self) -> &ServerDir {
        &self.nodes[0].dir
    }

    /// How often this has happened.
    pub(super) fn count(&self, disturbance: Disturbance) -> usize {
        self.counts[disturbance as usize]
    }

    /// Lets it happen to a node that is not frozen. The last one of these is killed instead of frozen.
    pub(super) async fn disturb(&mut self, disturbance: Disturbance, random: &mut SeededRandom) {
        let awake: Vec<_> =
            (0..NODES).filter(|number| self.nodes[*number].frozen_until.is_none()).collect();
        let number = awake[random.below(awake.len())];
        let is_last_awake = awake.len() == 1;
        let disturbance = if is_last_awake && matches!(disturbance, Disturbance::Freeze) {
            Disturbance::Kill
        } else {
            disturbance
        };
        println!("{disturbance:?} {number}");
        self.counts[disturbance as usize] += 1;
        let node = &mut self.nodes[number];
        match disturbance {
            Disturbance::Kill => {
                node.server.process.child.kill().await.unwrap();
                self.restart(number).await;
            }
            Disturbance::End => {
                node.server.process.signal("TERM").await;
                node.server.process.child.wait().await.unwrap();
                self.restart(number).await;
            }
            Disturbance::Freeze => {
                node.server.process.signal("STOP").await;
                node.frozen_until = Some(Instant::now() + FREEZE);
                self.contacts.set_frozen(number, true);
            }
            Disturbance::Disconnect => self.database.end_connections_of(&node.user),
            Disturbance::DisconnectAll => self.database.end_connections(),
        }
    }

    /// Lets the nodes go on that were frozen for long enough.
    pub(super) async fn thaw(&mut self) {
        let now = Instant::now();
        for number in 0..NODES {
            if self.nodes[number].frozen_until.is_some_and(|until| until <= now) {
                self.wake(number).await;
            }
        }
    }

    /// Lets all nodes go on, as soon as each one was frozen for long enough.
    pub(super) async fn thaw_all(&mut self) {
        for number in 0..NODES {
            if let Some(until) = self.nodes[number].frozen_until {
                sleep_until(until).await;
                self.wake(number).await;
            }
        }
    }

    /// What the nodes have logged.
    pub(super) fn logs(&self) -> String {
        self.nodes.iter().map(|node| node.dir.log()).collect()
    }

    async fn wake(&mut self, number: usize) {
        let node = &mut self.nodes[number];
        node.frozen_until = None;
        node.server.process.signal("CONT").await;
        self.contacts.set_frozen(number, false);
    }

    async fn restart(&mut self, number: usize) {
        let node = &mut self.nodes[number];
        node.server = serve(&node.dir).await;
        self.contacts.replace(number, node.server.api.clone());
    }
}

async fn serve(dir: &ServerDir) -> Server {
    let in_flight = IN_FLIGHT.to_string();
    dir.serve(&["--forward", "--batch-lines", "20", "--in-flight", &in_flight]).await
}
