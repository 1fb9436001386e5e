using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>Makes proofs that <see cref="StarkVerifier"/> accepts.</summary>
public static class StarkProver
{
    /// <summary>Proves that traces satisfy the AIRs of a key, on the thread pool.</summary>
    /// <inheritdoc cref="Prove"/>
    public static Task<StarkProof> ProveAsync<TField>(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<TField[]> publicValues, StarkProverOptions? options = null,
        IProgress<StarkProgress>? progress = null, GroupPlace? place = null, IReadOnlyList<PublicMessage<TField>>? messages = null, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField> =>
        Task.Run(() => Prove(key, traces, publicValues, options, progress, place, messages, cancellation), cancellation);

    /// <summary>The bytes that a proof takes besides its traces (<see cref="StarkProverOptions.MemoryBudget"/>): the least that will do, and those of the fastest way.</summary>
    /// <param name="key">The tables.</param>
    /// <param name="traces">A trace for each table, in order, of which only shapes matter.</param>
    /// <param name="options">How the proof is to be made; its budget does not matter.</param>
    /// <exception cref="ArgumentException">Not one trace a table, of heights that the key has.</exception>
    public static (long Least, long Fastest) MemoryNeeded<TField>(StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, StarkProverOptions? options = null)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        CheckTraces(key, traces);
        var layout = new ProofLayout<TField>(key, [.. traces.Select(static trace => (byte)BitOperations.Log2((uint)trace.Height))]);
        long[] ways = [.. MemoryPlan.Ways(key, layout, traces, options ?? new()).Select(static plan => plan.Bytes)];
        return (ways.Min(), ways[0]);
    }

    /// <summary>Proves that traces satisfy the AIRs of a key, on the caller's thread.</summary>
    /// <param name="key">The tables.</param>
    /// <param name="traces">
    /// A trace for each table, in order; only read unless the options say otherwise.
    /// </param>
    /// <param name="publicValues">The public values of each table; an empty array for none.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told what begins.</param>
    /// <param name="place">The proof's place in its list (<see cref="StarkGroup.Challenges{TField}"/>), if the key has shared buses; else null.</param>
    /// <param name="messages">The public messages, at most as many as the key accepts (<see cref="Security.StarkShape.MaxPublicMessages"/>); null for none.</param>
    /// <param name="cancellation">Ends the work between two pieces of it.</param>
    /// <exception cref="InvalidTraceException">The traces do not satisfy the AIRs, messages do not balance, or the place was given for other early tables.</exception>
    /// <exception cref="ArgumentException">Traces or public values are not of the tables' shapes, public messages are too many or not of the key's buses, the memory budget is too small, or the place is missing or not wanted.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static StarkProof Prove<TField>(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<TField[]> publicValues, StarkProverOptions? options = null,
        IProgress<StarkProgress>? progress = null, GroupPlace? place = null, IReadOnlyList<PublicMessage<TField>>? messages = null, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        CheckTraces(key, traces);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDegreeOfParallelism, 1, nameof(options));
        if (key.Shared is null != place is null) throw new ArgumentException($"Expected {(place is null ? "a" : "no")} place in a list of proofs for this key.", nameof(place));
        TField[][] values = StarkProtocol.Copy(key, publicValues);
        PublicMessageList<TField>? list = PublicMessageList<TField>.Of(key, messages);
        return key.Engine.Prove(key, traces, values, options, progress, place, list, cancellation);
    }

    private static void CheckTraces<TField>(StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces) where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(traces);
        if (traces.Count != key.Count) throw new ArgumentException($"Expected {key.Count} traces, got {traces.Count}.", nameof(traces));
        for (int i = 0; i < key.Count; i++)
        {
            StarkTable<TField> table = key.Tables[i];
            StarkProtocol.CheckTrace(table, traces[i], nameof(traces));
            if (key.HeightProblem(table, traces[i].Height) is { } problem) throw new ArgumentException(problem, nameof(traces));
        }
    }
}
