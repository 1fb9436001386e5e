using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// The default <see cref="ITransactionJournal"/>: one file. A record is its length (4 bytes, little-endian), the first
/// 4 bytes of its Keccak-256, and its bytes; what a crash left half written at the end is cut off at opening. Rewriting
/// goes to a second file that then takes the place of the first.
/// </summary>
public sealed class FileTransactionJournal : ITransactionJournal, IDisposable
{
    /// <summary>Longest record in bytes: 1 MiB.</summary>
    public const int MaxRecord = 1 << 20;

    private const int HeaderSize = 8;
    private readonly string _path;
    private FileStream _file;

    /// <summary>Opens or creates the file, for this process alone.</summary>
    /// <exception cref="IOException">The file cannot be opened, or another process has it open.</exception>
    public FileTransactionJournal(string path)
    {
        _path = path;
        _file = Open(path, FileMode.OpenOrCreate);
        ReadAll();
        _file.SetLength(_file.Position);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The record is longer than <see cref="MaxRecord"/>.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        Write(_file, record);
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<byte>> ReadAll()
    {
        var records = new List<ReadOnlyMemory<byte>>();
        Span<byte> header = stackalloc byte[HeaderSize];
        long end = _file.Position = 0;
        while (_file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (length > MaxRecord || _file.Length - _file.Position < length) break;
            var record = new byte[length];
            _file.ReadExactly(record);
            if (!Sum(record).Span[..4].SequenceEqual(header[4..])) break;
            records.Add(record);
            end = _file.Position;
        }
        _file.Position = end;
        return records;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A record is longer than <see cref="MaxRecord"/>.</exception>
    public void Rewrite(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        string beside = _path + ".new";
        using (FileStream next = Open(beside, FileMode.Create))
        {
            foreach (ReadOnlyMemory<byte> record in records) Write(next, record.Span);
            next.Flush(flushToDisk: true);
        }
        _file.Dispose();
        try
        {
            File.Move(beside, _path, overwrite: true);
        }
        finally
        {
            _file = Open(_path, FileMode.OpenOrCreate);
            _file.Position = _file.Length;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None);

    private static void Write(FileStream file, ReadOnlySpan<byte> record)
    {
        if (record.Length > MaxRecord) throw new ArgumentException($"Expected at most {MaxRecord} bytes, got {record.Length}.", nameof(record));
        var bytes = new byte[HeaderSize + record.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Length);
        Sum(record).Span[..4].CopyTo(bytes.AsSpan(4));
        record.CopyTo(bytes.AsSpan(HeaderSize));
        file.Write(bytes);
    }

    private static Bytes32 Sum(ReadOnlySpan<byte> record) => Hashing.Keccak(record);
}
