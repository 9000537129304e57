//! Where settings come from.

use std::path::Path;

use config::{Config, ConfigError, File, FileFormat};
use serde_json::Value;

use super::Settings;

impl Settings {
    /// Defaults, then the file, then the environment.
    ///
    /// # Errors
    /// A sentence that names the file or the setting.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(file, |name| std::env::var(name).ok())
    }

    /// As [`Settings::load`], with another environment.
    fn load_with(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let defaults = Config::try_from(&Self::default())?;
        let mut sources = Config::builder().add_source(defaults);
        if let Some(file) = file {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        for (name, default) in names() {
            // Empty is not set: so compose files pass on what they were not given.
            let given = environment(&variable(&name)).filter(|text| !text.is_empty());
            sources = match (given, default) {
                (None, _) => sources,
                (Some(list), Value::Array(_)) => {
                    let values: Vec<String> = list.split(',').map(|v| v.trim().into()).collect();
                    sources.set_override(name, values)?
                }
                (Some(value), _) => sources.set_override(name, value)?,
            };
        }
        sources.build()?.try_deserialize()
    }
}

/// The names of all settings as a file has them, with dots between tables, and their defaults.
pub fn names() -> Vec<(String, Value)> {
    let mut names = Vec::new();
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    gather("", &defaults, &mut names);
    names
}

fn gather(before: &str, value: &Value, names: &mut Vec<(String, Value)>) {
    let Value::Object(table) = value else {
        names.push((before.to_owned(), value.clone()));
        return;
    };
    for (name, value) in table {
        let dot = if before.is_empty() { "" } else { "." };
        gather(&format!("{before}{dot}{name}"), value, names);
    }
}

/// The variable of the environment that a setting is read from.
fn variable(name: &str) -> String {
    format!("MEMCON_{}", name.replace('.', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogFormat;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_file_overrides_defaults_and_unknown_names_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memcon.toml");
        let text = "listen = \"0.0.0.0:9000\"\nthreads = 3\n[limits]\nexports = 2\n";
        std::fs::write(&file, text).unwrap();
        let settings = Settings::load_with(Some(&file), nothing).unwrap();
        assert_eq!((settings.listen.port(), settings.threads), (9000, 3));
        assert_eq!((settings.limits.exports, settings.limits.headers), (2, 100));
        for (text, named) in [
            ("thread = 3\n", "thread"),
            ("[limits]\nexport = 1\n", "export"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Settings::load_with(Some(&file), nothing).unwrap_err();
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    #[test]
    fn the_environment_overrides_whatever_it_names() {
        let environment = |name: &str| {
            let value = match name {
                "MEMCON_DATA" => "/srv/memcon",
                "MEMCON_DEADLINE_SECONDS" => "4",
                "MEMCON_WAITING" => "",
                "MEMCON_LIMITS_TRUSTED_PROXIES" => "127.0.0.1, 10.0.0.0/8",
                "MEMCON_LIMITS_RATE_PER_SECOND" => "7",
                "MEMCON_TELEMETRY_LOG_FORMAT" => "json",
                "MEMCON_TELEMETRY_LOG_QUERIES" => "true",
                "MEMCON_TELEMETRY_METRICS_LISTEN" => "127.0.0.1:9100",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let settings = Settings::load_with(None, environment).unwrap();
        assert_eq!(settings.data.to_str(), Some("/srv/memcon"));
        assert_eq!((settings.deadline_seconds, settings.waiting), (4, 64));
        assert_eq!(settings.limits.trusted_proxies.len(), 2);
        assert_eq!(settings.limits.rate_per_second, 7);
        assert_eq!(settings.telemetry.log_format, LogFormat::Json);
        assert!(settings.telemetry.log_queries);
        let metrics = settings.telemetry.metrics_listen.map(|a| a.port());
        assert_eq!(metrics, Some(9100));
        let odd = |name: &str| (name == "MEMCON_THREADS").then(|| "many".to_owned());
        let error = Settings::load_with(None, odd).unwrap_err();
        assert!(error.to_string().contains("threads"), "{error}");
    }
}
