//! How the receiver behaves at the moment.

use std::sync::{Arc, Mutex};

use replay_tests::{
    lines::SeededRandom,
    receiver::{Door, Gate, ReceivedRequest, Receiver, Reply},
};

/// How a receiver behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mood {
    /// It acknowledges every request.
    Well,
    /// It answers with this status and these header lines.
    Answering(u16, &'static str),
    /// It acknowledges requests with few lines, and answers 413 to others.
    Narrow,
    /// It does not answer; when its mood changes, it closes the connections.
    Hanging,
    /// It takes the request, and closes the connection without an answer.
    LosingAnswers,
    /// It refuses connections.
    Refusing,
    /// It draws one of the other moods for each request, but [`Mood::Refusing`].
    Mixed,
}

/// A receiver with moods.
#[derive(Debug)]
pub(super) struct MoodyReceiver {
    pub(super) receiver: Receiver,
    door: Door,
    current: Arc<Mutex<Current>>,
}

#[derive(Debug)]
struct Current {
    mood: Mood,
    /// Opened when the mood changes.
    gate: Gate,
    random: SeededRandom,
}

/// A receiver is well as often as it answers 401, which is the quickest way to an outage.
const MOODS: [Mood; 18] = [
    Mood::Well,
    Mood::Well,
    Mood::Well,
    Mood::Well,
    Mood::Well,
    Mood::Well,
    Mood::Well,
    Mood::Answering(401, ""),
    Mood::Answering(401, ""),
    Mood::Answering(503, ""),
    Mood::Answering(503, "retry-after: 2\r\n"),
    Mood::Answering(429, ""),
    Mood::Answering(429, "retry-after: 1\r\n"),
    Mood::Answering(400, ""),
    Mood::Narrow,
    Mood::Hanging,
    Mood::LosingAnswers,
    Mood::Refusing,
];

impl Mood {
    /// Some mood.
    pub(super) fn drawn(random: &mut SeededRandom) -> Self {
        if random.below(5) == 0 { Self::Mixed } else { MOODS[random.below(MOODS.len())] }
    }
}

impl MoodyReceiver {
    /// A receiver that is well.
    pub(super) fn new(random: SeededRandom) -> Self {
        let current = Current { mood: Mood::Well, gate: Gate::closed(), random };
        let current = Arc::new(Mutex::new(current));
        let script = Arc::clone(&current);
        let (receiver, door) =
            Receiver::with_door(move |request| script.lock().unwrap().reply(request));
        Self { receiver, door, current }
    }

    /// Changes the mood, and ends the requests that wait for an answer.
    pub(super) fn set(&self, mood: Mood) {
        let mut current = self.current.lock().unwrap();
        current.gate.open();
        current.gate = Gate::closed();
        current.mood = mood;
        if mood == Mood::Refusing {
            self.door.close();
        } else {
            self.door.open();
        }
    }
}

impl Current {
    fn reply(&mut self, request: &ReceivedRequest) -> Reply {
        const FEW: usize = 5;
        let mut mood = self.mood;
        while mood == Mood::Mixed || mood == Mood::Refusing {
            mood = MOODS[self.random.below(MOODS.len())];
        }
        match mood {
            Mood::Answering(code, headers) => Reply::Full(code, headers, ""),
            Mood::Narrow if request.lines() > FEW => Reply::Status(413),
            Mood::Hanging => self.gate.hold(Reply::Bytes(String::new())),
            Mood::LosingAnswers => Reply::Bytes(String::new()),
            Mood::Well | Mood::Narrow | Mood::Mixed | Mood::Refusing => Reply::Status(200),
        }
    }
}
