using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads the header of a GGUF file (docs/gguf.md of the ggml project, versions 2 and 3; what that leaves open is decided as
/// ggml's own reader does). Every declared count is held against the bytes that are left before anything is taken for it.
/// </summary>
internal sealed class GgufParser(GgufCursor cursor, CancellationToken cancellation)
{
    private const string AlignmentKey = "general.alignment";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ulong> _offsets = [];
    private long _held;

    public uint Version { get; private set; }

    public long Alignment { get; private set; } = 32;

    public long DataOffset { get; private set; }

    public List<GgufEntry> Entries { get; } = [];

    public List<TensorInfo> Tensors { get; } = [];

    /// <summary>Where the field that was read last begins: the fault, when there is one.</summary>
    public long Position { get; private set; }

    public async ValueTask<GgufStatus> ReadAsync()
    {
        if (!await NeedAsync(4).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        if (!cursor.Take(4).SequenceEqual("GGUF"u8)) return GgufStatus.BadMagic;
        if (!await NeedAsync(4).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        Version = cursor.TakeUInt32();
        if (Version is not (2 or 3)) return GgufStatus.UnsupportedVersion;
        if (!await NeedAsync(16).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        ulong tensors = cursor.TakeUInt64(), entries = cursor.TakeUInt64();
        // The least that a tensor takes: lengths and numbers with an empty name; an entry: a key of one byte and one byte of value.
        if (tensors > (ulong)cursor.Remaining / 24 || entries > (ulong)cursor.Remaining / 14) return GgufStatus.CountTooLarge;
        if (tensors > GgufLimits.MaxTensors || entries > GgufLimits.MaxEntries) return GgufStatus.LimitExceeded;
        GgufStatus status = GgufStatus.Ok;
        for (ulong i = 0; i < entries && status == GgufStatus.Ok; i++) status = await ReadEntryAsync().ConfigureAwait(false);
        _names.Clear();
        for (ulong i = 0; i < tensors && status == GgufStatus.Ok; i++) status = await ReadTensorAsync().ConfigureAwait(false);
        return status == GgufStatus.Ok ? Place() : status;
    }

    private async ValueTask<GgufStatus> ReadEntryAsync()
    {
        (GgufStatus status, string key) = await ReadNameAsync(GgufLimits.MaxKeyBytes, GgufStatus.LimitExceeded).ConfigureAwait(false);
        if (status != GgufStatus.Ok) return status;
        if (key.Length == 0) return GgufStatus.EmptyKey;
        if (!await NeedAsync(4).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        var type = (GgufValueType)cursor.TakeUInt32();
        GgufEntry? entry;
        if (type == GgufValueType.Array) (status, entry) = await ReadArrayAsync(key).ConfigureAwait(false);
        else if (type == GgufValueType.Text) (status, entry) = await ReadTextAsync(key).ConfigureAwait(false);
        else (status, entry) = await ReadScalarAsync(key, type).ConfigureAwait(false);
        if (status != GgufStatus.Ok) return status;
        Entries.Add(entry!);
        if (key != AlignmentKey) return GgufStatus.Ok;
        Position = entry!.Offset;
        if (type != GgufValueType.UInt32 || !entry.TryGetInt64(out long alignment) || !BitOperations.IsPow2(alignment)) return GgufStatus.InvalidAlignment;
        Alignment = alignment;
        return GgufStatus.Ok;
    }

    private async ValueTask<(GgufStatus, GgufEntry?)> ReadScalarAsync(string key, GgufValueType type)
    {
        int size = SizeOf(type);
        if (size == 0) return (GgufStatus.UnknownValueType, null);
        if (!await NeedAsync(size).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, null);
        ulong bits = 0;
        ReadOnlySpan<byte> bytes = cursor.Take(size);
        for (int i = size - 1; i >= 0; i--) bits = bits << 8 | bytes[i];
        if (type == GgufValueType.Boolean && bits > 1) return (GgufStatus.InvalidBoolean, null);
        int unused = 64 - 8 * size;
        if (type is GgufValueType.Int8 or GgufValueType.Int16 or GgufValueType.Int32) bits = (ulong)((long)(bits << unused) >> unused);
        return (GgufStatus.Ok, new GgufEntry(key, type, type, 1, Position, size, bits, null));
    }

    private async ValueTask<(GgufStatus, GgufEntry?)> ReadTextAsync(string key)
    {
        long start = cursor.Position;
        (GgufStatus status, int length) = await ReadLengthAsync(GgufLimits.MaxTextBytes, GgufStatus.LimitExceeded).ConfigureAwait(false);
        if (status != GgufStatus.Ok) return (status, null);
        var text = new byte[length];
        if (!await cursor.ReadAsync(text, cancellation).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, null);
        return (GgufStatus.Ok, new GgufEntry(key, GgufValueType.Text, GgufValueType.Text, 1, start, 8L + length, 0, text));
    }

    private async ValueTask<(GgufStatus, GgufEntry?)> ReadArrayAsync(string key)
    {
        if (!await NeedAsync(12).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, null);
        var type = (GgufValueType)cursor.TakeUInt32();
        ulong count = cursor.TakeUInt64();
        if (type == GgufValueType.Array) return (GgufStatus.NestedArray, null);
        // A text takes the eight bytes of its length at the least.
        int size = type == GgufValueType.Text ? 8 : SizeOf(type);
        if (size == 0) return (GgufStatus.UnknownValueType, null);
        if (count > (ulong)cursor.Remaining / (uint)size) return (GgufStatus.CountTooLarge, null);
        long start = cursor.Position;
        if (type != GgufValueType.Text) cursor.Skip((long)count * size);
        else
        {
            for (ulong i = 0; i < count; i++)
            {
                if (!await NeedAsync(8).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, null);
                ulong length = cursor.TakeUInt64();
                if (length > (ulong)cursor.Remaining) return (GgufStatus.CountTooLarge, null);
                cursor.Skip((long)length);
                if (cursor.Position > GgufLimits.MaxHeaderBytes) return (GgufStatus.LimitExceeded, null);
            }
        }
        if (cursor.Position > GgufLimits.MaxHeaderBytes) return (GgufStatus.LimitExceeded, null);
        return (GgufStatus.Ok, new GgufEntry(key, GgufValueType.Array, type, (long)count, start, cursor.Position - start, 0, null));
    }

    private async ValueTask<GgufStatus> ReadTensorAsync()
    {
        (GgufStatus status, string name) = await ReadNameAsync(GgufLimits.MaxNameBytes, GgufStatus.NameTooLong).ConfigureAwait(false);
        if (status != GgufStatus.Ok) return status;
        if (!await NeedAsync(4).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        uint rank = cursor.TakeUInt32();
        if (rank > GgufLimits.MaxRank) return GgufStatus.TooManyDimensions;
        if (!await NeedAsync((int)rank * 8 + 12).ConfigureAwait(false)) return GgufStatus.HeaderTruncated;
        var shape = new long[rank];
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            ulong dimension = cursor.TakeUInt64();
            if (dimension > long.MaxValue) return GgufStatus.InvalidDimension;
            shape[i] = (long)dimension;
        }
        if (!TryType(cursor.TakeUInt32(), out TensorType type)) return GgufStatus.UnknownType;
        SafetensorsStatus size = TensorInfo.Measure(type, shape, out long length);
        if (size == SafetensorsStatus.PartialByte) return GgufStatus.PartialBlock;
        if (size != SafetensorsStatus.Ok) return GgufStatus.ShapeOverflow;
        ulong offset = cursor.TakeUInt64();
        if ((offset & (ulong)(Alignment - 1)) != 0) return GgufStatus.UnalignedOffset;
        // A sum beyond 64 bits is beyond the file too: the tensor is found truncated, or not where it ought to be.
        _offsets.Add(offset);
        Tensors.Add(new TensorInfo(name, type, ImmutableArray.Create(shape), Position, length));
        return GgufStatus.Ok;
    }

    // The tensors follow each other, each at the next aligned byte, from the first aligned byte behind the header on.
    private GgufStatus Place()
    {
        DataOffset = Align(cursor.Position);
        if (Tensors.Count == 0) return GgufStatus.Ok;
        long available = cursor.Position + cursor.Remaining - DataOffset, expected = 0;
        for (int i = 0; i < Tensors.Count; i++)
        {
            TensorInfo tensor = Tensors[i];
            Position = tensor.Offset;
            if (_offsets[i] != (ulong)expected) return GgufStatus.InvalidOffset;
            if (tensor.Length > available - expected) return GgufStatus.DataTruncated;
            Tensors[i] = new TensorInfo(tensor.Name, tensor.Type, tensor.Shape, DataOffset + expected, tensor.Length);
            expected = Align(expected + tensor.Length);
        }
        return GgufStatus.Ok;
    }

    private async ValueTask<(GgufStatus, string)> ReadNameAsync(int max, GgufStatus tooLong)
    {
        (GgufStatus status, int length) = await ReadLengthAsync(max, tooLong).ConfigureAwait(false);
        if (status != GgufStatus.Ok) return (status, "");
        if (!await cursor.NeedAsync(length, cancellation).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, "");
        ReadOnlySpan<byte> bytes = cursor.Take(length);
        if (!Utf8.IsValid(bytes)) return (GgufStatus.InvalidText, "");
        string name = Encoding.UTF8.GetString(bytes);
        return (_names.Add(name) ? GgufStatus.Ok : GgufStatus.DuplicateName, name);
    }

    private async ValueTask<(GgufStatus, int)> ReadLengthAsync(int max, GgufStatus tooLong)
    {
        if (!await NeedAsync(8).ConfigureAwait(false)) return (GgufStatus.HeaderTruncated, 0);
        ulong length = cursor.TakeUInt64();
        if (length > (ulong)cursor.Remaining) return (GgufStatus.CountTooLarge, 0);
        if (length > (ulong)max) return (tooLong, 0);
        _held += (long)length;
        if (_held > GgufLimits.MaxHeldBytes || cursor.Position > GgufLimits.MaxHeaderBytes) return (GgufStatus.LimitExceeded, 0);
        return (GgufStatus.Ok, (int)length);
    }

    private ValueTask<bool> NeedAsync(int count)
    {
        Position = cursor.Position;
        return cursor.NeedAsync(count, cancellation);
    }

    private long Align(long offset) => (offset + Alignment - 1) & -Alignment;

    private static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    // ggml's numbers; 4, 5, 31 to 33 and 36 to 38 were withdrawn.
    internal static bool TryType(uint number, out TensorType type)
    {
        type = number switch
        {
            0 => TensorType.F32,
            1 => TensorType.F16,
            2 => TensorType.Q4_0,
            3 => TensorType.Q4_1,
            6 => TensorType.Q5_0,
            7 => TensorType.Q5_1,
            8 => TensorType.Q8_0,
            9 => TensorType.Q8_1,
            >= 10 and <= 23 => TensorType.Q2_K + (byte)(number - 10),
            24 => TensorType.I8,
            25 => TensorType.I16,
            26 => TensorType.I32,
            27 => TensorType.I64,
            28 => TensorType.F64,
            29 => TensorType.IQ1_M,
            30 => TensorType.BF16,
            34 => TensorType.TQ1_0,
            35 => TensorType.TQ2_0,
            39 => TensorType.MXFP4,
            40 => TensorType.NVFP4,
            41 => TensorType.Q1_0,
            _ => TensorType.BOOL,
        };
        return type != TensorType.BOOL;
    }
}
