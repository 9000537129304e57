//! Log lines to standard error, as text or JSON; spans to a collector where the program was built for that.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::config::{LogFormat, Settings};

/// A layer above the registry, whatever its kind.
type AnyLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// Begins; what it gives is to be kept until the end.
///
/// # Errors
/// Where spans are wanted and cannot be sent.
pub fn start(settings: &Settings) -> anyhow::Result<spans::Sending> {
    let (spans, sending) = spans::layer(settings.telemetry.otel_endpoint.as_deref())?;
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| "info".into());
    let lines = lines(settings.telemetry.log_format).with_filter(filter);
    // A second call, in tests, changes nothing.
    let _ = Registry::default().with(spans).with(lines).try_init();
    Ok(sending)
}

fn lines<S>(format: LogFormat) -> AnyLayer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let lines = fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    }
}

#[cfg(not(feature = "otel"))]
mod spans {
    use tracing_subscriber::Registry;

    use super::AnyLayer;

    /// Nothing is sent.
    pub struct Sending;

    /// Refuses an endpoint.
    pub fn layer(endpoint: Option<&str>) -> anyhow::Result<(Option<AnyLayer<Registry>>, Sending)> {
        match endpoint {
            None => Ok((None, Sending)),
            Some(_) => Err(anyhow::anyhow!(
                "this program cannot send spans\n\nhint: leave `telemetry.otel_endpoint` out, or \
                 build it with `--features otel`"
            )),
        }
    }
}

#[cfg(feature = "otel")]
mod spans {
    use anyhow::Context;
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_otlp::{SpanExporter, WithExportConfig};
    use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
    use tracing::Level;
    use tracing_subscriber::{Layer, Registry, filter::Targets};

    use super::AnyLayer;

    /// What sends spans; those not yet sent leave when it is dropped.
    pub struct Sending(Option<SdkTracerProvider>);

    impl Drop for Sending {
        fn drop(&mut self) {
            if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::shutdown) {
                eprintln!("the last spans could not be sent: {error}");
            }
        }
    }

    /// Our own spans, for an endpoint.
    pub fn layer(endpoint: Option<&str>) -> anyhow::Result<(Option<AnyLayer<Registry>>, Sending)> {
        let Some(endpoint) = endpoint else {
            return Ok((None, Sending(None)));
        };
        let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint);
        let exporter = exporter.build().context("spans cannot be sent")?;
        let resource = Resource::builder().with_service_name("memcon").build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        // Those of the client that sends spans would be sent too.
        let own = Targets::new().with_target("memcon", Level::INFO);
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("memcon"));
        Ok((
            Some(spans.with_filter(own).boxed()),
            Sending(Some(provider)),
        ))
    }
}
