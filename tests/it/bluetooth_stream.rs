//! What the stream of a sensor gives while the link, the adapter or the service goes away and comes back.
//!
//! A process can have one system bus only. So each test runs its own half that uses the library in a child: this
//! program again, told to run that one test. What the child prints is what the test looks at.

use std::process::{Command, Stdio};
use std::time::Duration;

use backcoach::input::{Input, LinkChange, SensorId};
use backcoach::sensors::{Pulse, backcoach as family};
use backcoach::sources::ble::{Radio, Wanted};
use backcoach::sources::live::SessionClock;
use fake_bluez::Outcome;
use futures_util::StreamExt;

use crate::bluetooth_sensor::{ADDRESS, Player, advert, room};

/// Says to a child how many packets of readings it waits for.
const UNTIL: &str = "BACKCOACH_TEST_UNTIL";

fn is_child() -> bool {
    std::env::var_os(UNTIL).is_some()
}

/// Streams until enough packets came, and prints what it gets: `Connected`, `Lost`, `c0` for a packet of channel 0, and
/// the number of each packet of readings.
async fn child() {
    let until: usize = std::env::var(UNTIL).unwrap().parse().unwrap();
    let radio = Radio::open().await.unwrap();
    let wanted = [Wanted::default()];
    let patience = Duration::from_secs(10);
    let found = radio.find(&wanted, patience, &mut |_| {}).await.unwrap();
    let (mut inputs, handle) = radio.stream(found, 100.0, SessionClock::begin());
    let mut problems = handle.problems().unwrap();
    let mut count = 0;
    let mut last = None;
    while let Some(input) = inputs.next().await {
        match input.unwrap() {
            Input::Link {
                change: LinkChange::Connected,
                ..
            } => {
                println!("> Connected");
                handle.pulse(SensorId(0), Pulse::Double);
            }
            Input::Link {
                change: LinkChange::Lost,
                ..
            } => println!("> Lost"),
            Input::Packet {
                channel, bytes, at, ..
            } if channel == family::DATA => {
                let number = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) / 2;
                println!("> {number}");
                assert!(last.is_none_or(|last| at >= last), "time goes back");
                last = Some(at);
                count += 1;
                if count == until {
                    handle.close().await;
                    handle.close().await;
                }
            }
            Input::Packet { channel, .. } => println!("> c{}", channel.0),
            _ => {}
        }
    }
    while let Ok(problem) = problems.try_recv() {
        println!("? {:?}", problem.error.map(|error| error.to_string()));
    }
}

/// What a child printed.
struct Heard {
    /// Everything but replies and states, in order.
    lines: Vec<String>,
    numbers: Vec<u32>,
    all: String,
}

/// Runs the child of a test.
async fn streamed(test: &str, address: &str, until: u32) -> Heard {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            &format!("bluetooth_stream::{test}"),
            "--nocapture",
        ])
        .env(UNTIL, until.to_string())
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .stdin(Stdio::null());
    let run = move || command.output().unwrap();
    let output = tokio::time::timeout(Duration::from_secs(100), tokio::task::spawn_blocking(run));
    let output = output.await.expect("the child ends").unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let all = text + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{all}");
    let lines: Vec<String> = all
        .lines()
        .filter_map(|line| line.split_once("> "))
        .map(|(_, said)| said.to_owned())
        .collect();
    let numbers = lines.iter().filter_map(|line| line.parse().ok()).collect();
    Heard {
        lines,
        numbers,
        all,
    }
}

impl Heard {
    /// How the link went.
    fn links(&self) -> Vec<&str> {
        let links = self.lines.iter().map(String::as_str);
        links
            .filter(|line| ["Connected", "Lost"].contains(line))
            .collect()
    }

    /// Fails unless every packet that the link delivered came once, in order.
    fn assert_complete(&self) {
        let expected: Vec<u32> = (0..self.numbers.len() as u32).collect();
        assert_eq!(self.numbers, expected, "{}", self.all);
    }

    /// Fails unless each connection began with its description, before any readings.
    fn assert_described(&self) {
        for (place, line) in self.lines.iter().enumerate() {
            if line == "Connected" {
                assert_eq!(self.lines.get(place + 1).map(String::as_str), Some("c0"));
            }
        }
        assert_eq!(self.lines.first().map(String::as_str), Some("Connected"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_drops_comes_back_and_nothing_it_delivered_is_lost() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    let name = "a_link_that_drops_comes_back_and_nothing_it_delivered_is_lost";
    let play = async {
        for dropped in 1..=2 {
            player.wait_sent(dropped * 50).await;
            player.sensor.drop_link().await;
        }
    };
    let (heard, ()) = tokio::join!(streamed(name, bluez.address(), 200), play);
    assert_eq!(
        heard.links(),
        ["Connected", "Lost", "Connected", "Lost", "Connected"]
    );
    heard.assert_complete();
    heard.assert_described();
    // The wearer was given a signal on each connection, and the sensor was let rest at the end.
    assert_eq!(
        player.state.cues.load(std::sync::atomic::Ordering::SeqCst),
        3
    );
    assert!(!player.sensor.is_connected());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_out_of_range_and_forgotten_is_found_again() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    let play = async {
        player.wait_sent(50).await;
        player.sensor.hide();
        player.sensor.drop_link().await;
        bluez.wait_called("Device1.Connect", 2).await;
        player.sensor.forget().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        player.sensor.show();
    };
    let name = "a_sensor_out_of_range_and_forgotten_is_found_again";
    let (heard, ()) = tokio::join!(streamed(name, bluez.address(), 100), play);
    assert_eq!(heard.links(), ["Connected", "Lost", "Connected"]);
    heard.assert_complete();
    heard.assert_described();
    assert!(heard.all.contains("is out of range"), "{}", heard.all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_restarts_is_waited_for() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    let play = async {
        player.wait_sent(50).await;
        bluez.stop_bluetoothd().await;
        player.sensor.hide();
        tokio::time::sleep(Duration::from_secs(7)).await;
        bluez.start_bluetoothd().await;
        player.sensor.show();
    };
    let name = "a_service_that_restarts_is_waited_for";
    let (heard, ()) = tokio::join!(streamed(name, bluez.address(), 400), play);
    assert_eq!(
        heard.links(),
        ["Connected", "Lost", "Connected"],
        "{}",
        heard.all
    );
    heard.assert_described();
    assert!(
        heard.all.contains("service is not running"),
        "{}",
        heard.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adapter_that_is_unplugged_may_come_back_under_another_name() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    let play = async {
        player.wait_sent(50).await;
        bluez.remove_adapter("hci0").await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        bluez.add_adapter("hci1", true).await;
        let again = Player::new_on(&bluez, "hci1", advert(ADDRESS, "Back")).await;
        again.wait_sent(50).await;
        again
    };
    let name = "an_adapter_that_is_unplugged_may_come_back_under_another_name";
    let (heard, _player) = tokio::join!(streamed(name, bluez.address(), 100), play);
    assert_eq!(heard.links(), ["Connected", "Lost", "Connected"]);
    heard.assert_described();
    assert!(
        heard.all.contains("no Bluetooth adapter was found"),
        "{}",
        heard.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_goes_silent_is_made_anew() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    let mute = |is_mute| {
        player
            .state
            .is_mute
            .store(is_mute, std::sync::atomic::Ordering::SeqCst)
    };
    let play = async {
        player.wait_sent(50).await;
        mute(true);
        player.sensor.wait_disconnected().await;
        mute(false);
    };
    let name = "a_link_that_goes_silent_is_made_anew";
    let (heard, ()) = tokio::join!(streamed(name, bluez.address(), 100), play);
    assert_eq!(heard.links(), ["Connected", "Lost", "Connected"]);
    heard.assert_complete();
    assert!(
        heard.all.contains("is connected but silent"),
        "{}",
        heard.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_connection_that_fails_is_tried_again() {
    if is_child() {
        return child().await;
    }
    let (bluez, player) = room().await;
    player.sensor.on_connect(Outcome::aborted());
    let play = async {
        bluez.wait_called("Device1.Connect", 2).await;
        player.sensor.on_connect(Outcome::Ok);
    };
    let name = "a_first_connection_that_fails_is_tried_again";
    let (heard, ()) = tokio::join!(streamed(name, bluez.address(), 20), play);
    assert_eq!(heard.links(), ["Connected"]);
    heard.assert_complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_packets_a_second_all_arrive() {
    if is_child() {
        return child().await;
    }
    let bluez = fake_bluez::FakeBluez::start().await;
    bluez.add_adapter("hci0", true).await;
    let every = Duration::from_millis(5);
    let _player = Player::at(&bluez, "hci0", advert(ADDRESS, "Back"), every).await;
    let name = "two_hundred_packets_a_second_all_arrive";
    let seconds: u32 =
        std::env::var("BACKCOACH_TEST_SECONDS").map_or(5, |said| said.parse().unwrap());
    let heard = streamed(name, bluez.address(), seconds * 200).await;
    assert_eq!(heard.links(), ["Connected"]);
    heard.assert_complete();
}
