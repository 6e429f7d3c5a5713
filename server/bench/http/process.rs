//! A server in a process of its own, and what the system says of processes. Linux only, as `/proc` is.

use std::{
    ffi::OsStr,
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    Outcome,
    client::{Connection, get},
};

/// The unit of CPU time in `/proc`, on every architecture that Linux has a word for (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
const PATIENCE: u32 = 200;

/// A server that ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program, which is told where to listen, and waits until it answers `path` with 200.
    pub async fn start(
        program: impl AsRef<OsStr>,
        tell: impl FnOnce(&mut Command, SocketAddr),
        path: &str,
    ) -> Outcome<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(program);
        // Only what it is told here, nothing of the settings around this program.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PORTAL_") {
                command.env_remove(name);
            }
        }
        tell(&mut command, address);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self { child, address };
        for _ in 0..PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended at its start: {status}").into());
            }
            if let Ok(mut connection) = Connection::open(address).await
                && connection.ask(&get(path, "")).await?.status == 200
            {
                return Ok(server);
            }
        }
        Err("the server does not answer".into())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its memory.
    pub fn memory(&self) -> io::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        Ok(Memory {
            now: mib(&status, "VmRSS:"),
            program: mib(&status, "RssFile:"),
            most: mib(&status, "VmHWM:"),
        })
    }
}

/// Resident memory of a process, in MiB.
pub struct Memory {
    pub now: f64,
    /// What of it is pages of files, the program's own above all, that the system keeps once and can drop at any time.
    pub program: f64,
    /// At most so far.
    pub most: f64,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever ended already cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The CPU time that a process has taken so far, user and system, all its threads.
pub fn cpu(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything; `utime` and `stime` are the 14th and 15th word.
    let ticks: u32 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u32>().ok())
        .sum();
    Ok(TICK * ticks)
}

/// A line of kibibytes in one of `/proc`'s tables, in MiB.
pub fn mib(table: &str, name: &str) -> f64 {
    table
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u32>().ok())
        .map_or(0.0, |kib| f64::from(kib) / 1024.0)
}
