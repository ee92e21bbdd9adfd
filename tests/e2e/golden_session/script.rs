//! What somebody in a recorded session does. Scripts wait for what happens rather than for the time at which it does, so
//! that they still lead where they should when the numbers of the game change.

use std::collections::VecDeque;

use fracas_protocol::PlayerId;

/// What a player knows when a frame begins.
pub(super) struct Sight {
    pub(super) me: PlayerId,
    pub(super) ms: u32,
    /// In tiles.
    pub(super) own: (f32, f32),
    pub(super) alive: bool,
    /// What happened in the frame before, as JSON.
    pub(super) events: Vec<String>,
}

/// What a player wants in a frame.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) steer: (f64, f64),
    /// In radians.
    pub(super) aim: f64,
    pub(super) buttons: u8,
    pub(super) words: Option<Words>,
    /// Nothing follows.
    pub(super) is_done: bool,
}

/// What is said beside the game.
#[derive(Clone, Copy, Debug)]
pub(super) enum Words {
    Vote(u8),
    Text { text: &'static str, to_team: bool },
    Phrase { number: u8, to_team: bool },
}

/// Where a player was to go they stay, whatever comes between; where they aimed they aim.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Flies there, straight on.
    Go(f32, f32),
    /// For so many milliseconds.
    Wait(u32),
    /// Until something has happened whose JSON has this in it, after what was waited for last.
    Hear(&'static str),
    /// Fires once, there.
    Fire(f32, f32),
    /// Deflects once, there.
    Deflect(f32, f32),
    Say(Words),
    /// Flies there all the time and fires whatever there is, all around, until something happens whose JSON has this in it.
    Take(f32, f32, &'static str),
    /// As this says, for so many milliseconds.
    Free(fn(&Sight) -> Wish, u32),
}

/// The first weapon fires once in this time.
const ONE_SHOT_MS: u32 = 100;
const FIRE: u8 = 1;
const SPECIAL: u8 = 2;
const DEFLECT: u8 = 8;
/// Who is as near as this is there, in tiles.
const NEAR: f32 = 0.3;

/// One step after the other.
#[derive(Default)]
pub(super) struct Script {
    steps: VecDeque<Step>,
    /// When the first of them began.
    begun: Option<u32>,
    heard: VecDeque<String>,
    post: Option<(f32, f32)>,
    target: (f32, f32),
}

impl Script {
    pub(super) fn of(parts: &[&[Step]]) -> Script {
        Script {
            steps: parts.concat().into(),
            ..Script::default()
        }
    }

    /// For whoever asks why nothing goes on.
    pub(super) fn doing(&self) -> String {
        format!("{:?}", self.steps.front())
    }

    pub(super) fn wish(&mut self, mut sight: Sight) -> Wish {
        self.heard.extend(sight.events.drain(..));
        let Some(&step) = self.steps.front() else {
            return Wish {
                is_done: true,
                ..self.hover(&sight)
            };
        };
        let begun = *self.begun.get_or_insert(sight.ms);
        let (wish, is_done) = self.follow(step, sight.ms - begun, &sight);
        if is_done {
            self.steps.pop_front();
            self.begun = None;
        }
        wish
    }

    /// What is to be done for a step that began `ms` ago, and whether it is over.
    fn follow(&mut self, step: Step, ms: u32, sight: &Sight) -> (Wish, bool) {
        let (mut buttons, mut words) = (0, None);
        let is_done = match step {
            Step::Free(wish, length) => return (wish(sight), ms >= length),
            Step::Take(x, y, word) => {
                if ms == 0 {
                    self.heard.clear();
                }
                self.post = Some((x, y));
                return (self.fire_all_around(sight), self.has_heard(word));
            }
            Step::Go(x, y) => {
                self.post = Some((x, y));
                let [dx, dy] = [x - sight.own.0, y - sight.own.1].map(f32::abs);
                sight.alive && dx.max(dy) < NEAR
            }
            Step::Wait(length) => ms >= length,
            Step::Hear(word) => self.has_heard(word),
            Step::Fire(x, y) => {
                (self.target, buttons) = ((x, y), FIRE);
                ms >= ONE_SHOT_MS
            }
            Step::Deflect(x, y) => {
                (self.target, buttons) = ((x, y), DEFLECT);
                true
            }
            Step::Say(said) => {
                words = Some(said);
                true
            }
        };
        let wish = Wish {
            buttons,
            words,
            ..self.hover(sight)
        };
        (wish, is_done)
    }

    /// At the post, or on the way to it, aiming at the target.
    fn hover(&self, sight: &Sight) -> Wish {
        let own = sight.own;
        let stick = |own: f32, post: f32| f64::from(2.0 * (post - own)).clamp(-1.0, 1.0);
        let steer = self.post.map(|(x, y)| (stick(own.0, x), stick(own.1, y)));
        let (x, y) = (self.target.0 - own.0, self.target.1 - own.1);
        Wish {
            steer: steer.unwrap_or_default(),
            aim: f64::from(y.atan2(x)),
            ..Wish::default()
        }
    }

    fn fire_all_around(&self, sight: &Sight) -> Wish {
        let Wish { steer, .. } = self.hover(sight);
        let special = if sight.ms % 900 < 600 { SPECIAL } else { 0 };
        Wish {
            // Less upright than along, so as to slide past what stands in between.
            steer: (steer.0, 0.7 * steer.1),
            aim: f64::from(sight.ms % 5_000) / 800.0,
            buttons: FIRE + special,
            ..Wish::default()
        }
    }

    fn has_heard(&mut self, word: &str) -> bool {
        while let Some(event) = self.heard.pop_front() {
            if event.contains(word) {
                return true;
            }
        }
        false
    }
}
