//! Steps whole: code and paragraphs between one step and the next belong to the one before them.

use super::outline::{Block, BlockKind};

/// Blocks between two steps that are taken into the first at most.
const MAX_BETWEEN: usize = 4;
/// What is longer, in characters, is no part of a step's line.
const LONGEST: usize = 300;

/// Puts what is between two steps into the line of the first, if it goes into a line. A list is told by
/// its numbers, since code between two steps often ends the list.
pub(super) fn whole(blocks: Vec<Block>) -> Vec<Block> {
    if !blocks.iter().any(|block| block.kind == BlockKind::Step) {
        return blocks;
    }
    let mut whole: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        at += 1;
        whole.push(block.clone());
        let between = between(&blocks, at - 1);
        for part in blocks.iter().skip(at).take(between) {
            let Some(step) = whole.last_mut() else { break };
            step.text.push(' ');
            step.text.push_str(part.text.trim());
            at += 1;
        }
    }
    whole
}

/// How many blocks are between a step and the next one, if they are part of it.
fn between(blocks: &[Block], at: usize) -> usize {
    let Some(step) = blocks.get(at) else { return 0 };
    let Some((indent, number)) = number(step) else { return 0 };
    let rest = blocks.get(at + 1..).unwrap_or_default();
    let is_part = |block: &&Block| {
        matches!(block.kind, BlockKind::Text | BlockKind::Code)
            && block.headings == step.headings
            && !block.text.trim().contains('\n')
            && block.text.chars().count() <= LONGEST
    };
    let count = rest.iter().take(MAX_BETWEEN + 1).take_while(is_part).count();
    let next = rest.get(count).filter(|next| next.headings == step.headings);
    match next.and_then(self::number) {
        Some(next) if count <= MAX_BETWEEN && next == (indent, number + 1) => count,
        _ => 0,
    }
}

/// How far a step is indented, and its number.
fn number(block: &Block) -> Option<(usize, u32)> {
    let text = block.text.trim_start();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number = text.get(..digits)?.parse().ok()?;
    (block.kind == BlockKind::Step).then_some((block.text.len() - text.len(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(blocks: &[(BlockKind, &str)]) -> Vec<String> {
        let blocks =
            blocks.iter().map(|(kind, text)| Block { kind: *kind, ..Block::new(&[], *text) });
        whole(blocks.collect()).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn what_is_between_two_steps_is_part_of_the_first() {
        use BlockKind::{Code, Item, Step, Text};
        let steps = [
            (Step, "1. Fill the tank."),
            (Code, "pump --fill"),
            (Step, "2. Wait."),
            (Text, "The lamp is green then."),
            (Step, "3. Drain it."),
            (Text, "That is all."),
        ];
        let whole = [
            "1. Fill the tank. pump --fill",
            "2. Wait. The lamp is green then.",
            "3. Drain it.",
            "That is all.",
        ];
        assert_eq!(lines(&steps), whole);
        for apart in [
            [(Step, "1. Fill it."), (Text, "Another list:"), (Step, "1. Drain it.")],
            [(Step, "1. Fill it."), (Code, "pump\nvalve"), (Step, "2. Drain it.")],
            [(Step, "1. Fill it."), (Item, "- with rain"), (Step, "2. Drain it.")],
            [(Step, "  1. Fill it."), (Text, "Then."), (Step, "2. Drain it.")],
        ] {
            assert_eq!(lines(&apart).len(), 3, "{apart:?}");
        }
    }
}
