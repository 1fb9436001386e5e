using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>How a proof stays within the memory that it may take.</summary>
/// <param name="IsKept">Whether the extended columns are kept; else only what they are extended from, and they are computed three times.</param>
/// <param name="LogPieces">log2 of the windows in which a block of values is computed that is not kept.</param>
/// <param name="Bytes">The most that is taken at any time.</param>
internal sealed record MemoryPlan(bool IsKept, int LogPieces, long Bytes)
{
    private const int MostLogPieces = 5;

    /// <summary>The first way, from the fastest on, that takes no more than the budget.</summary>
    /// <exception cref="ArgumentException">The budget is less than any way takes, or the lookup columns of a table are larger than an array may be.</exception>
    public static MemoryPlan Of<TField>(StarkKey<TField> key, ProofLayout<TField> layout, IReadOnlyList<Trace<TField>> traces, StarkProverOptions options)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        for (int table = 0; table < key.Tables.Count; table++)
        {
            long lookups = (long)key.Tables[table].Lookups.Columns * key.Parameters.ExtensionDegree << layout.LogRows[table];
            if (lookups > Array.MaxLength) throw new ArgumentException($"Expected lookup columns of at most {Array.MaxLength} elements in a table, got {lookups}.", nameof(layout));
        }
        long least = long.MaxValue;
        foreach (MemoryPlan plan in Ways(key, layout, traces, options))
        {
            if (plan.Bytes <= options.MemoryBudget) return plan;
            least = Math.Min(least, plan.Bytes);
        }
        throw new ArgumentException($"Expected a memory budget of at least {least} bytes, got {options.MemoryBudget}.", nameof(options));
    }

    /// <summary>All ways for some traces, the fastest first.</summary>
    public static IEnumerable<MemoryPlan> Ways<TField>(StarkKey<TField> key, ProofLayout<TField> layout, IReadOnlyList<Trace<TField>> traces, StarkProverOptions options)
        where TField : unmanaged, ITwoAdicField<TField> =>
        Ways(key, layout, [.. Enumerable.Range(0, key.Count).Select(table => MainColumns<TField>.IsInPlace(key, traces, table, options.OverwriteTraces))], options.MaxDegreeOfParallelism);

    /// <summary>All ways, the fastest first.</summary>
    public static IEnumerable<MemoryPlan> Ways<TField>(StarkKey<TField> key, ProofLayout<TField> layout, bool[] inPlace, int threads)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        foreach (bool isKept in (bool[])[true, false])
            for (int logPieces = 0; logPieces <= MostLogPieces; logPieces++)
                yield return new(isKept, logPieces, new ProofBytes<TField>(key, layout, inPlace, threads, isKept, logPieces).Peak);
    }
}
