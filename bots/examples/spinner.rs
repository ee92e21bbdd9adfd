//! A bot of one's own in thirty lines: spins on the spot, and fires when somebody crosses its sights.
//!
//! `cargo run --example spinner -- http://localhost:8080`

use fracas_bots::brain::{Bot, World, Xy, intent, turn};
use fracas_bots::client::{JoinRequest, Server, join, play};
use fracas_protocol::Intent;

#[derive(Default)]
struct Spinner {
    aim: f32,
}

impl Bot for Spinner {
    fn think(&mut self, world: &World) -> Intent {
        self.aim += 0.08;
        let own = world.own();
        let in_sights = world.enemies().any(|enemy| {
            let lead = world.lead(own.pos, enemy.pos, enemy.vel);
            let is_near = lead.is_some_and(|lead| turn(self.aim, lead).abs() < 0.1);
            is_near && world.clear_shot(own.pos, enemy.pos)
        });
        intent(Xy::ZERO, self.aim, in_sights)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let url = std::env::args()
        .nth(1)
        .unwrap_or("http://localhost:8080".into());
    let server = Server::parse(&url)?;
    let request = JoinRequest {
        name: "Spinner",
        room: None,
        bot: true,
    };
    let place = join(&server, &request).await?;
    println!(
        "{} plays in {}; Ctrl-C ends it",
        request.name, place.match_id
    );
    let interrupted = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let ending = play(
        &place.ws_url,
        place.ticket,
        Spinner::default(),
        1,
        interrupted,
    )
    .await?;
    println!("{ending:?}");
    Ok(())
}
