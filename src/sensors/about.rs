//! What a family of sensors is like: how it is recognized, what it gives and what it cannot.

use crate::input::Channel;

/// What a sensor says about itself before anybody connects. All of it is untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advert {
    /// Its name, where it says one.
    pub name: Option<String>,
    /// The services it names, as canonical UUID strings in lower case.
    pub services: Vec<String>,
    /// The company identifiers of its manufacturer data.
    pub companies: Vec<u16>,
}

impl Advert {
    /// Whether the name begins so.
    pub fn name_begins(&self, with: &str) -> bool {
        self.name
            .as_ref()
            .is_some_and(|name| name.starts_with(with))
    }

    /// Whether a service is named, given as a canonical UUID string in lower case.
    pub fn names_service(&self, uuid: &str) -> bool {
        self.services.iter().any(|service| service == uuid)
    }
}

/// A characteristic that the sensor speaks by without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub channel: Channel,
    /// Without it the sensor is of no use.
    pub is_required: bool,
}

impl Subscription {
    /// One that the sensor is of no use without.
    pub const fn required(channel: Channel) -> Subscription {
        Subscription {
            channel,
            is_required: true,
        }
    }

    /// One that may be missing.
    pub const fn optional(channel: Channel) -> Subscription {
        Subscription {
            channel,
            is_required: false,
        }
    }
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// Always.
    Yes,
    /// In some models or settings, as said here.
    Some(&'static str),
    /// Never.
    No,
}

/// What a family gives, and what it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Angular rate.
    pub gyroscope: Has,
    /// A clock of its own in its packets.
    pub clock: Has,
    /// Numbered readings, so that loss is counted rather than suspected.
    pub numbering: Has,
    /// A motor or a light that can cue the wearer.
    pub cues: Has,
    /// The rates it is run at, Hz, in words.
    pub rates: &'static str,
    /// How old readings are when they arrive, in words.
    pub delay: &'static str,
    /// How it sits when worn as meant, and what is known of its axes.
    pub axes: &'static str,
    /// Which way its axes point when it is worn as meant, where that is documented.
    pub worn: Option<WornAsMeant>,
    /// Anything else that an owner has to know: pairing, quirks.
    pub remarks: &'static str,
    /// Whether this program was ever tried with the real thing.
    pub is_tried: bool,
}

/// Directions in the sensor's own frame, when it is worn as meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WornAsMeant {
    /// Towards the wearer's head, along one axis.
    pub head: [i8; 3],
    /// Away from the skin, along one axis.
    pub off_skin: [i8; 3],
}

/// A signal that is felt or seen on the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulse {
    /// Once, short.
    Short,
    /// Twice, short.
    Double,
    /// Three times, short.
    Triple,
    /// Once, long.
    Long,
    /// Growing: begin, up.
    Rising,
    /// Fading: end, rest.
    Falling,
}
