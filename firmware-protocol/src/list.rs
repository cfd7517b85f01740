//! Info carries a few short lists of rates and ranges. They are owned, so that an
//! [`Info`](crate::info::Info) outlives the bytes it was read from, and bounded, so that no heap is needed.

use core::{fmt, ops::Deref};

/// At most [`List::CAPACITY`] values; reads like a slice.
#[derive(Clone, Copy)]
pub struct List<T> {
    items: [T; List::<()>::CAPACITY],
    len: usize,
}

impl List<()> {
    /// The most values that a list on the wire may have.
    pub const CAPACITY: usize = 16;
}

impl<T: Copy + Default> List<T> {
    /// A list of these values, or `None` if there are more than [`List::CAPACITY`].
    #[must_use]
    pub fn from_slice(values: &[T]) -> Option<List<T>> {
        let mut list = List::default();
        list.items.get_mut(..values.len())?.copy_from_slice(values);
        list.len = values.len();
        Some(list)
    }

    /// As [`List::from_slice`], of the first [`List::CAPACITY`] values of an iterator.
    pub(crate) fn take_from(values: impl Iterator<Item = T>) -> List<T> {
        let mut list = List::default();
        for (slot, value) in list.items.iter_mut().zip(values) {
            *slot = value;
            list.len += 1;
        }
        list
    }
}

impl<T: Copy + Default> Default for List<T> {
    fn default() -> List<T> {
        List {
            items: [T::default(); List::<()>::CAPACITY],
            len: 0,
        }
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or(&[])
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_like_the_slice_it_came_from() {
        let list = List::from_slice(&[1u16, 2, 3]).unwrap();
        assert_eq!(&*list, &[1, 2, 3]);
        assert!(List::<u16>::default().is_empty());
    }

    #[test]
    fn a_seventeenth_value_is_refused() {
        assert!(List::from_slice(&[0u16; 16]).is_some());
        assert!(List::from_slice(&[0u16; 17]).is_none());
    }
}
