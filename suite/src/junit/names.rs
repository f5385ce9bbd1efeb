//! The elements that are open.

/// The names of the open elements, from the root on, in one piece of memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Names {
    text: String,
    starts: Vec<usize>,
    /// How many elements, from the root on, are suites one in the other.
    suites: usize,
}

impl Names {
    pub(super) const fn depth(&self) -> usize {
        self.starts.len()
    }

    /// True if the innermost open element is a suite, and all around it are suites.
    pub(super) fn is_in_suite(&self) -> bool {
        self.suites == self.starts.len() && self.last() == Some("testsuite")
    }

    fn last(&self) -> Option<&str> {
        self.text.get(*self.starts.last()?..)
    }

    pub(super) fn open(&mut self, name: &str) {
        if self.suites == self.starts.len() && matches!(name, "testsuite" | "testsuites") {
            self.suites += 1;
        }
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
            self.suites = self.suites.min(self.starts.len());
        }
    }
}
