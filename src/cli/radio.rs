//! What the commands that use a radio share.

use std::time::Duration;

use anyhow::Context;

use super::talk::say;
use crate::sources::ble::{Found, Radio, Wanted};

/// A runtime with threads of its own, so that packets are stamped while the session writes to the disk.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the session cannot be started")
}

/// Ends with Ctrl-C.
pub(super) async fn interrupted() {
    // Without the signal Ctrl-C still ends the program, by the system's own way.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Finds one sensor and says what goes on meanwhile.
pub(super) async fn find_one(
    radio: &Radio,
    said: Option<String>,
    patience: Duration,
) -> anyhow::Result<Found> {
    let wanted = [Wanted { said, last: None }];
    let mut news = |text: &str| say(text);
    let found = radio.find(&wanted, patience, &mut news).await?;
    found.into_iter().next().context("no sensor was found")
}
