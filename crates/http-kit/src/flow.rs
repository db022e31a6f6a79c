//! Sending what is being made: from a blocking writer to the body of an answer.
//!
//! The work runs on a blocking thread of its own and writes into a [`Flow`]; the client reads at its
//! own pace, with a few pieces between them. When the client goes, the next write fails with
//! [`io::ErrorKind::BrokenPipe`], and the work ends.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many bytes make a piece.
const PIECE_BYTES: usize = 128 * 1_024;
/// How many pieces wait for the client.
const WAITING_MAX: usize = 4;

/// The writing end of a body. What is written goes out in pieces; [`Flow::finish`] sends the last
/// one, and a flow that is dropped without it breaks the answer off.
#[derive(Debug)]
pub struct Flow {
    /// Each piece, and at the end nothing: a body that merely stops is not whole.
    pieces: Sender<Option<Bytes>>,
    piece: Vec<u8>,
}

impl Flow {
    /// Both ends: where to write, and the body.
    pub fn new() -> (Self, Body) {
        let (pieces, received) = channel(WAITING_MAX);
        let flow = Self { pieces, piece: Vec::with_capacity(PIECE_BYTES) };
        (flow, Body::new(Flowing { received, has_ended: false }))
    }

    /// Sends the last piece: the answer is whole.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.send(None)
    }

    fn send(&mut self, piece: Option<Bytes>) -> io::Result<()> {
        self.pieces.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Flow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.send(Some(Bytes::from(piece)))
    }
}

/// The body.
struct Flowing {
    received: Receiver<Option<Bytes>>,
    has_ended: bool,
}

impl http_body::Body for Flowing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let received = ready!(self.received.poll_recv(context));
        self.has_ended = !matches!(received, Some(Some(_)));
        Poll::Ready(match received {
            Some(Some(piece)) => Some(Ok(http_body::Frame::data(piece))),
            Some(None) => None,
            None => Some(Err(io::Error::other("the answer was broken off"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn everything_written_arrives() {
        let (mut flow, body) = Flow::new();
        let bytes: Vec<u8> = (0..10 * PIECE_BYTES + 3).map(|at| (at % 255) as u8).collect();
        let written = bytes.clone();
        let writing = tokio::task::spawn_blocking(move || {
            flow.write_all(&written).unwrap();
            flow.finish().unwrap();
        });
        assert!(body.collect().await.unwrap().to_bytes() == bytes);
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn a_flow_that_ends_early_breaks_the_answer_off() {
        let (mut flow, body) = Flow::new();
        tokio::task::spawn_blocking(move || flow.write_all(b"half")).await.unwrap().unwrap();
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn the_work_ends_when_the_client_goes() {
        let (mut flow, body) = Flow::new();
        drop(body);
        let written = tokio::task::spawn_blocking(move || flow.write_all(&[0; PIECE_BYTES]));
        let error = written.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
