//! The round trip, measured with WebSocket's own pings.

use std::time::{Duration, Instant};

use bytes::Bytes;

/// A client that answers no ping for this long is closed.
const PONG_TIMEOUT: Duration = Duration::from_secs(10);

/// WebSocket pings that carry the time they were sent.
pub(super) struct Pings {
    origin: Instant,
    last_answer: Instant,
}

impl Pings {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            origin: now,
            last_answer: now,
        }
    }

    /// The payload of the next ping; `None` when none was answered for too long.
    pub(super) fn ask(&self, now: Instant) -> Option<Bytes> {
        let waited = now.duration_since(self.last_answer);
        let micros = now.duration_since(self.origin).as_micros() as u64;
        (waited < PONG_TIMEOUT).then(|| Bytes::copy_from_slice(&micros.to_le_bytes()))
    }

    /// The round trip in milliseconds. An unsolicited or made-up pong proves life and measures nothing.
    pub(super) fn answered(&mut self, payload: &[u8], now: Instant) -> Option<u16> {
        self.last_answer = now;
        let sent = Duration::from_micros(u64::from_le_bytes(payload.try_into().ok()?));
        let trip = now.duration_since(self.origin).checked_sub(sent)?;
        (trip < PONG_TIMEOUT).then_some(trip.as_millis() as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pings_measure_and_tolerate_nonsense() {
        let origin = Instant::now();
        let mut pings = Pings::new(origin);
        let payload = pings.ask(origin + Duration::from_secs(1)).unwrap();
        assert_eq!(
            pings.answered(&payload, origin + Duration::from_millis(1_034)),
            Some(34)
        );
        assert_eq!(
            pings.answered(&[0xFF; 8], origin + Duration::from_secs(2)),
            None
        );
        assert_eq!(pings.answered(b"?", origin + Duration::from_secs(3)), None);
        assert!(pings.ask(origin + Duration::from_secs(12)).is_some());
        assert!(pings.ask(origin + Duration::from_secs(13)).is_none());
    }
}
