//! What a server sends is refused or understood; a client survives any server.

#![no_main]

use fracas_protocol::{ServerMessage, decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = decode::<ServerMessage>(bytes) {
        let again = encode(&message);
        let message_again = decode::<ServerMessage>(&again).expect("what was encoded decodes");
        // Bytes, not values: rules hold floats, and NaN is not itself.
        assert_eq!(encode(&message_again), again);
    }
});
