//! A position in the tokens of a text. A copy is kept to go back.

use crate::{
    names::{self, MONTHS, WEEKDAYS},
    read::{
        token::{Kind, Number, Token},
        words::Word,
    },
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'t> {
    pub(crate) tokens: &'t [Token<'t>],
}

impl<'t> Cursor<'t> {
    pub(crate) fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.first()
    }

    pub(crate) fn second(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(1)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether the next token directly follows the one before.
    pub(crate) fn is_tight(&self) -> bool {
        self.peek().is_some_and(|token| !token.spaced)
    }

    pub(crate) fn skip(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }

    pub(crate) fn sign(&mut self, sign: char) -> bool {
        let is_next = self.peek().is_some_and(|token| token.kind == Kind::Sign(sign));
        if is_next {
            self.skip();
        }
        is_next
    }

    pub(crate) fn tight_sign(&mut self, sign: char) -> bool {
        self.is_tight() && self.sign(sign)
    }

    /// The next token, if it is one of these signs and directly follows.
    pub(crate) fn tight_sign_of(&mut self, signs: &[char]) -> Option<char> {
        let Kind::Sign(sign) = self.peek()?.kind else { return None };
        let is_next = self.is_tight() && signs.contains(&sign);
        if is_next {
            self.skip();
        }
        is_next.then_some(sign)
    }

    pub(crate) fn text(&self) -> Option<&'t str> {
        self.peek().filter(|token| token.kind == Kind::Word).map(|token| token.text)
    }

    pub(crate) fn peek_word(&self) -> Option<Word> {
        self.peek()?.word
    }

    pub(crate) fn word(&mut self, expected: Word) -> bool {
        let is_next = self.peek_word() == Some(expected);
        if is_next {
            self.skip();
        }
        is_next
    }

    pub(crate) fn peek_number(&self) -> Option<Number> {
        self.peek()?.number()
    }

    /// The next number, if it has at most this many digits.
    pub(crate) fn number(&mut self, most: u32) -> Option<Number> {
        let number = self.peek_number().filter(|number| number.digits <= most)?;
        self.skip();
        Some(number)
    }

    pub(crate) fn tight_number(&mut self, most: u32) -> Option<Number> {
        if self.is_tight() { self.number(most) } else { None }
    }

    /// The next number, if it has exactly this many digits and directly follows.
    pub(crate) fn tight_digits(&mut self, digits: u32) -> Option<u32> {
        let number = self.peek_number().filter(|number| number.digits == digits)?;
        if self.is_tight() {
            self.skip();
            return Some(number.value);
        }
        None
    }

    /// A month, from 1.
    pub(crate) fn month(&mut self) -> Option<u32> {
        let text = self.text()?;
        let text = if text.eq_ignore_ascii_case("sept") { "sep" } else { text };
        let month = names::index_of(&MONTHS, text)? + 1;
        self.skip();
        Some(month)
    }

    /// A weekday, from Monday as 0.
    pub(crate) fn weekday(&mut self) -> Option<u32> {
        let weekday = names::index_of(&WEEKDAYS, self.text()?)?;
        self.skip();
        Some(weekday)
    }

    /// Whether the token after the next one shows that the next one is an hour.
    pub(crate) fn is_hour(&self) -> bool {
        self.second().is_some_and(|next| next.kind == Kind::Sign(':') || next.is_half())
    }

    /// Whether am or pm follows.
    pub(crate) fn half(&mut self) -> Option<Word> {
        let half = self.peek_word().filter(|word| matches!(word, Word::Am | Word::Pm));
        if half.is_some() {
            self.skip();
            return half;
        }
        let mut with_dots = *self;
        let half = match with_dots.text()? {
            "a" | "A" => Word::Am,
            "p" | "P" => Word::Pm,
            _ => return None,
        };
        with_dots.skip();
        let has_m = with_dots.tight_sign('.')
            && with_dots.text().is_some_and(|text| text.eq_ignore_ascii_case("m"));
        if !has_m {
            return None;
        }
        with_dots.skip();
        with_dots.tight_sign('.');
        *self = with_dots;
        Some(half)
    }
}
