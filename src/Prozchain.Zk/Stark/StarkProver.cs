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
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(traces);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDegreeOfParallelism, 1, nameof(options));
        if (traces.Count != key.Count) throw new ArgumentException($"Expected {key.Count} traces, got {traces.Count}.", nameof(traces));
        if (key.Shared is null != place is null) throw new ArgumentException($"Expected {(place is null ? "a" : "no")} place in a list of proofs for this key.", nameof(place));
        TField[][] values = StarkProtocol.Copy(key, publicValues);
        PublicMessageList<TField>? list = PublicMessageList<TField>.Of(key, messages);
        for (int i = 0; i < key.Count; i++)
        {
            StarkTable<TField> table = key.Tables[i];
            int width = table.Air is BlindedAir ? table.Shape.Width - BlindedAir.ExtraColumns : table.Shape.Width;
            if (traces[i].IsReleased) throw new ArgumentException($"Expected a trace of {table.Shape.Name}, got one that an earlier proof has overwritten.", nameof(traces));
            if (traces[i].Width != width) throw new ArgumentException($"Expected {width} columns of {table.Shape.Name}, got {traces[i].Width}.", nameof(traces));
            if (key.HeightProblem(table, traces[i].Height) is { } problem) throw new ArgumentException(problem, nameof(traces));
        }
        return key.Engine.Prove(key, traces, values, options, progress, place, list, cancellation);
    }
}
