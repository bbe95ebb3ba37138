namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// Which file, and in which state. Two that are equal hold the same bytes, as far as the file system can tell: a file written to twice
/// within one tick of its clock (4 ms on Linux before 6.13) looks unchanged.
/// </summary>
/// <param name="Path">Empty where device and inode say which file it is.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">In the file system's finest unit; only compared.</param>
internal readonly record struct FileIdentity(string Path, ulong Device, ulong Inode, long Length, long Modified);
