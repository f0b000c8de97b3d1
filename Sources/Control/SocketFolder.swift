private import Glibc

/// The folder in which a socket stands: made when missing, and trusted only when it is this user's alone.
enum SocketFolder {
  /// Makes the folder of `path` with mode 0700 when it is not there.
  ///
  /// A folder called `sotto` or `sotto-UID` is the daemons' own, made by one of them: it must belong to this user and be
  /// closed to others, or somebody else has made it first. Any other folder is the operator's choice.
  static func prepare(for path: String) throws(ControlServerError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let folder = String(path[..<slash])
    let name = folder.split(separator: "/").last.map(String.init) ?? ""
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw .system(path: folder, SystemFailure("mkdir"))
    }
    guard name == "sotto" || name == "sotto-\(getuid())" else { return }
    try verify(folder)
  }

  private static func verify(_ folder: String) throws(ControlServerError) {
    var status = stat()
    guard unsafe lstat(folder, &status) == 0 else { throw .system(path: folder, SystemFailure("lstat")) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .folderNotOurs(folder: folder, found: "no folder") }
    guard status.st_uid == getuid() else {
      throw .folderNotOurs(folder: folder, found: "a folder of user \(status.st_uid)")
    }
    // One that an earlier version or a careless umask left open is ours to close.
    guard unsafe status.st_mode & 0o077 == 0 || chmod(folder, 0o700) == 0 else {
      throw .system(path: folder, SystemFailure("chmod"))
    }
  }
}
