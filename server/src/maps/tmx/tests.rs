use super::*;
use fracas_protocol::map::{Spawn, Tile, Zone};
use fracas_protocol::{Mode, Team, Vec2};

/// Line 8 is the first row of tiles, line 15 the first object. The diagonal is tile 3 mirrored left to right.
const RING: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" orientation="orthogonal" renderorder="right-down" width="7" height="5" tilewidth="16" tileheight="16" infinite="0">
 <properties><property name="modes" value="ffa"/><property name="players" value="2-4"/></properties>
 <tileset firstgid="1" name="fracas" tilewidth="16" tileheight="16" tilecount="7" columns="7">
  <image source="tiles.png" width="112" height="16"/>
 </tileset>
 <layer id="1" name="ground" width="7" height="5"><data encoding="csv">
2,2,2,2,2,2,2,
2,1,1,1,1,1,2,
2,1,3,2,4,1,2,
2,1,1,1,1,1,2,
2,2,2,2,2,2,2
</data></layer>
 <objectgroup id="2" name="things">
  <object id="1" type="spawn" x="24" y="24"><point/></object>
  <object id="2" name="orange" type="spawn" x="88" y="56"><point/></object>
  <object id="3" name="rail" type="pad" x="48" y="16" width="16" height="16"/>
  <object id="4" name="blue" type="flag" x="24" y="56"><point/></object>
  <object id="5" name="2" type="zone" x="16" y="16" width="32" height="16"/>
  <object id="6" name="1" type="zone" x="64" y="48" width="32" height="16"/>
 </objectgroup>
</map>
"#;

fn drawn(text: &str) -> Drawn {
    read(Path::new("ring.tmx"), text).unwrap()
}

/// What is wrong once `from` stands as `to`.
fn faults(from: &str, to: &str) -> Vec<String> {
    assert!(RING.contains(from), "{from}");
    let faults = read(Path::new("ring.tmx"), &RING.replace(from, to)).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

fn only_fault(from: &str, to: &str) -> String {
    let mut faults = faults(from, to);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn a_tiled_map_is_read_with_everything_on_it() {
    let Drawn { map, info, .. } = drawn(RING);
    assert_eq!((map.width(), map.height()), (7, 5));
    let row: Vec<_> = (0..7).map(|x| map.tile(x, 2)).collect();
    let inner = [Tile::Pit, Tile::Wall, Tile::DiagonalTopLeft];
    assert_eq!(row[2..5], inner);
    let spawn = |at, team| Spawn { at, team };
    assert_eq!(
        map.spawn_points(),
        [spawn((1, 1), None), spawn((5, 3), Some(Team::Orange))]
    );
    let pads: Vec<_> = map.pads().map(|pad| (pad.pos, pad.item)).collect();
    assert_eq!(pads, [(Vec2::new(3584, 1536), "rail")]);
    assert_eq!(
        map.flag_stands().next(),
        Some((Team::Blue, Vec2::new(1536, 3584)))
    );
    let zone = |left, top| Zone {
        left,
        top,
        width: 2,
        height: 1,
    };
    assert_eq!(
        map.zones(),
        [zone(4, 3), zone(1, 1)],
        "in the order of their numbers"
    );
    assert_eq!((info.name.as_str(), info.title.as_str()), ("ring", "ring"));
    assert_eq!((info.players_min, info.players_max), (2, 4));
    assert_eq!(info.modes, [Mode::Ffa]);
}

#[test]
fn a_diagonal_may_be_any_of_the_four_turned_or_mirrored() {
    let turned = |flags: u32| {
        let tile = format!("2,1,3,2,{},1,2", flags + 4);
        drawn(&RING.replace("2,1,3,2,4,1,2", &tile)).map.tile(4, 2)
    };
    let (across, down, along) = (1 << 31, 1 << 30, 1 << 29);
    assert_eq!(turned(across), Tile::DiagonalTopRight);
    assert_eq!(turned(down), Tile::DiagonalBottomLeft);
    assert_eq!(turned(across | down), Tile::DiagonalBottomRight);
    // A quarter turn clockwise, as the editor writes it.
    assert_eq!(turned(along | across), Tile::DiagonalTopRight);
    assert_eq!(turned(along | down), Tile::DiagonalBottomLeft);
}

#[test]
fn a_fault_has_its_line_what_it_is_and_what_would_be_right() {
    let no_mode = format!(
        r#"line 3: property modes: there is no mode "fa"; known are {}"#,
        Mode::names()
    );
    for (from, to, fault) in [
        (
            r#""rail" type="pad""#,
            r#""rail" type="pda""#,
            r#"line 17: object 3 (pda "rail"): its class is "pda"; it must be spawn, pad, flag or zone"#,
        ),
        (
            r#"name="rail""#,
            "",
            "line 17: object 3 (pad): its name is its item, for example health",
        ),
        (
            r#""orange""#,
            r#""green""#,
            r#"line 16: object 2 (spawn "green"): its name is its team: "green" is not one of blue, orange"#,
        ),
        (
            r#"x="88" y="56""#,
            r#"x="112" y="56""#,
            r#"line 16: object 2 (spawn "orange"): lies outside of the map"#,
        ),
        (
            r#"x="88" y="56""#,
            r#"x="-1" y="56""#,
            r#"line 16: object 2 (spawn "orange"): lies outside of the map"#,
        ),
        (
            r#"name="1" type="zone" x="64""#,
            r#"name="1" type="zone" x="65""#,
            r#"line 20: object 6 (zone "1"): its edges must lie between tiles; turn on View, Snapping, Snap to Grid"#,
        ),
        (
            r#"name="1" type="zone""#,
            r#"name="2" type="zone""#,
            r#"line 20: object 6 (zone "2"): there is a zone 2 already"#,
        ),
        (
            "2,1,3,2,4,1,2,",
            "2,1,9,2,4,1,2,",
            "line 10: tile at column 2, row 2: has id 8; known are 0 to 6 of the first tileset",
        ),
        (
            "2,1,3,2,4,1,2,",
            "2,1,0,2,4,1,2,",
            "line 10: tile at column 2, row 2: is empty; draw floor, wall or pit",
        ),
        (
            "2,1,3,2,4,1,2,",
            "2,1,3,2,4,1,",
            "line 7: layer or tileset: has 34 tiles, its size says 35",
        ),
        (r#"value="ffa""#, r#"value="fa""#, &no_mode),
        (
            r#"value="2-4""#,
            r#"value="4-2""#,
            r#"line 3: property players: "4-2": write how many it is for, 1 to 10000, for example 2-4"#,
        ),
        (
            r#"infinite="0""#,
            r#"infinite="1""#,
            "line 2: map: must not be infinite (map properties)",
        ),
    ] {
        assert_eq!(only_fault(from, to), fault);
    }
}

#[test]
fn what_is_no_map_at_all_says_so() {
    assert!(only_fault("</map>", "</mop>").starts_with("line 22: file: "));
    assert!(
        only_fault(
            r#"height="5" tilewidth="16" tileheight"#,
            r#"height="5" tilewidth"#
        )
        .starts_with("file: ")
    );
    let huge = only_fault(r#"tilecount="7""#, r#"tilecount="4000000000""#);
    assert!(huge.starts_with("line 4: "), "{huge}");
    let large = faults(
        r#"width="7" height="5" tilewidth"#,
        r#"width="700" height="5" tilewidth"#,
    );
    assert!(large[0].contains("not 700 x 5"), "{large:?}");
}

#[test]
fn all_faults_are_told_at_once() {
    let text = RING
        .replace("2,1,3,2,4,1,2,", "2,1,9,2,0,1,2,")
        .replace(r#"name="rail""#, "")
        .replace(r#"value="ffa""#, r#"value="""#);
    let faults = read(Path::new("ring.tmx"), &text).unwrap_err();
    assert_eq!(faults.len(), 4, "{faults:?}");
}

/// What is wrong with the map once `from` stands as `to`, though it is one.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert!(RING.contains(from), "{from}");
    let problems = drawn(&RING.replace(from, to)).problems();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_can_be_played_may_be_bad_all_the_same() {
    assert_eq!(drawn(RING).problems(), []);
    let stands = problems(r#"x="88" y="56""#, r#"x="56" y="40""#);
    let told = r#"line 16: object 2 (spawn "orange") at column 3, row 2: must stand on floor"#;
    assert_eq!(stands, [told]);
    let twice = problems(r#"x="88" y="56""#, r#"x="24" y="24""#);
    assert!(twice[0].contains("same tile"), "{twice:?}");
    let item = problems(r#""rail""#, r#""rial""#);
    assert!(
        item[0].starts_with("line 17: object 3") && item[0].ends_with("did you mean rail?"),
        "{item:?}"
    );
    let open = problems("2,1,3,2,4,1,2", "2,2,3,2,4,1,2");
    assert!(open.iter().any(|why| why.contains("dead end")), "{open:?}");
    let cut = problems("2,1,1,1,1,1,2,\n2,1,3", "2,1,2,1,1,1,2,\n2,2,3");
    assert!(
        cut.iter()
            .any(|why| why.starts_with("line 9: tile at column 3, row 1: no way")),
        "{cut:?}"
    );
}

#[test]
fn teams_need_the_same_map_and_their_objectives() {
    let tdm = problems(r#""ffa""#, r#""tdm""#).join("\n");
    assert!(
        tdm.contains("0 spawn points of team blue and 1 of team orange"),
        "{tdm}"
    );
    assert!(tdm.contains("without a counterpart"), "{tdm}");
    let ctf = problems(r#""ffa""#, r#""ctf""#).join("\n");
    assert!(
        ctf.contains("ctf needs a flag stand for each team"),
        "{ctf}"
    );
    let text = RING
        .replace(r#""ffa""#, r#""control""#)
        .replace(r#"type="zone""#, r#"type="pad""#);
    let control = drawn(&text).problems();
    assert!(
        control
            .iter()
            .any(|problem| problem.why == "control needs a control zone")
    );
}
