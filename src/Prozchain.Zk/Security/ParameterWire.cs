using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Zk.Security;

/// <summary>The encoding of a parameter set, docs/formats/zk-parameters.md: a version byte, 1 with shared buses and 2 with public messages added up, and one varint for each number.</summary>
internal static class ParameterWire
{
    private const byte SharedVersion = 1, MessagesVersion = 2;
    private const int FieldCount = 28, SharedFieldCount = FieldCount + 3, MostFields = SharedFieldCount + 1, LargestValue = 1 << 24;

    public static ParametersReadResult Decode(ReadOnlySpan<byte> source, out ParameterSet? set)
    {
        set = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ParametersReadResult.Truncated;
        if (version > (SharedVersion | MessagesVersion)) return ParametersReadResult.UnsupportedVersion;
        Span<int> values = stackalloc int[MostFields];
        values.Clear();
        for (int i = 0; i < MostFields; i++)
        {
            if (!Has(version, i)) continue;
            if (!reader.TryReadVarint(out ulong value)) return ParametersReadResult.Truncated;
            if (value > LargestValue) return ParametersReadResult.OutOfRange;
            values[i] = (int)value;
        }
        if (!reader.IsAtEnd) return ParametersReadResult.TrailingBytes;
        ParameterSet? read = FromValues(values);
        if (read?.Problem() is not null || read is null || VersionOf(read.Shape) != version) return ParametersReadResult.OutOfRange;
        set = read;
        return ParametersReadResult.Ok;
    }

    public static byte[] Encode(ParameterSet set)
    {
        Span<int> values = stackalloc int[MostFields];
        ToValues(set, values);
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new WireWriter(buffer);
        byte version = VersionOf(set.Shape);
        writer.WriteByte(version);
        for (int i = 0; i < MostFields; i++)
            if (Has(version, i)) writer.WriteVarint((ulong)values[i]);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte VersionOf(StarkShape shape) => (byte)((shape.IsShared ? SharedVersion : 0) | (shape.MaxPublicMessages > 0 ? MessagesVersion : 0));

    private static bool Has(byte version, int number) => number < FieldCount || (version & (number < SharedFieldCount ? SharedVersion : MessagesVersion)) != 0;

    private static void ToValues(ParameterSet set, Span<int> values)
    {
        StarkShape shape = set.Shape;
        GrindingBits ground = set.Grinding;
        ReadOnlySpan<int> all =
        [
            set.TargetBits, (int)shape.Field, shape.MinLogRows, shape.MaxLogRows, shape.Columns, shape.Constraints, shape.ConstraintDegree,
            shape.OpeningPoints, shape.Lookups, shape.MessageWidth, shape.LookupColumns, shape.Tables, shape.ZeroKnowledge ? 1 : 0,
            set.ExtensionDegree, set.LogBlowup, (int)set.Regime, set.Multiplicity, (int)set.Batching, set.Queries, set.MaxLogArity,
            set.LogFinalLength, ground.Lookup, ground.Composition, ground.OutOfDomain, ground.Batching, ground.Fold, ground.Query, set.DigestBits,
            shape.SharedMessageWidth, shape.LogSharedMessages, ground.Shared, shape.MaxPublicMessages,
        ];
        all.CopyTo(values);
    }

    private static ParameterSet? FromValues(ReadOnlySpan<int> v) => v[1] > byte.MaxValue || v[12] > 1 || v[15] > byte.MaxValue || v[17] > byte.MaxValue ? null : new()
    {
        TargetBits = v[0],
        Shape = new()
        {
            Field = (StarkField)v[1],
            MinLogRows = v[2],
            MaxLogRows = v[3],
            Columns = v[4],
            Constraints = v[5],
            ConstraintDegree = v[6],
            OpeningPoints = v[7],
            Lookups = v[8],
            MessageWidth = v[9],
            LookupColumns = v[10],
            Tables = v[11],
            ZeroKnowledge = v[12] == 1,
            SharedMessageWidth = v[28],
            LogSharedMessages = v[29],
            MaxPublicMessages = v[31],
        },
        ExtensionDegree = v[13],
        LogBlowup = v[14],
        Regime = (ProximityRegime)v[15],
        Multiplicity = v[16],
        Batching = (BatchingKind)v[17],
        Queries = v[18],
        MaxLogArity = v[19],
        LogFinalLength = v[20],
        Grinding = new(v[21], v[22], v[23], v[24], v[25], v[26]) { Shared = v[30] },
        DigestBits = v[27],
    };
}
