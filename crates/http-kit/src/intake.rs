//! Taking a body in: from asynchronous pieces to a blocking writer, with flat memory.
//!
//! Pieces are gathered until there is enough of them to be worth a blocking thread; while one lot is
//! written, the next is gathered. So a slow client holds no thread, and a fast one waits for the
//! disk. Whoever drops an [`Intake`] drops the writer, once it has written the lot at hand.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use tokio::task::JoinHandle;

/// How many bytes are worth a blocking thread.
const LOT_BYTES: usize = 512 * 1_024;

/// How long the rest of a body that nobody wants is listened to.
const DISCARD_TIME_MAX: Duration = Duration::from_secs(30);

/// A writer that is fed from asynchronous code.
#[derive(Debug)]
pub struct Intake<W> {
    /// Here while nothing is being written.
    writer: Option<W>,
    writing: Option<JoinHandle<(W, io::Result<()>)>>,
    lot: Vec<Bytes>,
    lot_bytes: usize,
}

impl<W: Write + Send + 'static> Intake<W> {
    /// Feeds `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer: Some(writer), writing: None, lot: Vec::new(), lot_bytes: 0 }
    }

    /// Takes a piece. Errors are the writer's, and may be those of an earlier piece.
    pub async fn push(&mut self, piece: Bytes) -> io::Result<()> {
        self.lot_bytes += piece.len();
        self.lot.push(piece);
        if self.lot_bytes >= LOT_BYTES {
            self.hand_over().await?;
        }
        Ok(())
    }

    /// Writes what is left and gives the writer back.
    pub async fn finish(mut self) -> io::Result<W> {
        self.hand_over().await?;
        self.settle().await?;
        self.writer.take().ok_or_else(|| io::Error::other("the writer was lost"))
    }

    /// Begins to write the lot, once the one before is written.
    async fn hand_over(&mut self) -> io::Result<()> {
        self.settle().await?;
        let Some(mut writer) = self.writer.take() else {
            return Err(io::Error::other("the writer was lost"));
        };
        let lot = std::mem::take(&mut self.lot);
        self.lot_bytes = 0;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            let written = lot.iter().try_for_each(|piece| writer.write_all(piece));
            (writer, written)
        }));
        Ok(())
    }

    async fn settle(&mut self) -> io::Result<()> {
        let Some(writing) = &mut self.writing else { return Ok(()) };
        let outcome = writing.await;
        self.writing = None;
        let (writer, written) = outcome.map_err(io::Error::other)?;
        self.writer = Some(writer);
        written
    }
}

/// Listens to the rest of a body that was answered early, for a while. A client that is still
/// sending would otherwise find the connection closed before it reads the answer.
pub fn discard(mut body: Body) {
    for_a_while(async move { while let Some(Ok(_)) = body.frame().await {} });
}

/// The same for whatever reads the body: it goes on beside the answer, and ends with the body or
/// after some time.
pub fn for_a_while(reading: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(tokio::time::timeout(DISCARD_TIME_MAX, reading));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refuses what is more than `room`.
    struct Room(usize, Vec<u8>);

    impl Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.1.len() + bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.1.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn pieces_of_any_size_arrive_in_order() {
        let mut intake = Intake::new(Vec::new());
        let mut expected: Vec<u8> = Vec::new();
        for length in [0, 1, LOT_BYTES - 1, 2 * LOT_BYTES, 7, LOT_BYTES] {
            let piece: Vec<u8> = (0..length).map(|at| (at * 31 % 253) as u8).collect();
            expected.extend(&piece);
            intake.push(Bytes::from(piece)).await.unwrap();
        }
        assert!(intake.finish().await.unwrap() == expected);
        assert!(Intake::new(Vec::new()).finish().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn an_error_of_the_writer_comes_back() {
        let mut intake = Intake::new(Room(LOT_BYTES, Vec::new()));
        intake.push(Bytes::from(vec![0; LOT_BYTES])).await.unwrap();
        intake.push(Bytes::from(vec![0; LOT_BYTES])).await.unwrap();
        let Err(error) = intake.finish().await else { panic!("it was too much") };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
