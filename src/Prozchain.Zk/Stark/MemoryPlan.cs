using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>What a proof takes, held against what it may take.</summary>
/// <param name="Committed">Bytes of all extended columns with their salts and trees, of a quotient before it is committed to, and of what hides it.</param>
/// <param name="Further">Bytes of the largest further block of a quotient domain, which need not be taken.</param>
/// <param name="IsTight">Whether the further blocks are computed in the place of the first.</param>
internal sealed record MemoryPlan(long Committed, long Further, bool IsTight)
{
    private const int DigestSize = 32;

    /// <exception cref="ArgumentException">The budget is less than what must be taken, or the lookup columns of a table are larger than an array may be.</exception>
    public static MemoryPlan Of<TField>(StarkKey<TField> key, ProofLayout<TField> layout, long budget) where TField : unmanaged, ITwoAdicField<TField>
    {
        long committed = 0, further = 0;
        foreach (BatchShape shape in layout.Shapes)
        {
            committed += 2L * DigestSize * shape.Height;
            foreach ((int height, int width) in shape.Matrices)
            {
                committed += (long)height * (width + shape.SaltLength) * Unsafe.SizeOf<TField>();
            }
        }
        long quotients = 0, masks = 0;
        for (int table = 0; table < key.Count; table++)
        {
            long values = (long)key.Parameters.ExtensionDegree * Unsafe.SizeOf<TField>() << (layout.LogRows[table] + layout.LogChunks(table));
            long lookups = (long)key.Tables[table].Lookups.Columns * key.Parameters.ExtensionDegree << layout.LogRows[table];
            if (lookups > Array.MaxLength) throw new ArgumentException($"Expected lookup columns of at most {Array.MaxLength} elements in a table, got {lookups}.", nameof(layout));
            quotients = Math.Max(quotients, values);
            if (layout.ZeroKnowledge) masks += values;
            if (layout.LogRows[table] + layout.LogChunks(table) <= layout.LogDegree(table) + key.Parameters.LogBlowup) continue;
            StarkTable<TField> facts = key.Tables[table];
            long width = facts.Shape.Width + facts.Shape.PreprocessedWidth + (long)facts.Lookups.Columns * key.Parameters.ExtensionDegree;
            further = Math.Max(further, width * Unsafe.SizeOf<TField>() << layout.LogDegree(table));
        }
        committed += quotients + masks;
        if (committed > budget) throw new ArgumentException($"Expected a memory budget of at least {committed} bytes, got {budget}.", nameof(budget));
        return new(committed, further, committed + further > budget);
    }
}
