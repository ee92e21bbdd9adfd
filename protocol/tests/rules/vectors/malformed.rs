//! Bytes that a decoder has to refuse, and why.

use fracas_protocol::message::decode_client;
use fracas_protocol::{ServerMessage, decode};
use serde_json::{Value, json};

use super::hex;
use crate::bits::Bits;

pub(super) fn vectors() -> Value {
    let client = CLIENT
        .iter()
        .map(|(name, text)| ("client", *name, crate::hex(text)));
    let server = SERVER
        .iter()
        .map(|(name, text)| ("server", *name, crate::hex(text)));
    let state = states()
        .into_iter()
        .map(|(name, bits)| ("server", name, bits.message(2)));
    let all = client
        .chain(server)
        .chain(state)
        .map(|(from, name, bytes)| {
            let is_refused = if from == "client" {
                decode_client(&bytes).is_err()
            } else {
                decode::<ServerMessage>(&bytes).is_err()
            };
            assert!(is_refused, "{name}");
            json!({"name": name, "from": from, "hex": hex(&bytes)})
        });
    Value::Array(all.collect())
}

const CLIENT: &[(&str, &str)] = &[
    ("nothing", ""),
    ("an unknown tag", "09 00"),
    ("a vote and something after it", "03 01 00"),
    ("a phrase that isn't there", "04 00 00 0a"),
    ("a channel that isn't there", "04 02 00 01"),
    ("a text of nothing", "04 00 01 00"),
    ("a text of two lines", "04 00 01 03 61 0a 62"),
    ("a text that runs backwards", "04 00 01 05 61 e2 80 ae 62"),
    ("a text with U+FFFF in it", "04 00 01 04 61 ef bf bf"),
    ("a hello of version 2", "00 02 00 01 74 00 00"),
    ("a hello that breaks off", "00 03 00 02 74"),
    (
        "a hello with a credential of an unknown kind",
        "00 03 02 01 74 00 00",
    ),
    ("a hello that wants checksums twice", "00 03 00 01 74 02 00"),
    (
        "a hello with a ticket of 2^63 bytes",
        "00 03 00 fd ff ff ff ff ff ff ff 7f",
    ),
    ("a ticket that is no UTF-8", "00 03 00 02 c3 28 00 00"),
    ("no inputs", "01 07 00 00 00"),
    ("nine inputs", "01 07 00 00 09"),
    ("one input fewer than told", "01 07 00 00 02 00 00 00 00"),
    ("steering 193", "01 07 00 00 01 c1 00 00 00"),
    ("a dash as steering", "01 07 00 00 01 d0 00 00 00"),
    ("button 16", "01 07 00 00 01 00 00 00 10"),
    (
        "inputs beyond the last tick",
        "01 fc ff ff ff ff 00 00 01 00 00 00 00",
    ),
    ("a ping and something after it", "02 05 00"),
    ("a ping wider than 32 bits", "02 fd 01 00 00 00 00 00 00 00"),
    ("a ping that begins with fe", "02 fe"),
];

const SERVER: &[(&str, &str)] = &[
    ("nothing", ""),
    ("an unknown tag", "09 00"),
    ("a ballot that breaks off", "04 02 01 61 00"),
    ("a pong and something after it", "03 05 00"),
    ("a snapshot that breaks off", "02 02"),
    ("an unknown section", "02 02 00 80"),
    ("a pad beyond 65535", "02 02 00 40 02 fb ff ff 05 00 05"),
    ("an unknown phase", "02 02 00 01 05 00"),
    ("a state that is shorter than told", "02 02 00 04 05 00"),
    ("a state of no bytes", "02 02 00 04 00"),
    ("an unknown bit in the roster", "02 02 00 08 01 00 40"),
    ("a place beyond 65535", "02 02 00 08 02 fb ff ff 02 00 02"),
    ("an unknown event", "02 02 00 10 01 00 08"),
    (
        "a kill that is deflected twice",
        "02 02 00 10 01 00 01 00 00 00 00 02 00 00",
    ),
    ("a checksum of three bytes", "02 02 00 20 00 00 00"),
];

fn states() -> Vec<(&'static str, Bits)> {
    let start = Bits::default;
    let quiet = || start().flag(false);
    let rest = |bits: Bits| bits.grouped(0, 4).grouped(0, 4).grouped(0, 4);
    // One of the four fields that come often.
    let own = |mask: u32| start().flag(true).bits(mask, 4).flag(false);
    let end = |bits: Bits| rest(bits.grouped(0, 4));
    let one = |bits: Bits| rest(bits);
    let known = |count| quiet().grouped(count, 4);
    vec![
        ("a state filled up with a 1", end(quiet()).bits(0b100, 3)),
        ("a state with a byte too many", end(quiet()).bits(0, 11)),
        (
            "an own course that turns to steering 225",
            end(own(1).bits(1, 1).bits(225, 8).flag(false)),
        ),
        (
            "an own course that turns twice in one tick",
            end(own(1)
                .bits(1, 1)
                .bits(1, 8)
                .flag(true)
                .bits(1, 1)
                .bits(2, 8)
                .flag(false)),
        ),
        ("a change of nothing", one(known(1).flag(true).bits(0, 3))),
        (
            "a change of nothing, at length",
            one(known(1).flag(true).bits(4, 3).bits(0, 4)),
        ),
        (
            "an aim turned by 128",
            one(known(1).flag(true).bits(2, 3).signed(128, 5)),
        ),
        ("65536 craft known", known(65_536)),
        (
            "a ready tick of 33 bits",
            (0..7).fold(own(2), |bits, group| bits.bits(31, 5).flag(group < 6)),
        ),
        (
            "a shot fired by nobody",
            known(2)
                .bits(0, 2)
                .grouped(0, 4)
                .grouped(0, 4)
                .grouped(1, 4)
                .grouped(0, 5)
                .flag(true)
                .bits(3, 2)
                .bits(0, 3)
                .bits(0, 16)
                .bits(0, 1),
        ),
        (
            "a shot that has bounced 256 times",
            known(0)
                .grouped(0, 4)
                .grouped(0, 4)
                .grouped(1, 4)
                .grouped(0, 5)
                .flag(false)
                .grouped(0, 5)
                .bits(0, 3)
                .bits(0, 21)
                .bits(0, 21)
                .bits(0, 16)
                .grouped(256, 3)
                .bits(0, 8),
        ),
        (
            "a shot that is gone beyond 65535",
            known(0)
                .grouped(0, 4)
                .grouped(1, 4)
                .grouped(65_536, 5)
                .grouped(0, 4),
        ),
    ]
}
