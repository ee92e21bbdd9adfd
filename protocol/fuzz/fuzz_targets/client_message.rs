//! What a client sends is refused or understood; what is understood encodes to the same bytes'
//! meaning.

#![no_main]

use fracas_protocol::message::decode_client;
use fracas_protocol::{ClientMessage, decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = decode_client(bytes) {
        assert_eq!(
            decode::<ClientMessage>(&encode(&message)).ok(),
            Some(message)
        );
    }
});
