//! How much one address, and all of them together, may take.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::rate::{Bucket, Rate};

/// Counts open connections, together and by address.
#[derive(Debug)]
pub struct Connections {
    total_max: usize,
    per_address_max: usize,
    open: Mutex<Open>,
    all_closed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One open connection. Travels with it, from HTTP into a WebSocket; dropped when it closes.
#[derive(Debug)]
pub struct Permit {
    connections: Arc<Connections>,
    address: IpAddr,
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// All connections together.
    Total,
    /// Those of one address.
    Address,
}

impl Refusal {
    /// The metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Address => "address",
        }
    }
}

impl Connections {
    /// At most `total_max` at a time, and `per_address_max` from one address.
    pub fn new(total_max: u32, per_address_max: u32) -> Arc<Self> {
        Arc::new(Self {
            total_max: total_max as usize,
            per_address_max: per_address_max as usize,
            open: Mutex::default(),
            all_closed: Notify::new(),
        })
    }

    /// Counts one more, if it may be.
    ///
    /// # Errors
    /// Which limit it would exceed.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Refusal> {
        let mut open = self.open();
        if open.total >= self.total_max {
            return Err(Refusal::Total);
        }
        let count = open.by_address.entry(address).or_default();
        // A load generator, a proxy or the server's own bots: this machine may have as many as there are.
        if *count >= self.per_address_max && !is_this_machine(address) {
            return Err(Refusal::Address);
        }
        *count += 1;
        open.total += 1;
        Ok(Permit {
            connections: self.clone(),
            address,
        })
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.open().total
    }

    /// Waits until none is open.
    pub async fn all_closed(&self) {
        loop {
            let closed = self.all_closed.notified();
            if self.count() == 0 {
                return;
            }
            closed.await;
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.total -= 1;
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
        if open.total == 0 {
            self.connections.all_closed.notify_waiters();
        }
    }
}

/// How often one address may do something: a household behind one address can, a script that fills rooms can't.
#[derive(Debug)]
pub struct AddressLimiter {
    rate: Rate,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

/// Joins of one address, and its tries to find a room by a code.
pub const JOINS: Rate = Rate {
    per_second: 0.5,
    burst: 16.0,
};
/// Rooms made for one address.
pub const ROOMS: Rate = Rate {
    per_second: 0.02,
    burst: 3.0,
};
/// Addresses remembered. Full buckets are forgotten first; they say nothing.
const ADDRESSES_MAX: usize = 10_000;

impl AddressLimiter {
    /// So often.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    /// Whether this address may once more now.
    pub fn admit(&self, address: IpAddr, now: Instant) -> bool {
        if is_this_machine(address) {
            return true;
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX {
            let time_to_fill = Duration::from_secs_f64(self.rate.burst / self.rate.per_second);
            buckets.retain(|_, bucket| bucket.idle(now) < time_to_fill);
        }
        let fresh = Bucket::new(self.rate, now);
        buckets
            .entry(address)
            .or_insert(fresh)
            .take(1.0, self.rate, now)
    }
}

/// Loopback, in both families.
pub fn is_this_machine(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn connections_are_counted_together_and_by_address() {
        let connections = Connections::new(4, 2);
        let (first, _second) = (
            connections.admit(FAR).unwrap(),
            connections.admit(FAR).unwrap(),
        );
        assert_eq!(connections.admit(FAR).unwrap_err(), Refusal::Address);
        let (_third, _fourth) = (
            connections.admit(HERE).unwrap(),
            connections.admit(HERE).unwrap(),
        );
        assert_eq!(connections.admit(HERE).unwrap_err(), Refusal::Total);
        drop(first);
        assert!(connections.admit(HERE).is_ok());
        assert_eq!(connections.count(), 3);
    }

    #[test]
    fn joins_come_in_a_burst_and_then_slowly() {
        let (limiter, now) = (AddressLimiter::new(JOINS), Instant::now());
        let admitted = (0..100).filter(|_| limiter.admit(FAR, now)).count();
        assert_eq!(admitted, JOINS.burst as usize);
        assert!(!limiter.admit(FAR, now + Duration::from_millis(1_900)));
        assert!(limiter.admit(FAR, now + Duration::from_millis(2_100)));
        assert!((0..1_000).all(|_| limiter.admit(HERE, now)));
    }

    #[test]
    fn an_address_has_three_rooms_made_and_then_one_in_fifty_seconds() {
        let (limiter, now) = (AddressLimiter::new(ROOMS), Instant::now());
        let made = (0..10).filter(|_| limiter.admit(FAR, now)).count();
        assert_eq!(made, 3);
        assert!(!limiter.admit(FAR, now + Duration::from_secs(49)));
        assert!(limiter.admit(FAR, now + Duration::from_secs(51)));
    }
}
