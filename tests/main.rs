//! The one test binary, in the order in which a newcomer may read it.

// The house rules: layers, headers, schema, README.
mod tidy;

// Small documents, one quirk each, and the records made of them.
mod specimens;

// Damaged files, by the thousand.
mod mutated;

// What any engine must do.
mod engine;

// What is found and marked, against a slow reference.
mod marks;

// Pages of one answer while records are written.
mod paging;

// Requests and the answers expected, as data.
mod scenarios;

// The JSON face: bodies, errors, OpenAPI.
mod api;

// Pages where one asks: home, hits, lists of values, help.
mod web;

// People and citations, on records made for it.
mod people;

// Pages to read: records, people, volumes.
mod web_reading;

// The server in the open: limits, logs, figures, stopping.
mod server;

// What is closed, on every route.
mod access;

// Records and requests that mean harm.
mod hostile;

// Writing over HTTP.
mod writing;

// The program as a process: verbs, exit codes, bad input.
mod cli;

// Killed, full, read-only, at the wrong time: nothing is lost.
mod crash;

// Real volumes, where they are at hand.
mod corpus;

// Pages in a real browser, where one is installed.
mod browser;

// Where the crates come from, and under which licences.
mod supply;

// What the modules share.
mod support;
