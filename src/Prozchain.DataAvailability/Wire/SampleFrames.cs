using System.Buffers;
using System.Buffers.Binary;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Wire;

/// <summary>The frames of docs/formats/da-sample-protocol.md: a length (4 bytes), a kind, a body.</summary>
internal static class SampleFrames
{
    public const byte Version = 0;
    public const int MaxSharesPerRequest = 1024;
    public const int MaxAnnounced = 64;

    /// <summary>Length field and kind.</summary>
    public const int PrefixSize = sizeof(uint) + 1;

    /// <summary>Identifier and status, before the bytes of an answer.</summary>
    public const int AnswerPrefixSize = sizeof(uint) + 1;

    /// <summary>Longest greeting of a client: more than version 0 needs, so that a later one is told apart from noise.</summary>
    public const int MaxClientHello = 64;

    public const int MaxServerHello = 4 + 1 + 2 + 1 + MaxAnnounced * Bytes32.Size;

    public const int MaxCoordinate = 1 << 30;

    private static ReadOnlySpan<byte> Magic => "PDAS"u8;

    /// <summary>Longest body of a request for that many shares.</summary>
    public static int MaxSharesBody(int count) => sizeof(uint) + Bytes32.Size + 2 + count * 10;

    public static void WriteClientHello(IBufferWriter<byte> output)
    {
        WireWriter writer = Begin(output, FrameKind.Hello, Magic.Length + 1);
        writer.WriteSpan(Magic);
        writer.WriteByte(Version);
    }

    public static void WriteServerHello(IBufferWriter<byte> output, int maxShares, IReadOnlyList<ReadOnlyMemory<byte>> roots)
    {
        int count = roots.Count;
        WireWriter writer = Begin(
            output, FrameKind.Hello, Magic.Length + 1 + WireWriter.VarintLength((ulong)maxShares) + WireWriter.VarintLength((ulong)count) + count * Bytes32.Size);
        writer.WriteSpan(Magic);
        writer.WriteByte(Version);
        writer.WriteVarint((ulong)maxShares);
        writer.WriteVarint((ulong)count);
        foreach (ReadOnlyMemory<byte> root in roots) writer.WriteSpan(root.Span);
    }

    public static void WriteGetHeader(IBufferWriter<byte> output, uint id, ReadOnlySpan<byte> dataRoot)
    {
        WireWriter writer = Begin(output, FrameKind.GetHeader, sizeof(uint) + Bytes32.Size);
        writer.WriteUInt32(id);
        writer.WriteSpan(dataRoot);
    }

    /// <summary>Asks for shares of one root; the i-th gets the identifier <paramref name="firstId"/> + i.</summary>
    public static void WriteGetShares(IBufferWriter<byte> output, uint firstId, ReadOnlySpan<byte> dataRoot, ReadOnlySpan<CellCoordinate> cells)
    {
        int body = sizeof(uint) + Bytes32.Size + WireWriter.VarintLength((ulong)cells.Length);
        foreach (CellCoordinate cell in cells) body += WireWriter.VarintLength((ulong)cell.Row) + WireWriter.VarintLength((ulong)cell.Column);
        WireWriter writer = Begin(output, FrameKind.GetShares, body);
        writer.WriteUInt32(firstId);
        writer.WriteSpan(dataRoot);
        writer.WriteVarint((ulong)cells.Length);
        foreach (CellCoordinate cell in cells)
        {
            writer.WriteVarint((ulong)cell.Row);
            writer.WriteVarint((ulong)cell.Column);
        }
    }

    public static void WriteAnswer(IBufferWriter<byte> output, FrameKind kind, uint id, AnswerStatus status, ReadOnlySpan<byte> bytes)
    {
        WireWriter writer = Begin(output, kind, AnswerPrefixSize + bytes.Length);
        writer.WriteUInt32(id);
        writer.WriteByte((byte)status);
        writer.WriteSpan(bytes);
    }

    public static void WriteGoodbye(IBufferWriter<byte> output, ConnectionFault fault) =>
        Begin(output, FrameKind.Goodbye, 1).WriteByte((byte)fault);

    /// <summary>Takes a whole frame off the buffer's front, if it is there; looks at its length before anything else.</summary>
    /// <param name="buffer">What has arrived; without the frame afterwards.</param>
    /// <param name="limit">Longest body of a kind; negative for a kind that must not come.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="body">The body.</param>
    public static FrameResult TryTake(ref ReadOnlySequence<byte> buffer, Func<FrameKind, int> limit, out FrameKind kind, out ReadOnlySequence<byte> body)
    {
        (kind, body) = (default, default);
        if (buffer.Length < PrefixSize) return FrameResult.Incomplete;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        kind = (FrameKind)prefix[sizeof(uint)];
        int most = limit(kind);
        if (most < 0 || length == 0) return FrameResult.Malformed;
        if (length - 1 > most) return FrameResult.TooLong;
        if (buffer.Length < sizeof(uint) + (long)length) return FrameResult.Incomplete;
        body = buffer.Slice(PrefixSize, length - 1);
        buffer = buffer.Slice(body.End);
        return FrameResult.Complete;
    }

    public static ReadResult ReadClientHello(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        ReadResult result = ReadMagic(ref reader);
        return result == ReadResult.Ok && !reader.IsAtEnd ? ReadResult.TrailingBytes : result;
    }

    public static ReadResult ReadServerHello(ReadOnlySpan<byte> body, out int maxShares, out byte[][] roots)
    {
        (maxShares, roots) = (0, []);
        var reader = new WireReader(body);
        ReadResult result = ReadMagic(ref reader);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadCount(MaxSharesPerRequest, out maxShares) || maxShares == 0 || !reader.TryReadCount(MaxAnnounced, out int count))
            return ReadResult.OutOfRange;
        if (reader.Remaining != count * Bytes32.Size) return reader.Remaining < count * Bytes32.Size ? ReadResult.Truncated : ReadResult.TrailingBytes;
        roots = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            reader.TryReadSpan(Bytes32.Size, out ReadOnlySpan<byte> root);
            roots[i] = root.ToArray();
        }
        return ReadResult.Ok;
    }

    public static ReadResult ReadGetHeader(ReadOnlySpan<byte> body, out uint id, Span<byte> dataRoot)
    {
        var reader = new WireReader(body);
        if (!reader.TryReadUInt32(out id) || !reader.TryReadSpan(Bytes32.Size, out ReadOnlySpan<byte> root)) return ReadResult.Truncated;
        root.CopyTo(dataRoot);
        return reader.IsAtEnd ? ReadResult.Ok : ReadResult.TrailingBytes;
    }

    /// <param name="body">The body.</param>
    /// <param name="firstId">Identifier of the first share.</param>
    /// <param name="dataRoot">Receives 32 bytes.</param>
    /// <param name="cells">Receives the places; its length is the most that are taken.</param>
    /// <param name="count">How many came.</param>
    public static ReadResult ReadGetShares(ReadOnlySpan<byte> body, out uint firstId, Span<byte> dataRoot, Span<CellCoordinate> cells, out int count)
    {
        count = 0;
        var reader = new WireReader(body);
        if (!reader.TryReadUInt32(out firstId) || !reader.TryReadSpan(Bytes32.Size, out ReadOnlySpan<byte> root)) return ReadResult.Truncated;
        root.CopyTo(dataRoot);
        if (!reader.TryReadCount(cells.Length, out int stated) || stated == 0) return ReadResult.OutOfRange;
        for (int i = 0; i < stated; i++)
        {
            if (!reader.TryReadCount(MaxCoordinate, out int row) || !reader.TryReadCount(MaxCoordinate, out int column)) return ReadResult.OutOfRange;
            cells[i] = new CellCoordinate(row, column);
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        count = stated;
        return ReadResult.Ok;
    }

    /// <summary>Reads what precedes the bytes of an answer; bytes follow only if something is served.</summary>
    public static ReadResult ReadAnswer(ReadOnlySequence<byte> body, out uint id, out AnswerStatus status)
    {
        (id, status) = (0, default);
        if (body.Length < AnswerPrefixSize) return ReadResult.Truncated;
        Span<byte> prefix = stackalloc byte[AnswerPrefixSize];
        body.Slice(0, AnswerPrefixSize).CopyTo(prefix);
        id = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        status = (AnswerStatus)prefix[sizeof(uint)];
        if (status > AnswerStatus.Busy) return ReadResult.OutOfRange;
        return status == AnswerStatus.Served || body.Length == AnswerPrefixSize ? ReadResult.Ok : ReadResult.TrailingBytes;
    }

    private static ReadResult ReadMagic(ref WireReader reader)
    {
        if (!reader.TryReadSpan(Magic.Length, out ReadOnlySpan<byte> magic) || !reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (!magic.SequenceEqual(Magic)) return ReadResult.OutOfRange;
        return version == Version ? ReadResult.Ok : ReadResult.UnknownVersion;
    }

    private static WireWriter Begin(IBufferWriter<byte> output, FrameKind kind, int body)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt32((uint)body + 1);
        writer.WriteByte((byte)kind);
        return writer;
    }
}
