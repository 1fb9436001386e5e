using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Stark;

/// <summary>What both sides of the protocol do in the same way (docs/formats/zk-stark.md).</summary>
internal static class StarkProtocol
{
    public static ProtocolId Id { get; } = new("prozchain.zk/stark/v0");

    /// <summary>Of a proof that is one of a list.</summary>
    public static ProtocolId GroupId { get; } = new("prozchain.zk/stark/v1");

    /// <summary>
    /// Binds the whole statement: key (AIRs, hash, parameters, preprocessed columns), heights, public values, the public messages of a key that accepts some;
    /// and, of a proof of a list, its place, its early columns and the digest of all that the shared challenges come from.
    /// </summary>
    public static void Bind<TField>(
        ITranscript transcript, StarkKey<TField> key, ReadOnlySpan<byte> logRows, IReadOnlyList<TField[]> publicValues, GroupPlace? place = null, PublicMessageList<TField>? messages = null)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        transcript.Absorb("key"u8, key.Digest);
        key.Parameters.Bind(transcript);
        transcript.Absorb("heights"u8, logRows);
        foreach (TField[] values in publicValues) transcript.Absorb<TField>("public values"u8, values);
        messages?.Bind(transcript);
        if (place is not null) transcript.Absorb("group"u8, place.Encoded);
    }

    /// <summary>
    /// The out-of-domain point: drawn until it lies outside every trace and evaluation domain, all of which are within the
    /// tallest's subgroup or its coset.
    /// </summary>
    public static TExtension DrawPoint<TField, TExtension>(ITranscript transcript, int logDomain)
        where TField : unmanaged, ITwoAdicField<TField>
        where TExtension : unmanaged, IExtensionField<TExtension, TField>
    {
        TExtension coset = TExtension.FromBase(FieldMath.Power(TField.MultiplicativeGenerator, 1UL << logDomain));
        while (true)
        {
            TExtension point = transcript.Draw<TExtension>("out-of-domain point"u8);
            TExtension power = FieldMath.Power(point, 1UL << logDomain);
            if (power != TExtension.One && power != coset) return point;
        }
    }

    /// <summary>log2 of the largest evaluation domain.</summary>
    public static int LogDomain<TField>(StarkKey<TField> key, ProofLayout<TField> layout) where TField : unmanaged, ITwoAdicField<TField> =>
        Enumerable.Range(0, key.Count).Max(layout.LogDegree) + key.Parameters.LogBlowup;

    public static FriSettings FriSettings<TField>(StarkKey<TField> key, ProofLayout<TField> layout) where TField : unmanaged, ITwoAdicField<TField> =>
        new(key.Parameters.LogBlowup, key.Parameters.Batching, key.Parameters.Queries, key.Parameters.Grinding, layout.SaltLength);

    /// <summary>What the low-degree test is to prove: the values of every slot at its point.</summary>
    public static OpeningClaim<TExtension>[] Claims<TField, TExtension>(ProofLayout<TField> layout, TExtension zeta, TExtension[][] values)
        where TField : unmanaged, ITwoAdicField<TField>
        where TExtension : unmanaged, IExtensionField<TExtension, TField> =>
        [.. layout.Slots.Select((slot, i) => new OpeningClaim<TExtension>(slot.Index, slot.Matrix, Point(layout, slot, zeta), values[i], slot.Batch == ProofBatch.Mask))];

    /// <summary>The point of a slot: zeta, or that of its table's next row.</summary>
    public static TExtension Point<TField, TExtension>(ProofLayout<TField> layout, OpeningSlot slot, TExtension zeta)
        where TField : unmanaged, ITwoAdicField<TField>
        where TExtension : unmanaged, IExtensionField<TExtension, TField> =>
        slot.IsNext ? zeta * TField.TwoAdicGenerator(layout.LogRows[slot.Table]) : zeta;

    /// <summary>Whether a statement of these heights is one that the key serves: heights in range, and lookups that cannot wrap around the field.</summary>
    public static string? Problem<TField>(StarkKey<TField> key, ReadOnlySpan<byte> logRows) where TField : unmanaged, ITwoAdicField<TField>
    {
        if (logRows.Length != key.Count) return $"Expected {key.Count} tables, got {logRows.Length}.";
        int[] heights = new int[logRows.Length];
        for (int i = 0; i < heights.Length; i++)
        {
            heights[i] = logRows[i];
            if (heights[i] > 30) return $"Expected at most 2^30 rows, got 2^{heights[i]}.";
            if (key.HeightProblem(key.Tables[i], 1 << heights[i]) is { } problem) return problem;
        }
        ulong modulus = FieldFacts.Of(key.Parameters.Shape.Field).Modulus;
        return key.Lookups.IsBounded(heights, modulus, key.Parameters.Shape.MaxPublicMessages) ? null : $"Expected multiplicities on each bus that add up to less than {modulus}, got more.";
    }

    /// <summary>Refuses a trace that is overwritten, or has other columns than a table's AIR: a fault of the caller.</summary>
    public static void CheckTrace<TField>(StarkTable<TField> table, Trace<TField> trace, string parameter) where TField : unmanaged, ITwoAdicField<TField>
    {
        int width = table.Air is BlindedAir ? table.Shape.Width - BlindedAir.ExtraColumns : table.Shape.Width;
        if (trace.IsReleased) throw new ArgumentException($"Expected a trace of {table.Shape.Name}, got one that an earlier proof has overwritten.", parameter);
        if (trace.Width != width) throw new ArgumentException($"Expected {width} columns of {table.Shape.Name}, got {trace.Width}.", parameter);
    }

    /// <summary>Refuses public values that are not as many as a table's: a fault of the caller.</summary>
    public static void CheckPublicValues<TField>(StarkTable<TField> table, TField[]? values, string parameter) where TField : unmanaged, ITwoAdicField<TField>
    {
        if (values?.Length == table.Shape.PublicValues) return;
        throw new ArgumentException($"Expected {table.Shape.PublicValues} public values of {table.Shape.Name}, got {values?.Length ?? 0}.", parameter);
    }

    /// <summary>Refuses public values that are not those of the tables: a fault of the caller.</summary>
    public static TField[][] Copy<TField>(StarkKey<TField> key, IReadOnlyList<TField[]> publicValues) where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(publicValues);
        if (publicValues.Count != key.Count) throw new ArgumentException($"Expected public values of {key.Count} tables, got {publicValues.Count}.", nameof(publicValues));
        for (int i = 0; i < key.Count; i++) CheckPublicValues(key.Tables[i], publicValues[i], nameof(publicValues));
        return [.. publicValues.Select(values => values.ToArray())];
    }
}
