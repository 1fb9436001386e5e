using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Sync;

/// <summary>
/// Records in order on an <see cref="ILogStorage"/>. What <see cref="Flush"/> returned for is there after any crash;
/// what came later is there as a prefix of what was appended, or not at all. One caller at a time. Format:
/// docs/formats/sharding-log.md.
/// </summary>
/// <remarks>
/// Each record's CRC-32C covers the checksum before it, its own number and length, so that a lost, torn, stale or
/// misplaced record ends the log there. A length's top bit says that everything before it was flushed: damage that lies
/// before such a record is no torn tail but a broken medium, and is refused rather than cut off. (Damage to the last
/// record, or to a length, which hides where the next record begins, cannot be told from a torn tail.)
/// </remarks>
public sealed class AppendLog
{
    /// <summary>The most bytes of one record: 1.5 GiB.</summary>
    public const int MaxRecordBytes = 0x6000_0000;

    private const int RecordHeaderSize = 8;
    private const uint FlushedBefore = 0x8000_0000, InitialChecksum = 0xFFFF_FFFF;

    private readonly ILogStorage _storage;
    private uint _checksum = InitialChecksum;
    private readonly Func<ReadOnlyMemory<byte>, ulong>? _salt;
    private ulong _salted;
    private bool _flushed = true, _failed;

    private AppendLog(ILogStorage storage, Func<ReadOnlyMemory<byte>, ulong>? salt) => (_storage, _salt) = (storage, salt);

    private static ReadOnlySpan<byte> FileHeader => "PZLOG\0\0\0"u8;

    /// <summary>Number of records.</summary>
    public long Count { get; private set; }

    /// <summary>Length in bytes of the valid log.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Opens a log, or starts one on empty storage: visits all records in order, cuts off a torn tail, and flushes, so
    /// that whatever was visited stays.
    /// </summary>
    /// <param name="storage">Where the bytes are.</param>
    /// <param name="visitor">Receives each record's payload; the memory is reused afterwards.</param>
    /// <param name="salt">
    /// For storage that holds one log after the other: of the first record, what its log's later records are numbered from.
    /// It tells what an earlier log left behind from a damaged record of this one. Null for 0.
    /// </param>
    /// <exception cref="InvalidDataException">The storage holds something else, or a flushed record is damaged.</exception>
    public static AppendLog Open(ILogStorage storage, Action<ReadOnlyMemory<byte>>? visitor = null, Func<ReadOnlyMemory<byte>, ulong>? salt = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var log = new AppendLog(storage, salt);
        if (!log.HasFileHeader())
        {
            storage.Write(0, FileHeader);
            storage.Flush();
        }
        log.Recover(visitor);
        if (storage.Length != log.Length) storage.Truncate(log.Length);
        storage.Flush();
        return log;
    }

    /// <summary>Visits what <see cref="Open"/> would, and leaves the storage as it is.</summary>
    internal static void Visit(ILogStorage storage, Action<ReadOnlyMemory<byte>> visitor, Func<ReadOnlyMemory<byte>, ulong>? salt)
    {
        var log = new AppendLog(storage, salt);
        if (log.HasFileHeader()) log.Recover(visitor);
    }

    /// <summary>Bytes of a log of one record.</summary>
    internal static long BytesOf(int payload) => FileHeader.Length + RecordHeaderSize + payload;

    /// <summary>Appends a record; it counts only after <see cref="Flush"/>.</summary>
    /// <param name="payload">1 to <see cref="MaxRecordBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">No bytes, or too many.</exception>
    /// <exception cref="InvalidOperationException">An earlier write failed; open the log anew.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    public void Append(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload.Length > MaxRecordBytes)
            throw new ArgumentException($"Expected 1 to {MaxRecordBytes} bytes, got {payload.Length}.", nameof(payload));
        ThrowIfFailed();
        uint length = (uint)payload.Length | (_flushed ? FlushedBefore : 0);
        uint checksum = Checksum(_checksum, Number(Count), length, payload);
        Span<byte> header = stackalloc byte[RecordHeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(uint)..], checksum);
        _failed = true;
        _storage.Write(Length, header);
        _storage.Write(Length + RecordHeaderSize, payload);
        _failed = _flushed = false;
        if (Count == 0) Salt(payload.ToArray());
        _checksum = checksum;
        Length += RecordHeaderSize + payload.Length;
        Count++;
    }

    /// <summary>Returns once all records are on the medium: from now on they are acknowledged.</summary>
    /// <exception cref="InvalidOperationException">An earlier write failed; open the log anew.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    public void Flush()
    {
        ThrowIfFailed();
        _failed = true;
        _storage.Flush();
        _failed = false;
        _flushed = true;
    }

    private bool HasFileHeader()
    {
        Span<byte> found = stackalloc byte[FileHeader.Length];
        int length = (int)Math.Min(_storage.Length, found.Length);
        _storage.Read(0, found[..length]);
        Length = FileHeader.Length;
        if (length < found.Length || !found.SequenceEqual(FileHeader))
        {
            // The header is flushed before any record is written, so that a torn one means an empty log.
            bool torn = _storage.Length <= found.Length;
            for (int i = 0; i < length; i++) torn &= found[i] == 0 || found[i] == FileHeader[i];
            if (!torn) throw new InvalidDataException("Expected a log that begins with 'PZLOG' version 0, got other bytes.");
            return false;
        }
        return true;
    }

    private void Recover(Action<ReadOnlyMemory<byte>>? visitor)
    {
        var buffer = Array.Empty<byte>();
        while (TryReadHeader(Length, out uint length, out uint expected))
        {
            int size = (int)(length & ~FlushedBefore);
            if (buffer.Length < size) buffer = new byte[Math.Max(size, Math.Min(2 * (long)buffer.Length, MaxRecordBytes))];
            _storage.Read(Length + RecordHeaderSize, buffer.AsSpan(0, size));
            uint checksum = Checksum(_checksum, Number(Count), length, buffer.AsSpan(0, size));
            if (checksum != expected)
            {
                ThrowIfFlushed(Length + RecordHeaderSize + size, expected, checksum);
                return;
            }
            if (Count == 0) Salt(buffer.AsMemory(0, size));
            visitor?.Invoke(buffer.AsMemory(0, size));
            _checksum = expected;
            Length += RecordHeaderSize + size;
            Count++;
        }
    }

    // The records after a damaged one still verify against its checksum: the stored one, or, if that is what is damaged,
    // the right one. They say whether it had been flushed.
    private void ThrowIfFlushed(long next, uint stored, uint computed)
    {
        for (long number = Count + 1; TryReadHeader(next, out uint length, out uint expected); number++)
        {
            var payload = new byte[length & ~FlushedBefore];
            _storage.Read(next + RecordHeaderSize, payload);
            if (Checksum(stored, Number(number), length, payload) != expected && Checksum(computed, Number(number), length, payload) != expected) return;
            if ((length & FlushedBefore) != 0)
                throw new InvalidDataException($"Expected record {Count} of the log to be whole, as it was flushed; got a damaged one at byte {Length}.");
            stored = computed = expected;
            next += RecordHeaderSize + payload.Length;
        }
    }

    private bool TryReadHeader(long at, out uint length, out uint checksum)
    {
        length = checksum = 0;
        if (_storage.Length - at < RecordHeaderSize) return false;
        Span<byte> header = stackalloc byte[RecordHeaderSize];
        _storage.Read(at, header);
        length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(uint)..]);
        uint size = length & ~FlushedBefore;
        return size is > 0 and <= MaxRecordBytes && size <= _storage.Length - at - RecordHeaderSize;
    }

    private void Salt(ReadOnlyMemory<byte> first) => _salted = _salt?.Invoke(first) ?? 0;

    private ulong Number(long record) => record == 0 ? 0 : _salted + (ulong)record;

    private void ThrowIfFailed()
    {
        if (_failed) throw new InvalidOperationException("Expected a log whose writes succeeded, got one with a failed write; open it anew.");
    }

    private static uint Checksum(uint previous, ulong number, uint length, ReadOnlySpan<byte> payload)
    {
        uint crc = BitOperations.Crc32C(BitOperations.Crc32C(previous, number), length);
        for (; payload.Length >= sizeof(ulong); payload = payload[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(payload));
        foreach (byte b in payload) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
