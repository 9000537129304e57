//! The program under more than it can do: a thousand connections at once, a fifth of them slow, a tenth sending
//! nonsense, the rest asking. Tells what was answered rightly, what was refused, how long it took, what memory it
//! took, and whether the program is afterwards as before. Fails where an answer is wrong or something stays behind.
//!
//! `cargo bench --bench load` uses `../shared/corpus/tei` where it is at hand, else the specimens; loopback only.
//! `MEMCON_LOAD_SECONDS` (60) and `MEMCON_LOAD_CONNECTIONS` (1000) make it smaller, `MEMCON_LOAD_PROGRAM` names
//! another program to be tried. Memory and files are told by `/proc`, where there is one.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// What is asked; the answers are those that the program gives before anybody else asks.
const QUESTIONS: &[&str] = &[
    "/v1/search?q=lighthouse&limit=5",
    "/v1/search?q=treaty+commerce&limit=5",
    "/v1/search?q=%22good+offices%22&limit=5",
    "/v1/search?q=minister+OR+consul&limit=10&facets=kind,year",
    "/v1/search?q=negotiat*+NEAR%2F5+treaty&limit=3",
    "/v1/search?q=&kind=telegram&limit=3&passages=0",
    "/v1/search?q=fisheries&sort=date&limit=5",
    "/v1/search?q=nowherefoundatall",
    "/v1/suggest?q=pre",
    "/v1/facets/place?q=treaty",
    "/v1/trend?q=harbor",
    "/v1/fields",
];

/// What no client should send, and no server should mind.
const NONSENSE: &[&[u8]] = &[
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\r\n\r\n\r\n\0\0\0\0\xff\xff\xff\xff",
    b"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nabc",
    b"GET /v1/search?q=%28 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/search?q=%ff%00&limit=-1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/records/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/search HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET  http:// HTTP/1.1 \r\n x: y\r\n\r\n",
];

/// After this a question counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of the questions.
#[derive(Default)]
struct Tally {
    right: AtomicUsize,
    wrong: AtomicUsize,
    /// 408, 429, 503, or a connection that is not taken or is closed before an answer begins.
    refused: AtomicUsize,
    /// Any other status, or an answer that breaks off.
    failed: AtomicUsize,
    unanswered: AtomicUsize,
    /// Slow and senseless clients that the program sent away, and those that it bore with to the end.
    sent_away: AtomicUsize,
    borne: AtomicUsize,
    /// Of senseless requests: answered with 500, 502, 504 ...
    broken: AtomicUsize,
    /// Microseconds of right answers.
    took: Mutex<Vec<u64>>,
    /// What was wrong, the first few.
    remarks: Mutex<Vec<String>>,
}

impl Tally {
    fn remark(&self, text: String) {
        if let Ok(mut remarks) = self.remarks.lock()
            && remarks.len() < 5
        {
            remarks.push(text);
        }
    }

    /// A part in a thousand of the right answers took no longer, in milliseconds.
    fn within(&self, permille: usize) -> f64 {
        let mut took = self.took.lock().expect("nobody panics").clone();
        took.sort_unstable();
        let last = took.len().saturating_sub(1);
        took.get(last * permille / 1000)
            .map_or(f64::NAN, |us| *us as f64 / 1e3)
    }
}

fn main() -> ExitCode {
    // Run by `cargo test` it has nothing to say.
    if env::args().any(|a| a == "--test") {
        return ExitCode::SUCCESS;
    }
    if env::var_os("MEMCON_LOAD_INNER").is_none() {
        return with_more_files();
    }
    let seconds = number("MEMCON_LOAD_SECONDS", 60);
    let connections = number("MEMCON_LOAD_CONNECTIONS", 1000);
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let expected: Arc<Vec<Value>> = Arc::new(
        QUESTIONS
            .iter()
            .map(|question| ask_alone(server.address, question))
            .collect(),
    );
    let before = server.state();
    println!("before: {before}");

    let alone = load(&server, &expected, 4, (seconds / 6).max(2), None);
    let right = alone.right.load(Ordering::Relaxed);
    let capacity = right as f64 / (seconds / 6).max(2) as f64;
    tell("4 connections, no pause", &alone);
    println!("        {capacity:.0} answers a second");

    let pace = Duration::from_secs_f64(40.0 / (capacity / 2.0).max(1.0));
    let half = load(&server, &expected, 40, (seconds / 6).max(2), Some(pace));
    tell("40 connections, half of that", &half);

    let over = overload(&server, &expected, connections, seconds);
    tell(&format!("{connections} connections"), &over);
    println!(
        "        slow and senseless clients: {} sent away, {} borne to the end; {} answered with a failure",
        over.sent_away.load(Ordering::Relaxed),
        over.borne.load(Ordering::Relaxed),
        over.broken.load(Ordering::Relaxed),
    );

    let (first, _) = settle(&server, &expected, &before);
    println!("after:  {first}");

    // Memory that is kept for the next time is no leak; memory that grows each time is.
    let again = overload(&server, &expected, connections, (seconds / 3).max(5));
    tell("the same again", &again);
    let (after, same) = settle(&server, &expected, &before);
    println!("after:  {after}");
    let mut faults = Vec::new();
    let all = [&alone, &half, &over, &again];
    for tally in all {
        faults.extend(tally.remarks.lock().expect("nobody panics").clone());
    }
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    let sum = |of: fn(&Tally) -> &AtomicUsize| all.iter().map(|t| count(of(t))).sum::<usize>();
    for (what, found) in [
        ("wrong answers", sum(|t| &t.wrong)),
        ("failures", sum(|t| &t.failed) + sum(|t| &t.broken)),
        ("refusals at half load", count(&half.refused)),
        ("other answers afterwards", usize::from(!same)),
        (
            "files that stay open",
            after.files.saturating_sub(before.files + 8),
        ),
    ] {
        if found > 0 {
            faults.push(format!("{found} {what}"));
        }
    }
    for fault in &faults {
        println!("FAULT   {fault}");
    }
    if faults.is_empty() {
        println!("the program is as before");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The same again, with as many open files as the system lets it have.
fn with_more_files() -> ExitCode {
    let own = env::current_exe().expect("a program");
    let status = Command::new("sh")
        .arg("-c")
        .arg(r#"ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$0""#)
        .arg(own)
        .env("MEMCON_LOAD_INNER", "1")
        .status()
        .expect("a shell");
    if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn number(name: &str, default: usize) -> usize {
    let given = env::var(name).ok();
    given.map_or(default, |n| n.parse().expect("a number"))
}

/// The program, serving; it ends with this.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let program = env::var("MEMCON_LOAD_PROGRAM")
            .unwrap_or_else(|_| env!("CARGO_BIN_EXE_memcon").to_owned());
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/tei");
        let memcon = |verb: &str| {
            let mut command = Command::new(&program);
            command.arg(verb).arg("--data").arg(folder.join("data"));
            command.env("MEMCON_LOG", "off");
            command
        };
        if corpus.is_dir() {
            let taken = memcon("ingest")
                .arg(&corpus)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            taken.expect("the program runs");
        }
        let mut child = memcon("serve")
            .args(["--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut told = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        told.read_line(&mut line).expect("a line");
        println!("{}", line.trim());
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .expect("an address");
        // What it says further is read, so that it never waits to say it.
        thread::spawn(move || io::copy(&mut told, &mut io::sink()));
        Self { child, address }
    }

    fn state(&self) -> State {
        let folder = format!("/proc/{}", self.child.id());
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|l| l.strip_prefix(name));
            let number = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
            number.unwrap_or(0usize)
        };
        State {
            memory: of("VmRSS:") / 1024,
            own: of("RssAnon:") / 1024,
            most: of("VmHWM:") / 1024,
            threads: of("Threads:"),
            files: fs::read_dir(format!("{folder}/fd")).map_or(0, Iterator::count),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What the program holds: MB of memory now, without files that are mapped, and at most so far; threads, open files.
struct State {
    memory: usize,
    own: usize,
    most: usize,
    threads: usize,
    files: usize,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            memory,
            own,
            most,
            threads,
            files,
        } = self;
        write!(
            f,
            "{memory} MB ({own} its own; at most {most}), {threads} threads, {files} files"
        )
    }
}

/// An answer: its status and its body.
struct Answer {
    status: u16,
    body: Vec<u8>,
    closes: bool,
}

/// How a connection can end without an answer.
enum Ended {
    /// Before an answer began.
    Closed,
    /// Inside one.
    Broken,
    Late,
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, Ended> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(|_| Ended::Closed)?;
    stream.set_read_timeout(Some(PATIENCE)).ok();
    stream.set_write_timeout(Some(PATIENCE)).ok();
    stream.set_nodelay(true).ok();
    Ok(BufReader::new(stream))
}

fn ask(stream: &mut BufReader<TcpStream>, question: &str) -> Result<Answer, Ended> {
    let request = format!("GET {question} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let sent = stream.get_mut().write_all(request.as_bytes());
    sent.map_err(|_| Ended::Closed)?;
    answer(stream)
}

fn answer(stream: &mut BufReader<TcpStream>) -> Result<Answer, Ended> {
    let mut line = String::new();
    match stream.read_line(&mut line) {
        Ok(0) => return Err(Ended::Closed),
        Ok(_) => {}
        Err(error) if is_late(&error) => return Err(Ended::Late),
        Err(_) => return Err(Ended::Closed),
    }
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
    let status = status.ok_or(Ended::Broken)?;
    let (mut length, mut closes) = (None, false);
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line) {
            Ok(0) | Err(_) => return Err(Ended::Broken),
            Ok(_) => {}
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(given) = line.strip_prefix("content-length:") {
            length = given.trim().parse::<usize>().ok();
        }
        closes |= line == "connection: close";
    }
    let mut body = Vec::new();
    match length {
        Some(length) => {
            body.resize(length, 0);
            stream.read_exact(&mut body).map_err(|_| Ended::Broken)?;
        }
        None => closes = true,
    }
    Ok(Answer {
        status,
        body,
        closes,
    })
}

fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// The body without the time that it took.
fn told(body: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("took_ms");
    }
    value
}

fn ask_alone(address: SocketAddr, question: &str) -> Value {
    let answer = connect(address).and_then(|mut stream| ask(&mut stream, question));
    match answer {
        Ok(answer) if answer.status == 200 => told(&answer.body),
        Ok(answer) => panic!("{question} is answered with {}", answer.status),
        Err(_) => panic!("{question} is not answered"),
    }
}

/// So many connections that ask one question after the other, with a pause after each where one is given.
fn load(
    server: &Server,
    expected: &Arc<Vec<Value>>,
    connections: usize,
    seconds: usize,
    pace: Option<Duration>,
) -> Arc<Tally> {
    let tally = Arc::new(Tally::default());
    let over = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..connections)
        .map(|number| {
            let (tally, over) = (tally.clone(), over.clone());
            let (expected, address) = (expected.clone(), server.address);
            spawn(move || asker(address, number, &expected, pace, &tally, &over))
        })
        .collect();
    thread::sleep(Duration::from_secs(seconds as u64));
    over.store(true, Ordering::Relaxed);
    for asker in askers {
        asker.join().ok();
    }
    tally
}

/// A fifth slow, a tenth senseless, the rest asking without a pause.
fn overload(
    server: &Server,
    expected: &Arc<Vec<Value>>,
    connections: usize,
    seconds: usize,
) -> Arc<Tally> {
    let tally = Arc::new(Tally::default());
    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..connections)
        .map(|number| {
            let (tally, over) = (tally.clone(), over.clone());
            let (expected, address) = (expected.clone(), server.address);
            spawn(move || match number % 10 {
                0 => slow_writer(address, &tally, &over),
                1 => slow_reader(address, &tally, &over),
                2 => senseless(address, number, &tally, &over),
                _ => asker(address, number, &expected, None, &tally, &over),
            })
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(seconds as u64);
    let mut during = server.state();
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(500));
        let now = server.state();
        if now.memory > during.memory {
            during = now;
        }
    }
    println!("during: {during}");
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().ok();
    }
    tally
}

fn spawn(work: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    let builder = thread::Builder::new().stack_size(256 << 10);
    builder.spawn(work).expect("a thread")
}

fn asker(
    address: SocketAddr,
    number: usize,
    expected: &[Value],
    pace: Option<Duration>,
    tally: &Tally,
    over: &AtomicBool,
) {
    let add = |to: &AtomicUsize| to.fetch_add(1, Ordering::Relaxed);
    let mut stream = None;
    // Not all of them at the same moment.
    if let Some(pace) = pace {
        thread::sleep(pace.mul_f64((number % 40) as f64 / 40.0));
    }
    for turn in number.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let which = turn % QUESTIONS.len();
        let began = Instant::now();
        let open = stream.take().map_or_else(|| connect(address), Ok);
        let answered = open.and_then(|mut stream| {
            let answer = ask(&mut stream, QUESTIONS[which])?;
            Ok((answer, stream))
        });
        let mut breath = pace.map(|pace| pace.saturating_sub(began.elapsed()));
        match answered {
            Ok((answer, open)) => {
                if !answer.closes {
                    stream = Some(open);
                }
                match answer.status {
                    200 if told(&answer.body) == expected[which] => {
                        add(&tally.right);
                        let took = began.elapsed().as_micros() as u64;
                        tally.took.lock().expect("nobody panics").push(took);
                    }
                    200 => {
                        add(&tally.wrong);
                        tally.remark(format!("another answer to {}", QUESTIONS[which]));
                    }
                    408 | 429 | 503 => {
                        add(&tally.refused);
                        breath = breath.max(Some(Duration::from_millis(200)));
                    }
                    status => {
                        add(&tally.failed);
                        tally.remark(format!("{} gives {status}", QUESTIONS[which]));
                    }
                }
            }
            Err(Ended::Closed) => {
                add(&tally.refused);
                breath = breath.max(Some(Duration::from_millis(200)));
            }
            Err(Ended::Broken) => {
                add(&tally.failed);
                tally.remark(format!("the answer to {} breaks off", QUESTIONS[which]));
            }
            Err(Ended::Late) => {
                add(&tally.unanswered);
            }
        }
        if let Some(breath) = breath {
            thread::sleep(breath);
        }
    }
}

/// Sends its question a byte at a time.
fn slow_writer(address: SocketAddr, tally: &Tally, over: &AtomicBool) {
    let request = b"GET /v1/search?q=lighthouse HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    while !over.load(Ordering::Relaxed) {
        let Ok(mut stream) = connect(address) else {
            tally.sent_away.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_secs(1));
            continue;
        };
        for byte in request.iter().chain(std::iter::repeat(&b'a')) {
            if over.load(Ordering::Relaxed) {
                tally.borne.fetch_add(1, Ordering::Relaxed);
                return;
            }
            if stream.get_mut().write_all(&[*byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(500));
        }
        tally.sent_away.fetch_add(1, Ordering::Relaxed);
    }
}

/// Asks for much and reads a byte now and then.
fn slow_reader(address: SocketAddr, tally: &Tally, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let request = b"GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let opened = connect(address).ok();
        let Some(mut stream) = opened.map(BufReader::into_inner) else {
            tally.sent_away.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_secs(1));
            continue;
        };
        let second = Some(Duration::from_secs(1));
        stream.set_read_timeout(second).ok();
        if stream.write_all(request).is_ok() {
            let mut byte = [0];
            loop {
                if over.load(Ordering::Relaxed) {
                    tally.borne.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                match stream.read(&mut byte) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) if is_late(&error) => {}
                    Err(_) => break,
                }
                thread::sleep(Duration::from_millis(500));
            }
        }
        tally.sent_away.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends nonsense, and goes away without waiting for long.
fn senseless(address: SocketAddr, number: usize, tally: &Tally, over: &AtomicBool) {
    for turn in number.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(mut stream) = connect(address) {
            let second = Some(Duration::from_secs(1));
            stream.get_mut().set_read_timeout(second).ok();
            let nonsense = NONSENSE[(turn / 10) % NONSENSE.len()];
            stream.get_mut().write_all(nonsense).ok();
            match answer(&mut stream) {
                Ok(answer) if answer.status >= 500 && answer.status != 503 => {
                    tally.broken.fetch_add(1, Ordering::Relaxed);
                    tally.remark(format!(
                        "{} gives {}: {}",
                        String::from_utf8_lossy(nonsense).trim(),
                        answer.status,
                        String::from_utf8_lossy(&answer.body)
                    ));
                }
                Ok(_) | Err(_) => {
                    tally.sent_away.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        thread::sleep(Duration::from_millis(200));
    }
}

fn tell(what: &str, tally: &Tally) {
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    println!(
        "{what}: {} right, {} wrong, {} refused, {} failed, {} unanswered; p50 {:.1} ms, p99 {:.1} ms",
        count(&tally.right),
        count(&tally.wrong),
        count(&tally.refused),
        count(&tally.failed),
        count(&tally.unanswered),
        tally.within(500),
        tally.within(990),
    );
}

/// Gives the program a moment to put away what is left, and asks everything again.
fn settle(server: &Server, expected: &[Value], before: &State) -> (State, bool) {
    for _ in 0..20 {
        if server.state().files <= before.files + 8 {
            break;
        }
        thread::sleep(Duration::from_millis(500));
    }
    let state = server.state();
    let same = QUESTIONS
        .iter()
        .zip(expected)
        .all(|(question, expected)| ask_alone(server.address, question) == *expected);
    (state, same)
}
