//! A recording of a whole session, killed and torn: it always reads, and a replay never says more than was recorded.

use backcoach::coach::Coach;
use backcoach::recording::{Entry, Reader};

use crate::support::session;

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
