//! The private bus.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// A dbus-daemon of its own, ended when this is dropped or this process ends (a shell
/// waits on a pipe whose other end is held here, and then ends the daemon).
pub struct Bus {
    address: String,
    _dir: TempDir,
    _keep: ChildStdin,
    _child: Child,
}

struct TempDir(std::path::PathBuf);

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Bus {
    /// Starts one that nobody else knows.
    pub async fn start() -> Bus {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let n = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("fake-bluez-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("temporary directory");
        let config = dir.join("bus.conf");
        std::fs::write(
            &config,
            format!(
                r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={}/socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
<allow own="*"/><allow user="*"/></policy></busconfig>"#,
                dir.display()
            ),
        )
        .expect("bus.conf");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(r#"dbus-daemon --nofork --nopidfile --print-address=1 --config-file="$0" </dev/null 2>"$1" & d=$!; read x; kill $d"#)
            .arg(&config)
            .arg(dir.join("log"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .await
            .expect("dbus-daemon");
        let address = line.trim().to_string();
        if address.is_empty() {
            let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
            panic!("dbus-daemon is needed for this test: apt install dbus-daemon\n{log}");
        }
        Bus {
            address,
            _dir: TempDir(dir),
            _keep: child.stdin.take().unwrap(),
            _child: child,
        }
    }

    /// The value for DBUS_SYSTEM_BUS_ADDRESS.
    pub fn address(&self) -> &str {
        &self.address
    }
}
