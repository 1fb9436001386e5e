using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Zk.Security;

/// <summary>The encoding of a parameter set, docs/formats/zk-parameters.md: a version byte and one varint for each number.</summary>
internal static class ParameterWire
{
    private const byte Version = 0;
    private const int FieldCount = 28, LargestValue = 1 << 24;

    public static ParametersReadResult Decode(ReadOnlySpan<byte> source, out ParameterSet? set)
    {
        set = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ParametersReadResult.Truncated;
        if (version != Version) return ParametersReadResult.UnsupportedVersion;
        Span<int> values = stackalloc int[FieldCount];
        for (int i = 0; i < values.Length; i++)
        {
            if (!reader.TryReadVarint(out ulong value)) return ParametersReadResult.Truncated;
            if (value > LargestValue) return ParametersReadResult.OutOfRange;
            values[i] = (int)value;
        }
        if (!reader.IsAtEnd) return ParametersReadResult.TrailingBytes;
        ParameterSet? read = FromValues(values);
        if (read?.Problem() is not null || read is null) return ParametersReadResult.OutOfRange;
        set = read;
        return ParametersReadResult.Ok;
    }

    public static byte[] Encode(ParameterSet set)
    {
        Span<int> values = stackalloc int[FieldCount];
        ToValues(set, values);
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new WireWriter(buffer);
        writer.WriteByte(Version);
        foreach (int value in values) writer.WriteVarint((ulong)value);
        return buffer.WrittenSpan.ToArray();
    }

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
        },
        ExtensionDegree = v[13],
        LogBlowup = v[14],
        Regime = (ProximityRegime)v[15],
        Multiplicity = v[16],
        Batching = (BatchingKind)v[17],
        Queries = v[18],
        MaxLogArity = v[19],
        LogFinalLength = v[20],
        Grinding = new(v[21], v[22], v[23], v[24], v[25], v[26]),
        DigestBits = v[27],
    };
}
