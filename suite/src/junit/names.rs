//! The elements that are open.

/// The names of the open elements, from the root on, in one piece of memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Names {
    text: String,
    starts: Vec<usize>,
}

impl Names {
    pub(super) const fn depth(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn open(&mut self, name: &str) {
        self.starts.push(self.text.len());
        self.text.push_str(name);
    }

    /// Closes the innermost element, which has to have this name.
    pub(super) fn close(&mut self, name: &str) -> Result<(), String> {
        let Some(start) = self.starts.last().copied() else {
            return Err("an end tag that nothing has opened".to_owned());
        };
        let open = self.text.get(start..).unwrap_or_default();
        if open != name {
            return Err("an end tag that closes another element than the last opened".to_owned());
        }
        self.close_last();
        Ok(())
    }

    /// Closes the innermost element, whose end tag was found to have its name.
    pub(super) fn close_last(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.text.truncate(start);
        }
    }
}
