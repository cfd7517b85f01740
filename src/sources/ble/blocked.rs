//! Whether a switch keeps the radio off: the one thing BlueZ does not say before it is asked to switch it on.

use std::path::Path;

/// Whether some Bluetooth radio of this machine is blocked, by a key or by airplane mode. Only Linux tells.
pub(super) fn is_blocked() -> bool {
    cfg!(target_os = "linux") && is_blocked_below(Path::new("/sys/class/rfkill"))
}

/// The kernel lists every switch in a folder with `type`, `soft` (1: by software) and `hard` (1: by a key).
fn is_blocked_below(switches: &Path) -> bool {
    let Ok(switches) = switches.read_dir() else {
        return false;
    };
    switches.flatten().any(|switch| {
        let says = |file: &str, what: &str| {
            std::fs::read_to_string(switch.path().join(file)).is_ok_and(|text| text.trim() == what)
        };
        says("type", "bluetooth") && (says("soft", "1") || says("hard", "1"))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_switch_of_bluetooth_blocks_it() {
        let folder = tempfile::tempdir().unwrap();
        let switch = |name: &str, kind: &str, soft: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            for (file, text) in [("type", kind), ("soft", soft), ("hard", "0")] {
                std::fs::write(path.join(file), format!("{text}\n")).unwrap();
            }
        };
        switch("rfkill0", "wlan", "1");
        switch("rfkill1", "bluetooth", "0");
        assert!(!is_blocked_below(folder.path()));
        switch("rfkill1", "bluetooth", "1");
        assert!(is_blocked_below(folder.path()));
        assert!(!is_blocked_below(&folder.path().join("nothing")));
    }
}
