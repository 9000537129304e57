//! memcon
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let input = memcon::readers::Input::open(std::path::Path::new(&path)).unwrap();
    let reader = memcon::readers::reader_for(&input).unwrap();
    reader.read(&input, &mut |item| println!("{item:#?}"));
}
