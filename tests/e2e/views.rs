//! Bots that compare every view they rebuild with the server's.

use std::time::Duration;

use fracas_bots::client::Lag;
use fracas_bots::swarm::Swarm;
use fracas_bots::{Skill, swarm::Report};
use fracas_protocol::Rules;

use crate::host::Host;

#[tokio::test]
async fn bots_rebuild_what_the_server_sees_on_good_lines_and_bad_ones() {
    let mut rules = Rules::default();
    rules.flow.time_limit_s = 2.0;
    rules.flow.countdown_s = 0.5;
    rules.flow.results_s = 0.5;
    let host = Host::start(rules).await;
    let bad = Lag {
        delay: Duration::from_millis(60),
        jitter: Duration::from_millis(20),
        stall: 0.02,
    };
    let (good, bad) = tokio::join!(play(&host, "good", Lag::default()), play(&host, "bad", bad));
    for report in [good, bad] {
        assert_eq!(report.lost(), 0, "{report:?}");
        assert_eq!(report.connected_max, 3);
        assert!(
            report.checksums > 100,
            "every snapshot is compared: {report:?}"
        );
        assert_eq!(report.checksums, report.snapshots);
    }
}

async fn play(host: &Host, what: &str, lag: Lag) -> Report {
    let swarm = Swarm {
        server: host.client(),
        room: None,
        count: 3,
        skill: Skill::Mixed,
        seed: what.len() as u64,
        duration: Some(Duration::from_secs(5)),
        ramp_per_s: 50.0,
        lag,
        check: true,
        drawn: false,
        threads: Some(1),
    };
    let (report, _) = swarm
        .run(std::future::pending(), |_| {})
        .await
        .expect("threads");
    report
}
