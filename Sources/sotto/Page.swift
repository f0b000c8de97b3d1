internal import FoundationEssentials

/// Text as it stands in HTML and SVG.
func escaped(_ text: String) -> String {
  let marks: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
  return text.map { marks[$0] ?? String($0) }.joined()
}

/// An HTML page that stands alone: nothing is fetched, nothing runs, and it is light or dark as the reader's screen.
struct Page {
  var title: String
  var body: [String] = []

  /// Adds a table; the first row holds the names of the columns, the first column those of the rows.
  mutating func add(table rows: [[String]]) {
    var lines = ["<div class=\"wide\"><table>"]
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, text in
        index == 0 || column == 0 ? "<th>\(escaped(text))</th>" : "<td>\(escaped(text))</td>"
      }
      lines.append("<tr>\(cells.joined())</tr>")
    }
    body += lines + ["</table></div>"]
  }

  /// A file inside the page.
  static func data(_ type: String, _ bytes: [UInt8]) -> String {
    "data:\(type);base64,\(Data(bytes).base64EncodedString())"
  }

  /// The page as a file.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>\(escaped(title))</title>
    <style>
    :root { color-scheme: light dark; --line: #0003; --soft: #0008; --box: #3478b833; --edge: #3478b8; }
    @media (prefers-color-scheme: dark) { :root { --line: #fff3; --soft: #fffa; --box: #6fb1ee40; --edge: #6fb1ee; } }
    body { font: 15px/1.45 sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
    h2 { margin-top: 2.5rem; } h3 { margin-top: 2rem; } p.small, figcaption { color: var(--soft); font-size: 13px; }
    .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: right; white-space: nowrap; }
    th:first-child, td:nth-child(2), th:nth-child(2) { text-align: left; } th { font-weight: 600; }
    .plots { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); }
    .pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
    figure { margin: 0; } img { display: block; height: 9rem; image-rendering: auto; width: 100%; }
    audio { height: 2.2rem; margin-top: .3rem; width: 100%; } svg { display: block; max-width: 100%; height: auto; }
    summary { cursor: pointer; margin: 1rem 0; }
    </style>
    <h1>\(escaped(title))</h1>
    \(body.joined(separator: "\n"))
    </html>

    """
  }
}
