//! The open Bluetooth LE protocol of backcoach motion sensors.
#![no_std]
