//! What the Java `client_send` does, on tokio: a task writes frames with an 8-byte header and a
//! 10 KiB payload into an in-memory stream of 64 KiB; another one reads them, and compares each
//! length and every byte. Prints the median of the rounds as `MiB/s: N`.
//!
//! usage: client-send single|multi|buffered COUNT ROUNDS
//!
//! `single` runs both tasks on one thread, `multi` on two. `buffered` is `single` with a `BufReader`,
//! as most programs would read: it copies each byte once more.

use std::io;
use std::time::{Duration, Instant};
use tokio::io::{duplex, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::runtime::{Builder, Runtime};

const PAYLOAD_LENGTH: usize = 10 * 1024;
const CAPACITY: usize = 64 * 1024;
const LONGEST: u64 = 16 * 1024 * 1024;

fn payload() -> Vec<u8> {
    (0..PAYLOAD_LENGTH).map(|i| (i * 31) as u8).collect()
}

async fn send(mut stream: DuplexStream, count: usize) -> io::Result<()> {
    let payload = payload();
    for _ in 0..count {
        stream.write_u64(payload.len() as u64).await?;
        stream.write_all(&payload).await?;
    }
    stream.shutdown().await
}

async fn check(mut stream: impl AsyncRead + Unpin, count: usize) -> io::Result<()> {
    let expected = payload();
    let mut found = Vec::new();
    for frame in 1..=count {
        let length = stream.read_u64().await?;
        assert!(length <= LONGEST, "frame {frame}: found {length} bytes");
        found.resize(length as usize, 0);
        stream.read_exact(&mut found).await?;
        assert!(found == expected, "frame {frame}: found another payload");
    }
    assert_eq!(
        stream.read(&mut [0]).await?,
        0,
        "found more than {count} frames"
    );
    Ok(())
}

async fn round(buffered: bool, count: usize) -> io::Result<Duration> {
    let (sender, receiver) = duplex(CAPACITY);
    let start = Instant::now();
    let reader = if buffered {
        tokio::spawn(check(BufReader::with_capacity(CAPACITY, receiver), count))
    } else {
        tokio::spawn(check(receiver, count))
    };
    send(sender, count).await?;
    reader.await??;
    Ok(start.elapsed())
}

fn runtime(name: &str) -> io::Result<Runtime> {
    match name {
        "single" | "buffered" => Builder::new_current_thread().build(),
        "multi" => Builder::new_multi_thread().worker_threads(2).build(),
        other => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("runtime: found \"{other}\", expected single, multi or buffered"),
        )),
    }
}

fn number(text: &str) -> io::Result<usize> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("found \"{text}\", expected a number of at least 1"),
        )
    })
}

fn median_seconds(args: &[String]) -> io::Result<(usize, f64)> {
    let [name, count, rounds] = args else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "expected single|multi|buffered COUNT ROUNDS",
        ));
    };
    let (runtime, count, rounds) = (runtime(name)?, number(count)?, number(rounds)?);
    let buffered = name == "buffered";
    let task = || runtime.block_on(async { tokio::spawn(round(buffered, count)).await? });
    task()?; // warms up the caches
    let mut times = (0..rounds)
        .map(|_| task())
        .collect::<io::Result<Vec<_>>>()?;
    times.sort();
    Ok((count, times[rounds / 2].as_secs_f64()))
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match median_seconds(&args) {
        Ok((count, seconds)) => {
            let mib = (count * PAYLOAD_LENGTH) as f64 / (1 << 20) as f64;
            println!("MiB/s: {:.1}", mib / seconds);
        }
        Err(e) => {
            eprintln!("client-send: {e}");
            std::process::exit(2);
        }
    }
}
