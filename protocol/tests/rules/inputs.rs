use fracas_protocol::input::BATCH_MAX;
use fracas_protocol::message::decode_client;
use fracas_protocol::{
    Angle, Buttons, ClientMessage, Input, InputBatch, SeenAgo, Steer, Vec2, encode,
};

use crate::hex;

fn batch(first_tick: u32, count: usize) -> ClientMessage {
    let input = Input {
        steer: Steer::from_code(0xAB).unwrap(),
        aim: Angle(0x1234),
        buttons: Buttons::FIRE,
    };
    ClientMessage::Inputs(InputBatch {
        first_tick,
        seen_ago: SeenAgo(0x0506),
        inputs: vec![input; count],
    })
}

#[test]
fn i1_a_batch_holds_one_to_eight_inputs_of_four_bytes() {
    assert_eq!(encode(&batch(7, 1)), hex("01 07 06 05 01 ab 34 12 01"));
    for count in 1..=BATCH_MAX {
        let bytes = encode(&batch(7, count));
        assert_eq!(bytes.len(), 5 + 4 * count);
        assert_eq!(decode_client(&bytes).unwrap(), batch(7, count));
    }
    for count in [0, BATCH_MAX + 1, 255] {
        assert!(decode_client(&encode(&batch(7, count))).is_err(), "{count}");
    }
}

#[test]
fn i2_a_batch_does_not_run_past_the_last_tick() {
    assert!(decode_client(&encode(&batch(u32::MAX - 8, 8))).is_ok());
    assert!(decode_client(&encode(&batch(u32::MAX - 7, 8))).is_err());
    assert!(decode_client(&encode(&batch(u32::MAX, 1))).is_err());
}

#[test]
fn i3_steering_is_none_or_one_of_64_directions_at_one_of_three_strengths() {
    for code in 0..=255 {
        let mut bytes = encode(&batch(7, 1));
        bytes[5] = code;
        assert_eq!(decode_client(&bytes).is_ok(), code <= 192, "{code}");
    }
    // What lies beyond is a dash, which nobody asks for so; or nothing.
    for code in 193..=255 {
        let dashes = Steer::from_code(code).and_then(Steer::dashes);
        let direction = Angle(u16::from(code - 193).wrapping_mul(2_048));
        assert_eq!(dashes, (code <= 224).then_some(direction), "{code}");
    }
    let dash = Steer::from_code(193 + 8).unwrap();
    assert_eq!(dash.thrust(1_820), Vec2::new(0, 1_820));
    for (code, wish) in [
        (0, (0, 0)),
        (1, (100, 0)),
        (2, (200, 0)),
        (3, (300, 0)),
        (3 * 16 + 3, (0, 300)),
        (3 * 32 + 3, (-300, 0)),
        (3 * 48 + 1, (0, -100)),
        (3 * 8 + 3, (212, 212)),
        (192, (299, -29)),
    ] {
        let steer = Steer::from_code(code).unwrap();
        assert_eq!(steer.thrust(300), Vec2::new(wish.0, wish.1), "{code}");
    }
}

#[test]
fn i3_the_nearest_steering_to_a_stick() {
    let code = |x: f32, y: f32| Steer::from_xy(x, y).code();
    for (x, y, expected) in [
        (0.0, 0.0, 0),
        (0.16, 0.0, 0),
        (0.17, 0.0, 1),
        (0.5, 0.0, 2),
        (0.0, 1.0, 51),
        (-7.0, 0.0, 99),
        (0.7, -0.7, 171),
    ] {
        assert_eq!(code(x, y), expected, "{x} {y}");
    }
}

#[test]
fn i4_unknown_buttons_are_refused() {
    for buttons in 0..=255 {
        let mut bytes = encode(&batch(7, 1));
        *bytes.last_mut().unwrap() = buttons;
        let known = buttons & !Buttons::KNOWN.0 == 0;
        assert_eq!(decode_client(&bytes).is_ok(), known, "{buttons:#010b}");
    }
    assert_eq!(
        (Buttons::FIRE.0, Buttons::SPECIAL.0, Buttons::KNOWN.0),
        (1, 2, 15)
    );
    let pressed = Buttons::DASH.with(Buttons::DEFLECT);
    assert_eq!((Buttons::DASH.0, Buttons::DEFLECT.0), (4, 8));
    assert_eq!(Buttons::PRESSED, pressed);
}

#[test]
fn i9_what_was_shown_is_told_in_256ths_of_a_tick() {
    for (ticks, told) in [
        (0.0, 0),
        (0.5, 128),
        (6.25, 1_600),
        (-3.0, 0),
        (255.996_1, 65_535),
        (1e9, 65_535),
        (f64::NAN, 0),
    ] {
        assert_eq!(SeenAgo::from_ticks(ticks), SeenAgo(told), "{ticks}");
    }
    assert_eq!(encode(&SeenAgo(1_600)), [0x40, 0x06]);
}
