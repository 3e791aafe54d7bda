//! What the node that delivers tells the others of its deliveries, so that each of them can answer how far
//! a job is. It is not stored.

/// The deliveries of a region at a moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DeliveryReport {
    /// Lines per second, recently.
    pub lines_per_second: u64,
    /// The requests in flight.
    pub in_flight: u64,
    /// The number of requests that may be in flight.
    pub in_flight_limit: Option<u64>,
    /// Lines per second of the latest job without the time during which it was limited or paused.
    pub unlimited_lines_per_second: Option<u64>,
}

impl DeliveryReport {
    /// The report as words that are separated by spaces.
    pub(super) fn write(&self) -> String {
        let number = |number: Option<u64>| number.map_or("-".to_owned(), |it| it.to_string());
        let (limit, unlimited) = (self.in_flight_limit, self.unlimited_lines_per_second);
        let (limit, unlimited) = (number(limit), number(unlimited));
        format!("{} {} {limit} {unlimited}", self.lines_per_second, self.in_flight)
    }

    /// Reads the words of [`write`](Self::write); `None` if they are no report.
    pub(super) fn read<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut number = || match words.next()? {
            "-" => Some(None),
            text => text.parse().ok().map(Some),
        };
        Some(Self {
            lines_per_second: number()??,
            in_flight: number()??,
            in_flight_limit: number()?,
            unlimited_lines_per_second: number()?,
        })
    }
}
