//! Where results go: never onto what cannot be made again.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Usage;
use super::opened::RECORDING;

/// Refuses an output that would destroy the file it is made from, or any recording.
///
/// # Errors
/// [`Usage`], with the remedy.
pub(super) fn spare_recordings(output: &Path, input: &Path) -> Result<(), Usage> {
    let name = output.display();
    if is_same(output, input) {
        return Err(Usage(format!(
            "{name}: is the file that is read; give the output another name"
        )));
    }
    if is_recording(output) {
        return Err(Usage(format!(
            "{name}: is a recording, and recordings are never overwritten; give another name"
        )));
    }
    Ok(())
}

fn is_same(output: &Path, input: &Path) -> bool {
    match (output.canonicalize(), input.canonicalize()) {
        (Ok(output), Ok(input)) => output == input,
        _ => false,
    }
}

/// Looks only into files: reading a pipe or a device would take something from it, or wait forever.
fn is_recording(path: &Path) -> bool {
    let is_file = path.metadata().is_ok_and(|about| about.is_file());
    let mut beginning = [0; RECORDING.len()];
    is_file
        && File::open(path).is_ok_and(|mut file| file.read_exact(&mut beginning).is_ok())
        && beginning == *RECORDING
}
