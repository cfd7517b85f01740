//! A recording of a whole session, killed and torn: it always reads, and a replay never says more than was recorded.

use backcoach::coach::Coach;
use backcoach::recording::{Entry, Reader};

use crate::support::{SESSION, Workplace, session, stderr, stdout};

fn entries(bytes: &[u8]) -> Option<(Vec<Entry>, bool)> {
    let mut reader = Reader::new(bytes).ok()?;
    let entries = reader.by_ref().collect::<Result<_, _>>().unwrap();
    Some((entries, reader.damage().is_loss()))
}

#[test]
fn cut_anywhere_the_beginning_is_what_it_was() {
    let whole = entries(session()).unwrap().0;
    let header_ends = session().iter().position(|byte| *byte == b'\n').unwrap();
    for step in 0..40 {
        let cut = header_ends + 1 + (session().len() - header_ends - 2) * step / 40;
        let (part, is_loss) = entries(&session()[..cut]).unwrap();
        assert_eq!(part, whole[..part.len()], "cut at {cut}");
        assert!(is_loss, "cut at {cut}");
    }
}

#[test]
fn a_coach_takes_whatever_is_left() {
    for seed in 0..30_u64 {
        let mut bytes = session().to_vec();
        for flip in 0..200_u64 {
            let at = (seed * 7919 + flip * 104_729 + flip * flip * 31) % bytes.len() as u64;
            bytes[at as usize] ^= 1 << (flip % 8);
        }
        let Ok(reader) = Reader::new(bytes.as_slice()) else {
            continue;
        };
        let mut coach = Coach::new(&reader.header().plan).unwrap();
        for entry in reader {
            if let Entry::Input(input) = entry.unwrap() {
                coach.handle(&input);
            }
        }
        coach.finish();
    }
}

#[test]
fn a_result_never_takes_the_place_of_a_recording() {
    let place = Workplace::with_session();
    let before = place.read(SESSION);
    place.write("other.backcoach.jsonl", &before);
    for command in [
        "export session.backcoach.jsonl --samples -o session.backcoach.jsonl",
        "export session.backcoach.jsonl --samples -o ./other.backcoach.jsonl",
        "report session.backcoach.jsonl -o ./session.backcoach.jsonl",
        "report session.backcoach.jsonl -o other.backcoach.jsonl",
    ] {
        let run = place.run(command).code(2);
        assert!(stderr(&run).contains("another name"), "{}", stderr(&run));
        assert_eq!(place.read(SESSION), before, "{command}");
        assert_eq!(place.read("other.backcoach.jsonl"), before, "{command}");
    }
}

#[test]
fn two_reports_under_one_name_are_refused() {
    let place = Workplace::with_session();
    std::fs::create_dir(place.path("out")).unwrap();
    let run = place
        .run("report session.backcoach.jsonl ./session.backcoach.jsonl -o out")
        .code(2);
    assert!(stderr(&run).contains("would both become"));
}

#[test]
fn a_report_of_packets_knows_the_gyroscope() {
    let run = Workplace::with_session()
        .run("report session.backcoach.jsonl --json")
        .success();
    let page: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(page["sensors"][0]["gyroscope"], true);
}
