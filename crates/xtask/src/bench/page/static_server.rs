//! Serves a folder, and the API of another server at `/api`, until the command ends. It is for a page
//! to compare with, which may not work under our content security policy.

use core::net::Ipv4Addr;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
};

use super::static_files::StaticFiles;
use crate::Failure;

/// The server of a folder.
#[derive(Debug)]
pub(super) struct StaticServer {
    /// Where it listens.
    pub(super) url: String,
}

/// A request without a body.
struct Request {
    path: String,
    accepts_brotli: bool,
    authorization: Option<String>,
}

impl StaticServer {
    /// Serves the folder, and the API of the server at `api`.
    ///
    /// # Errors
    /// There is no page in the folder, a file cannot be read, or there is no free port.
    pub(super) fn start(folder: &Path, api: &str) -> Result<Self, Failure> {
        let files = Arc::new(StaticFiles::read(folder)?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let api = api.to_owned();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (files, api) = (Arc::clone(&files), api.clone());
                // A browser that closes its connection ends the answer.
                thread::spawn(move || answer(&connection, &files, &api).ok());
            }
        });
        Ok(Self { url })
    }
}

/// Answers one request of a connection.
fn answer(mut connection: &TcpStream, files: &StaticFiles, api: &str) -> Result<(), Failure> {
    let request = Request::read(connection)?;
    let (status, head, body) = if request.path.starts_with("/api/") {
        forwarded(&request, api)?
    } else {
        file(&request, files)
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    Ok(connection.write_all(&body)?)
}

impl Request {
    fn read(connection: &TcpStream) -> Result<Self, Failure> {
        let mut lines = BufReader::new(connection).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut request = Self { path, accepts_brotli: false, authorization: None };
        for line in lines {
            let line = line?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "accept-encoding" => request.accepts_brotli = value.contains("br"),
                "authorization" => request.authorization = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        Ok(request)
    }
}

/// The status, the headers and the body of the API's answer.
fn forwarded(request: &Request, api: &str) -> Result<(u16, String, Vec<u8>), Failure> {
    let mut get = ureq::get(format!("{api}{}", request.path));
    if let Some(authorization) = &request.authorization {
        get = get.header("authorization", authorization);
    }
    let answer = get.config().http_status_as_error(false).build().call()?;
    let status = answer.status().as_u16();
    let body = answer.into_body().read_to_vec()?;
    Ok((status, "content-type: application/json\r\n".to_owned(), body))
}

/// The same for a file of the folder.
fn file(request: &Request, files: &StaticFiles) -> (u16, String, Vec<u8>) {
    let Some(body) = files.at(&request.path, request.accepts_brotli) else {
        return (404, String::new(), Vec::new());
    };
    let mut head = format!("content-type: {}\r\n", body.media);
    if body.is_compressed {
        head += "content-encoding: br\r\n";
    }
    (200, head, body.bytes.to_vec())
}
