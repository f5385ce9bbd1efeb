//! From text to trees.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{Entry, Node, Place, Scalar, Value};

/// Longest file that is read, in bytes. Real reports have less than 20 KB.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep lists and mappings may be in each other. Reports have five levels.
pub const MAX_DEPTH: usize = 32;
/// Most values of a file. Real reports have some hundred.
pub const MAX_NODES: usize = 50_000;
/// Most documents of a file: reports of one implementation can be kept in one.
pub const MAX_DOCUMENTS: usize = 64;

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// The text is longer than [`MAX_BYTES`].
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// It is not text.
    #[error("byte {at} is not UTF-8")]
    NotText {
        /// Where.
        at: usize,
        /// The line that it is in.
        line: u32,
    },
    /// It is no YAML, or more of it than is read.
    #[error("{message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// A value starts with `@`, as the example of GEP-1709 has it, and is not quoted.
    #[error("{text} starts with @, which YAML keeps for itself: write it in quotes")]
    Unquoted {
        /// Where.
        place: Place,
        /// The value, as far as its line goes.
        text: String,
    },
}

impl YamlError {
    /// Where it is, if it is somewhere.
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::TooLong => None,
            Self::NotText { line, .. } => Some(Place {
                line: *line,
                column: 1,
            }),
            Self::Syntax { place, .. } | Self::Unquoted { place, .. } => Some(*place),
        }
    }
}

/// Reads every document of a file that says something.
pub fn read(bytes: &[u8]) -> Result<Vec<Node>, YamlError> {
    if bytes.len() > MAX_BYTES {
        return Err(YamlError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        nodes: 0,
    };
    let mut documents = Vec::new();
    loop {
        match reader.next().map_err(|error| unquoted(text, error))? {
            Some((Event::StreamEnd, _)) | None => return Ok(documents),
            Some((Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _)) => {}
            Some((event, span)) => {
                let node = reader
                    .node(event, span, 0)
                    .map_err(|error| unquoted(text, error))?;
                if documents.len() == MAX_DOCUMENTS {
                    return Err(syntax(
                        &span,
                        format!("it has more than {MAX_DOCUMENTS} documents"),
                    ));
                }
                if !node.is_null() {
                    documents.push(node);
                }
            }
        }
    }
}

fn not_text(bytes: &[u8], at: usize) -> YamlError {
    let before = bytes.iter().take(at);
    let lines = before.filter(|byte| **byte == b'\n').count();
    YamlError::NotText {
        at,
        line: u32::try_from(lines + 1).unwrap_or(u32::MAX),
    }
}

/// Says of the usual mistake what to do, and leaves every other error as it is.
fn unquoted(text: &str, error: YamlError) -> YamlError {
    let YamlError::Syntax { place, .. } = &error else {
        return error;
    };
    let line = text.lines().nth(place.line.saturating_sub(1) as usize);
    let value = line.map(|line| line.trim_start_matches([' ', '-']));
    let value = value.map(|line| line.split_once(": ").map_or(line, |(_, value)| value).trim());
    match value.filter(|value| value.starts_with('@')) {
        Some(value) => YamlError::Unquoted {
            place: *place,
            text: value.chars().take(80).collect(),
        },
        None => error,
    }
}

struct Reader<'text> {
    parser: Parser<'text, StrInput<'text>>,
    nodes: usize,
}

impl<'text> Reader<'text> {
    /// The next event that is no comment.
    fn next(&mut self) -> Result<Option<(Event<'text>, Span)>, YamlError> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(scan(&error)),
                Some(Ok((Event::Comment(..) | Event::Anchor(..), _))) => {}
                Some(Ok(found)) => return Ok(Some(found)),
            }
        }
    }

    /// The value that starts with this event.
    fn node(&mut self, event: Event<'text>, span: Span, depth: usize) -> Result<Node, YamlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(syntax(&span, format!("it has more than {MAX_NODES} values")));
        }
        if depth > MAX_DEPTH {
            return Err(syntax(
                &span,
                format!("lists and mappings are more than {MAX_DEPTH} deep"),
            ));
        }
        let bare = matches!(&event, Event::Scalar(_, ScalarStyle::Plain, _, tag)
            if !tag.as_ref().is_some_and(|tag| is_text(tag)));
        let value = match event {
            Event::Scalar(text, ..) => Value::Scalar(if bare {
                Scalar::unquoted(text.into_owned())
            } else {
                Scalar {
                    text: text.into_owned(),
                    plain: false,
                }
            }),
            Event::SequenceStart(..) => Value::List(self.list(depth)?),
            Event::MappingStart(..) => Value::Map(self.map(depth)?),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return Err(syntax(
                    &span,
                    "there is an alias (*NAME), and aliases are not read: write the value itself".to_owned(),
                ));
            }
            other => return Err(syntax(&span, format!("a value was expected, not {other:?}"))),
        };
        Ok(Node {
            place: place(&span),
            value,
            bare,
        })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                None | Some((Event::SequenceEnd, _)) => return Ok(items),
                Some((event, span)) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry>, YamlError> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = match self.next()? {
                None | Some((Event::MappingEnd, _)) => return Ok(entries),
                Some(found) => found,
            };
            let key = self.node(event, span, depth + 1)?;
            let Value::Scalar(Scalar { text, .. }) = key.value else {
                return Err(syntax(&span, "a key has to be text".to_owned()));
            };
            let Some((event, span)) = self.next()? else {
                return Err(syntax(&span, format!("{text}: has no value")));
            };
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry {
                key: text,
                place: key.place,
                value,
            });
        }
    }
}

/// True for a tag that makes text of whatever it stands before.
fn is_text(tag: &Tag) -> bool {
    tag.core_suffix() == Some("str")
}

fn place(span: &Span) -> Place {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place {
        line: number(span.start.line()),
        column: number(span.start.col().saturating_add(1)),
    }
}

fn syntax(span: &Span, message: String) -> YamlError {
    YamlError::Syntax {
        place: place(span),
        message,
    }
}

fn scan(error: &ScanError) -> YamlError {
    let marker = *error.marker();
    syntax(&Span::empty(marker), error.info())
}
