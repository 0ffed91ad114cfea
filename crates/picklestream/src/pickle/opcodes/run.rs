//! The loop over opcodes, the same for all that interpret them.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::input::{Input, Slice, Source};
use crate::pickle::error::Result;

/// What is done with opcodes.
pub(crate) trait Interpreter {
    /// Why a run ends before the input does.
    type End;

    /// Takes one opcode. All of its argument is read before anything changes,
    /// so that an opcode that is cut short can be taken again.
    fn step<S: Source>(&mut self, source: &mut S) -> Result<ControlFlow<Self::End>>;

    /// Takes as many opcodes at once as are recognised; it may take none.
    #[inline(always)]
    fn leap(&mut self, _slice: &mut Slice<'_>) -> Result<()> {
        Ok(())
    }

    /// All that was buffered is taken, but for an opcode cut short.
    #[inline(always)]
    fn between<R: BufRead>(&mut self, _input: &mut Input<R>) -> Result<ControlFlow<Self::End>> {
        Ok(ControlFlow::Continue(()))
    }
}

/// Lets `interpreter` take one opcode after another until it ends the run.
///
/// It runs over the slice that the reader has buffered, which is fast; the
/// opcode that does not end within it is started again over the whole input.
#[inline]
pub(crate) fn run<R: BufRead, I: Interpreter>(
    input: &mut Input<R>,
    interpreter: &mut I,
) -> Result<I::End> {
    loop {
        let mut slice = input.chunk()?;
        let flow = run_slice(&mut slice, interpreter);
        let used = slice.position();
        input.consume(used);
        if let ControlFlow::Break(end) = flow? {
            return Ok(end);
        }
        if let ControlFlow::Break(end) = interpreter.between(input)? {
            return Ok(end);
        }
        if let ControlFlow::Break(end) = interpreter.step(input)? {
            return Ok(end);
        }
    }
}

/// Takes all opcodes that lie in `slice` as a whole.
#[inline]
fn run_slice<I: Interpreter>(
    slice: &mut Slice<'_>,
    interpreter: &mut I,
) -> Result<ControlFlow<I::End>> {
    loop {
        interpreter.leap(slice)?;
        if slice.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let before = slice.position();
        match interpreter.step(slice) {
            Ok(ControlFlow::Continue(())) => {}
            Err(error) if error.is_short() => {
                slice.rewind(before);
                return Ok(ControlFlow::Continue(()));
            }
            end_or_error => return end_or_error,
        }
    }
}
