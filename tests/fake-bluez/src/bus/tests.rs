use std::time::Duration;

use zbus::connection::Builder;
use zbus::{Connection, MessageStream};

use super::{Bus, next};

const BUS: &str = "org.freedesktop.DBus";

async fn join(bus: &Bus) -> Connection {
    Builder::address(bus.address())
        .build()
        .await
        .expect("a connection")
}

/// Asks the bus, with what a text says; the answer, or the name of the error.
async fn ask(client: &Connection, method: &str, text: &str) -> Result<zbus::Message, String> {
    let path = "/org/freedesktop/DBus";
    let asked = client.call_method(Some(BUS), path, Some(BUS), method, &text);
    asked.await.map_err(|error| {
        let said = error.to_string();
        said.split(": ").next().unwrap_or_default().to_owned()
    })
}

/// What signals arrived, by name, until one called Last (which everybody here asks for).
async fn heard(signals: &mut MessageStream) -> Vec<String> {
    let mut names = vec![];
    loop {
        let next = tokio::time::timeout(Duration::from_secs(10), next(signals)).await;
        let signal = next.expect("in time").expect("connected").unwrap();
        if signal.message_type() != zbus::message::Type::Signal {
            continue;
        }
        let name = signal.header().member().unwrap().to_string();
        if name == "Last" {
            return names;
        }
        names.push(name);
    }
}

async fn say(client: &Connection, path: &str, name: &str) {
    let said = client.emit_signal(None::<&str>, path, "test.Some", name, &());
    said.await.unwrap();
}

/// A speaker, and a listener with a rule for the end besides those given.
async fn pair(bus: &Bus, rules: &[&str]) -> (Connection, Connection, MessageStream) {
    let (speaker, listener) = (join(bus).await, join(bus).await);
    let signals = MessageStream::from(&listener);
    for rule in rules.iter().chain(&["member='Last'"]) {
        ask(&listener, "AddMatch", rule).await.unwrap();
    }
    (speaker, listener, signals)
}

#[tokio::test]
async fn a_rule_added_twice_has_to_be_removed_twice() {
    let bus = Bus::start().await;
    let (speaker, listener, mut signals) = pair(&bus, &["member='A'", "member='A'"]).await;
    // However often it is asked for, a signal comes once.
    say(&speaker, "/x", "A").await;
    say(&speaker, "/x", "Last").await;
    assert_eq!(heard(&mut signals).await, ["A"]);
    for expected in [vec!["A"], vec![]] {
        ask(&listener, "RemoveMatch", "member='A'").await.unwrap();
        say(&speaker, "/x", "A").await;
        say(&speaker, "/x", "Last").await;
        assert_eq!(heard(&mut signals).await, expected);
    }
    let refused = ask(&listener, "RemoveMatch", "member='A'").await;
    assert_eq!(
        refused.unwrap_err(),
        "org.freedesktop.DBus.Error.MatchRuleNotFound"
    );
}

#[tokio::test]
async fn a_signal_reaches_whom_a_rule_names_its_path_and_its_senders_name() {
    let bus = Bus::start().await;
    let rules = ["type='signal',sender='org.bluez',interface='test.Some',path_namespace='/a'"];
    let (speaker, _listener, mut signals) = pair(&bus, &rules).await;
    say(&speaker, "/a", "FromNobody").await;
    speaker.request_name("org.bluez").await.unwrap();
    for (path, name) in [
        ("/a", "At"),
        ("/a/b", "Below"),
        ("/ab", "Beside"),
        ("/", "Above"),
    ] {
        say(&speaker, path, name).await;
    }
    say(&speaker, "/x", "Last").await;
    assert_eq!(heard(&mut signals).await, ["At", "Below"]);
}

#[tokio::test]
async fn a_message_bears_the_unique_name_of_its_sender() {
    let bus = Bus::start().await;
    let (speaker, _listener, mut signals) = pair(&bus, &[]).await;
    speaker.request_name("org.bluez").await.unwrap();
    say(&speaker, "/x", "Last").await;
    loop {
        let signal = next(&mut signals).await.unwrap().unwrap();
        if signal
            .header()
            .member()
            .is_some_and(|name| name.as_str() == "Last")
        {
            assert_eq!(
                signal.header().sender(),
                speaker.unique_name().map(|n| &**n)
            );
            return;
        }
    }
}

#[tokio::test]
async fn names_come_and_go_and_are_told_of() {
    let bus = Bus::start().await;
    let rule =
        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'";
    let (speaker, listener, mut signals) = pair(&bus, &[rule]).await;
    let owner = async || ask(&listener, "GetNameOwner", "org.bluez").await;
    let nobody = "org.freedesktop.DBus.Error.NameHasNoOwner";
    assert_eq!(owner().await.unwrap_err(), nobody);
    speaker.request_name("org.bluez").await.unwrap();
    let name: String = owner().await.unwrap().body().deserialize().unwrap();
    assert_eq!(name, speaker.unique_name().unwrap().as_str());
    assert!(listener.request_name("org.bluez").await.is_err());
    assert!(!listener.release_name("org.bluez").await.unwrap());
    speaker.release_name("org.bluez").await.unwrap();
    assert_eq!(owner().await.unwrap_err(), nobody);
    // It goes with its owner, too.
    speaker.request_name("org.bluez").await.unwrap();
    speaker.close().await.unwrap();
    while owner().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say(&join(&bus).await, "/x", "Last").await;
    assert_eq!(heard(&mut signals).await, ["NameOwnerChanged"; 4]);
}

#[tokio::test]
async fn a_call_reaches_the_names_owner_or_is_refused() {
    let bus = Bus::start().await;
    let (service, client) = (join(&bus).await, join(&bus).await);
    let call = async || -> zbus::Result<String> {
        let to = Some("org.bluez");
        let answer = client
            .call_method(to, "/", Some("test.Some"), "Ask", &())
            .await?;
        answer.body().deserialize()
    };
    let refused = call().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "org.freedesktop.DBus.Error.ServiceUnknown: The name org.bluez was not provided by any .service files"
    );
    service.request_name("org.bluez").await.unwrap();
    let mut calls = MessageStream::from(&service);
    let answer = async {
        while let Some(Ok(message)) = next(&mut calls).await {
            let header = message.header();
            if header.member().is_some_and(|name| name.as_str() == "Ask") {
                return service.reply(&header, &"yes").await.unwrap();
            }
        }
    };
    let (answered, ()) = tokio::join!(call(), answer);
    assert_eq!(answered.unwrap(), "yes");
}

#[tokio::test]
async fn a_bus_that_is_dropped_disconnects_its_clients() {
    let bus = Bus::start().await;
    let client = join(&bus).await;
    let address = bus.address().to_owned();
    drop(bus);
    let closed = tokio::time::timeout(Duration::from_secs(10), client.closed());
    closed.await.expect("it is closed");
    assert!(Builder::address(&*address).build().await.is_err());
}
