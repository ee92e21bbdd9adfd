use fracas_protocol::Angle;

#[test]
fn m1_the_sine_table_is_sine_rounded_to_the_nearest() {
    for piece in 0..=256_u16 {
        let radians = f64::from(piece) / 256.0 * std::f64::consts::FRAC_PI_2;
        // The library's sine is good to the last bit or so; no entry lies that near a half.
        #[allow(clippy::disallowed_methods)]
        let expected = (radians.sin() * 32_768.0).round() as i32;
        assert_eq!(Angle(piece * 64).direction().y, expected, "{piece}");
    }
}

#[test]
fn m1_between_table_entries_sine_is_linear() {
    let sine = |angle: u16| Angle(angle).direction().y;
    let (from, to) = (sine(64 * 100), sine(64 * 101));
    for rest in 0..64 {
        let expected = from + (((to - from) * i32::from(rest) + 32) >> 6);
        assert_eq!(sine(64 * 100 + rest), expected);
    }
    assert_eq!(
        [0, 0x4000, 0x8000, 0xC000].map(sine),
        [0, 32_768, 0, -32_768]
    );
    assert_eq!(
        (sine(0x8000 + 1_234), sine(0xC000 + 1_234)),
        (-sine(1_234), -sine(0x4000 - 1_234))
    );
}

#[test]
fn m2_coarse_aim_is_the_nearest_of_256_directions() {
    for (angle, coarse) in [
        (0, 0),
        (127, 0),
        (128, 1),
        (0x4000, 64),
        (65_407, 255),
        (65_408, 0),
    ] {
        assert_eq!(Angle(angle).coarse(), coarse, "{angle}");
    }
    assert_eq!(Angle::from_coarse(64), Angle(0x4000));
}
