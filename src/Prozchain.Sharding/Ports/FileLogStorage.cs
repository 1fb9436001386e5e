using Microsoft.Win32.SafeHandles;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// Keeps the bytes in one file, opened for this process alone where the system can lock. <see cref="Flush"/> is fsync
/// of the file; the entry of a new file in its directory is as durable as the file system makes it on fsync of the
/// file. One caller at a time.
/// </summary>
public sealed class FileLogStorage : ILogStorage, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">Path of the file; its directory exists.</param>
    /// <exception cref="IOException">The file cannot be opened, or another process has it open.</exception>
    public FileLogStorage(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Length = RandomAccess.GetLength(_file);
    }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_file, destination, offset);
            if (read == 0) throw new EndOfStreamException($"Expected {destination.Length} more bytes at {offset}, got none.");
            offset += read;
            destination = destination[read..];
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        RandomAccess.Write(_file, source, offset);
        Length = Math.Max(Length, offset + source.Length);
    }

    /// <inheritdoc/>
    public void Truncate(long length)
    {
        RandomAccess.SetLength(_file, length);
        Length = length;
    }

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
