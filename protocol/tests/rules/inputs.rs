use fracas_protocol::input::BATCH_MAX;
use fracas_protocol::message::decode_client;
use fracas_protocol::{Angle, Buttons, ClientMessage, Input, InputBatch, encode};

fn batch(first_tick: u32, count: usize) -> ClientMessage {
    let input = Input {
        steer_x: -127,
        steer_y: 127,
        aim: Angle(0x1234),
        buttons: Buttons::FIRE,
    };
    ClientMessage::Inputs(InputBatch {
        first_tick,
        inputs: vec![input; count],
    })
}

#[test]
fn i1_a_batch_holds_one_to_eight_inputs_of_five_bytes() {
    for count in 1..=BATCH_MAX {
        let bytes = encode(&batch(7, count));
        assert_eq!(bytes.len(), 3 + 5 * count);
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
fn i3_steering_of_minus_128_is_refused() {
    for at in [3, 4] {
        let mut bytes = encode(&batch(7, 1));
        bytes[at] = 0x80;
        assert!(decode_client(&bytes).is_err());
    }
}

#[test]
fn i4_unknown_buttons_are_refused() {
    for buttons in 0..=255 {
        let mut bytes = encode(&batch(7, 1));
        *bytes.last_mut().unwrap() = buttons;
        assert_eq!(
            decode_client(&bytes).is_ok(),
            buttons <= 1,
            "{buttons:#010b}"
        );
    }
}
