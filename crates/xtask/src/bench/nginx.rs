//! The receiver: nginx with one worker, which reads every body to its end and answers 200.

use core::{net::Ipv4Addr, time::Duration};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use which::{which, which_in};

use crate::{Failure, apt::install_where_possible, running::EndsWithScope};

/// A running nginx.
#[derive(Debug)]
pub(super) struct Nginx {
    _child: EndsWithScope,
    /// Where it takes bodies.
    pub(super) url: String,
}

impl Nginx {
    /// Starts nginx with a configuration of its own in this folder.
    ///
    /// # Errors
    /// It is not there and cannot be installed, or does not start.
    pub(super) fn start(folder: &Path) -> Result<Self, Failure> {
        let program = need_nginx()?;
        fs::create_dir(folder)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let settings = folder.join("nginx.conf");
        fs::write(&settings, configuration(folder, port))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(&settings).arg("-e").arg(folder.join("log"));
        let mut child = EndsWithScope(command.stdin(Stdio::null()).spawn()?);
        for _ in 0..100 {
            if child.0.try_wait()?.is_some() {
                break;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(Self { _child: child, url: format!("http://127.0.0.1:{port}/in") });
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("nginx did not start: {log}").into())
    }
}

fn need_nginx() -> Result<PathBuf, Failure> {
    if let Some(program) = find() {
        return Ok(program);
    }
    install_where_possible("installing nginx, the receiver of the benchmark", &INSTALL)?;
    find().ok_or_else(|| {
        let install = INSTALL.join(" ");
        format!("the benchmark needs nginx as the receiver; on Debian: {install}, as root").into()
    })
}

const INSTALL: [&str; 4] = ["apt-get", "install", "--yes", "nginx-light"];

/// Debian's nginx is in a folder that is on root's `PATH` only.
fn find() -> Option<PathBuf> {
    which("nginx").or_else(|_| which_in("nginx", Some("/usr/sbin:/usr/local/sbin"), "/")).ok()
}

/// A single process, so that it ends when it is killed.
///
/// `return 200` alone would answer before the body has arrived, and a sender could go on with its
/// next batch earlier than with a real receiver. `mirror` reads the whole body first, into memory;
/// its copy goes nowhere. There is no file, so the answer is made of the 404. This takes 60 µs of a
/// request, a proxy that reads the body about 80.
fn configuration(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("  {what}_temp_path \"{folder}/{what}\";\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\nworker_processes 1;\npid \"{folder}/pid\";\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  log_not_found off;\n{temporary}  root \"{folder}/none\";\n  \
         keepalive_requests 1000000000;\n  keepalive_timeout 1h;\n  \
         client_max_body_size 0;\n  client_body_buffer_size 2m;\n  \
         server {{\n    listen 127.0.0.1:{port} backlog=1024;\n    \
         location = /in {{ mirror /copy; error_page 404 =200 @done; }}\n    \
         location = /copy {{ internal; return 204; }}\n    \
         location @done {{ return 200; }}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_has_balanced_braces_and_keeps_connections_open() {
        let text = configuration(Path::new("/a b"), 7);
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(text.contains("listen 127.0.0.1:7 ") && text.contains("\"/a b/client_body\""));
        assert!(text.contains("keepalive_requests 1000000000"));
    }
}
