//! What is done in a script.

use fracas_protocol::motion::CraftMotion;
use fracas_protocol::{Angle, Input, PlayerId, SeenAgo, Vec2, View, Wants, Weapon};

use super::words::{place, same, text};
use super::{Outcome, Player, Stage};
use crate::sim::resources::{Hit, Hits};
use crate::sim::tests::match_config;
use crate::sim::tracks::Pasts;
use crate::sim::{Command, Match, modes};

impl Stage {
    pub(super) fn arm(&mut self, name: &str, weapon: &str) -> Outcome {
        let weapon = self.all_rules()?.weapon(weapon).ok_or("no such weapon")?;
        let ammo = self.arena().tuning.weapon(weapon).ammo;
        let id = self.player(name)?.id;
        let special = &mut self.craft(id).pilot.special;
        (special.weapon, special.ammo) = (weapon, ammo);
        Ok(())
    }

    /// As if it had lain on a pad.
    pub(super) fn give(&mut self, name: &str, item: &str) -> Outcome {
        let tuning = self.arena().tuning;
        let pickups = tuning.pickups.iter();
        let found = pickups.clone().find(|pickup| pickup.name == item);
        let pickup = found.ok_or("no such pickup")?;
        let (id, tick) = (self.player(name)?.id, self.game().tick());
        same(self.craft(id).pilot.take(pickup, tick, &tuning), &true)
    }

    pub(super) fn join(&mut self, name: &str) -> Outcome {
        if self.game.is_none() {
            let mut config = match_config(&self.map, 7, self.all_rules()?);
            config.mode = self.mode;
            modes::suits(self.mode, &self.places).map_err(text)?;
            self.game = Some(Match::at(self.places.clone(), config));
        }
        let taken = |id: u16| self.players.values().any(|player| player.id.0 == id);
        let id = (0..)
            .find(|id| !taken(*id))
            .map(PlayerId)
            .ok_or("no place")?;
        self.enter(name, id, Vec::new())
    }

    /// In the tick in which somebody leaves, somebody else gets their place.
    pub(super) fn replace(&mut self, old: &str, name: &str) -> Outcome {
        let player = self.player(old)?.id;
        self.players.remove(old);
        self.enter(name, player, vec![Command::Leave { player }])
    }

    fn enter(&mut self, name: &str, id: PlayerId, mut commands: Vec<Command>) -> Outcome {
        let player = Player {
            id,
            input: Input::default(),
            view: View::default(),
            heard: Vec::new(),
            seen_ago: SeenAgo::default(),
            is_away: false,
        };
        self.players.insert(name.into(), player);
        commands.push(Command::Join {
            player: id,
            name: name.into(),
            bot: false,
        });
        self.step(commands);
        self.attach(name)
    }

    pub(super) fn attach(&mut self, name: &str) -> Outcome {
        let tick = self.game().tick();
        let player = self.player(name)?;
        let id = player.id;
        player.is_away = false;
        player.view = View {
            me: id,
            tick,
            ..View::default()
        };
        let wants = Wants {
            checksums: true,
            in_full: false,
        };
        self.step(vec![Command::Attach { player: id, wants }]);
        Ok(())
    }

    /// Stands still there, alive or not.
    pub(super) fn put(&mut self, name: &str, at: &str) -> Outcome {
        let id = self.player(name)?.id;
        let pos = place(at)?;
        let vel = Vec2::default();
        self.craft(id).pilot.motion = CraftMotion { pos, vel };
        // Nobody has flown there: whoever was told where it was must be told in full.
        self.game().world.resource_mut::<Pasts>().clear(id);
        Ok(())
    }

    /// At somebody, or at a place.
    pub(super) fn aim(&mut self, name: &str, at: &str) -> Outcome {
        let target = match place(at) {
            Ok(target) => target,
            Err(_) => {
                let id = self.player(at)?.id;
                self.craft(id).pilot.motion.pos
            }
        };
        let id = self.player(name)?.id;
        let to = target - self.craft(id).pilot.motion.pos;
        self.player(name)?.input.aim = Angle::from_radians((to.y as f32).atan2(to.x as f32));
        Ok(())
    }

    /// A shot with the first weapon, in the coming tick, which is played.
    pub(super) fn hit(&mut self, attacker: &str, victim: &str, damage: u8, bounces: u8) -> Outcome {
        self.aim_hit(attacker, victim, damage, bounces)?;
        self.ticks(1);
        Ok(())
    }

    /// The same, in a tick that isn't played yet.
    pub(super) fn aim_hit(
        &mut self,
        attacker: &str,
        victim: &str,
        damage: u8,
        bounces: u8,
    ) -> Outcome {
        let (attacker, victim) = (self.player(attacker)?.id, self.player(victim)?.id);
        if !self.craft(victim).pilot.alive {
            return Err("the victim is dead already".into());
        }
        let hit = Hit {
            attacker,
            victim,
            weapon: Weapon::FIRST,
            damage,
            bounces,
            deflected: false,
            pos: self.craft(victim).pilot.motion.pos,
        };
        self.game().world.resource_mut::<Hits>().0.push(hit);
        Ok(())
    }
}
