//! A receiver that answers each request after a wait, which nginx cannot: one thread per connection,
//! which is kept open.

use core::{net::Ipv4Addr, time::Duration};
use std::{
    io::{self, BufRead, BufReader, Read, Write, copy, sink},
    net::{TcpListener, TcpStream},
    thread,
};

/// Starts the receiver, which runs for as long as this program, and returns its address.
///
/// # Errors
/// It cannot listen.
pub(super) fn start(wait: Duration) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let url = format!("http://{}/in", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A connection that breaks is the sender's to repeat.
            thread::spawn(move || answer_all(&stream, wait));
        }
    });
    Ok(url)
}

fn answer_all(stream: &TcpStream, wait: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = BufReader::with_capacity(1 << 16, stream);
    let mut output = stream;
    while skip_request(&mut input)? {
        thread::sleep(wait);
        output.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
    Ok(())
}

/// Reads a request to its end; `false` where there is none any more.
fn skip_request(input: &mut impl BufRead) -> io::Result<bool> {
    let mut length = Some(0);
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(false);
    }
    loop {
        line.clear();
        input.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok(),
            "transfer-encoding" => length = None,
            _ => {}
        }
    }
    match length {
        Some(length) => skip(input, length)?,
        None => skip_chunks(input)?,
    }
    Ok(true)
}

/// Reads chunks to the last one, which is empty.
fn skip_chunks(input: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        input.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        skip(input, size + 2)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn skip(input: &mut impl BufRead, length: u64) -> io::Result<()> {
    let skipped = copy(&mut input.take(length), &mut sink())?;
    if skipped == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_to_their_end_whatever_their_framing() {
        let mut input = &b"POST /in HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\
            POST /in HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n\
            POST /in HTTP/1.1\r\nhost: a\r\n\r\n"[..];
        for _ in 0..3 {
            assert!(skip_request(&mut input).unwrap());
        }
        assert!(!skip_request(&mut input).unwrap());
        assert!(skip_request(&mut &b"POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\na"[..]).is_err());
    }
}
