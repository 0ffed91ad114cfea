//! Strs that turn out to have lone surrogates after they were pushed as plain
//! text: the fast loop checks the text of many strs at once.

use std::collections::HashMap;

use super::arena::{Node, Span};
use super::state::Machine;
use crate::pickle::error::Result;
use crate::value::surrogates;

impl Machine {
    /// Makes of every str whose text lies from `start` on and has surrogates what
    /// it would be if it had been looked at by itself.
    ///
    /// The inner error is the place within the text that no str can have.
    #[cold]
    pub(super) fn respell_text(&mut self, start: usize) -> Result<std::result::Result<(), usize>> {
        if let Err(wrong) = surrogates::check(&self.arena.text_mut().0[start..]) {
            return Ok(Err(start + wrong));
        }
        let mut respelt: HashMap<u32, Span> = HashMap::new();
        for place in 0..self.stack.len() + self.arena.batch.nodes.len() {
            let node = match place.checked_sub(self.stack.len()) {
                None => self.stack[place],
                Some(place) => self.arena.batch.nodes[place],
            };
            let Some(text) = text_from(node, start) else {
                continue;
            };
            let bytes = &self.arena.text_mut().0[text.range()];
            if str::from_utf8(bytes).is_err() && !respelt.contains_key(&text.start) {
                let bytes = bytes.to_vec();
                let (out, from) = self.arena.bytes_mut();
                out.extend_from_slice(&bytes);
                respelt.insert(text.start, self.arena.bytes_since(from)?);
            }
        }
        let respell = |node: &mut Node| {
            if let (Some(text), Node::Str { at, .. }) = (text_from(*node, start), *node)
                && let Some(&bytes) = respelt.get(&text.start)
                && text.len > 0
            {
                *node = Node::Surrogates { at, bytes };
            }
        };
        self.stack.iter_mut().for_each(respell);
        self.arena.batch.nodes.iter_mut().for_each(respell);
        self.memo.for_each(respell);
        // The text of a batch is UTF-8, also where it belongs to no str.
        let text = &mut self.arena.text_mut().0[start..];
        while let Err(error) = str::from_utf8(text) {
            let at = error.valid_up_to();
            text[at..at + 3].fill(b'?');
        }
        Ok(Ok(()))
    }
}

/// Where the text of a str of the batch lies, if that is from `start` on.
fn text_from(node: Node, start: usize) -> Option<Span> {
    match node {
        Node::Str { text, .. } if !text.is_kept() && text.start as usize >= start => Some(text),
        _ => None,
    }
}
