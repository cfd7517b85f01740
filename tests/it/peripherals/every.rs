//! What holds for every driver.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::{Decode, DialogueError, Frame, MOST_STEPS, SENSORS, Sensor, Step, find};
use proptest::prelude::*;

use super::bad_link::{FAULTS, Fault, Faulty};
use super::host::{Conversation, End, converse};
use super::{Peripheral, of_family};

/// No opening takes longer: within it somebody stands and waits.
const LONGEST: Duration = Duration::from_secs(30);

fn open(sensor: &dyn Sensor, peripheral: &mut dyn Peripheral) -> Conversation {
    converse(&mut *sensor.opening(100.0), peripheral)
}

fn decode(
    decoder: &mut dyn Decode,
    packets: impl IntoIterator<Item = (Channel, Vec<u8>)>,
) -> Vec<Frame> {
    let decoded = packets
        .into_iter()
        .filter_map(|(channel, bytes)| decoder.decode(channel, &bytes).ok());
    decoded.flat_map(|decoded| decoded.frames).collect()
}

fn said(conversation: Conversation) -> impl Iterator<Item = (Channel, Vec<u8>)> {
    conversation
        .packets
        .into_iter()
        .map(|(_, channel, bytes)| (channel, bytes))
}

fn sent(peripheral: &mut dyn Peripheral, count: usize) -> Vec<(Channel, Vec<u8>)> {
    let sent = peripheral.readings(count).into_iter();
    sent.map(|sent| (sent.channel, sent.bytes)).collect()
}

fn readings(frames: &[Frame]) -> usize {
    frames.iter().map(|frame| frame.readings.len()).sum()
}

#[test]
fn the_channels_that_are_used_are_there() {
    for sensor in SENSORS {
        let channels = sensor.channels();
        for uuid in channels.iter().chain([&sensor.service()]) {
            assert_eq!((uuid.len(), uuid.to_lowercase().as_str()), (36, *uuid));
        }
        for subscription in sensor.subscriptions() {
            assert!(usize::from(subscription.channel.0) < channels.len());
        }
        assert!(sensor.subscriptions().iter().any(|to| to.is_required));
        let beyond = Channel(channels.len() as u8);
        assert!(sensor.decoder().decode(beyond, &[]).is_err());
        assert!(find(sensor.family()).is_some());
    }
}

#[test]
fn readings_flow_after_the_opening_and_again_after_a_reset() {
    for sensor in SENSORS {
        let family = sensor.family();
        let mut peripheral = of_family(family);
        let mut decoder = sensor.decoder();
        for time in 0..3 {
            let conversation = open(*sensor, &mut *peripheral);
            assert_eq!(conversation.end, Ok(()), "{family}");
            assert!(
                conversation.took < LONGEST,
                "{family}: {:?}",
                conversation.took
            );
            let mut frames = decode(&mut *decoder, said(conversation));
            frames.extend(decode(&mut *decoder, sent(&mut *peripheral, 200)));
            assert!(
                readings(&frames) >= 190,
                "{family}, time {time}: {}",
                readings(&frames)
            );
            let gravity = frames
                .iter()
                .flat_map(|frame| &frame.readings)
                .map(|reading| reading.accel.meters_per_second_squared().norm());
            assert!(
                gravity.into_iter().all(|size| (9.0..10.5).contains(&size)),
                "{family}"
            );
            peripheral.reset();
            decoder.reconnected();
        }
    }
}

#[test]
fn the_closing_stops_what_can_be_stopped() {
    for sensor in SENSORS {
        let family = sensor.family();
        let mut peripheral = of_family(family);
        open(*sensor, &mut *peripheral);
        let conversation = converse(&mut *sensor.closing(), &mut *peripheral);
        assert_eq!(conversation.end, Ok(()), "{family}");
        let goes_on = !peripheral.readings(100).is_empty();
        assert_eq!(goes_on, family == "witmotion", "{family}");
    }
}

#[test]
fn a_bad_link_ends_in_readings_or_in_words() {
    for (sensor, fault) in SENSORS
        .iter()
        .flat_map(|sensor| FAULTS.map(|fault| (sensor, fault)))
    {
        let place = format!("{}, {fault:?}", sensor.family());
        let channels = sensor.channels().len() as u8;
        let mut peripheral = Faulty::new(of_family(sensor.family()), fault, channels);
        let conversation = open(*sensor, &mut peripheral);
        assert!(
            conversation.took < LONGEST,
            "{place}: {:?}",
            conversation.took
        );
        match &conversation.end {
            Ok(()) => {}
            Err(End::NotRead(_)) => assert_eq!(fault, Fault::Dead, "{place}"),
            Err(End::Dialogue(error)) => assert!(error.to_string().len() > 30, "{place}: {error}"),
        }
        // One that came through such a link opened gives readings, or nothing, but never nonsense.
        let opened = conversation.end.is_ok();
        let mut decoder = sensor.decoder();
        let mut frames = decode(&mut *decoder, said(conversation));
        frames.extend(decode(&mut *decoder, sent(&mut peripheral, 400)));
        for reading in frames.iter().flat_map(|frame| &frame.readings) {
            assert!(reading.accel.is_finite(), "{place}");
        }
        if opened && [Fault::Doubles, Fault::Damages, Fault::Babbles].contains(&fault) {
            assert!(readings(&frames) >= 380, "{place}: {}", readings(&frames));
        }
        // A good link afterwards puts all of it right.
        peripheral.inner.reset();
        decoder.reconnected();
        let conversation = open(*sensor, &mut *peripheral.inner);
        assert_eq!(conversation.end, Ok(()), "{place}");
        let mut frames = decode(&mut *decoder, said(conversation));
        frames.extend(decode(&mut *decoder, sent(&mut *peripheral.inner, 400)));
        assert!(
            readings(&frames) >= 380,
            "{place}, afterwards: {}",
            readings(&frames)
        );
        let conversation = converse(&mut *sensor.closing(), &mut peripheral);
        assert!(conversation.took < Duration::from_secs(10), "{place}");
    }
}

#[test]
fn a_good_answer_among_others_is_found() {
    for sensor in SENSORS {
        for fault in [Fault::Doubles, Fault::Babbles] {
            let channels = sensor.channels().len() as u8;
            let mut peripheral = Faulty::new(of_family(sensor.family()), fault, channels);
            let conversation = open(*sensor, &mut peripheral);
            // Noise within a stream of bytes breaks the very frame that answers; elsewhere packets stand alone.
            let is_broken = sensor.family() == "witmotion" && fault == Fault::Babbles;
            let expected = if is_broken {
                Err(End::Dialogue(DialogueError::NoAnswer))
            } else {
                Ok(())
            };
            assert_eq!(conversation.end, expected, "{}, {fault:?}", sensor.family());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_break_a_decoder(
        packets in prop::collection::vec(
            (0..6_u8, prop::collection::vec(any::<u8>(), 0..520), prop::bool::weighted(0.05)), 1..40),
        opened in any::<bool>(),
    ) {
        for sensor in SENSORS {
            let mut decoder = sensor.decoder();
            if opened {
                let conversation = open(*sensor, &mut *of_family(sensor.family()));
                decode(&mut *decoder, said(conversation));
            }
            for (channel, bytes, relinked) in &packets {
                if *relinked {
                    decoder.reconnected();
                }
                let Ok(decoded) = decoder.decode(Channel(*channel), bytes) else {
                    continue;
                };
                prop_assert!(readings(&decoded.frames) < 50_000);
                for frame in &decoded.frames {
                    prop_assert!(!frame.readings.is_empty());
                    prop_assert!(frame.nominal_rate.is_finite());
                }
            }
        }
    }

    #[test]
    fn no_answers_keep_a_dialogue_going(
        noise in prop::collection::vec((0..6_u8, prop::collection::vec(any::<u8>(), 0..40)), 0..200),
        echoes in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..30)), 200),
        rate_hz in prop_oneof![Just(100.0), any::<f64>()],
    ) {
        for sensor in SENSORS {
            for mut dialogue in [sensor.opening(rate_hz), sensor.closing()] {
                let mut peripheral = of_family(sensor.family());
                let mut noise = noise.iter().cycle().take(1000);
                let mut echoes = echoes.iter();
                let mut steps = 0;
                loop {
                    steps += 1;
                    prop_assert!(steps <= MOST_STEPS, "{}", sensor.family());
                    let write = match dialogue.step() {
                        Ok(Step::Done) | Err(_) => break,
                        Ok(Step::Read { channel, .. }) => {
                            if let Some(bytes) = peripheral.read(channel) {
                                dialogue.heard(channel, &bytes);
                            }
                            continue;
                        }
                        Ok(Step::Ask { write, .. }) => write,
                        Ok(_) => continue,
                    };
                    for (channel, bytes) in noise.by_ref().take(3) {
                        dialogue.heard(Channel(*channel), bytes);
                    }
                    // The right beginning, then anything.
                    let Some((status, rest)) = echoes.next() else { break };
                    let question = &write.bytes;
                    let kind = question.get(1).copied().unwrap_or(0);
                    let echo = match sensor.family() {
                        "polar" => [&[0xf0, question[0], kind, *status % 16], rest.as_slice()].concat(),
                        "witmotion" => {
                            let mut answer = [&[0x55, 0x71, question[3], 0, *status], rest.as_slice()].concat();
                            answer.resize(20, 0);
                            answer
                        }
                        _ => [&[question[0], kind, *status % 8], rest.as_slice()].concat(),
                    };
                    // The channel on which answers come is the first, but for our own protocol.
                    let channel = Channel(u8::from(sensor.family() == "backcoach"));
                    dialogue.heard(channel, &echo);
                    if *status % 3 == 0 && dialogue.unanswered().is_err() {
                        break;
                    }
                }
            }
        }
    }
}
