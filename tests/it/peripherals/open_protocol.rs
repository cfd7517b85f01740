//! A board with our own protocol, as its specification says.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::backcoach::{BATTERY, Backcoach, CONTROL, DATA, INFO, STATUS};
use backcoach::sensors::{Sensor, Write};
use backcoach_protocol::control::{Answer, Command, Refusal, Reply, Request};
use backcoach_protocol::data::{Flags, FrameBuilder, Header, Position, RawSample, Stream};
use backcoach_protocol::info::Info;
use backcoach_protocol::status::Status;

use super::host::{Conversation, End, converse};
use super::{Peripheral, Sent, assert_written, bytes};

/// 52 and 104 Hz; 2, 4, 8, 16 g; 500 and 2000 °/s; set to 104 Hz, 4 g, 500 °/s.
const INFO_BYTES: &str = "01 02 01 00 02 08 01 02 03 04 05 06 07 08 03 01 03 04 04 40 03 80 06 05 08 02 00 04 00 08 00 10 00 \
    06 04 f4 01 d0 07 07 10 09 02 80 06 04 00 f4 01 0a e8 9c 3a 58 a0 8b 39 08 03 03 b8 0b 09 04 00 04 00 00 0a 03 fe 01 03";

/// The board.
pub struct Board {
    info: Vec<u8>,
    config: backcoach_protocol::info::Config,
    pub streams: bool,
    /// Refusals of the requests to come, by opcode; each is used once.
    pub refusals: Vec<(u8, Refusal)>,
    run: u8,
    index: u32,
    ticks: u32,
}

impl Board {
    pub fn new() -> Board {
        let info = bytes(INFO_BYTES);
        Board {
            config: Info::parse(&info).unwrap().config,
            info,
            streams: false,
            refusals: Vec::new(),
            run: 0,
            index: 0,
            ticks: 0,
        }
    }

    fn obey(&mut self, command: Command) -> Answer {
        let opcode = command.opcode();
        let refused = self.refusals.iter().position(|(of, _)| *of == opcode);
        if let Some(at) = refused {
            let (opcode, refusal) = self.refusals.remove(at);
            return Answer::Refused { opcode, refusal };
        }
        match command {
            Command::GetConfig => Answer::Config(self.config),
            Command::Start => {
                if !self.streams {
                    (self.run, self.index) = ((self.run + 1) % 16, 0);
                }
                self.streams = true;
                Answer::Started
            }
            Command::Stop => {
                self.streams = false;
                Answer::Stopped
            }
            Command::Configure(_) if self.streams => Answer::Refused {
                opcode,
                refusal: Refusal::WRONG_STATE,
            },
            Command::Configure(settings) => {
                self.config.settings = settings;
                self.config.generation = self.config.generation.wrapping_add(1);
                Answer::Configured(self.config)
            }
            Command::SetLatency { millis } => Answer::Latency { millis },
            _ => Answer::Refused {
                opcode,
                refusal: Refusal::UNSUPPORTED,
            },
        }
    }
}

impl Peripheral for Board {
    fn read(&mut self, channel: Channel) -> Option<Vec<u8>> {
        match channel {
            INFO => Some(self.info.clone()),
            STATUS => Some(Status::default().emit().to_vec()),
            BATTERY => Some(vec![80]),
            _ => None,
        }
    }

    fn written(&mut self, write: &Write) -> Vec<Sent> {
        assert_eq!(write.channel, CONTROL);
        let request = Request::parse(&write.bytes).unwrap();
        let reply = Reply {
            reference: request.reference,
            answer: self.obey(request.command),
        };
        let mut buffer = [0; 64];
        let length = reply.emit(&mut buffer).unwrap();
        vec![Sent::soon(CONTROL, buffer[..length].to_vec())]
    }

    fn readings(&mut self, count: usize) -> Vec<Sent> {
        let mut sent = Vec::new();
        for number in 0..count.div_ceil(4) as u64 {
            self.ticks += 4 * 315;
            if !self.streams {
                continue;
            }
            let header = Header {
                stream: Stream::AccelGyro,
                flags: Flags {
                    time_reset: self.index == 0,
                    ..Flags::default()
                },
                run: self.run,
                generation: self.config.generation,
                position: Position::Full {
                    index: self.index,
                    timestamp: self.ticks,
                },
            };
            let mut buffer = [0; 100];
            let mut frame = FrameBuilder::new(&mut buffer, header).unwrap();
            for _ in 0..4 {
                let sample = RawSample {
                    accel: [0, 0, 8192],
                    gyro: Some([0; 3]),
                };
                frame.push(sample).unwrap();
            }
            let length = frame.finish();
            self.index += 4;
            sent.push(Sent {
                after: Duration::from_millis(38 * number),
                channel: DATA,
                bytes: buffer[..length].to_vec(),
            });
        }
        sent
    }

    fn reset(&mut self) {
        *self = Board::new();
    }
}

fn opened(board: &mut Board, rate_hz: f64) -> Conversation {
    converse(&mut *Backcoach.opening(rate_hz), board)
}

fn refusal(board: &mut Board) -> String {
    match opened(board, 100.0).end {
        Err(End::Dialogue(error)) => error.to_string(),
        end => panic!("{end:?}"),
    }
}

#[test]
fn a_board_is_set_to_what_coaching_wants_and_started() {
    let mut board = Board::new();
    board.streams = true;
    let conversation = opened(&mut board, 100.0);
    assert_eq!(conversation.end, Ok(()));
    assert_written(
        &conversation,
        &[
            "03 01",
            "04 02 02 80 06 08 00 D0 07",
            "05 03 32 00",
            "02 04",
        ],
    );
    assert!(board.streams);
    let conversation = converse(&mut *Backcoach.closing(), &mut board);
    assert_written(&conversation, &["03 01"]);
    assert!(!board.streams);
}

#[test]
fn what_is_set_already_is_not_set_again() {
    let mut board = Board::new();
    opened(&mut board, 100.0);
    // The description says what holds now.
    let at = board
        .info
        .windows(2)
        .position(|pair| pair == [7, 16])
        .unwrap()
        + 2;
    board.info[at..at + 16].copy_from_slice(&board.config.emit());
    let conversation = opened(&mut board, 100.0);
    assert_written(&conversation, &["03 01", "05 02 32 00", "02 03"]);
}

#[test]
fn the_rate_that_was_asked_for_is_looked_for() {
    for (asked, rate) in [(50.0, 52), (52.0, 52), (60.0, 104), (200.0, 104), (5.0, 52)] {
        let mut board = Board::new();
        opened(&mut board, asked);
        let set = board.config.settings.rate.hz();
        assert_eq!(set, rate as f32, "{asked}");
    }
}

#[test]
fn a_busy_board_is_asked_again_and_other_refusals_are_told() {
    let mut board = Board::new();
    board.refusals = vec![(2, Refusal::BUSY), (2, Refusal::BUSY)];
    assert_eq!(opened(&mut board, 100.0).end, Ok(()));
    assert!(board.streams);

    let refusing = |opcode, refusal_of| {
        let mut board = Board::new();
        board.refusals = vec![(opcode, refusal_of)];
        refusal(&mut board)
    };
    assert!(refusing(2, Refusal::LOW_BATTERY).contains("charge it"));
    assert!(refusing(4, Refusal::BAD_VALUE).contains("does not take this value"));
    let unknown = Refusal::new(99).unwrap();
    assert!(refusing(2, unknown).contains("code 99"));

    let mut board = Board::new();
    board.refusals = vec![(5, Refusal::UNSUPPORTED), (3, Refusal::FAILED)];
    assert_eq!(opened(&mut board, 100.0).end, Ok(()));
}

#[test]
fn a_board_of_another_major_version_is_left_alone() {
    let mut board = Board::new();
    board.info[2] = 2;
    let told = refusal(&mut board);
    assert!(
        told.contains("the sensor speaks protocol 2.0, this program 1.x; update the program"),
        "{told}"
    );
    board.info.truncate(10);
    board.info[2] = 1;
    assert!(refusal(&mut board).contains("is damaged"));
}

#[test]
fn a_late_reply_to_an_older_request_is_not_the_answer() {
    struct Late(Board, Option<Sent>);
    impl Peripheral for Late {
        fn read(&mut self, channel: Channel) -> Option<Vec<u8>> {
            self.0.read(channel)
        }
        fn written(&mut self, write: &Write) -> Vec<Sent> {
            let now = self.1.take();
            self.1 = self.0.written(write).pop();
            // The reply to the request before, and that to this one after the time is over.
            now.into_iter().collect()
        }
        fn readings(&mut self, count: usize) -> Vec<Sent> {
            self.0.readings(count)
        }
        fn reset(&mut self) {}
    }
    let conversation = converse(
        &mut *Backcoach.opening(100.0),
        &mut Late(Board::new(), None),
    );
    assert!(conversation.end.is_err(), "{conversation:?}");
}
