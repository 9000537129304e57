//! Taking connections, and what one of them may take: the size and time of a request's head, the time in
//! which an answer must be read, its whole life.

use std::{
    convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{
    address::Peer,
    connections::{Seat, Seats},
};
use crate::config::Limits;

/// What is said where there is no place for a connection.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\
    content-length: 0\r\n\r\n";

/// Connections that are told so at once; further ones are closed without a word.
const TOLD: usize = 64;

/// How long telling may take.
const TELLING: Duration = Duration::from_secs(1);

/// How long to wait where the system gives no connection: it has no more files to open.
const PAUSE: Duration = Duration::from_millis(100);

/// The least that hyper can work with.
const LEAST_HEAD: usize = 8192;

/// Takes the address.
///
/// # Errors
/// As the system gives it: in use, not permitted.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// What serves the connections of a listener.
pub struct Listening {
    app: Router,
    seats: Arc<Seats>,
    http: http1::Builder,
    write: Duration,
    life: Duration,
    answer: Duration,
    telling: Arc<Semaphore>,
}

impl Listening {
    /// As settings have it.
    pub fn new(app: Router, seats: Arc<Seats>, limits: &Limits) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.header_seconds))
            .max_headers(limits.headers)
            .max_buf_size(limits.header_bytes.max(LEAST_HEAD));
        Self {
            app,
            seats,
            http,
            write: Duration::from_secs(limits.write_seconds),
            life: Duration::from_secs(limits.connection_seconds),
            answer: Duration::from_secs(limits.answer_seconds),
            telling: Arc::new(Semaphore::new(TOLD)),
        }
    }

    /// Takes connections until told to stop; those that are taken end after their present request.
    pub async fn run(self, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, stop.clone()),
                Err(error) if is_of_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: SocketAddr, stop: watch::Receiver<bool>) {
        match self.seats.take(peer.ip()) {
            Some(seat) => {
                tokio::spawn(self.serve(stream, peer, seat, stop));
            }
            None => self.refuse(stream),
        }
    }

    /// Serves one connection.
    fn serve(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        seat: Seat,
        mut stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + use<> {
        // Without it small answers wait for the acknowledgement of what went before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection cannot be made quick");
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.write));
        let app = self.app.clone();
        let service = service_fn(move |request| answer(app.clone(), peer, request));
        let connection = self
            .http
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let (life, last) = (self.life, self.answer);
        async move {
            let _seat = seat;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => Some(ended),
                () = stopped(&mut stop) => None,
                () = sleep(life) => None,
            };
            if ended.is_none() {
                connection.as_mut().graceful_shutdown();
                timeout(last, connection).await.ok();
            }
        }
    }

    /// Answers that there is no place. The line of those that are answered so is bounded too.
    fn refuse(&self, mut stream: TcpStream) {
        let Ok(permit) = self.telling.clone().try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            let _held = permit;
            let told = async {
                stream.write_all(FULL).await?;
                stream.shutdown().await?;
                // Closing with something unread would take the answer back.
                let mut unread = [0; 1024];
                while stream.read(&mut unread).await? > 0 {}
                io::Result::Ok(())
            };
            timeout(TELLING, told).await.ok();
        });
    }
}

async fn answer(
    app: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer.ip()));
    app.oneshot(request).await
}

/// Waits for the end of listening; whoever could tell of it being gone is the end too.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

/// What ails one connection alone.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use futures_util::stream;
    use tokio::{
        sync::{mpsc, oneshot},
        task::JoinHandle,
    };

    use super::*;
    use crate::server::address::Proxies;

    struct Running {
        address: SocketAddr,
        seats: Arc<Seats>,
        stop: watch::Sender<bool>,
        task: JoinHandle<()>,
    }

    async fn run(app: Router, limits: &Limits) -> Running {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seats = Seats::new(
            limits.connections,
            limits.connections_per_address,
            Proxies::default(),
        );
        let (stop, stopped) = watch::channel(false);
        let listening = Listening::new(app, seats.clone(), limits);
        Running {
            address,
            seats,
            stop,
            task: tokio::spawn(listening.run(listener, stopped)),
        }
    }

    async fn ask(address: SocketAddr, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// Waits until nobody is connected.
    async fn left(seats: &Seats) {
        while seats.taken() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn stopping_refuses_what_is_new_and_finishes_what_is_under_way() {
        let (begun, mut has_begun) = mpsc::channel::<()>(1);
        let (finish, may_finish) = watch::channel(false);
        let slow = move || async move {
            begun.send(()).await.unwrap();
            may_finish.clone().wait_for(|may| *may).await.unwrap();
            "whole"
        };
        let app = Router::new().route("/slow", get(slow));
        let running = run(app, &Limits::default()).await;
        let mut stream = ask(running.address, "/slow").await;
        has_begun.recv().await.unwrap();
        running.stop.send(true).unwrap();
        running.task.await.unwrap();
        assert!(TcpStream::connect(running.address).await.is_err());
        assert_eq!(running.seats.taken(), 1);
        finish.send(true).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("whole"), "{answer}");
        running.seats.all_left().await;
    }

    #[tokio::test]
    async fn a_reader_that_reads_nothing_is_left() {
        let endless = || async {
            let part = Ok::<_, Infallible>("x".repeat(1 << 20));
            Body::from_stream(stream::repeat(part))
        };
        let limits = Limits {
            write_seconds: 1,
            ..Limits::default()
        };
        let running = run(Router::new().route("/endless", get(endless)), &limits).await;
        let _unread = ask(running.address, "/endless").await;
        while running.seats.taken() == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        left(&running.seats).await;
    }

    #[tokio::test]
    async fn a_request_whose_client_hangs_up_is_dropped() {
        struct Guard(Option<oneshot::Sender<()>>);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.take().map(|gone| gone.send(()));
            }
        }
        let (begun, mut has_begun) = mpsc::channel::<()>(1);
        let (gone, is_gone) = oneshot::channel();
        let guard = Arc::new(std::sync::Mutex::new(Some(Guard(Some(gone)))));
        let forever = move || async move {
            let _guard = guard.lock().unwrap().take();
            begun.send(()).await.unwrap();
            std::future::pending::<()>().await;
        };
        let app = Router::new().route("/forever", get(forever));
        let running = run(app, &Limits::default()).await;
        let stream = ask(running.address, "/forever").await;
        has_begun.recv().await.unwrap();
        drop(stream);
        is_gone.await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_ends_after_its_time() {
        let limits = Limits {
            connection_seconds: 1,
            ..Limits::default()
        };
        let app = Router::new().route("/", get(|| async { "here" }));
        let running = run(app, &limits).await;
        let mut stream = ask(running.address, "/").await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
    }
}
