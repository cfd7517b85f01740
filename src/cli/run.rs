//! Runs a session from the command line: one thread, stopped by Ctrl-C.

use anyhow::Context;

use crate::coach::{Coach, Plan};
use crate::session::{self, Ended, Observer};
use crate::sources::Inputs;

/// Runs the inputs through a coach for the plan, before the eyes of the observers.
pub(super) fn run(
    plan: &Plan,
    inputs: Inputs<'_>,
    observers: &mut [&mut dyn Observer],
) -> anyhow::Result<Ended> {
    let mut coach = Coach::new(plan)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the session cannot be started")?;
    let stop = async {
        // Without the signal Ctrl-C still ends the program, by the system's own way.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Ok(runtime.block_on(session::run(inputs, &mut coach, observers, stop))?)
}
