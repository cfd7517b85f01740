//! The commands that look for sensors, against a BlueZ of our own: what works, and what each failure says.

use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use backcoach_protocol::uuid;
use fake_bluez::{Bus, FakeBluez, Outcome, Sensor};

use crate::bluetooth_sensor::{ADDRESS, Player, advert, room};

/// Runs `backcoach` with the bus at this address as the system's.
async fn backcoach(address: &str, arguments: &str) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("backcoach"));
    command
        .args(arguments.split_whitespace())
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .timeout(Duration::from_secs(120));
    let run = move || command.output().unwrap();
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Fails unless the command ended with 5 and said this.
fn assert_says(output: &Output, says: &str) {
    let said = text(&output.stderr);
    assert!(said.contains(says), "{says:?} is not in {said:?}");
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(5), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_bus_a_service_an_adapter_or_permission_it_says_so() {
    let output = backcoach("unix:path=/nonexistent/bus", "scan").await;
    assert_says(&output, "message bus (D-Bus) cannot be reached");

    let bus = Bus::start().await;
    let output = backcoach(bus.address(), "scan").await;
    assert_says(&output, "Bluetooth service is not running");

    let bluez = FakeBluez::start().await;
    let output = backcoach(bluez.address(), "doctor").await;
    assert_says(&output, "no Bluetooth adapter was found");
    assert!(text(&output.stdout).starts_with("FAIL adapter"));

    let denied = "Rejected send message, 1 matched rules; type=\"method_call\", sender=\":1.4\"";
    bluez.on_list(Outcome::Error(
        "org.freedesktop.DBus.Error.AccessDenied".to_owned(),
        denied.to_owned(),
    ));
    let output = backcoach(bluez.address(), "doctor").await;
    assert_says(
        &output,
        "this user may not use Bluetooth: Rejected send message",
    );
    assert!(text(&output.stdout).starts_with("FAIL permission"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adapter_that_is_off_stays_off() {
    let bluez = FakeBluez::start().await;
    bluez.add_adapter("hci0", false).await;
    let output = backcoach(bluez.address(), "scan").await;
    assert_says(&output, "Bluetooth is switched off");
    let switched = bluez
        .calls()
        .iter()
        .any(|call| call.ends_with("Properties.Set"));
    assert!(!switched, "{:?}", bluez.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_lists_sensors_and_no_name_steers_the_terminal() {
    let (bluez, _player) = room().await;
    let evil = advert("F0:0D:BA:CC:0A:C5", "\u{1b}]0;gotcha\u{7}");
    let _evil = bluez.add_sensor("hci0", evil).await;
    let other = Sensor {
        name: Some("Television".to_owned()),
        ..Sensor::imu("F0:0D:BA:CC:0A:C6")
    };
    let _other = bluez.add_sensor("hci0", other).await;
    let output = backcoach(bluez.address(), "scan --seconds 2").await;
    let said = text(&output.stdout);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(
        said.contains("F0:0D:BA:CC:0A:C4  backcoach      -50 dBm  Back"),
        "{said}"
    );
    assert!(said.contains("\u{fffd}]0;gotcha\u{fffd}"), "{said}");
    assert!(text(&output.stderr).contains("2 sensors, 1 other devices heard"));
    let output = backcoach(bluez.address(), "scan --seconds 2 --all --json").await;
    let lines = text(&output.stdout);
    let read = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let families: Vec<_> = lines
        .lines()
        .map(|line| read(line)["family"].clone())
        .collect();
    assert_eq!(
        families
            .iter()
            .filter(|family| **family == "backcoach")
            .count(),
        2
    );
    assert_eq!(families.iter().filter(|family| family.is_null()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_without_a_sensor_ends_with_5() {
    let bluez = FakeBluez::start().await;
    bluez.add_adapter("hci0", true).await;
    let _other = bluez.add_sensor("hci0", Sensor::imu(ADDRESS)).await;
    let output = backcoach(bluez.address(), "scan --seconds 1").await;
    assert_says(&output, "no sensor was heard (one other device was)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_streams_passes_the_doctor() {
    let (bluez, player) = room().await;
    let output = backcoach(bluez.address(), "doctor --seconds 3").await;
    let said = text(&output.stdout);
    for step in [
        "adapter",
        "sensor",
        "connection",
        "readings",
        "rate",
        "loss",
        "link",
        "delay",
    ] {
        assert!(said.contains(&format!("ok   {step}")), "{step}: {said}");
    }
    assert!(said.contains("0.00 % (0 readings)"), "{said}");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        text(&output.stderr)
    );
    // It was started once and stopped at the end, and nothing holds it any more.
    assert!(!player.sensor.is_connected());
    assert_eq!(
        player.state.stops.load(std::sync::atomic::Ordering::SeqCst),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_left_connected_is_found_although_it_does_not_advertise() {
    let (bluez, player) = room().await;
    player.sensor.hide();
    player.sensor.leave_connected();
    let output = backcoach(bluez.address(), "doctor --seconds 2").await;
    let said = text(&output.stdout);
    assert!(said.contains("connected already"), "{said}");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        text(&output.stderr)
    );
    let scanned = bluez
        .calls()
        .iter()
        .any(|call| call.ends_with("StartDiscovery"));
    assert!(!scanned, "{:?}", bluez.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_is_not_there_and_one_of_several_are_told_apart() {
    let (bluez, player) = room().await;
    let output = backcoach(bluez.address(), "doctor --wait 2 --sensor polar").await;
    assert_says(&output, "no `polar` was heard");
    assert_says(&output, "Heard: Back (F0:0D:BA:CC:0A:C4)");

    let _second = Player::new(&bluez, advert("F0:0D:BA:CC:0A:C5", "Belt")).await;
    let output = backcoach(bluez.address(), "doctor --sensor backcoach").await;
    assert_says(&output, "several sensors fit `backcoach`");
    let output = backcoach(bluez.address(), "doctor --seconds 2 --sensor belt").await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));

    player.sensor.hide();
    let output = backcoach(bluez.address(), "doctor --wait 2 --sensor back").await;
    assert_says(&output, "Back (F0:0D:BA:CC:0A:C4) is out of range");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_refuses_says_why() {
    let refuse = |name: &str, text: &str| Outcome::Error(name.to_owned(), text.to_owned());
    let (bluez, player) = room().await;
    let att = "Operation failed with ATT error: 0x05";
    player
        .sensor
        .on_write(refuse("org.bluez.Error.Failed", att));
    let output = backcoach(bluez.address(), "doctor --sensor back").await;
    assert_says(&output, "wants to be paired first");
    assert!(text(&output.stdout).contains("FAIL connection"));

    player.sensor.on_write(Outcome::Ok);
    player
        .sensor
        .on_subscribe(refuse("org.bluez.Error.NotPermitted", "Notify acquired"));
    let output = backcoach(bluez.address(), "doctor --sensor back").await;
    assert_says(
        &output,
        "is in use by another program or device: Notify acquired",
    );

    let mut bare = advert("F0:0D:BA:CC:0A:C5", "Bare");
    bare.chars
        .retain(|characteristic| characteristic.uuid != uuid::DATA_TEXT);
    let _bare = Player::new(&bluez, bare).await;
    let output = backcoach(bluez.address(), "doctor --sensor bare").await;
    assert_says(&output, "it lacks 9f9ca2e3-");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_is_connected_and_silent_fails() {
    let (bluez, player) = room().await;
    player
        .state
        .is_mute
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let output = backcoach(bluez.address(), "doctor --seconds 6").await;
    assert_says(&output, "is connected but silent");
    assert!(text(&output.stdout).contains("FAIL readings"));
}
