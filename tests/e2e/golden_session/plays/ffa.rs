//! Nobody waits for anybody: every weapon, everything that lies on pads, a stall of the line.

use fracas_protocol::{Angle, Mode, Rules, Steer};

use super::Play;
use crate::golden_session::script::Step::{self, Free, Take};
use crate::golden_session::script::{Script, Sight, Wish};
use crate::golden_session::server::START;

/// Player 0 flies to and fro, then from pad to pad.
pub(crate) fn play() -> Play {
    let mut rules = Rules::default();
    rules.flow.countdown_s = 1.0;
    rules.craft.special = "rail".to_owned();
    // The others take what they come across, too.
    for pickup in &mut rules.pickups {
        pickup.comes_back_s = 3.0;
    }
    let other = || Script::of(&[OTHER]);
    Play {
        name: "ffa",
        mode: Mode::Ffa,
        rules,
        maps: vec![("Pads", PADS)],
        scripts: vec![Script::of(&[FIRST]), other(), other(), other()],
        stall: 7_000..7_350,
    }
}

pub(crate) const PADS: &str = "
################
#S......#.....S#
#.3.◢◣.5...4..◢#
#...◥◤...oo....#
#...2..6...7.1.#
#S....##......S#
################
=1 health
=2 shield
=3 scatter
=4 rail
=5 lobber
=6 haste
=7 overcharge
";

const FIRST: &[Step] = &[
    Free(fly_about, 12_000),
    Take(2.5, 2.5, r#""pickup","player":0,"pad":0"#),
    Take(2.5, 2.5, r#""owner":0,"weapon":"scatter""#),
    Take(4.5, 4.5, r#""pickup","player":0,"pad":3"#),
    Take(7.5, 4.5, r#""pickup","player":0,"pad":4"#),
    Take(11.5, 4.5, r#""pickup","player":0,"pad":5"#),
    Take(13.5, 4.5, r#""pickup","player":0,"pad":6"#),
    Take(11.5, 2.5, r#""pickup","player":0,"pad":2"#),
    Take(7.5, 2.5, r#""pickup","player":0,"pad":1"#),
    Take(7.5, 2.5, r#""owner":0,"weapon":"lobber""#),
];
const OTHER: &[Step] = &[Free(turn_and_fire, u32::MAX)];

/// Back and forth with turns, firing two seconds of three, charging the rail in the third; a dash and a deflect now and then.
fn fly_about(sight: &Sight) -> Wish {
    let (ms, leg) = (sight.ms, sight.ms / 700);
    let x = [1.0, 0.5, -1.0, 0.0, -0.25][leg as usize % 5];
    let y = [0.0, 0.75, 0.25, -1.0][leg as usize % 4];
    let held = if ms % 3_000 < 2_000 { 1 } else { 2 };
    let pressed = |every, button| if ms % every < 17 { button } else { 0 };
    Wish {
        steer: (x, y),
        aim: f64::from(ms % 5_000) / 800.0,
        buttons: held + pressed(1_700, 4) + pressed(2_300, 8),
        ..Wish::default()
    }
}

/// Turns slowly, changes course twice a second, fires or charges; dashes now and then.
fn turn_and_fire(sight: &Sight) -> Wish {
    let (id, tick) = (u32::from(sight.me.0), START + sight.ms * 60 / 1000);
    let course = (tick / 30 + id * 7) * 40_503;
    let [x, y] = Steer::from_code((course % 193) as u8)
        .unwrap_or_default()
        .to_xy();
    let held = if tick / 60 % 3 == id % 3 { 2 } else { 1 };
    let dash = if tick % 150 == id * 7 { 4 } else { 0 };
    Wish {
        steer: (x.into(), y.into()),
        aim: Angle((tick * 150 + id * 20_000) as u16).radians().into(),
        buttons: held + dash,
        ..Wish::default()
    }
}
